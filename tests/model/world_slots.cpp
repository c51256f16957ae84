// Slots: which may be touched, and who has one where there are few.
#include "firmware/base/text.hpp"
#include "tests/model/world.hpp"

namespace genkan::model {

namespace {

std::string text_of(domain::SlotAddress slot) { return cat(slot.area, "/", slot.number); }

}  // namespace

void World::on_write(SimLock& lock, domain::SlotAddress slot, const Secret& secret) {
  ++counts_.touched;
  if (dying_) return;
  Place& place = doors_.at(lock.id());
  place.looked_at = false;
  if (clock_.trust() == ClockTrust::untrusted) {
    fail_later(lock.id(), "written while the clock is not trusted");
  }
  const auto held = lock.slots.find(slot);
  if (held != lock.slots.end() && held->second.by_hand) {
    fail_later(lock.id(), cat("KEY-1: the foreign slot ", text_of(slot), " is overwritten"));
  }
  if (memory_.hanging() || place.flaky > 0) return;  // it may have been begun long ago
  if (!oracle_.may_be_in(lock.id(), secret, gateway_time())) {
    fail_later(lock.id(), cat("KEY-9: ", secret.text, " is written outside its time and lead"));
  }
  if (held != lock.slots.end() || !place.exact) return;
  for (auto above = slot; above.number < lock.domain_model().areas[slot.area].places;) {
    ++above.number;
    if (!lock.slots.contains(above)) {
      fail_later(lock.id(), cat("KEY-1: ", text_of(slot), " is given before ", text_of(above)));
    }
  }
}

void World::on_remove(SimLock& lock, domain::SlotAddress slot) {
  ++counts_.touched;
  if (dying_) return;
  doors_.at(lock.id()).looked_at = false;
  if (clock_.trust() == ClockTrust::untrusted) {
    fail_later(lock.id(), "removed while the clock is not trusted");
  }
  if (lock.slots.at(slot).by_hand) {
    fail_later(lock.id(), cat("KEY-1: the foreign slot ", text_of(slot), " is emptied"));
  }
}

SlotOracle::AtTheLock World::at_the_lock(const Place& place) const {
  SlotOracle::AtTheLock found;
  found.enabled = place.lock->enabled;
  for (const auto& [slot, held] : place.lock->slots) {
    if (!held.by_hand || !place.lock->is_counted(slot.area)) continue;
    ++found.taken[slot.area];
    found.secrets.insert(held.secret);
  }
  return found;
}

bool World::is_full(const Place& place, const Secret& secret) const {
  const auto& areas = place.lock->domain_model().areas;
  for (std::uint8_t area = 0; area < areas.size(); ++area) {
    if (!place.lock->is_counted(area) || !(secret.card ? areas[area].cards : areas[area].codes)) {
      continue;
    }
    for (std::uint16_t slot = 1; slot <= areas[area].places; ++slot) {
      if (!place.lock->slots.contains({area, slot})) return false;
    }
  }
  return true;
}

// KEY-3: who has a slot where there are too few.
void World::check_slots(const std::string& door, Place& place, bool calm) {
  std::map<Secret, std::size_t> have;
  for (const auto& [slot, held] : place.lock->slots) {
    if (!held.by_hand) have.emplace(held.secret, slot.area);
  }
  if (place.exact && calm) {
    const auto without = place.slots.settle(oracle_.due(door, gateway_time()), at_the_lock(place));
    counts_.checks += without.size();
    for (const Secret& secret : without) {
      if (have.contains(secret)) {
        fail_at(door, cat("KEY-3: ", secret.text, " has a slot before its turn"));
      }
    }
  } else {
    place.slots.see(std::move(have));
  }
  place.exact = calm;
}

}  // namespace genkan::model
