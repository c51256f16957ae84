#include "firmware/services/keys/time_input.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/forgiving_time.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::LocalDay;
using domain::LocalTime;
using std::chrono::minutes;

LocalDay day_of(LocalTime time) { return std::chrono::floor<std::chrono::days>(time); }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A date and a time as typed; empty: not given.
struct Typed {
  std::string date;
  std::string time;
};

// "25:00", "900", "2500": no date is that short.
bool is_time_alone(std::string_view word) {
  constexpr std::size_t most_digits = 4;
  const bool digits = word.find_first_not_of("0123456789") == std::string_view::npos;
  return word.contains(':') || (digits && word.size() <= most_digits);
}

std::optional<Typed> typed_moment(const JsonFields& fields, std::string_view key) {
  static constexpr std::array<std::string_view, 2> known{"date", "time"};
  const json::object* object = fields.is_object(key) ? fields.object(key) : nullptr;
  if (object != nullptr) {
    const JsonFields parts(*object, fields.path(key), known, fields.faults());
    return Typed{parts.text("date", 40).value_or(""), parts.text("time", 40).value_or("")};
  }
  const auto text = fields.text(key, 80);
  if (!text) return std::nullopt;
  const std::string_view whole = trimmed(*text);
  const auto blank = whole.find_first_of(" T");
  if (blank == std::string_view::npos) {
    return is_time_alone(whole) ? Typed{"", std::string(whole)} : Typed{std::string(whole), ""};
  }
  return Typed{std::string(trimmed(whole.substr(0, blank))),
               std::string(trimmed(whole.substr(blank + 1)))};
}

// The number that the text ends with, of at most two digits.
std::optional<unsigned> last_number(std::string_view text) {
  std::size_t digits = 0;
  while (digits < std::min<std::size_t>(2, text.size()) && text[text.size() - 1 - digits] >= '0' &&
         text[text.size() - 1 - digits] <= '9') {
    ++digits;
  }
  return parse_integer<unsigned>(text.substr(text.size() - digits), 0, 99);
}

bool day_is_as_typed(std::string_view date, LocalDay day) {
  const auto typed = last_number(date);
  return typed && *typed == static_cast<unsigned>(std::chrono::year_month_day(day).day());
}

bool time_is_as_typed(std::string_view time, LocalDay day, LocalTime resolved) {
  const bool minutes_typed = time.size() > 2;
  return day_of(resolved) == day && (!minutes_typed || last_number(time).value_or(0) < 60);
}

void tell_surprise(const Typed& typed, LocalDay day, LocalTime resolved, Told& told) {
  if (!typed.date.empty() && !day_is_as_typed(typed.date, day)) {
    const std::string text = cat(printable(typed.date), " ", printable(typed.time));
    told.push_back(cat("'", trimmed(text), "' is ", domain::format_local(resolved)));
  } else if (!typed.time.empty() && !time_is_as_typed(typed.time, day, resolved)) {
    told.push_back(cat("'", printable(typed.time), "' on ", domain::format_day(day), " is ",
                       domain::format_local(resolved)));
  }
}

std::optional<LocalDay> resolved_day(const JsonFields& fields, std::string_view path,
                                     std::string_view date) {
  const auto day = domain::forgiving_time(date, "0:00");
  if (day) return day_of(*day);
  fields.faults().add(path, day.error().message());
  return std::nullopt;
}

}  // namespace

std::optional<LocalTime> read_moment(const JsonFields& fields, std::string_view key,
                                     const MomentDefaults& defaults, Told& told) {
  if (!fields.has(key)) return std::nullopt;
  const auto typed = typed_moment(fields, key);
  if (!typed || fields.faults().any()) return std::nullopt;
  LocalDay day = defaults.day;
  if (!typed->date.empty()) {
    const auto resolved = resolved_day(fields, fields.path(key), typed->date);
    if (!resolved) return std::nullopt;
    day = *resolved;
  }
  minutes time = defaults.time;
  if (!typed->time.empty()) {
    const auto resolved = domain::forgiving_minutes(typed->time);
    if (!resolved) {
      fields.fault(key, resolved.error().message());
      return std::nullopt;
    }
    time = *resolved;
  }
  const bool time_alone = typed->date.empty() && !typed->time.empty();
  if (time_alone && defaults.after) day = day_of(*defaults.after);
  while (time_alone && defaults.after && LocalTime(day) + time <= *defaults.after) {
    day += std::chrono::days(1);
  }
  const LocalTime moment = LocalTime(day) + time;
  tell_surprise(*typed, day, moment, told);
  if (typed->date.empty() || typed->time.empty()) {
    told.push_back(cat("'", key, "' was given in part: it is ", domain::format_local(moment)));
  }
  return moment;
}

std::optional<LocalDay> read_day(const JsonFields& fields, std::string_view key, Told& told) {
  const auto text = fields.text(key, 40);
  if (!text) return std::nullopt;
  const auto day = resolved_day(fields, fields.path(key), trimmed(*text));
  if (day && !day_is_as_typed(trimmed(*text), *day)) {
    told.push_back(cat("'", printable(*text), "' is ", domain::format_day(*day)));
  }
  return day;
}

