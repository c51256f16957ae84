#include "firmware/domain/locks/key_claims.hpp"

#include <algorithm>

#include "firmware/domain/locks/lock_timing.hpp"

namespace genkan::domain {

namespace {

using std::chrono::minutes;

// One owner's keys: what stands in a reservation or a holder.
struct Owner {
  KeyOwner kind;
  std::string id;
  const std::optional<Code>* code;  // null: its keys are without code
  const std::optional<Card>* card;
  bool must_have_code;
  Timing timing;
  WallTime made;
};

// Whether a device stands in a dwelling of a building in whose common area the lock is (RES-40).
bool serves(const Inventory& inventory, const DeviceConfig& lock, const DeviceId& id) {
  const DeviceConfig* device = inventory.device(id);
  if (!device) return false;
  return std::ranges::any_of(lock.rooms, [&inventory, device](const RoomId& common_id) {
    const RoomConfig* common = inventory.room(common_id);
    if (!common || !common->common) return false;
    return std::ranges::any_of(device->rooms, [&inventory, common](const RoomId& room_id) {
      const RoomConfig* room = inventory.room(room_id);
      return room && !room->common && room->building == common->building;
    });
  });
}

class Collector {
 public:
  Collector(const ClaimContext& context, const DeviceConfig& lock, const LockModel& model,
            WallTime now, WallTime until)
      : context_(context),
        lock_(lock),
        model_(model),
        lead_(std::clamp(lock.key_lead.value_or(model.lead_most), minutes{0}, model.lead_most)),
        now_(now),
        until_(std::clamp(until, all_time.start, all_time.end)) {}

  std::vector<Claim> run() {
    for (const Reservation* reservation : reservations()) add(*reservation);
    for (const Holder* holder : context_.book.holders_on(lock_.id)) {
      if (holder->enabled) add(*holder);
    }
    return std::move(claims_);
  }

 private:
  // Those on the lock itself, and those that are copied to it; each once.
  std::vector<const Reservation*> reservations() const {
    auto found = context_.book.reservations_on(lock_.id);
    if (lock_.coupling != Coupling::entrance || !context_.coupled_since) return found;
    const auto own = found;
    for (const auto& [id, reservation] : context_.book.reservations()) {
      if (!is_copied(reservation, *context_.coupled_since)) continue;
      if (std::ranges::find(own, &reservation) != own.end()) continue;
      const auto devices = context_.book.devices_of(reservation);
      const bool ours = std::ranges::any_of(devices, [this](const DeviceId& device) {
        return serves(context_.inventory, lock_, device);
      });
      if (ours) found.push_back(&reservation);
    }
    return found;
  }

  void add(const Reservation& reservation) {
    const bool coded = has_code(reservation.kind);
    add(Owner{KeyOwner::reservation, reservation.id.str(), coded ? &reservation.code : nullptr,
              &reservation.card, coded, reservation.timing, reservation.made});
  }

  void add(const Holder& holder) {
    add(Owner{KeyOwner::holder, holder.id.str(), &holder.code, &holder.card, false,
              context_.book.timing_of(holder), holder.made});
  }

  void add(const Owner& owner) {
    std::vector<Claim> keys;
    const KeyRef code{owner.kind, owner.id, false};
    if (owner.code && *owner.code) {
      keys.push_back(key_of(code, context_.hasher.of(**owner.code), owner));
    } else if (owner.must_have_code || (owner.code && is_unreadable(code))) {
      keys.push_back(lost_key(code, owner));
    }
    const KeyRef card{owner.kind, owner.id, true};
    if (*owner.card) {
      keys.push_back(key_of(card, context_.hasher.of((*owner.card)->number), owner));
    } else if (is_unreadable(card)) {
      keys.push_back(lost_key(card, owner));
    }
    if (keys.empty()) return;
    for (const LockTiming& timing : timings_of(owner)) {
      for (const Claim& key : keys) add(key, timing);
    }
  }

  static Claim key_of(const KeyRef& key, const KeyHash& hash, const Owner& owner) {
    Claim claim;
    claim.key = key;
    claim.hash = hash;
    claim.made = owner.made;
    return claim;
  }

  static Claim lost_key(const KeyRef& key, const Owner& owner) {
    Claim claim = key_of(key, KeyHash{}, owner);
    claim.secret_lost = true;
    return claim;
  }

  bool is_unreadable(const KeyRef& key) const {
    return std::ranges::binary_search(context_.unreadable, key);
  }

  std::vector<LockTiming> timings_of(const Owner& owner) const {
    if (!model_.schedule_in_lock) {
      return timings_by_occurrence(owner.timing, context_.zone, context_.holidays, now_,
                                   until_ + lead_);
    }
    const auto timing = timing_by_schedule(owner.timing, context_.zone, context_.holidays,
                                           model_.schedule_step, now_, owner.made);
    if (!timing || timing->opens.end <= now_ || timing->opens.start - lead_ >= until_) return {};
    return {*timing};
  }

  void add(const Claim& key, const LockTiming& timing) {
    Claim claim = key;
    claim.opens = timing.opens;
    claim.in_lock = {timing.opens.start - lead_, timing.opens.end};
    claim.schedule = timing.schedule;
    claims_.push_back(std::move(claim));
  }

  const ClaimContext& context_;
  const DeviceConfig& lock_;
  const LockModel& model_;
  minutes lead_;
  WallTime now_;
  WallTime until_;
  std::vector<Claim> claims_;
};

}  // namespace

std::vector<Claim> claims_of(const ClaimContext& context, const DeviceId& lock,
                             const LockModel& model, WallTime now, WallTime until) {
  const DeviceConfig* device = context.inventory.device(lock);
  if (!device || !model.has_memory()) return {};
  return Collector(context, *device, model, now, until).run();
}

WallTime claims_hold_until(const ClaimContext& context, const DeviceId& lock,
                           const LockModel& model, WallTime now, WallTime until) {
  const DeviceConfig* device = context.inventory.device(lock);
  if (!device || !model.schedule_in_lock) return until;
  const TimeZone& zone = context.zone;
  const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(now - day_turns));
  return std::min(until, zone.to_wall(today + std::chrono::days{1}) + day_turns);
}

}  // namespace genkan::domain
