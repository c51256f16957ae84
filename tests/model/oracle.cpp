#include "tests/model/oracle.hpp"

#include <algorithm>
#include <tuple>

namespace genkan::model {

namespace {

Minute minute_of(Millis now) {
  return now >= 0 ? now / minute_ms : (now - minute_ms + 1) / minute_ms;
}

bool contains(const std::vector<std::string>& list, const std::string& one) {
  return std::ranges::find(list, one) != list.end();
}

// A code in the lock's own memory; a software code never is.
bool has_lock_code(Kind kind) { return kind == Kind::code || kind == Kind::code_and_link; }

ModelRules io_80() {
  ModelRules rules{{{80, true, true, false}}, 60, 15, true};
  for (int area = 0; area < 9; ++area) rules.areas.push_back({90, false, true, true});
  return rules;
}

}  // namespace

const ModelRules& rules_of(Model model) {
  static const ModelRules el_100{{{230, true, true, false}}, 30, 15, false};
  static const ModelRules io_80_rules = io_80();
  static const ModelRules pk_9{{{9, true, false, false}, {90, false, true, false}}, 30, 15, false};
  static const ModelRules sb_8{};
  switch (model) {
    case Model::el_100: return el_100;
    case Model::io_80: return io_80_rules;
    case Model::pk_9: return pk_9;
    case Model::sb_8: return sb_8;
  }
  return sb_8;
}

Oracle::Oracle(std::vector<const Wall*> walls, Holidays holidays)
    : walls_(std::move(walls)), holidays_(std::move(holidays)) {}

void Oracle::forget() {
  for (auto& [door, known] : known_) known.stale = true;
}

void Oracle::put(Door door) {
  std::string id = door.id;
  doors_.insert_or_assign(std::move(id), std::move(door));
  forget();
}

void Oracle::put(Booking booking) {
  std::string id = booking.id;
  bookings_.insert_or_assign(std::move(id), std::move(booking));
  forget();
}

void Oracle::put_group(const std::string& group, std::vector<std::string> doors) {
  groups_.insert_or_assign(group, std::move(doors));
  forget();
}

void Oracle::remove(const std::string& booking) {
  bookings_.erase(booking);
  forget();
}

const Wall& Oracle::wall(const std::string& door) const {
  return *walls_[doors_.at(door).building];
}

int Oracle::lead_of(const Door& door) const {
  return door.lead.value_or(rules_of(door.model).lead_most);
}

// RES-40: a room's reservation (one on a group with a room's door too), with its code and card; not
// those made before the coupling, not link reservations, not the calendar's.
bool Oracle::is_copied(const Booking& booking, const Door& door) const {
  if (booking.holder || !door.common || !door.copies_since) return false;
  const std::vector<std::string> own =
      booking.door.empty() ? groups_.at(booking.group) : std::vector{booking.door};
  const bool room = std::ranges::any_of(own, [&](const std::string& id) {
    return !doors_.at(id).common && doors_.at(id).building == door.building;
  });
  return room && booking.made >= *door.copies_since && booking.from != From::calendar &&
         booking.kind != Kind::link && booking.kind != Kind::person;
}

bool Oracle::concerns(const Booking& booking, const Door& door) const {
  if (!booking.door.empty() && booking.door == door.id) return true;
  if (!booking.group.empty() && contains(groups_.at(booking.group), door.id)) return true;
  return is_copied(booking, door);
}

Oracle::Known& Oracle::known(const Door& door) const {
  Known& known = known_[door.id];
  if (!known.stale) return known;
  known = {};
  known.stale = false;
  const ModelRules& rules = rules_of(door.model);
  if (rules.areas.empty()) return known;
  for (const auto& [id, booking] : bookings_) {
    if (!booking.enabled || !concerns(booking, door)) continue;
    std::vector<Times> times =
        times_of(booking.when, *walls_[door.building], holidays_, rules.keeps_schedules ? 10 : 1);
    if (times.empty()) continue;
    const bool code = booking.code && (booking.holder || has_lock_code(booking.kind));
    if (code) known.keys.push_back({&booking, {false, *booking.code}, times});
    if (booking.card) known.keys.push_back({&booking, {true, *booking.card}, times});
  }
  return known;
}

void Oracle::add_due(const Door& door, const Key& key, Minute now, Known& known) const {
  const Minute lead = lead_of(door);
  const Minute least = std::min<Minute>(lead, rules_of(door.model).lead_least);
  const bool whole = rules_of(door.model).keeps_schedules;
  // A lock that keeps schedules has one key for all (KEY-7), a holder's week without an end.
  std::vector<Times> stays = key.times;
  if (whole) {
    const bool endless = std::holds_alternative<EachWeek>(key.booking->when);
    stays = {
        {endless ? ever_from : key.times.front().start, endless ? ever_to : key.times.back().end}};
  }
  const auto soonest = [&](Minute when) {
    if (when > now && when < known.until) known.until = when;
    if (when <= now && when > known.since) known.since = when;
  };
  bool opens = false;
  for (const Times& times : key.times) {
    opens = opens || (times.start <= now && now < times.end);
    soonest(times.start);
    soonest(times.end);
  }
  for (const Times& times : stays) {
    soonest(times.start - lead);
    soonest(times.start - least);
    if (times.start - lead > now || times.end <= now) continue;
    const bool now_open = whole ? opens : times.start <= now;
    known.due.push_back({key.booking->id, key.booking->holder, key.secret, times.start, times.end,
                         key.booking->made, now_open, times.start - least <= now});
  }
}

Oracle::Known& Oracle::looked_up(const std::string& id, Millis now_ms) const {
  const Door& door = doors_.at(id);
  Known& known = this->known(door);
  const Minute now = minute_of(now_ms);
  if (known.from <= now && now < known.until) return known;
  known.from = now;
  known.until = ever_to;
  known.since = ever_from;
  known.due.clear();
  for (const Key& key : known.keys) add_due(door, key, now, known);
  std::ranges::sort(known.due, {}, [](const Due& due) {
    return std::tuple(due.start, due.made, due.owner, due.secret);
  });
  return known;
}

const std::vector<Due>& Oracle::due(const std::string& door, Millis now) const {
  return looked_up(door, now).due;
}

bool Oracle::should_open(const std::string& door, const Secret& secret, Millis now) const {
  const bool first_alone = rules_of(doors_.at(door).model).keeps_schedules;
  for (const Due& due : this->due(door, now)) {
    if (due.secret != secret) continue;
    if (due.opens) return true;
    if (first_alone) return false;
  }
  return false;
}

bool Oracle::may_be_in(const std::string& door, const Secret& secret, Millis now) const {
  return std::ranges::any_of(due(door, now), [&](const Due& due) { return due.secret == secret; });
}

Millis Oracle::next_change(const std::string& door, Millis now) const {
  return looked_up(door, now).until * minute_ms;
}

Millis Oracle::last_change(const std::string& door, Millis now) const {
  return looked_up(door, now).since * minute_ms;
}

}  // namespace genkan::model
