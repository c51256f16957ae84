#include <algorithm>
#include <cmath>

#include "drivers/profile/profile.hpp"
#include "firmware/base/text.hpp"

namespace genkan::profile {

namespace {

using domain::FieldSpec;

// One value on its way from the image into the state.
struct Reading {
  const Profile& profile;
  const RegisterImage& image;
  std::uint16_t channel;
  std::uint8_t part;                  // 0: the field is not indexed
  std::vector<std::string>* strange;  // may be null

  std::optional<std::int64_t> raw(RegisterIndex reg) const {
    const Register& place = profile.registers[reg];
    return image.raw(place, channel, place.parts > 0 ? part : std::uint8_t{0});
  }
  void complain(const FieldSpec& field, std::string_view what) const {
    if (strange == nullptr) return;
    strange->push_back(part > 0 ? cat(field.name, " ", part, what) : cat(field.name, what));
  }
};

std::optional<std::int32_t> number_of(const FieldSpec& field, const Register& reg,
                                      std::int64_t raw) {
  const double value = static_cast<double>(raw) * reg.scale + reg.offset;
  if (!std::isfinite(value) || std::abs(value) > 1e15) return std::nullopt;
  const std::int64_t whole = std::llround(value);
  if (whole < field.low || whole > field.high) return std::nullopt;
  return static_cast<std::int32_t>(whole);
}

std::optional<std::int32_t> by_register(const FieldSpec& field, const StateSource& source,
                                        const Reading& from) {
  const auto raw = from.raw(*source.reg);
  if (!raw) return std::nullopt;
  std::optional<std::int32_t> value;
  if (source.values.empty()) {
    value = number_of(field, from.profile.registers[*source.reg], *raw);
  } else {
    const auto named = std::ranges::find(source.values, *raw,
                                         [](const auto& pair) { return std::int64_t{pair.first}; });
    if (named != source.values.end()) value = named->second;
  }
  if (!value) from.complain(field, cat(" = ", *raw));
  return value;
}

enum class Holds { no, yes, not_read };

// No as soon as one register is known to be otherwise, even if another was not read.
Holds holds(const Rule& rule, const Reading& from) {
  Holds answer = Holds::yes;
  for (const auto& test : rule.tests) {
    const auto raw = from.raw(test.reg);
    if (!raw) {
      answer = Holds::not_read;
    } else if (std::ranges::find(test.any_of, *raw, [](std::int32_t value) {
                 return std::int64_t{value};
               }) == test.any_of.end()) {
      return Holds::no;
    }
  }
  return answer;
}

std::optional<std::int32_t> by_rules(const FieldSpec& field, const StateSource& source,
                                     const Reading& from) {
  for (const auto& rule : source.rules) {
    const Holds answer = holds(rule, from);
    if (answer == Holds::not_read) return std::nullopt;
    if (answer == Holds::yes) return rule.value;
  }
  from.complain(field, ": no rule holds");
  return std::nullopt;
}

}  // namespace

domain::DeviceState decode(const Profile& profile, std::uint16_t channel,
                           const RegisterImage& image, std::vector<std::string>* strange) {
  domain::DeviceState state;
  const unsigned parts = profile.parts();
  for (const auto& source : profile.states) {
    const FieldSpec& field = spec(source.field);
    const unsigned first = field.indexed ? 1 : 0;
    const unsigned last = field.indexed ? parts : 0;
    for (unsigned part = first; part <= last; ++part) {
      const Reading from{profile, image, channel, static_cast<std::uint8_t>(part), strange};
      const auto value =
          source.reg ? by_register(field, source, from) : by_rules(field, source, from);
      if (value) state.set({source.field, from.part}, *value);
    }
  }
  return state;
}

}  // namespace genkan::profile
