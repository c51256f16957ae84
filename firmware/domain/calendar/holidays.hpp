#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"
#include "firmware/base/toml.hpp"
#include "firmware/domain/calendar/local_time.hpp"

// Japan's public holidays (RES-21): the Act on National Holidays as a rule, days that a law of
// their own made or moved from a data file, and the government's table where somebody has imported
// it.
namespace genkan::domain {

struct Holiday {
  LocalDay day{};
  // In Japanese, as calendars print it. The law calls substitute days and days between just 休日;
  // here a substitute day is "… 振替休日" after the holiday before it, a day between is 休日.
  std::string name;
  bool operator==(const Holiday&) const = default;
};

// The years that the equinox formula holds for.
constexpr int first_holiday_year = 1970;
constexpr int last_holiday_year = 2099;

// The act alone, as it stood in that year: fixed and moved days, equinoxes, days between two
// holidays, substitute days. In order. `year` 1970 to 2099 (the equinox formula's range); other
// years have none.
std::vector<Holiday> holidays_by_law(int year);

// Not changed after it is made, but by take_table(): until then any thread may ask.
class Holidays {
 public:
  // Without any exceptions.
  Holidays();
  // The product's data file, at most 64 KiB: lines "date,name,holiday|workday"; '#' begins a
  // comment. A workday takes the law's holiday of that date away, a holiday on the date of one of
  // the law's gives it another name; days between and substitute days follow from what results.
  // Mistakes are told with their line, and nothing is taken.
  static std::optional<Holidays> read(std::string_view exceptions, std::string_view file,
                                      Problems& problems);
  // The government's table (date, name; UTF-8 here; one line of headings is allowed): it alone
  // counts for the years that it covers whole (it has a 1 January and a 23 November of that year).
  // At most 64 KiB. An error names the line, and nothing is taken.
  Result<> take_table(std::string_view csv);
  // The last year that the table which was taken covers whole; nothing without one.
  std::optional<int> table_until() const { return table_until_; }

  bool is_holiday(LocalDay day) const;
  // Of a year 1970 to 2099, in order; other years have none.
  const std::vector<Holiday>& in_year(int year) const;

 private:
  void set_year(int year, std::vector<Holiday> holidays);

  std::vector<std::vector<Holiday>> years_;  // from the first year; one more, empty, for the others
  std::vector<bool> days_;                   // from 1 January of the first year: whether it is one
  std::optional<int> table_until_;
};

}  // namespace genkan::domain
