#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// The rule for later years at the end of a zone's file (RFC 8536, 3.3: "EST5EDT,M3.2.0,M11.1.0").
// The date library reads a file's listed changes alone (HowardHinnant/date issue 794): those end in
// 2037, or in 1996 where zic was run without "-b fat", and all summers after would be lost.
namespace genkan::domain {

// From this moment the wall is `offset` ahead of UTC.
struct OffsetChange {
  std::chrono::sys_seconds at{};
  std::chrono::seconds offset{0};
  bool operator==(const OffsetChange&) const = default;
};

class ZoneRule {
 public:
  // Strict: nothing for what is no such rule. A daylight saving name without dates is none either.
  static std::optional<ZoneRule> parse(std::string_view text);

  // The changes whose dates lie in these years, in order; none if the zone has one offset for ever.
  std::vector<OffsetChange> changes(std::chrono::year first, std::chrono::year last) const;

 private:
  enum class Count : std::uint8_t { month_week_day, day_without_leap, day_from_zero };
  // When it changes, every year: a day, and a time on the wall of before (-167 to 167 hours).
  struct Turn {
    Count count = Count::month_week_day;
    unsigned month = 1;
    unsigned week = 1;     // 5 is the last
    unsigned weekday = 0;  // from Sunday
    unsigned day = 0;
    std::chrono::seconds time{std::chrono::hours{2}};
    std::chrono::local_seconds in(std::chrono::year year) const;
  };
  class Reader;
  std::chrono::seconds standard_{0};
  std::chrono::seconds summer_{0};
  std::optional<Turn> begin_;  // of summer time; both or neither
  std::optional<Turn> end_;
};

}  // namespace genkan::domain
