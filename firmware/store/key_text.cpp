#include "firmware/store/key_text.hpp"

#include <array>

#include "firmware/base/json.hpp"

namespace genkan::store {

namespace {

using domain::LocalDay;
using domain::LocalTime;
using std::chrono::minutes;

constexpr std::size_t most_bytes = 16'384;
// In the order of domain::OnHolidays.
constexpr std::array<std::string_view, 3> holiday_words{"as_weekday", "valid", "not_valid"};

std::int64_t number(LocalTime time) { return time.time_since_epoch().count(); }
std::int64_t number(LocalDay day) { return day.time_since_epoch().count(); }

json::array dates(const std::vector<LocalDay>& days) {
  json::array list;
  for (const auto day : days) list.emplace_back(number(day));
  return list;
}

json::object object_of(const domain::Weekly& weekly) {
  return {{"weekly", {weekly.weekdays, weekly.from.count(), weekly.to.count()}}};
}

json::object object_of(const domain::Recurrence& each) {
  return {{"recurrence",
           {{"days", {number(each.first), number(each.last)}},
            {"window", {each.from.count(), each.to.count()}},
            {"weekdays", each.weekdays},
            {"holidays", holiday_words[static_cast<std::size_t>(each.holidays)]},
            {"extra", dates(each.extra)},
            {"excluded", dates(each.excluded)}}}};
}

json::object object_of(const domain::Span& span) {
  return {{"span", json::array{number(span.start), number(span.end)}}};
}

json::object object_of(const domain::Always&) { return {{"always", true}}; }

json::object object_of(const domain::OnceKey& once) {
  return {{"once", {once.uses, number(once.span.start), number(once.span.end)}}};
}

// Reads an object and remembers whether something was missing, of another type or out of range.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    auto parsed = parse_json(text, most_bytes);
    if (parsed && parsed->is_object()) object_ = std::move(parsed->as_object());
  }
  explicit Reader(json::object object) : object_(std::move(object)) {}

  bool has(std::string_view key) const { return object_.contains(key); }
  bool sound() const { return sound_; }

  std::int64_t whole(const json::value& value, std::int64_t low, std::int64_t high) {
    const auto* number = value.if_int64();
    if (number != nullptr && *number >= low && *number <= high) return *number;
    sound_ = false;
    return low;
  }
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high) {
    const auto* value = object_.if_contains(key);
    return value != nullptr ? whole(*value, low, high) : refuse(low);
  }
  // The list at `key`, of that length.
  json::array list(std::string_view key, std::size_t length) {
    json::array found = any_list(key);
    if (found.size() == length) return found;
    sound_ = false;
    return json::array(length, json::value(0));
  }
  json::array any_list(std::string_view key) {
    const auto* value = object_.if_contains(key);
    if (value != nullptr && value->is_array()) return value->as_array();
    sound_ = false;
    return {};
  }
  json::object object(std::string_view key) {
    const auto* value = object_.if_contains(key);
    if (value != nullptr && value->is_object()) return value->as_object();
    sound_ = false;
    return {};
  }

  LocalTime time(const json::value& value) {
    return LocalTime{minutes{whole(value, -most_minutes, most_minutes)}};
  }
  LocalDay day(const json::value& value) {
    return LocalDay{std::chrono::days{whole(value, -most_days, most_days)}};
  }
  minutes of_day(const json::value& value) { return minutes{whole(value, 0, 24 * 60)}; }
  domain::Weekdays weekdays(const json::value& value) {
    return static_cast<domain::Weekdays>(whole(value, 0, domain::every_day));
  }
  std::vector<LocalDay> days(std::string_view key) {
    std::vector<LocalDay> found;
    for (const auto& value : any_list(key)) found.push_back(day(value));
    return found;
  }
  domain::OnHolidays holidays(std::string_view key) {
    const auto* value = object_.if_contains(key);
    for (std::size_t i = 0; i < holiday_words.size(); ++i) {
      if (value != nullptr && value->is_string() && value->as_string() == holiday_words[i]) {
        return static_cast<domain::OnHolidays>(i);
      }
    }
    sound_ = false;
    return {};
  }

 private:
  static constexpr std::int64_t most_days = 4'000'000;  // some 10,000 years
  static constexpr std::int64_t most_minutes = most_days * 24 * 60;

  std::int64_t refuse(std::int64_t low) {
    sound_ = false;
    return low;
  }

  json::object object_;
  bool sound_ = true;
};

