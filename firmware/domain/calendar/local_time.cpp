#include "firmware/domain/calendar/local_time.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <vector>

#include <date/tz.h>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/zone_rule.hpp"

namespace genkan::domain {
namespace {

using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;

// Offsets are exact in these years; what lies outside has the first or the last of them.
constexpr std::chrono::year first_year = 1970y;
constexpr std::chrono::year last_year = 2110y;
constexpr sys_seconds horizon{sys_days{last_year / 12 / 31}};
// Where Debian's tzdata is, and where the date library looks first.
constexpr std::string_view database = "/usr/share/zoneinfo/";

// A stretch of one offset, up to the next era's beginning.
struct Era {
  sys_seconds begin;  // the first era's: the beginning of time
  seconds offset;     // wall minus UTC
  local_seconds
      wall_end;  // what the wall would show at the era's end; the last era's: the end of time
};

bool is_zone_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '/' &&
         std::ranges::all_of(name, allowed);
}

// The changes that the zone's file lists, the offset at the beginning of 1970 first. The library
// throws; its exceptions end in named().
std::vector<OffsetChange> listed_changes(const date::time_zone& zone) {
  std::vector<OffsetChange> changes;
  sys_seconds at{sys_days{first_year / 1 / 1}};
  while (at < horizon) {
    const auto info = zone.get_info(at);
    if (changes.empty() || changes.back().offset != info.offset) {
      changes.push_back({at, info.offset});
    }
    if (info.end <= at) break;
    at = info.end;
  }
  return changes;
}

// The rule behind the last line break of the zone's file; empty for files that have none.
Result<std::string> footer_of(std::string_view name) {
  std::ifstream file(cat(database, name), std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file || !text.starts_with("TZif")) {
    return fail(ErrorCode::io, cat("the file of time zone ", name, " below ", database,
                                   " cannot be read; is tzdata installed?"));
  }
  constexpr std::size_t version_at = 4;
  if (text.size() <= version_at || text[version_at] < '2' || !text.ends_with('\n')) return "";
  text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Result<> add_later_years(std::string_view name, std::vector<OffsetChange>& changes) {
  auto footer = footer_of(name);
  if (!footer) return fail(std::move(footer.error()));
  if (footer->empty()) return {};
  const auto rule = ZoneRule::parse(*footer);
  if (!rule) {
    return fail(ErrorCode::corrupt, cat("the file of time zone ", name, " ends in ",
                                        printable(*footer), ", which is no rule for later years"));
  }
  const auto last = changes.back().at;
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(last)};
  for (const auto& change : rule->changes(day.year() - std::chrono::years{1}, last_year)) {
    if (change.at > last && change.offset != changes.back().offset) changes.push_back(change);
  }
  return {};
}

std::vector<Era> eras_of(const std::vector<OffsetChange>& changes) {
  std::vector<Era> eras;
  for (const auto& change : changes) {
    if (!eras.empty()) {
      eras.back().wall_end = local_seconds{change.at.time_since_epoch() + eras.back().offset};
    }
    eras.push_back({change.at, change.offset, local_seconds::max()});
  }
  eras.front().begin = sys_seconds::min();
  return eras;
}

}  // namespace

struct TimeZone::Data {
  std::string name;
  std::vector<Era> eras;  // in order, by beginning and by wall_end; at least one

  std::vector<Era>::const_iterator after(sys_seconds when) const {
    return std::ranges::upper_bound(eras, when, {}, &Era::begin);
  }
};

Result<TimeZone> TimeZone::named(std::string_view name) {
  const auto unknown = [&name] {
    return fail(ErrorCode::unknown, cat("there is no time zone ", printable(name, 64),
                                        "; a name looks like Asia/Tokyo or America/New_York"));
  };
  if (!is_zone_name(name)) return unknown();
  auto data = std::make_shared<Data>();
  data->name = name;
  std::vector<OffsetChange> changes;
  try {
    changes = listed_changes(*date::locate_zone(data->name));
  } catch (const std::exception&) {
    return unknown();
  }
  if (auto added = add_later_years(name, changes); !added) return fail(std::move(added.error()));
  data->eras = eras_of(changes);
  return TimeZone(std::move(data));
}

const std::string& TimeZone::name() const { return data_->name; }

// An era shows the wall times before its wall_end; the first that does so shows it first. If it has
// not begun yet when it would show `local`, that time is skipped, and it is the era's beginning.
WallTime TimeZone::to_wall(LocalTime local) const {
  const auto era = std::ranges::upper_bound(data_->eras, local_seconds{local}, {}, &Era::wall_end);
  const sys_seconds shown{local.time_since_epoch() - era->offset};
  return std::max(shown, era->begin);
}

LocalTime TimeZone::to_local(WallTime when) const {
  const auto whole = std::chrono::floor<seconds>(when);
  const auto era = std::prev(data_->after(whole));
  return std::chrono::floor<std::chrono::minutes>(
      local_seconds{whole.time_since_epoch() + era->offset});
}

WallTime TimeZone::next_change(WallTime when, WallTime until) const {
  const auto next = data_->after(std::chrono::floor<seconds>(when));
  return next == data_->eras.end() ? until : std::min<WallTime>(next->begin, until);
}

}  // namespace genkan::domain
