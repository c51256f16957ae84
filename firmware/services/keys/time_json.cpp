#include "firmware/services/keys/time_json.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services {

using domain::LocalDay;
using std::chrono::minutes;

json::array weekdays_json(domain::Weekdays weekdays) {
  json::array days;
  for (std::size_t i = 0; i < weekday_words.size(); ++i) {
    if ((weekdays >> i & 1U) != 0) days.emplace_back(weekday_words[i]);
  }
  return days;
}

std::string format_minutes(minutes time) {
  const auto minute = time.count() % 60;
  return cat(time.count() / 60, minute < 10 ? ":0" : ":", minute);
}

namespace {

json::array days_json(const std::vector<LocalDay>& days) {
  json::array list;
  for (const auto day : days) list.emplace_back(domain::format_day(day));
  return list;
}

json::object to_json(const domain::Recurrence& recurrence) {
  return {{"first", domain::format_day(recurrence.first)},
          {"last", domain::format_day(recurrence.last)},
          {"from", format_minutes(recurrence.from)},
          {"to", format_minutes(recurrence.to)},
          {"weekdays", weekdays_json(recurrence.weekdays)},
          {"holidays", domain::name_of(recurrence.holidays)},
          {"extra", days_json(recurrence.extra)},
          {"excluded", days_json(recurrence.excluded)}};
}

}  // namespace

json::object timing_json(const domain::Timing& timing) {
  if (const auto* span = std::get_if<domain::Span>(&timing)) {
    return {{"start", domain::format_local(span->start)}, {"end", domain::format_local(span->end)}};
  }
  if (const auto* recurrence = std::get_if<domain::Recurrence>(&timing)) {
    return {{"recurrence", to_json(*recurrence)}};
  }
  if (const auto* weekly = std::get_if<domain::Weekly>(&timing)) {
    return {{"weekly", json::object{{"weekdays", weekdays_json(weekly->weekdays)},
                                    {"from", format_minutes(weekly->from)},
                                    {"to", format_minutes(weekly->to)}}}};
  }
  return {{"always", true}};
}

json::object interval_json(const domain::Interval& interval, const domain::TimeZone& zone) {
  return {{"start", domain::format_local(zone.to_local(interval.start))},
          {"end", domain::format_local(zone.to_local(interval.end))}};
}

void add_times(json::object& object, const domain::Interval& interval,
               const domain::TimeZone& zone) {
  for (const auto& member : interval_json(interval, zone)) object.insert(member);
  object["start_utc"] = format_time(interval.start);
  object["end_utc"] = format_time(interval.end);
}

}  // namespace genkan::services
