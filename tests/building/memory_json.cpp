#include "tests/building/memory_json.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {

namespace json = boost::json;

constexpr std::uint16_t step = 10;  // minutes
constexpr std::uint16_t most_steps = 144;

json::object to_json(const KeySchedule& schedule) {
  if (schedule.mode == KeySchedule::Mode::always) return {{"mode", "always"}};
  json::object object{{"mode", "span"}, {"first", schedule.first}, {"last", schedule.last}};
  if (schedule.mode == KeySchedule::Mode::span) return object;
  object["mode"] = "weekly";
  object["weekdays"] = schedule.weekdays;
  object["from"] = schedule.from * step;
  object["to"] = schedule.to * step;
  return object;
}

json::object to_json(SlotPlace place, const SlotEntry& entry) {
  return {{"area", place.area},
          {"slot", place.slot},
          {"kind", name_of(entry.key.kind)},
          {"value", text_of(entry.key)},
          {"schedule", to_json(entry.schedule)}};
}

template <class Number>
Number number(const json::object& object, std::string_view name,
              Number most = std::numeric_limits<Number>::max()) {
  const auto value = object.at(name).to_number<Number>();
  if (value > most) throw std::runtime_error("'" + std::string(name) + "' is too large");
  return value;
}

std::uint16_t steps(const json::object& object, std::string_view name) {
  const auto minutes = number<std::uint16_t>(object, name, most_steps * step);
  return static_cast<std::uint16_t>(minutes / step);
}

KeySchedule schedule_from(const json::object& object) {
  KeySchedule schedule;
  const json::string& mode = object.at("mode").as_string();
  if (mode == "always") return schedule;
  schedule.mode = KeySchedule::Mode::span;
  schedule.first = number<std::uint32_t>(object, "first");
  schedule.last = number<std::uint32_t>(object, "last");
  if (mode == "span") return schedule;
  if (mode != "weekly") throw std::runtime_error("a schedule's mode is always, span or weekly");
  schedule.mode = KeySchedule::Mode::weekly;
  schedule.weekdays = number<std::uint16_t>(object, "weekdays", 0x7F);
  schedule.from = steps(object, "from");
  schedule.to = steps(object, "to");
  return schedule;
}

StoredKey key_from(const json::object& object) {
  const std::string_view kind = object.at("kind").as_string();
  if (kind != "code" && kind != "card") throw std::runtime_error("a kind is code or card");
  const std::string_view value = object.at("value").as_string();
  const auto key = kind == "code" ? code_of(value) : card_of(value);
  if (!key) throw std::runtime_error(key.error());
  return *key;
}

}  // namespace

json::object to_json(const MemoryImage& image) {
  json::array slots;
  for (const auto& [place, entry] : image.slots) slots.push_back(to_json(place, entry));
  return {{"serial", image.serial},
          {"changes", image.changes},
          {"masters", image.masters},
          {"slots", std::move(slots)}};
}

MemoryImage memory_from_json(const json::value& value) {
  const json::object& object = value.as_object();
  MemoryImage image{number<std::uint32_t>(object, "serial"),
                    number<std::uint16_t>(object, "changes"),
                    number<std::uint16_t>(object, "masters"),
                    {}};
  for (const json::value& one : object.at("slots").as_array()) {
    const json::object& slot = one.as_object();
    const SlotPlace place{number<std::uint16_t>(slot, "area"), number<std::uint16_t>(slot, "slot")};
    const SlotEntry entry{key_from(slot), schedule_from(slot.at("schedule").as_object())};
    if (!image.slots.emplace(place, entry).second) throw std::runtime_error("a slot stands twice");
  }
  return image;
}

}  // namespace building
