#include "firmware/domain/keys/key_ring.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "firmware/domain/keys/key_reach.hpp"
#include "firmware/domain/keys/key_table.hpp"
#include "firmware/domain/keys/key_timing.hpp"

namespace genkan::domain {

namespace {

// The wall's minutes are whole minutes of UTC too: since 1972 no zone has seconds in its offset.
std::int32_t packed(WallTime time) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(minutes, Limits::min(), Limits::max()));
}

WallTime unpacked(std::int32_t minutes) { return WallTime{std::chrono::minutes{minutes}}; }

// How one row stands to what was shown.
struct Standing {
  RowId row = no_row;
  Refusal why = Refusal::unknown_key;
  // When it opens: the time it is open in, or the next; with the allowance.
  std::optional<Interval> opens;
  // Of equals the least is told: since when it is open or from when it opens; what is over, from
  // the last end on backwards. A key that always opens has been open for longest.
  WallTime::duration order = WallTime::duration::min();
};

constexpr bool waits(Refusal why) { return why == Refusal::too_early || why == Refusal::not_now; }

// How far from opening; what waits for its time is told apart only by how long it waits.
constexpr int distance(Refusal why) {
  return static_cast<int>(waits(why) ? Refusal::too_early : why);
}

}  // namespace

struct KeyRing::Index {
  explicit Index(const Holidays& holidays) : timings(holidays) {}

  KeyTable table;
  ReachPool reaches;
  mutable TimingPool timings;

  void remove_if(const KeyRef& key, std::optional<Credential> how);
  void release(const KeyRow& row);
  void judge_time(Standing& standing, WallTime when, std::chrono::minutes earlier) const;
  Standing standing(RowId id, const Shown& shown, std::chrono::minutes earlier) const;
  // The better of `best` and those behind the head.
  void look_through(RowId head, const Shown& shown, std::chrono::minutes earlier,
                    Standing& best) const;
  void look_through(const std::vector<Posting>& crowd, const Shown& shown,
                    std::chrono::minutes earlier, Standing& best) const;
  void look_at(RowId id, const Shown& shown, std::chrono::minutes earlier, Standing& best) const;
  bool better(const Standing& one, const Standing& other) const;
  Decision told(Standing best, const Shown& shown) const;
};

KeyRing::KeyRing(const Holidays& holidays) : index_(std::make_unique<Index>(holidays)) {}
KeyRing::~KeyRing() = default;

void KeyRing::put(Grant grant) {
  index_->remove_if(grant.key, grant.how);
  add(std::move(grant));
}

void KeyRing::add(Grant grant) {
  KeyRow row;
  row.hash = grant.hash;
  row.how = grant.how;
  row.uses_left = grant.uses_left;
  row.counted = grant.counted;
  row.revoked = grant.revoked;
  row.disabled = grant.disabled;
  if (std::holds_alternative<Always>(grant.timing)) {
    row.timing = RowTiming::always;
  } else if (const auto* span = std::get_if<Span>(&grant.timing); span != nullptr || !grant.zone) {
    row.timing = RowTiming::span;  // an empty one without a zone
    if (grant.zone) {
      row.from = packed(grant.zone->to_wall(span->start));
      row.to = packed(grant.zone->to_wall(span->end));
    }
    if (row.from >= row.to) row.from = row.to = std::numeric_limits<std::int32_t>::min();
  } else {
    row.timing = RowTiming::rule;
    row.rule = index_->timings.intern(std::move(grant.timing), std::move(grant.zone));
  }
  row.reach = index_->reaches.intern(grant.doors, grant.common_doors, grant.allowance);
  index_->table.add(grant.key, row);
}

void KeyRing::remove(const KeyRef& key) { index_->remove_if(key, std::nullopt); }

void KeyRing::clear() {
  index_->table = KeyTable{};
  index_->reaches = ReachPool{};
  index_->timings.clear();
}

void KeyRing::holidays_changed() { index_->timings.forget(); }

std::size_t KeyRing::size() const { return index_->table.size(); }

void KeyRing::use(const KeyRef& key) {
  for (RowId id = index_->table.first_of_owner(key); id != no_row;) {
    KeyRow& row = index_->table.row(id);
    if (row.counted && row.uses_left > 0 && index_->table.is_of(id, key)) --row.uses_left;
    id = row.next_of_owner;
  }
}

Decision KeyRing::decide(const Shown& shown) const {
  const KeyTable& table = index_->table;
  const auto door = index_->reaches.door(shown.door);
  Standing best;
  RowId elsewhere = no_row;
  bool several = false;
  for (RowId head = table.first_head(shown.hash); head != no_row;) {
    const KeyRow& first = table.row(head);
    const RowId next = first.next_head;
    if (first.hash == shown.hash && first.how == shown.how) {
      const auto earlier = door ? index_->reaches.earlier(first.reach, *door) : std::nullopt;
      if (earlier) {
        index_->look_through(head, shown, *earlier, best);
      } else if (best.row == no_row && !several) {
        several = first.next_alike != no_row ||
                  (elsewhere != no_row && !table.is_of(head, table.key_of(elsewhere)));
        elsewhere = head;
      }
    }
    head = next;
  }
  if (best.row != no_row) return index_->told(best, shown);
  Decision decision;
  if (elsewhere == no_row) return decision;
  decision.why = Refusal::wrong_door;
  if (!several) decision.key = table.key_of(elsewhere);
  return decision;
}

