#include <array>

#include "drivers/profile/draft.hpp"
#include "firmware/base/text.hpp"

// [register.NAME]
namespace genkan::profile {

namespace {

constexpr std::array<std::string_view, 4> tables{"coil", "discrete", "holding", "input"};
constexpr std::array<std::string_view, 5> types{"bit", "u16", "i16", "u32", "i32"};
constexpr std::array<std::string_view, 2> orders{"high_first", "low_first"};
constexpr std::array<std::string_view, 2> lanes{"alarm", "state"};
constexpr std::array<std::string_view, 2> write_ways{"one", "many"};

constexpr std::size_t most_registers = 256;
constexpr std::size_t longest_name = 32;
constexpr std::int64_t last_address = 65'535;
constexpr std::int64_t longest_poll_ms = 600'000;
constexpr std::int64_t most_parts = 200;
constexpr std::int64_t most_block = 64;  // words
constexpr double largest_scale = 1'000'000;

std::string name_fault(std::string_view name) {
  // Keys of a rule beside registers' names.
  if (name == "is") return "'is' is a word of rules";
  bool right =
      !name.empty() && name.size() <= longest_name && name.front() >= 'a' && name.front() <= 'z';
  for (const char c : name) {
    right = right && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  }
  return right ? ""
               : cat("a register's name has 1 to ", longest_name,
                     " lower case letters, digits and '_', beginning with a letter");
}

// Where it lies and what it holds.
void parse_shape(TomlTable& table, Register& reg) {
  if (!table.has("table")) table.word("table", tables);
  // After a mistake: holding, where nearly all of what follows is possible.
  const auto place = table.optional_word("table", tables);
  reg.table = place ? static_cast<bus::Table>(*place) : bus::Table::holding;
  reg.address = static_cast<std::uint16_t>(table.integer("address", 0, last_address));
  const auto type = table.optional_word("type", types);
  reg.encoding =
      type ? static_cast<Encoding>(*type) : (reg.of_bits() ? Encoding::bit : Encoding::u16);
  if (reg.of_bits() != (reg.encoding == Encoding::bit)) {
    table.complain("type", reg.of_bits()
                               ? "must be bit (or be left out) in the coil and discrete tables"
                               : "must be u16, i16, u32 or i32 in the holding and input tables");
    reg.encoding = reg.of_bits() ? Encoding::bit : Encoding::u16;
  }
  if (const auto order = table.optional_word("order", orders)) {
    reg.order = static_cast<WordOrder>(*order);
    if (reg.width() == 1) table.complain("order", "is for types of two words, u32 and i32");
  }
}

// "8..10": the lowest and the highest bit.
std::optional<std::pair<int, int>> bit_span(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto low = parse_integer<int>(text.substr(0, dots), 0, 31);
  const auto high = parse_integer<int>(text.substr(dots + 2), 0, 31);
  if (!low || !high || *low > *high) return std::nullopt;
  return std::pair(*low, *high);
}

std::optional<std::pair<int, int>> take_bit_span(TomlTable& table) {
  const auto text = table.optional_text("bits");
  const auto bit = table.optional_integer("bit", 0, 31);
  if (text && bit) {
    table.complain("bit", "stands beside 'bits'; one of them is enough");
    return std::nullopt;
  }
  if (bit) return std::pair(static_cast<int>(*bit), static_cast<int>(*bit));
  if (!text) return std::nullopt;
  const auto span = bit_span(*text);
  if (!span) {
    table.complain("bits", cat("is \"", printable(*text, 20),
                               "\"; right would be the lowest and the highest bit, as in "
                               "\"8..10\""));
  }
  return span;
}

void parse_bits(TomlTable& table, Register& reg) {
  const auto span = take_bit_span(table);
  if (!span) return;
  const std::string_view key = table.has("bits") ? "bits" : "bit";
  if (reg.of_bits()) {
    table.complain(key, "is for the holding and input tables; a coil or discrete is one bit");
    return;
  }
  if (reg.encoding == Encoding::i16 || reg.encoding == Encoding::i32) {
    table.complain(key, "needs an unsigned type, u16 or u32");
    return;
  }
  const int highest = reg.width() * 16 - 1;
  if (span->second > highest) {
    table.complain(
        key, cat("reaches bit ", span->second, "; ", shape_of(reg), " has bits 0 to ", highest));
    return;
  }
  reg.first_bit = static_cast<std::uint8_t>(span->first);
  reg.bit_count = static_cast<std::uint8_t>(span->second - span->first + 1);
}

// A block of words is nothing but words.
void parse_block(TomlTable& table, Register& reg) {
  reg.words = static_cast<std::uint8_t>(table.optional_integer("words", 1, most_block).value_or(0));
  if (reg.words == 0) return;
  if (reg.of_bits()) {
    table.complain("words", "is for the holding and input tables");
    reg.words = 0;
  }
  for (const std::string_view key :
       {"type", "order", "bit", "bits", "scale", "offset", "parts", "bits_per_channel"}) {
    if (table.has(key))
      table.complain(key, "does not go with 'words': a block is nothing but words");
  }
}

// A step from one channel or part to the next, in addresses or in bits.
template <class Number>
Number take_step(TomlTable& table, std::string_view key, std::int64_t most) {
  return static_cast<Number>(table.optional_integer(key, 1, most).value_or(0));
}

void parse_steps(TomlTable& table, Register& reg) {
  reg.per_channel = take_step<std::uint16_t>(table, "per_channel", last_address);
  reg.per_part = take_step<std::uint16_t>(table, "per_part", last_address);
  reg.bits_per_channel = take_step<std::uint8_t>(table, "bits_per_channel", 16);
  reg.bits_per_part = take_step<std::uint8_t>(table, "bits_per_part", 16);
  reg.parts = take_step<std::uint8_t>(table, "parts", most_parts);
  for (const std::string_view key : {"bits_per_channel", "bits_per_part"}) {
    if (!table.has(key)) continue;
    if (reg.encoding != Encoding::u16 || reg.bit_count == 0) {
      table.complain(key, "is for a u16 with 'bit' or 'bits'");
    }
  }
  const bool stepped = reg.per_part > 0 || reg.bits_per_part > 0;
  if (stepped && reg.parts == 0 && !table.has("parts")) {
    table.complain(table.has("per_part") ? "per_part" : "bits_per_part",
                   "needs 'parts': how many parts there are");
  }
  if (!stepped && reg.parts > 1 && !table.has("per_part") && !table.has("bits_per_part")) {
    table.complain("parts", "needs 'per_part': how far it is from one part to the next");
  }
}

void parse_number(TomlTable& table, Register& reg) {
  reg.scale = table.optional_number("scale", -largest_scale, largest_scale).value_or(1);
  reg.offset = table.optional_number("offset", -largest_scale, largest_scale).value_or(0);
  if (reg.scale == 0) {
    table.complain("scale", "is 0, which would make every value the same");
    reg.scale = 1;
  }
}

void parse_pace(TomlTable& table, Register& reg, RegisterNote& note) {
  note.paced = table.has("lane") || table.has("poll_ms");
  if (const auto lane = table.optional_word("lane", lanes)) reg.lane = static_cast<PollLane>(*lane);
  reg.poll =
      std::chrono::milliseconds(table.optional_integer("poll_ms", 0, longest_poll_ms).value_or(0));
  note.polled = table.optional_flag("polled");
  reg.polled = false;  // until a state is read from it
}

// The last address that any channel or part of it takes.
std::int64_t reach(const Register& reg, std::uint16_t channels) {
  const std::int64_t channel_steps = channels - 1;
  const std::int64_t part_steps = reg.parts > 0 ? reg.parts - 1 : 0;
  const std::int64_t bits =
      reg.first_bit + channel_steps * reg.bits_per_channel + part_steps * reg.bits_per_part;
  return reg.address + channel_steps * reg.per_channel + part_steps * reg.per_part +
         (reg.width() == 1 ? bits / 16 : 0) + reg.width() - 1;
}

// Whether the bits of some channel or part would lie across two words.
bool straddles(const Register& reg, std::uint16_t channels) {
  if (reg.width() != 1 || reg.bit_count < 2) return false;
  for (std::uint16_t channel = 1; channel <= channels; ++channel) {
    for (unsigned part = 1; part <= std::max<unsigned>(reg.parts, 1); ++part) {
      if (reg.bit(channel, static_cast<std::uint8_t>(part)) + reg.bit_count > 16) return true;
    }
  }
  return false;
}

void check_place(const TomlTable& table, const Register& reg, std::uint16_t channels) {
  if (const auto last = reach(reg, channels); last > last_address) {
    table.complain("address", cat("is ", reg.address,
                                  ", and with its channels, parts and words "
                                  "the register reaches ",
                                  last, "; addresses end at ", last_address));
  } else if (straddles(reg, channels)) {
    table.complain("some channel or part of these bits would lie across two words");
  }
  if ((reg.per_channel > 0 || reg.bits_per_channel > 0) && channels == 1) {
    table.complain(reg.per_channel > 0 ? "per_channel" : "bits_per_channel",
                   "needs 'channels' of 2 or more in [model]");
  }
}

}  // namespace

void parse_registers(TomlTable& root, Draft& draft) {
  auto all = root.optional_table("register");
  if (!all) {
    if (!root.has("register")) {
      root.complain("no register is described; at least one [register.NAME] is needed");
    }
    return;
  }
  for (auto& [name, table] : all->named_tables()) {
    if (draft.profile.registers.size() == most_registers) {
      table.complain(cat("more than ", most_registers, " registers; split the model"));
      return;
    }
    if (const auto fault = name_fault(name); !fault.empty()) {
      table.complain(cat("[register.", printable(name, 40), "]: ", fault));
    }
    Register reg;
    reg.name = name;
    RegisterNote note{table, {}, false, false, true};
    const std::size_t problems_before = draft.problems.list().size();
    parse_shape(table, reg);
    parse_bits(table, reg);
    parse_steps(table, reg);
    parse_number(table, reg);
    parse_block(table, reg);
    parse_pace(table, reg, note);
    reg.write_many = table.optional_word("write_as", write_ways).value_or(0) == 1;
    check_place(table, reg, draft.profile.info.channels);
    note.sound = draft.problems.list().size() == problems_before;
    draft.profile.registers.push_back(std::move(reg));
    draft.registers.push_back(std::move(note));
  }
}

}  // namespace genkan::profile