domain::Span span_from(Reader& reader, const json::array& list, std::size_t at) {
  return {reader.time(list[at]), reader.time(list[at + 1])};
}

domain::Weekly weekly_from(Reader& reader) {
  const auto list = reader.list("weekly", 3);
  return {reader.weekdays(list[0]), reader.of_day(list[1]), reader.of_day(list[2])};
}

std::optional<domain::Timing> recurrence_from(Reader outer) {
  Reader reader(outer.object("recurrence"));
  const auto days = reader.list("days", 2);
  const auto window = reader.list("window", 2);
  domain::Recurrence each;
  each.first = reader.day(days[0]);
  each.last = reader.day(days[1]);
  each.from = reader.of_day(window[0]);
  each.to = reader.of_day(window[1]);
  each.weekdays = static_cast<domain::Weekdays>(reader.integer("weekdays", 0, domain::every_day));
  each.holidays = reader.holidays("holidays");
  each.extra = reader.days("extra");
  each.excluded = reader.days("excluded");
  if (!reader.sound() || !outer.sound()) return std::nullopt;
  return each;
}

}  // namespace

std::string text_of(const domain::Timing& timing) {
  return std::visit([](const auto& one) { return json::serialize(object_of(one)); }, timing);
}

std::string text_of(const domain::TemporaryRule& rule) {
  return std::visit([](const auto& one) { return json::serialize(object_of(one)); }, rule);
}

std::string text_of(const domain::LockSchedule& schedule) {
  json::object object{{"days", schedule.weekdays},
                      {"minutes", json::array{number(schedule.first), number(schedule.last)}}};
  if (schedule.window) {
    object["window"] = json::array{schedule.window->first.count(), schedule.window->second.count()};
  }
  return json::serialize(object);
}

std::string text_of(const std::vector<std::string>& list) {
  json::array values;
  for (const auto& text : list) values.emplace_back(text);
  return json::serialize(values);
}

std::optional<domain::Timing> timing_from(std::string_view text) {
  Reader reader(text);
  if (reader.has("recurrence")) return recurrence_from(std::move(reader));
  std::optional<domain::Timing> timing;
  if (reader.has("always")) {
    timing = domain::Always{};
  } else if (reader.has("span")) {
    timing = span_from(reader, reader.list("span", 2), 0);
  } else if (reader.has("weekly")) {
    timing = weekly_from(reader);
  }
  return reader.sound() ? timing : std::nullopt;
}

std::optional<domain::TemporaryRule> rule_from(std::string_view text) {
  Reader reader(text);
  std::optional<domain::TemporaryRule> rule;
  if (reader.has("once")) {
    const auto list = reader.list("once", 3);
    const auto uses = static_cast<std::uint16_t>(reader.whole(list[0], 0, 65'535));
    rule = domain::OnceKey{uses, span_from(reader, list, 1)};
  } else if (reader.has("weekly")) {
    rule = weekly_from(reader);
  }
  return reader.sound() ? rule : std::nullopt;
}

std::optional<domain::LockSchedule> schedule_from(std::string_view text) {
  Reader reader(text);
  const auto list = reader.list("minutes", 2);
  domain::LockSchedule schedule;
  schedule.first = reader.time(list[0]);
  schedule.last = reader.time(list[1]);
  schedule.weekdays = static_cast<domain::Weekdays>(reader.integer("days", 0, domain::every_day));
  if (reader.has("window")) {
    const auto window = reader.list("window", 2);
    schedule.window = {reader.of_day(window[0]), reader.of_day(window[1])};
  }
  if (!reader.sound()) return std::nullopt;
  return schedule;
}

std::optional<std::vector<std::string>> list_from(std::string_view text) {
  const auto parsed = parse_json(text, most_bytes);
  if (!parsed || !parsed->is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const auto& value : parsed->as_array()) {
    if (!value.is_string()) return std::nullopt;
    list.emplace_back(value.as_string());
  }
  return list;
}

}  // namespace genkan::store