void KeyRing::Index::remove_if(const KeyRef& key, std::optional<Credential> how) {
  for (RowId id = table.first_of_owner(key); id != no_row;) {
    const KeyRow row = table.row(id);
    if (table.is_of(id, key) && (!how || row.how == *how)) {
      table.remove(id);
      release(row);
    }
    id = row.next_of_owner;
  }
}

void KeyRing::Index::release(const KeyRow& row) {
  reaches.release(row.reach);
  if (row.timing == RowTiming::rule) timings.release(row.rule);
}

void KeyRing::Index::judge_time(Standing& standing, WallTime when,
                                std::chrono::minutes earlier) const {
  const KeyRow& row = table.row(standing.row);
  standing.why = Refusal::too_late;
  standing.order = WallTime::duration::max();
  Interval time{unpacked(row.from), unpacked(row.to)};
  WallTime not_before = WallTime::min();
  if (row.timing == RowTiming::rule) {
    const auto found = timings.current_or_next(row.rule, when);
    if (!found) return;
    time = *found;
    not_before = timings.not_before(row.rule);
  }
  standing.order = -time.end.time_since_epoch();
  if (time.start >= time.end || when >= time.end) return;
  // No occurrence begins before midnight of the first day: the bound takes from the allowance only.
  time.start = std::max(time.start - earlier, not_before);
  standing.order = time.start.time_since_epoch();
  standing.opens = time;
  standing.why = time.contains(when) ? Refusal::none : Refusal::too_early;
}

Standing KeyRing::Index::standing(RowId id, const Shown& shown,
                                  std::chrono::minutes earlier) const {
  const KeyRow& row = table.row(id);
  Standing standing;
  standing.row = id;
  if (row.revoked) {
    standing.why = Refusal::revoked;
  } else if (row.disabled) {
    standing.why = Refusal::disabled;
  } else if (row.counted && row.uses_left == 0) {
    standing.why = Refusal::used_up;
  } else if (row.timing == RowTiming::always) {
    standing.why = Refusal::none;
  } else if (shown.clock == ClockTrust::untrusted) {
    standing.why = Refusal::clock_untrusted;
  } else {
    judge_time(standing, shown.when, earlier);
  }
  return standing;
}

void KeyRing::Index::look_at(RowId id, const Shown& shown, std::chrono::minutes earlier,
                             Standing& best) const {
  const Standing one = standing(id, shown, earlier);
  if (best.row == no_row || better(one, best)) best = one;
}

void KeyRing::Index::look_through(RowId head, const Shown& shown, std::chrono::minutes earlier,
                                  Standing& best) const {
  const auto* crowd = table.crowd(head);
  if (crowd != nullptr && shown.clock == ClockTrust::trusted) {
    look_through(*crowd, shown, earlier, best);
    return;
  }
  for (RowId id = head; id != no_row; id = table.row(id).next_alike) {
    look_at(id, shown, earlier, best);
  }
}

// Of those that wait and of those that are over only the nearest is looked at.
void KeyRing::Index::look_through(const std::vector<Posting>& crowd, const Shown& shown,
                                  std::chrono::minutes earlier, Standing& best) const {
  const std::int64_t now = packed(shown.when);
  const Posting* next = nullptr;
  const Posting* last = nullptr;
  for (const auto& posting : crowd) {
    const auto tie = [this, &posting](const Posting* other) {
      return table.before(posting.row, other->row);
    };
    if (posting.to <= now) {
      const bool later = last == nullptr || posting.to > last->to;
      if (later || (posting.to == last->to && tie(last))) last = &posting;
    } else if (posting.from - earlier.count() > now) {
      const bool sooner = next == nullptr || posting.from < next->from;
      if (sooner || (posting.from == next->from && tie(next))) next = &posting;
    } else {
      look_at(posting.row, shown, earlier, best);
    }
  }
  if (next != nullptr) look_at(next->row, shown, earlier, best);
  if (last != nullptr) look_at(last->row, shown, earlier, best);
}

bool KeyRing::Index::better(const Standing& one, const Standing& other) const {
  if (distance(one.why) != distance(other.why)) return distance(one.why) < distance(other.why);
  const bool counted = table.row(one.row).counted;
  if (one.why == Refusal::none && counted != table.row(other.row).counted) return !counted;
  if (one.order != other.order) return one.order < other.order;
  return table.before(one.row, other.row);
}

Decision KeyRing::Index::told(Standing best, const Shown& shown) const {
  const KeyRow& row = table.row(best.row);
  if (best.why == Refusal::too_early && row.timing == RowTiming::rule &&
      !timings.is_before_first(row.rule, shown.when)) {
    best.why = Refusal::not_now;
  }
  Decision decision;
  decision.granted = best.why == Refusal::none;
  decision.why = best.why;
  decision.key = table.key_of(best.row);
  decision.opens = best.opens;
  decision.counted = row.counted;
  return decision;
}

}  // namespace genkan::domain
