// What every door opens to, against what the oracle says.
#include <algorithm>

#include "firmware/base/text.hpp"
#include "tests/model/world.hpp"

namespace genkan::model {

namespace {

using domain::KeyState;

constexpr Millis hour_ms = 60 * minute_ms;
// A lock's own clock may be off by a minute (spec: none says less; the product mends from there).
constexpr std::int64_t clock_limit_s = 60;

// How long after the nth failure it may take until it is tried again (KEY-5: growing to an hour; a
// removal to a day).
Millis rest_after(int failures) {
  return std::min<Millis>(hour_ms, Millis{5'000} << std::min(failures, 12));
}
Millis write_pause(int failures) {
  return std::max(rest_after(failures),
                  std::min<Millis>(hour_ms, minute_ms << std::min(failures - 1, 12)));
}
Millis removal_pause(int failures) {
  const Millis pause = failures <= 1   ? minute_ms
                       : failures == 2 ? 5 * minute_ms
                       : failures == 3 ? 30 * minute_ms
                                       : 24 * hour_ms;
  return std::max(rest_after(failures), pause);
}

bool is_shown(const services::LockKeys& keys, const Due& due, KeyState state) {
  return std::ranges::any_of(keys.standings, [&](const auto& standing) {
    return standing.key.id == due.owner && standing.key.card == due.secret.card &&
           standing.state == state;
  });
}

// Somebody programmed the same by hand into a full lock that does not tell what is in its slots: it
// is not asked to write, so it cannot answer that it is there already.
bool is_hidden(const SimLock& lock, const Secret& secret, const domain::KeyStanding& shown) {
  const auto slot = lock.holds(secret);
  return slot && lock.slots.at(*slot).by_hand && !lock.tells_contents &&
         shown.state == KeyState::not_set && shown.why == domain::NotSet::no_address;
}

std::string text_of(domain::SlotAddress slot) { return cat(slot.area, "/", slot.number); }

}  // namespace

void World::check() {
  if (!working()) return;
  for (auto& [door, place] : doors_) {
    if (!memory_.hanging(door)) check_door(door, place);
  }
}

void World::check_door(const std::string& door, Place& place) {
  SimLock& lock = *place.lock;
  const Millis now = gateway_time();
  const auto excused = counts_.excused;
  for (const auto& [slot, held] : lock.slots) {
    if (held.by_hand) continue;
    ++counts_.checks;
    if (!oracle_.may_be_in(door, held.secret, now)) check_lingering(door, place, slot);
  }
  std::set<Secret> seen;
  for (const Due& due : oracle_.due(door, now)) {
    if (!due.must_be_in || !seen.insert(due.secret).second) continue;
    ++counts_.checks;
    if (!lock.holds(due.secret)) check_missing(door, place, due);
  }
  if (lock.domain_model().schedule_in_lock && check_clock(door, place))
    check_schedules(door, place);
  const bool calm = counts_.excused == excused && place.changed_at < 0 && lock.reachable;
  if (calm && (!place.looked_at || place.errors > 0 || dice_.chance(2))) check_shown(door, place);
  check_slots(door, place, calm && place.errors == 0);
}

// Whether the lock may differ from the rules now: out of reach, changed unseen, or to be tried
// again within `pause` of its last failure.
bool World::is_excused(const std::string& door, Place& place, Millis pause) {
  ++counts_.excused;
  place.exact = false;
  const Millis since = std::max({place.last_error, place.changed_at, last_jump_});
  if (place.changed_at >= 0) {
    if (place.lock->reachable && now_ > since + 25 * hour_ms + pause) {
      fail_at(door, "DEV-5: what was changed at the lock is not noticed within a day");
    }
    return true;
  }
  if (!place.lock->reachable) return true;
  return place.errors > 0 && now_ <= std::max(place.last_error, last_jump_) + pause + 2 * minute_ms;
}

void World::check_missing(const std::string& door, Place& place, const Due& due) {
  const bool unseen = place.changed_at >= 0;
  if (is_full(place, due.secret)) {
    ++counts_.full;
    if (unseen || is_shown_missing(door, due.secret)) return;
    fail_at(door, cat("KEY-3: ", due.secret.text, " finds no slot and is not shown as not set"));
  }
  if (!is_excused(door, place, write_pause(std::max(1, place.errors)))) {
    fail_at(door,
            cat("the code ", due.secret.text, " of ", due.owner, " should open and does not"));
  }
  if (!unseen && !is_shown_missing(door, due.secret)) {
    fail_at(door, cat(due.secret.text, " of ", due.owner, " is missing and not shown as not set"));
  }
}

void World::check_lingering(const std::string& door, Place& place, domain::SlotAddress slot) {
  const std::string& secret = place.lock->slots.at(slot).secret.text;
  const bool unseen = place.changed_at >= 0;
  // Cannot be removed from there.
  const bool disabled = !place.lock->is_counted(slot.area);
  const Millis pause = removal_pause(std::max(1, place.errors));
  if (!is_excused(door, place, pause) && !disabled) {
    fail_at(door, cat("KEY-8: ", secret, " is in ", text_of(slot), " outside its time and lead"));
  }
  if (!unseen && !is_shown_lingering(door, slot)) {
    fail_at(door, cat(secret, " still is in ", text_of(slot), " and is not shown as such"));
  }
}

// Whether the clock of a lock that keeps schedules is right enough to judge what it opens.
bool World::check_clock(const std::string& door, Place& place) {
  const auto steady = clock_.steady();
  const Millis now = gateway_time();
  const Wall& zone = oracle_.wall(door);
  // The wall jumps, and the lock's own clock may be there before or after it.
  const bool jumps = std::ranges::any_of(zone.changes(), [now](std::int64_t minute) {
    return std::abs(minute * minute_ms - now) <= 2 * minute_ms;
  });
  if (jumps) return false;
  const WallMinute wall = zone.shows(now / minute_ms);
  const auto off =
      place.lock->clock(steady).time_since_epoch().count() - wall * 60 - now % minute_ms / 1'000;
  if (std::abs(off) <= clock_limit_s + 30) return !zone.repeats(now / minute_ms);
  const Millis since = std::max({place.clock_at, last_jump_, place.last_error});
  const Millis pause = place.errors > 0 ? rest_after(place.errors) : 0;
  if (place.lock->reachable && now_ > since + hour_ms + pause + 2 * minute_ms) {
    fail_at(door, cat("the lock's clock is off by ", off, " s and not mended"));
  }
  ++counts_.excused;
  place.exact = false;
  return false;
}

void World::check_schedules(const std::string& door, Place& place) {
  constexpr Millis margin = 2 * minute_ms;
  const Millis now = gateway_time();
  const bool near = now - oracle_.last_change(door, now) < margin ||
                    oracle_.next_change(door, now) - now <= margin;
  if (near || place.clock_at + minute_ms > now_) return;
  for (const auto& [slot, held] : place.lock->slots) {
    if (held.by_hand || !place.lock->is_counted(slot.area)) continue;
    if (!oracle_.may_be_in(door, held.secret, now)) continue;
    ++counts_.checks;
    const bool opens = place.lock->opens(held.secret, clock_.steady());
    if (opens == oracle_.should_open(door, held.secret, now)) continue;
    const bool unseen = place.changed_at >= 0;
    if (!is_excused(door, place, write_pause(std::max(1, place.errors)))) {
      fail_at(door, cat("KEY-7: ", held.secret.text, opens ? " opens" : " does not open",
                        " by the lock's schedule"));
    }
    if (!unseen && !is_shown_missing(door, held.secret) && !is_shown_lingering(door, slot)) {
      fail_at(door, cat(held.secret.text, " has an old schedule and is not shown as not set"));
    }
  }
}

bool World::is_shown_missing(const std::string& door, const Secret& secret) {
  const auto keys = product_->sync().keys_of(DeviceId(door));
  for (const Due& due : oracle_.due(door, gateway_time())) {
    if (due.secret == secret && !is_shown(keys, due, KeyState::not_set)) return false;
  }
  return true;
}

bool World::is_shown_lingering(const std::string& door, domain::SlotAddress slot) {
  const auto keys = product_->sync().keys_of(DeviceId(door));
  return std::ranges::any_of(keys.standings, [&](const auto& standing) {
    return standing.address == slot &&
           (standing.state == KeyState::still_opens || standing.state == KeyState::removing);
  });
}

// RES-9: all is as it should be, and is shown so; after a failure once it was tried again.
void World::check_shown(const std::string& door, Place& place) {
  place.looked_at = true;
  const std::string wrong = what_is_shown_wrong(door, place);
  if (wrong.empty()) {
    if (place.errors > 0 && is_recovered(door, place)) place.errors = 0;
  } else if (place.errors == 0 || now_ > std::max(place.last_error, last_jump_) +
                                             write_pause(place.errors) + 2 * minute_ms) {
    fail_at(door, wrong);
  }
}

// It answers, and whatever is due is in it: nothing is left that rests after a failure.
bool World::is_recovered(const std::string& door, const Place& place) {
  if (!place.answered || place.flaky > 0) return false;
  const auto keys = product_->sync().keys_of(DeviceId(door));
  return std::ranges::all_of(oracle_.due(door, gateway_time()), [&](const Due& due) {
    return place.lock->holds(due.secret) && !is_shown(keys, due, KeyState::not_set);
  });
}

std::string World::what_is_shown_wrong(const std::string& door, const Place& place) {
  const auto keys = product_->sync().keys_of(DeviceId(door));
  std::map<Secret, std::string> owners;
  for (const Due& due : oracle_.due(door, gateway_time())) {
    ++counts_.checks;
    const bool first = owners.emplace(due.secret, due.owner).second;
    if (!place.lock->holds(due.secret) || !due.must_be_in) continue;
    const auto at = std::ranges::find_if(keys.standings, [&](const auto& standing) {
      return standing.key.id == due.owner && standing.key.card == due.secret.card;
    });
    if (at == keys.standings.end()) return cat("nothing is shown of ", due.owner);
    if (first && at->state != KeyState::set && !is_hidden(*place.lock, due.secret, *at)) {
      return cat(due.secret.text, " of ", due.owner, " is in the lock and not shown as set");
    }
    // KEY-4: the later ones wait for the first.
    const auto here = place.lock->holds(due.secret);
    const bool foreign = place.lock->slots.at(*here).by_hand;
    if (!first && !foreign && owners[due.secret] != due.owner &&
        (at->state != KeyState::not_set || at->why != domain::NotSet::code_in_use ||
         !at->in_favour_of || at->in_favour_of->id != owners[due.secret])) {
      return cat("KEY-4: ", due.owner, " is not shown as waiting for ", owners[due.secret]);
    }
  }
  return {};
}

}  // namespace genkan::model