std::vector<LocalDay> read_days(const JsonFields& fields, std::string_view key, std::size_t most,
                                Told& told) {
  std::vector<LocalDay> days;
  const auto texts = fields.texts(key, 1000, 40);
  if (!texts) return days;
  if (texts->size() > most) {
    fields.fault(key, cat("has ", texts->size(), " dates; at most ", most, " are taken"));
    return days;
  }
  for (const auto& text : *texts) {
    const auto day =
        resolved_day(fields, cat(fields.path(key), "[", days.size(), "]"), trimmed(text));
    if (!day) return days;
    if (!day_is_as_typed(trimmed(text), *day)) {
      told.push_back(cat("'", printable(text), "' is ", domain::format_day(*day)));
    }
    days.push_back(*day);
  }
  return days;
}

minutes read_minutes(const JsonFields& fields, std::string_view key) {
  const std::string text = fields.needed_text(key, "a time of day like 9:00", 40);
  if (text.empty() && !fields.has(key)) return minutes{0};
  const auto time = domain::forgiving_minutes(trimmed(text));
  if (time) return *time;
  fields.fault(key, time.error().message());
  return minutes{0};
}

std::optional<domain::Weekdays> read_weekdays(const JsonFields& fields, std::string_view key) {
  const auto texts = fields.texts(key, 7, 16);
  if (!texts) return std::nullopt;
  domain::Weekdays weekdays = 0;
  for (const auto& text : *texts) {
    const auto found = std::ranges::find(weekday_words, std::string_view(text));
    if (found == weekday_words.end()) {
      fields.fault(key, cat("'", printable(text),
                            "' is no weekday; allowed: ", alternatives(weekday_words)));
      return std::nullopt;
    }
    weekdays |= static_cast<domain::Weekdays>(1U << (found - weekday_words.begin()));
  }
  return weekdays;
}

std::optional<domain::Recurrence> read_recurrence(const json::object& object,
                                                  const std::string& path, Faults& faults,
                                                  Told& told) {
  static constexpr std::array<std::string_view, 8> known{
      "first", "last", "from", "to", "weekdays", "holidays", "extra", "excluded"};
  std::array<std::string_view, 3> rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    rules[i] = domain::name_of(static_cast<domain::OnHolidays>(i));
  }
  const JsonFields fields(object, path, known, faults);
  for (const auto key : {known[0], known[1]}) {
    if (!fields.has(key)) fields.fault(key, "is missing; give a date like 2026-11-20");
  }
  domain::Recurrence recurrence;
  recurrence.first = read_day(fields, "first", told).value_or(LocalDay{});
  recurrence.last = read_day(fields, "last", told).value_or(LocalDay{});
  recurrence.from = read_minutes(fields, "from");
  recurrence.to = read_minutes(fields, "to");
  recurrence.weekdays = read_weekdays(fields, "weekdays").value_or(domain::every_day);
  if (const auto rule = fields.word("holidays", rules)) {
    recurrence.holidays = static_cast<domain::OnHolidays>(*rule);
  }
  recurrence.extra = read_days(fields, "extra", domain::Recurrence::most_dates, told);
  recurrence.excluded = read_days(fields, "excluded", domain::Recurrence::most_dates, told);
  if (!faults.any()) {
    if (auto fault = domain::fault_of(recurrence); !fault.empty()) {
      faults.add(path, fault);
    }
  }
  if (faults.any()) return std::nullopt;
  return recurrence;
}

std::optional<domain::Weekly> read_weekly(const json::object& object, const std::string& path,
                                          Faults& faults) {
  static constexpr std::array<std::string_view, 3> known{"weekdays", "from", "to"};
  const JsonFields fields(object, path, known, faults);
  domain::Weekly weekly;
  weekly.from = read_minutes(fields, "from");
  weekly.to = read_minutes(fields, "to");
  weekly.weekdays = read_weekdays(fields, "weekdays").value_or(domain::every_day);
  if (weekly.weekdays == 0) weekly.weekdays = domain::every_day;
  if (faults.any()) return std::nullopt;
  if (auto fault = domain::fault_of(weekly); !fault.empty()) {
    faults.add(path, fault);
    return std::nullopt;
  }
  return weekly;
}

void tell_clock_change(LocalTime when, const domain::TimeZone& zone, Told& told) {
  const WallTime wall = zone.to_wall(when);
  const LocalTime shown = zone.to_local(wall);
  if (shown != when) {
    told.push_back(cat(domain::format_local(when), " does not exist in ", zone.name(),
                       ": the clocks go forward; ", domain::format_local(shown), " counts"));
    return;
  }
  const WallTime change = zone.next_change(wall, wall + std::chrono::hours(3));
  for (const auto later : {std::chrono::minutes(30), std::chrono::minutes(60)}) {
    if (change < wall + std::chrono::hours(3) && zone.to_local(wall + later) == when) {
      told.push_back(cat(domain::format_local(when), " comes twice in ", zone.name(),
                         ": the clocks go back; the first counts"));
      return;
    }
  }
}

}  // namespace genkan::services
