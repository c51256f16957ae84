#include "firmware/domain/calendar/zone_rule.hpp"

#include <algorithm>

namespace genkan::domain {
namespace {

using std::chrono::seconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

// Takes the rule from the front, piece by piece; each false or nothing means that it is not there.
class ZoneRule::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool at(char c) const { return text_.starts_with(c); }
  bool take(char c) {
    if (!at(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // "EST", or "<+1030>".
  bool name() {
    const bool quoted = take('<');
    std::size_t size = 0;
    while (size < text_.size() &&
           (is_letter(text_[size]) ||
            (quoted && (is_digit(text_[size]) || text_[size] == '+' || text_[size] == '-')))) {
      ++size;
    }
    text_.remove_prefix(size);
    return size >= 3 && (!quoted || take('>'));
  }
  std::optional<unsigned> number(unsigned low, unsigned high) {
    unsigned value = 0;
    std::size_t size = 0;
    while (size < text_.size() && size < 3 && is_digit(text_[size])) {
      value = value * 10 + static_cast<unsigned>(text_[size] - '0');
      ++size;
    }
    text_.remove_prefix(size);
    if (size == 0 || value < low || value > high) return std::nullopt;
    return value;
  }
  // [+-]hh[:mm[:ss]]
  std::optional<seconds> time(unsigned most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(0, most_hours);
    if (!hours) return std::nullopt;
    auto value = seconds{std::chrono::hours{*hours}};
    for (const auto unit : {seconds{60}, seconds{1}}) {
      if (!take(':')) break;
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      value += *part * unit;
    }
    return negative ? -value : value;
  }
  std::optional<Turn> turn() {
    auto turn = day();
    if (turn && take('/')) {
      const auto at = time(167);
      if (!at) return std::nullopt;
      turn->time = *at;
    }
    return turn;
  }

 private:
  std::optional<Turn> day() {
    Turn turn;
    if (take('M')) {
      const auto month = number(1, 12);
      const auto week = month && take('.') ? number(1, 5) : std::nullopt;
      const auto weekday = week && take('.') ? number(0, 6) : std::nullopt;
      if (!weekday) return std::nullopt;
      turn.month = *month;
      turn.week = *week;
      turn.weekday = *weekday;
      return turn;
    }
    const bool julian = take('J');
    const auto number_of_day = julian ? number(1, 365) : number(0, 365);
    if (!number_of_day) return std::nullopt;
    turn.count = julian ? Count::day_without_leap : Count::day_from_zero;
    turn.day = *number_of_day;
    return turn;
  }

  std::string_view text_;
};

std::chrono::local_seconds ZoneRule::Turn::in(std::chrono::year year) const {
  using namespace std::chrono;
  const local_days new_year{year / January / 1};
  switch (count) {
    case Count::month_week_day: {
      const year_month in_month{year, std::chrono::month{month}};
      const std::chrono::weekday on{weekday};
      const local_days date =
          week == 5 ? local_days{in_month / on[last]} : local_days{in_month / on[week]};
      return date + time;
    }
    case Count::day_without_leap: {
      const bool past_leap_day = year.is_leap() && day >= 60;
      return new_year + days{day - 1} + days{past_leap_day ? 1 : 0} + time;
    }
    case Count::day_from_zero: break;
  }
  return new_year + days{day} + time;
}

std::optional<ZoneRule> ZoneRule::parse(std::string_view text) {
  Reader reader(text);
  ZoneRule rule;
  if (!reader.name()) return std::nullopt;
  const auto west = reader.time(24);
  if (!west) return std::nullopt;
  rule.standard_ = -*west;  // the file counts westwards
  if (reader.at_end()) return rule;

  if (!reader.name()) return std::nullopt;
  rule.summer_ = rule.standard_ + std::chrono::hours{1};
  if (!reader.at(',')) {
    const auto summer_west = reader.time(24);
    if (!summer_west) return std::nullopt;
    rule.summer_ = -*summer_west;
  }
  if (!reader.take(',')) return std::nullopt;
  rule.begin_ = reader.turn();
  if (!rule.begin_ || !reader.take(',')) return std::nullopt;
  rule.end_ = reader.turn();
  if (!rule.end_ || !reader.at_end()) return std::nullopt;
  return rule;
}

std::vector<OffsetChange> ZoneRule::changes(std::chrono::year first, std::chrono::year last) const {
  std::vector<OffsetChange> changes;
  if (!begin_ || !end_) return changes;
  for (auto year = first; year <= last; ++year) {
    const auto begin = begin_->in(year).time_since_epoch() - standard_;
    const auto end = end_->in(year).time_since_epoch() - summer_;
    changes.push_back({std::chrono::sys_seconds{begin}, summer_});
    changes.push_back({std::chrono::sys_seconds{end}, standard_});
  }
  // Summer time all the year ends and begins at one moment: then the beginning counts.
  std::ranges::sort(changes, [this](const OffsetChange& one, const OffsetChange& other) {
    if (one.at != other.at) return one.at < other.at;
    return one.offset == summer_ && other.offset != summer_;
  });
  const auto doubles = std::ranges::unique(changes, {}, &OffsetChange::at);
  changes.erase(doubles.begin(), doubles.end());
  return changes;
}

}  // namespace genkan::domain
