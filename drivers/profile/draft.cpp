#include "drivers/profile/draft.hpp"

#include <algorithm>
#include <limits>

#include "firmware/base/text.hpp"

namespace genkan::profile {

std::vector<std::string_view> Draft::register_names() const {
  std::vector<std::string_view> names;
  names.reserve(profile.registers.size());
  for (const auto& reg : profile.registers) names.push_back(reg.name);
  return names;
}

std::optional<RegisterIndex> Draft::register_named(std::string_view name) const {
  const auto found = std::ranges::find(profile.registers, name, &Register::name);
  if (found == profile.registers.end()) return std::nullopt;
  return static_cast<RegisterIndex>(found - profile.registers.begin());
}

std::optional<RegisterIndex> Draft::take_register(TomlTable& table, std::string_view key) const {
  if (!table.has(key)) {
    table.text(key);
    return std::nullopt;
  }
  const auto name = table.optional_text(key);
  if (!name) return std::nullopt;
  const auto reg = register_named(*name);
  if (!reg) {
    table.complain(key,
                   cat("is '", printable(*name, 40), "', but no [register.", printable(*name, 40),
                       "] is in this file", hint(*name, register_names())));
  }
  return reg;
}

std::optional<std::int32_t> Draft::take_raw(const TomlTable& table, std::string_view key,
                                            std::string_view text, RegisterIndex index) const {
  const RawRange range = raw_range(index);
  const auto raw = parse_integer<std::int32_t>(text, std::numeric_limits<std::int32_t>::min(),
                                               std::numeric_limits<std::int32_t>::max());
  if (raw && range.has(*raw)) return raw;
  const Register& reg = profile.registers[index];
  table.complain(key, cat("is no raw value of register ", reg.name, " (", shape_of(reg),
                          "): whole numbers from ", range.low, " to ", range.high));
  return std::nullopt;
}

std::string Draft::unknown_name(std::string_view what, std::string_view name,
                                std::span<const std::string_view> known) const {
  const std::string shown = printable(name, 40);
  if (!kind_known) return cat("no kind has a ", what, " '", shown, "'", hint(name, known));
  const std::string who = with_article(spec(profile.info.kind).name);
  if (known.empty()) return cat(who, " takes no ", what, "s");
  return cat(who, " has no ", what, " '", shown, "'; allowed: ", alternatives(known),
             hint(name, known));
}

RawRange Draft::raw_range(RegisterIndex index) const {
  constexpr std::int64_t least = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  if (!registers[index].sound) return {least, most};
  const Register& reg = profile.registers[index];
  if (reg.bit_count > 0 && reg.bit_count < 31) return {0, (std::int64_t{1} << reg.bit_count) - 1};
  if (reg.bit_count > 0) return {0, most};
  switch (reg.encoding) {
    case Encoding::bit: return {0, 1};
    case Encoding::u16: return {0, std::numeric_limits<std::uint16_t>::max()};
    case Encoding::i16:
      return {std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()};
    case Encoding::u32: return {0, most};
    case Encoding::i32: return {least, most};
  }
  return {0, 0};
}

std::string shape_of(const Register& reg) {
  if (reg.words > 0) return cat("a block of ", reg.words, " words");
  if (reg.bit_count > 0) return cat(reg.bit_count, reg.bit_count == 1 ? " bit" : " bits");
  switch (reg.encoding) {
    case Encoding::bit: return "1 bit";
    case Encoding::u16: return "u16";
    case Encoding::i16: return "i16";
    case Encoding::u32: return "u32";
    case Encoding::i32: return "i32";
  }
  return {};
}

bool can_be(const StateSource& state, std::int32_t value) {
  if (state.reg && state.values.empty()) return true;
  for (const auto& [raw, named] : state.values) {
    if (named == value) return true;
  }
  for (const auto& rule : state.rules) {
    if (rule.value == value) return true;
  }
  return false;
}

std::optional<std::int32_t> field_value(const domain::FieldSpec& field, std::string_view text) {
  switch (field.type) {
    case domain::FieldType::word: {
      const auto found = std::ranges::find(field.words, text);
      if (found == field.words.end()) return std::nullopt;
      return static_cast<std::int32_t>(found - field.words.begin());
    }
    case domain::FieldType::flag:
      if (text == "true") return 1;
      if (text == "false") return 0;
      return std::nullopt;
    case domain::FieldType::number: break;
  }
  return parse_integer<std::int32_t>(text, field.low, field.high);
}

std::string allowed_values(const domain::FieldSpec& field) {
  switch (field.type) {
    case domain::FieldType::word: return alternatives(field.words);
    case domain::FieldType::flag: return "true or false";
    case domain::FieldType::number: break;
  }
  return cat("whole numbers from ", field.low, " to ", field.high);
}

std::string value_fault(const domain::FieldSpec& field, std::string_view text) {
  return cat("'", printable(text, 40), "' is not a value of ", field.name,
             "; allowed: ", allowed_values(field), hint(text, field.words));
}

std::string hint(std::string_view typed, std::span<const std::string_view> words) {
  const auto near = nearest(typed, words);
  return near.empty() ? std::string() : cat(" (did you mean '", near, "'?)");
}

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("aeiou").contains(noun.front());
  return cat(vowel ? "an " : "a ", noun);
}

}  // namespace genkan::profile
