#include <algorithm>

#include "drivers/profile/mailbox.hpp"

// Registers as the fewest exchanges.
namespace genkan::profile {

namespace {

// Modbus Application Protocol V1.1b3, 6.12: one write has room for this much.
constexpr unsigned most_words_written = 123;

struct Run {
  bus::Table table;
  unsigned address;
  unsigned end;  // behind the last
};

// Those that overlap become one, and those side by side as well if `join`, up to `most` words.
std::vector<Run> joined(std::vector<Run> runs, bool join, unsigned most) {
  std::ranges::sort(runs, {}, [](const Run& run) { return std::pair(run.table, run.address); });
  std::vector<Run> list;
  for (const Run& run : runs) {
    if (!list.empty() && list.back().table == run.table) {
      Run& before = list.back();
      const unsigned end = std::max(before.end, run.end);
      const bool overlaps = run.address < before.end;
      const bool follows = run.address == before.end && join;
      if (overlaps || (follows && end - before.address <= most)) {
        before.end = end;
        continue;
      }
    }
    list.push_back(run);
  }
  return list;
}

Run run_of(const Register& reg, DevicePlace place) {
  const unsigned at = reg.place(place.channel, 0);
  return {reg.table, at, at + reg.width()};
}

std::vector<std::uint16_t> words_of(const Register& reg, DevicePlace place,
                                    const Assignment& assignment) {
  std::vector<std::uint16_t> words = assignment.words;
  words.resize(reg.width());
  if (reg.words > 0) return words;
  const auto raw = static_cast<std::uint32_t>(assignment.raw);
  if (reg.width() == 2) {
    const bool high_first = reg.order == WordOrder::high_first;
    words[high_first ? 0 : 1] = static_cast<std::uint16_t>(raw >> 16U);
    words[high_first ? 1 : 0] = static_cast<std::uint16_t>(raw & 0xFFFFU);
  } else if (reg.bit_count > 0) {
    words[0] = static_cast<std::uint16_t>(raw << (reg.bit(place.channel, 0) & 15U));
  } else {
    words[0] = static_cast<std::uint16_t>(raw & 0xFFFFU);
  }
  return words;
}

bus::Exchange write_of(const Run& run, std::vector<std::uint16_t> values, std::uint8_t unit,
                       bool many) {
  const bool one = values.size() == 1 && !many;
  return {.unit = unit,
          .function = one ? bus::Function::write_register : bus::Function::write_registers,
          .address = static_cast<std::uint16_t>(run.address),
          .count = static_cast<std::uint16_t>(values.size()),
          .values = std::move(values)};
}

bus::Function read_function(bus::Table table) {
  switch (table) {
    case bus::Table::coil: return bus::Function::read_coils;
    case bus::Table::discrete: return bus::Function::read_discretes;
    case bus::Table::input: return bus::Function::read_input;
    case bus::Table::holding: break;
  }
  return bus::Function::read_holding;
}

bus::Table table_read(bus::Function function) {
  switch (function) {
    case bus::Function::read_coils: return bus::Table::coil;
    case bus::Function::read_discretes: return bus::Table::discrete;
    case bus::Function::read_input: return bus::Table::input;
    default: return bus::Table::holding;
  }
}

}  // namespace

std::vector<bus::Exchange> write_exchanges(const Profile& profile, DevicePlace place,
                                           std::span<const Assignment> assignments,
                                           std::optional<RegisterIndex> last, bool together) {
  std::vector<Run> runs;
  std::map<unsigned, std::uint16_t> values;
  std::map<unsigned, bool> many;
  for (const Assignment& assignment : assignments) {
    const Register& reg = profile.registers[assignment.reg];
    const Run run = run_of(reg, place);
    const auto words = words_of(reg, place, assignment);
    for (unsigned i = 0; i < words.size(); ++i) {
      auto& word = values[run.address + i];
      word = static_cast<std::uint16_t>(word | words[i]);
      many[run.address + i] = many[run.address + i] || reg.write_many;
    }
    runs.push_back(run);
  }
  runs = joined(std::move(runs), together, most_words_written);
  if (last) {
    const unsigned at = profile.registers[*last].place(place.channel, 0);
    const auto found = std::ranges::find_if(
        runs, [at](const Run& run) { return at >= run.address && at < run.end; });
    if (found != runs.end()) std::rotate(found, found + 1, runs.end());
  }
  std::vector<bus::Exchange> exchanges;
  exchanges.reserve(runs.size());
  for (const Run& run : runs) {
    std::vector<std::uint16_t> words;
    for (unsigned at = run.address; at < run.end; ++at) words.push_back(values[at]);
    exchanges.push_back(write_of(run, std::move(words), place.unit, many[run.address]));
  }
  return exchanges;
}

std::vector<bus::Exchange> read_exchanges(const Profile& profile, DevicePlace place,
                                          std::span<const RegisterIndex> registers) {
  std::vector<Run> runs;
  runs.reserve(registers.size());
  for (const RegisterIndex reg : registers) runs.push_back(run_of(profile.registers[reg], place));
  const unsigned most = profile.timing.most_words;
  std::vector<bus::Exchange> exchanges;
  for (const Run& run : joined(std::move(runs), true, most)) {
    for (unsigned at = run.address; at < run.end; at += most) {
      bus::Exchange exchange;
      exchange.unit = place.unit;
      exchange.function = read_function(run.table);
      exchange.address = static_cast<std::uint16_t>(at);
      exchange.count = static_cast<std::uint16_t>(std::min(most, run.end - at));
      exchanges.push_back(std::move(exchange));
    }
  }
  return exchanges;
}

void put_answer(RegisterImage& image, const bus::Exchange& question,
                const std::vector<std::uint16_t>& values) {
  image.put(table_read(question.function), question.address, values);
}

}  // namespace genkan::profile
