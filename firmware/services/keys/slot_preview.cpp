#include "firmware/services/keys/slot_preview.hpp"

#include <algorithm>
#include <optional>

#include "firmware/domain/locks/key_claims.hpp"
#include "firmware/services/keys/key_json.hpp"
#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/key_sync.hpp"

namespace genkan::services {

namespace {

using domain::Claim;
using domain::KeyStanding;
using domain::Reservation;
using domain::SlotNote;
using domain::SlotPlan;

// Has the reservation in the book for as long as it is looked at. Nobody else runs meanwhile.
class Tried {
 public:
  Tried(domain::KeyBook& book, const Reservation& reservation) : book_(book), id_(reservation.id) {
    if (const auto* before = book.find(reservation.id)) before_ = *before;
    book.put(reservation);
  }
  ~Tried() {
    if (before_) {
      book_.put(*before_);
    } else {
      book_.remove(id_);
    }
  }
  Tried(const Tried&) = delete;
  Tried& operator=(const Tried&) = delete;

 private:
  domain::KeyBook& book_;
  domain::ReservationId id_;
  std::optional<Reservation> before_;
};

// What was noted of slots, from how the keys stand.
std::vector<SlotNote> notes_of(const LockKeys& lock, const std::vector<Claim>& claims) {
  std::vector<SlotNote> notes;
  for (const auto& standing : lock.standings) {
    if (!standing.address) continue;
    SlotNote note{*standing.address, standing.key, {}, {}, domain::NoteState::written, {}, 0, {}};
    const auto claim = std::ranges::find(claims, standing.key, &Claim::key);
    if (claim != claims.end()) {
      note.hash = claim->hash;
      note.schedule = claim->schedule;
    }
    const auto read = lock.image->occupied.find(*standing.address);
    if (read != lock.image->occupied.end()) {
      if (read->second.hash) note.hash = *read->second.hash;
      note.schedule = read->second.schedule;
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

class Preview {
 public:
  Preview(const KeyDesk& desk, const Reservation& reservation)
      : desk_(desk), reservation_(reservation) {}

  // The doors that are reserved, then those of common areas that it is copied to (RES-40).
  json::array make() const {
    json::array list;
    const auto next = domain::current_or_next(reservation_.timing, zone_of(desk_, reservation_),
                                              desk_.needs().holidays, desk_.now());
    if (!next) return list;
    const WallTime when = std::max(desk_.now(), next->start);
    const auto doors = desk_.book().devices_of(reservation_);
    for (const auto& door : doors) add_door(door, when, list);
    for (const auto& device : desk_.inventory().devices) {
      const bool own = std::ranges::find(doors, device.id) != doors.end();
      if (device.coupling == domain::Coupling::entrance && !own) add_door(device.id, when, list);
    }
    return list;
  }

 private:
  void add_door(const DeviceId& door, WallTime when, json::array& list) const {
    const auto* model = desk_.needs().model_of(door);
    if (model == nullptr || !model->has_memory()) return;
    const LockKeys lock = desk_.needs().standings.keys_of(door);
    const auto claims = claims_of(door, *model, when);
    std::optional<SlotPlan> plan;
    if (lock.image) {
      plan = domain::plan_slots(*model, claims, notes_of(lock, claims), lock.image, when);
    }
    for (const bool card : {false, true}) {
      const domain::KeyRef key{domain::KeyOwner::reservation, reservation_.id.str(), card};
      if (std::ranges::find(claims, key, &Claim::key) != claims.end()) add(door, key, plan, list);
    }
  }

  std::vector<Claim> claims_of(const DeviceId& door, const domain::LockModel& model,
                               WallTime when) const {
    const auto& needs = desk_.needs();
    const domain::ClaimContext context{.book = desk_.book(),
                                       .inventory = desk_.inventory(),
                                       .holidays = needs.holidays,
                                       .hasher = needs.secrets.hasher,
                                       .zone = needs.zones.of(door),
                                       .coupled_since = needs.facts.since_of(door),
                                       .unreadable = needs.facts.unreadable};
    return domain::claims_of(context, door, model, when, when + std::chrono::minutes(1));
  }

  void add(const DeviceId& door, const domain::KeyRef& key, const std::optional<SlotPlan>& plan,
           json::array& list) const {
    KeyStanding standing;
    standing.key = key;
    std::string why = plan ? "" : "the lock's memory has not been read yet";
    if (plan) {
      const auto found = std::ranges::find(plan->standings, standing.key, &KeyStanding::key);
      if (found != plan->standings.end()) {
        standing = *found;
        why = why_sentence(desk_, standing);
      }
      for (const auto& action : plan->actions) {
        const bool places = action.claim && action.claim->key == standing.key;
        if (places) standing.address = action.address;
      }
    }
    json::object entry = key_json(desk_, door, standing);
    list.push_back(json::object{{"device", door.str()},
                                {"key", entry["key"]},
                                {"area", entry["area"]},
                                {"slot", entry["slot"]},
                                {"why", why}});
  }

  const KeyDesk& desk_;
  const Reservation& reservation_;
};

}  // namespace

json::array slot_preview(const KeyDesk& desk, const Reservation& reservation) {
  const Tried tried(desk.needs().book, reservation);
  return Preview(desk, reservation).make();
}

}  // namespace genkan::services
