#include "firmware/domain/calendar/holidays.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/holiday_law.hpp"

namespace genkan::domain {
namespace {

using std::chrono::days;

constexpr std::size_t most_bytes = 64 * std::size_t{1024};
constexpr std::size_t longest_name = 100;  // bytes
constexpr LocalDay first_day{std::chrono::year{first_holiday_year} / 1 / 1};
constexpr LocalDay end_of_days{std::chrono::year{last_holiday_year + 1} / 1 / 1};
constexpr std::size_t year_count = last_holiday_year - first_holiday_year + 1;

int year_of(LocalDay day) { return static_cast<int>(std::chrono::year_month_day{day}.year()); }
std::size_t index_of_year(int year) { return static_cast<std::size_t>(year - first_holiday_year); }
bool is_covered(LocalDay day) { return first_day <= day && day < end_of_days; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The first field of `rest`, taken from it; a line has at most a few.
std::string_view take_field(std::string_view& rest) {
  const auto comma = rest.find(',');
  const auto field = rest.substr(0, comma);
  rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
  return trimmed(field);
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  fields.reserve(static_cast<std::size_t>(std::ranges::count(line, ',')) + 1);
  while (fields.size() < fields.capacity()) fields.push_back(take_field(line));
  return fields;
}

using TakeLine = std::function<void(std::uint32_t number, std::string_view line)>;

// Each line with its number, trimmed, without a byte order mark.
void for_each_line(std::string_view text, const TakeLine& take) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const auto size = std::min(text.find('\n'), text.size());
    take(number, trimmed(text.substr(0, size)));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && is_utf8(name);
}

NamedDays all_named_days() {
  NamedDays named;
  for (int year = first_holiday_year; year <= last_holiday_year; ++year) {
    named.merge(named_days(year));
  }
  return named;
}

// One line of the product's data file, put into effect. What is wrong with it; empty if nothing is.
std::string apply_exception(std::string_view line, std::set<LocalDay>& seen, NamedDays& named) {
  const auto fields = fields_of(line);
  if (fields.size() != 3) return "a line is: date,name,holiday or workday";
  const auto day = parse_day(fields[0]);
  if (!day || !is_covered(*day)) {
    return cat("'", printable(fields[0], 20), "' is no date from 1970 to 2099; write 2019-05-01");
  }
  if (!is_name(fields[1])) return "the name is missing, is no UTF-8 or is over 100 bytes long";
  if (!seen.insert(*day).second) return cat(format_day(*day), " is in the file twice; keep one");
  if (fields[2] == "holiday") {
    named.insert_or_assign(*day, std::string(fields[1]));
    return {};
  }
  if (fields[2] != "workday") {
    return cat("'", printable(fields[2], 20), "' is neither holiday nor workday");
  }
  if (named.erase(*day) == 0) {
    return cat(format_day(*day), " is no holiday by law, so no workday can be made of it");
  }
  return {};
}

// "2026-01-01" or "2026/1/1": the government writes the second.
std::optional<LocalDay> table_date(std::string_view text) {
  const auto mark = text.find_first_of("/-");
  const auto second = mark == text.npos ? text.npos : text.find(text[mark], mark + 1);
  if (second == text.npos) return std::nullopt;
  const auto year = parse_integer(text.substr(0, mark), 1900, 9999);
  const auto month = parse_integer(text.substr(mark + 1, second - mark - 1), 1u, 12u);
  const auto day = parse_integer(text.substr(second + 1), 1u, 31u);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return LocalDay{date};
}

// As apply_exception, for a line of the government's table.
std::string take_table_line(std::string_view line, NamedDays& table) {
  const auto fields = fields_of(line);
  if (fields.size() != 2) return "a line is: date,name";
  const auto day = table_date(fields[0]);
  if (!day) return cat("'", printable(fields[0], 20), "' is no date; write 2026-01-01 or 2026/1/1");
  if (!is_name(fields[1])) {
    return "the name is missing, is no UTF-8 or is over 100 bytes long; "
           "the government's own file is Shift_JIS and must be converted first";
  }
  // Years beyond ours are no mistake: the table begins in 1955.
  if (is_covered(*day) && !table.emplace(*day, fields[1]).second) {
    return cat(format_day(*day), " is in the table twice; keep one");
  }
  return {};
}

bool is_heading(std::uint32_t number, std::string_view line) {
  return number == 1 && line.find_first_of("0123456789") == line.npos;
}

}  // namespace

Holidays::Holidays()
    : years_(year_count + 1), days_(static_cast<std::size_t>((end_of_days - first_day).count())) {
  for (int year = first_holiday_year; year <= last_holiday_year; ++year) {
    set_year(year, holidays_by_law(year));
  }
}

void Holidays::set_year(int year, std::vector<Holiday> holidays) {
  auto& kept = years_[index_of_year(year)];
  const auto mark = [this](const std::vector<Holiday>& list, bool is_one) {
    for (const auto& holiday : list) {
      days_[static_cast<std::size_t>((holiday.day - first_day).count())] = is_one;
    }
  };
  mark(kept, false);
  kept = std::move(holidays);
  mark(kept, true);
}

std::optional<Holidays> Holidays::read(std::string_view exceptions, std::string_view file,
                                       Problems& problems) {
  if (exceptions.size() > most_bytes) {
    problems.add(file, 0, "the file is over 64 KiB; it lists single days, not whole years");
    return std::nullopt;
  }
  NamedDays named = all_named_days();
  std::set<LocalDay> seen;
  bool sound = true;
  for_each_line(exceptions, [&](std::uint32_t number, std::string_view line) {
    const auto content = trimmed(line.substr(0, line.find('#')));
    if (content.empty()) return;
    auto fault = apply_exception(content, seen, named);
    if (fault.empty()) return;
    sound = false;
    problems.add(file, number, std::move(fault));
  });
  if (!sound) return std::nullopt;

  std::map<int, std::vector<Holiday>> by_year;
  for (auto& holiday : with_days_that_follow(named)) {
    if (is_covered(holiday.day)) by_year[year_of(holiday.day)].push_back(std::move(holiday));
  }
  Holidays holidays;
  for (int year = first_holiday_year; year <= last_holiday_year; ++year) {
    holidays.set_year(year, std::move(by_year[year]));
  }
  return holidays;
}

Result<> Holidays::take_table(std::string_view csv) {
  if (csv.size() > most_bytes) {
    return fail(ErrorCode::invalid, "the table of holidays is over 64 KiB; this is another file");
  }
  NamedDays table;
  std::string fault;
  for_each_line(csv, [&](std::uint32_t number, std::string_view line) {
    if (!fault.empty() || line.empty() || is_heading(number, line)) return;
    fault = take_table_line(line, table);
    if (!fault.empty()) fault = cat("line ", number, " of the table of holidays: ", fault);
  });
  if (!fault.empty()) return fail(ErrorCode::invalid, std::move(fault));

  std::map<int, std::vector<Holiday>> whole;
  for (const auto& [day, name] : table) {
    const std::chrono::year year{year_of(day)};
    if (table.contains(LocalDay{year / 1 / 1}) && table.contains(LocalDay{year / 11 / 23})) {
      whole[static_cast<int>(year)].push_back({day, name});
    }
  }
  if (whole.empty()) {
    return fail(ErrorCode::invalid,
                "the table of holidays covers no year whole: it needs the days from 1 January to "
                "23 November of a year from 1970 to 2099");
  }
  const int last = whole.rbegin()->first;
  table_until_ = std::max(table_until_.value_or(last), last);
  for (auto& [year, holidays] : whole) set_year(year, std::move(holidays));
  return {};
}

bool Holidays::is_holiday(LocalDay day) const {
  return is_covered(day) && days_[static_cast<std::size_t>((day - first_day).count())];
}

const std::vector<Holiday>& Holidays::in_year(int year) const {
  const bool ours = year >= first_holiday_year && year <= last_holiday_year;
  return ours ? years_[index_of_year(year)] : years_.back();
}

}  // namespace genkan::domain
