// Profiles: any text is either taken or told of; what is taken can be planned, decoded from any
// image and written, whatever the channel, part and value.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/profile/mailbox.hpp"
#include "drivers/profile/profile.hpp"

namespace {

using namespace genkan;

// Words from the end of the input, so that the text at its front stays readable for mutations.
class Dice {
 public:
  Dice(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  std::uint16_t word() {
    if (left_ < 2) return seed_ = static_cast<std::uint16_t>(seed_ * 25'173U + 13'849U);
    left_ -= 2;
    return static_cast<std::uint16_t>(data_[left_] << 8 | data_[left_ + 1]);
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
  std::uint16_t seed_ = 1;
};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_decode(const profile::Profile& model, std::uint16_t channel,
                  const profile::RegisterImage& image) {
  std::vector<std::string> strange;
  const auto state = decode(model, channel, image, &strange);
  for (const auto& [key, value] : state.entries()) {
    const auto& field = domain::spec(key.field);
    require(domain::has_field(model.info.kind, key.field));
    require(value >= field.low && value <= field.high);
    require(field.indexed == (key.part > 0));
    domain::text_of(key, value);
  }
}

// Every polled register of every channel is in some read, and none is larger than allowed.
void check_plan(const profile::Profile& model) {
  std::vector<std::uint16_t> channels;
  for (std::uint16_t c = 1; c <= std::min<std::uint16_t>(model.info.channels, 4); ++c) {
    channels.push_back(c);
  }
  const auto reads = plan_reads(model, channels);
  for (const auto& read : reads) {
    const bool bits = read.table == bus::Table::coil || read.table == bus::Table::discrete;
    require(read.count >= 1);
    require(read.count <= (bits ? model.timing.most_bits : model.timing.most_words));
    require(read.address + read.count <= 65'536);
  }
  for (const auto& reg : model.registers) {
    if (!reg.polled) continue;
    for (const auto channel : channels) {
      const unsigned at = reg.place(channel, reg.parts);
      require(std::ranges::any_of(reads, [&reg, at](const profile::ReadRange& read) {
        return read.table == reg.table && read.address <= at &&
               at + reg.width() <= unsigned{read.address} + read.count;
      }));
    }
  }
}

void check_writes(const profile::Profile& model, std::uint16_t channel, std::uint8_t part) {
  for (const auto& plan : model.commands) {
    require(!plan.writes.empty());
    for (const auto& write : plan.writes) {
      const auto exchange =
          write_exchange(model.registers.at(write.reg), 1, channel, part, write.value);
      require(exchange.values.size() == exchange.count);
    }
  }
}

// Whatever a memory is like: orders go to its own registers, and what fits comes back as it was
// kept.
void check_memory(const profile::Profile& model, Dice& dice) {
  require(!model.lock || model.lock->has_memory() == model.memory.has_value());
  if (!model.memory) return;
  const profile::DevicePlace place{1, static_cast<std::uint16_t>(1 + dice.word() % 4)};
  domain::LockSchedule schedule;
  schedule.first = model.memory->epoch + std::chrono::minutes(dice.word());
  schedule.last = schedule.first + std::chrono::minutes(dice.word());
  const unsigned from = dice.word() % 1440U;
  schedule.weekdays = static_cast<domain::Weekdays>(dice.word() & 0x7FU);
  schedule.window = std::pair(std::chrono::minutes(from), std::chrono::minutes(1440));
  const domain::SlotContent contents[] = {
      {*domain::Code::parse("90210"), {}},
      {*domain::Code::parse("12345678"), schedule},
      {*domain::CardNumber::parse("04A1B2C3D4E500"), {}},
      {*domain::CardNumber::parse("00000000"), schedule},
  };
  for (std::size_t area = 0; area < model.lock->areas.size(); ++area) {
    const domain::SlotAddress address{
        static_cast<std::uint8_t>(area),
        static_cast<std::uint16_t>(1 + dice.word() % model.lock->areas[area].places)};
    for (const auto& content : contents) {
      if (fit(model, address, content) != profile::Fit::fits) continue;
      profile::RegisterImage image;
      for (const auto& exchange :
           order_exchanges(model, place, profile::SlotOrder::write, address, &content)) {
        require(exchange.values.size() == exchange.count && exchange.count <= 123);
        image.put(bus::Table::holding, exchange.address, exchange.values);
      }
      const auto found = slot_of(model, place, address, image);
      require(found.ours && found.content == as_kept(model, content));
    }
    require(!order_exchanges(model, place, profile::SlotOrder::remove, address, nullptr).empty());
  }
}

// Any words at all are taken as something, or as nothing.
void check_answers(const profile::Profile& model, Dice& dice) {
  if (!model.memory) return;
  profile::RegisterImage image;
  for (const auto& reg : model.registers) {
    std::vector<std::uint16_t> words(reg.width());
    for (auto& word : words) word = dice.word();
    image.put(reg.table, reg.place(1, 0), words);
  }
  const domain::SlotAddress address{0, 1};
  result_of(model, {}, image);
  there_of(model, {}, address, image);
  slot_of(model, {}, address, image);
  if (model.memory->taken) taken(model, {}, address, image);
  if (model.memory->clock) clock_of(model, {}, image);
  for (const auto& question : slot_exchanges(model, {})) {
    require(question.count >= 1 && question.count <= model.timing.most_words);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Problems problems;
  const auto model = profile::parse(text, "m.toml", problems);
  require(model.has_value() == problems.empty());
  if (!model) return 0;
  Dice dice(data, size);
  profile::RegisterImage image;
  check_decode(*model, 1, image);
  for (const auto table :
       {bus::Table::coil, bus::Table::discrete, bus::Table::holding, bus::Table::input}) {
    std::vector<std::uint16_t> words(64);
    for (auto& word : words) word = dice.word();
    for (const auto& reg : model->registers) {
      if (reg.table == table) image.put(table, reg.address, words);
    }
  }
  const std::uint16_t channel = dice.word();
  check_decode(*model, 1, image);
  check_decode(*model, channel, image);
  check_plan(*model);
  check_memory(*model, dice);
  check_answers(*model, dice);
  check_writes(*model, channel, static_cast<std::uint8_t>(dice.word()));
  return 0;
}
