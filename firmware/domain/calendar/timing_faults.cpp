#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/timing.hpp"

// fault_of(): what people can get wrong about a timing, each as one sentence.
namespace genkan::domain {
namespace {

using std::chrono::minutes;

constexpr LocalDay first_day{std::chrono::year{1970} / 1 / 1};
constexpr LocalDay last_day{std::chrono::year{2099} / 12 / 31};
constexpr minutes whole_day = std::chrono::hours{24};

bool in_range(LocalDay day) { return first_day <= day && day <= last_day; }

std::string clock_text(minutes time) {
  const auto digits = [](std::int64_t value) { return cat(value < 10 ? "0" : "", value); };
  return cat(digits(time.count() / 60), ":", digits(time.count() % 60));
}

std::string year_fault(std::string_view what, LocalDay day) {
  const auto year = static_cast<int>(std::chrono::year_month_day{day}.year());
  return cat(what, " is in the year ", year, "; dates are from 1970 to 2099");
}

std::string window_fault(minutes from, minutes to) {
  if (from < minutes{0} || to < minutes{0} || from >= whole_day) {
    return "the window's start is from 00:00 to 23:59 and its end up to 24:00";
  }
  if (from == to) {
    return cat("the window starts and ends at ", clock_text(from),
               "; its end must be later, 24:00 for midnight");
  }
  if (to > from && to <= whole_day) return {};
  const auto after_midnight = to > whole_day ? to - whole_day : to;
  if (after_midnight == minutes{0}) {
    return cat("the window from ", clock_text(from), " ends at 00:00; write 24:00 for midnight");
  }
  return cat("the window from ", clock_text(from), " to ", clock_text(to),
             " runs across midnight; make it two: ", clock_text(from), " to 24:00, and 00:00 to ",
             clock_text(after_midnight), " on the days after");
}

std::string weekdays_fault(Weekdays weekdays) {
  if (weekdays == 0) return "no weekday is chosen; choose at least one";
  if ((weekdays & ~every_day) != 0)
    return "there are seven weekdays, bits 0 (Monday) to 6 (Sunday)";
  return {};
}

std::string dates_fault(const Recurrence& recurrence, const std::vector<LocalDay>& dates,
                        std::string_view what) {
  if (dates.size() > Recurrence::most_dates) {
    return cat("there are ", dates.size(), " ", what, " dates; at most ", Recurrence::most_dates,
               " are allowed");
  }
  for (const auto day : dates) {
    if (day < recurrence.first || day > recurrence.last) {
      return cat("the ", what, " date ", format_day(day), " is not within ",
                 format_day(recurrence.first), " to ", format_day(recurrence.last));
    }
  }
  return {};
}

std::string both_lists_fault(const Recurrence& recurrence) {
  for (const auto day : recurrence.extra) {
    if (std::ranges::count(recurrence.excluded, day) > 0) {
      return cat(format_day(day), " is both an extra and an excluded date; keep one of the two");
    }
  }
  return {};
}

std::string fault(const Always&) { return {}; }

std::string fault(const Span& span) {
  const auto day_of = [](LocalTime time) { return std::chrono::floor<std::chrono::days>(time); };
  if (!in_range(day_of(span.start))) return year_fault("the start", day_of(span.start));
  if (!in_range(day_of(span.end))) return year_fault("the end", day_of(span.end));
  if (span.start < span.end) return {};
  return cat("the end, ", format_local(span.end), ", is not after the start, ",
             format_local(span.start), "; choose a later end");
}

std::string fault(const Recurrence& recurrence) {
  if (!in_range(recurrence.first)) return year_fault("the first day", recurrence.first);
  if (!in_range(recurrence.last)) return year_fault("the last day", recurrence.last);
  if (recurrence.last < recurrence.first) {
    return cat("the last day, ", format_day(recurrence.last), ", is before the first, ",
               format_day(recurrence.first), "; choose a later last day");
  }
  if (auto text = window_fault(recurrence.from, recurrence.to); !text.empty()) return text;
  // Public holidays alone, or extra dates alone, are days enough.
  const bool other_days = recurrence.holidays == OnHolidays::valid || !recurrence.extra.empty();
  if (auto text = weekdays_fault(recurrence.weekdays);
      !text.empty() && (recurrence.weekdays != 0 || !other_days)) {
    return text;
  }
  if (auto text = dates_fault(recurrence, recurrence.extra, "extra"); !text.empty()) return text;
  if (auto text = dates_fault(recurrence, recurrence.excluded, "excluded"); !text.empty()) {
    return text;
  }
  return both_lists_fault(recurrence);
}

std::string fault(const Weekly& weekly) {
  if (auto text = window_fault(weekly.from, weekly.to); !text.empty()) return text;
  return weekdays_fault(weekly.weekdays);
}

}  // namespace

std::string fault_of(const Timing& timing) {
  return std::visit([](const auto& of_kind) { return fault(of_kind); }, timing);
}

}  // namespace genkan::domain
