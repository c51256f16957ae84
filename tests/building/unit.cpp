#include "tests/building/unit.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

namespace building {

std::string Identity::name(int channel) const {
  if (const auto found = names.find(channel); found != names.end()) return found->second;
  return line + "-" + std::to_string(unit) + "-" + std::to_string(channel);
}

Refusal Unit::check_all(Table table, std::uint16_t first,
                        std::span<const std::uint16_t> values) const {
  for (std::size_t index = 0; index < values.size(); ++index) {
    const Refusal one = check(table, static_cast<std::uint16_t>(first + index), values[index]);
    if (one != Refusal::none) return one;
  }
  return Refusal::none;
}

void Unit::advance(Time now) {
  if (!now_) powered_up(now);
  now_ = std::max(now_.value_or(now), now);
  agenda_.run(now);
}

void Unit::moved(Time at, int channel, std::string_view what, boost::json::value value, By by,
                 std::optional<int> part) {
  moves_.add(Move{.at = at,
                  .device = name(channel),
                  .what = std::string(what),
                  .value = std::move(value),
                  .by = by,
                  .part = part});
}

void Unit::moved(int channel, Move move) {
  move.device = name(channel);
  moves_.add(std::move(move));
}

Said Unit::lacks(std::string_view verb) const {
  return std::unexpected(std::string(model()) + " has nothing that '" + std::string(verb) +
                         "' could act on");
}

std::expected<bool, std::string> either(std::span<const std::string> words, std::string_view yes,
                                        std::string_view no) {
  if (words.size() == 1 && words[0] == yes) return true;
  if (words.size() == 1 && words[0] == no) return false;
  return std::unexpected("say " + std::string(yes) + " or " + std::string(no));
}

std::expected<int, std::string> number(std::span<const std::string> words, std::size_t index,
                                       int low, int high, std::string_view what) {
  const std::string expected = std::string(what) + " is a number from " + std::to_string(low) +
                               " to " + std::to_string(high);
  if (index >= words.size()) return std::unexpected(expected);
  const std::string& word = words[index];
  int value = 0;
  const auto end = std::from_chars(word.data(), word.data() + word.size(), value);
  if (end.ec != std::errc{} || end.ptr != word.data() + word.size() || value < low ||
      value > high) {
    return std::unexpected(expected);
  }
  return value;
}

}  // namespace building
