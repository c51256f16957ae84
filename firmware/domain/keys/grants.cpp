#include "firmware/domain/keys/grants.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "firmware/base/base64url.hpp"
#include "firmware/base/cipher.hpp"

namespace genkan::domain {

namespace {

constexpr std::size_t link_size = 16;

// The doors of a reservation or a holder that lie in one building.
struct Part {
  BuildingId building;
  std::vector<DeviceId> devices;  // what it is on
  std::vector<RoomId> rooms;      // in which they are
  bool in_room = false;           // one of them is no common area
};

template <class List, class Entry>
void add_once(List& list, const Entry& entry) {
  if (std::ranges::find(list, entry) == list.end()) list.push_back(entry);
}

std::vector<Part> parts_of(const SiteDoors& doors, const std::vector<DeviceId>& devices) {
  std::vector<Part> parts;
  for (const auto& device : devices) {
    for (const auto& place : doors.places(device)) {
      auto part = std::ranges::find(parts, place.building, &Part::building);
      if (part == parts.end()) {
        parts.push_back({place.building, {}, {}, false});
        part = std::prev(parts.end());
      }
      add_once(part->devices, device);
      if (place.room.empty()) continue;
      add_once(part->rooms, place.room);
      part->in_room = part->in_room || !place.common;
    }
  }
  return parts;
}

// Makes the grants of one owner in one building.
class Maker {
 public:
  Maker(const GrantSources& from, KeyOwner owner, std::string id) : from_(from) {
    base_.key = {owner, std::move(id), false};
  }

  void in_building(const BuildingId& building) { base_.zone = from_.doors.building(building).zone; }
  void in_time(Timing timing) { base_.timing = std::move(timing); }
  void disabled(bool disabled) { base_.disabled = disabled; }

  void code(const Code& code, const std::vector<DeviceId>& doors) {
    grant(Credential::code, from_.hasher.of(code), doors);
    std::vector<DeviceId> bare;
    std::ranges::copy_if(doors, std::back_inserter(bare),
                         [this](const DeviceId& door) { return !from_.has_memory(door); });
    software_code(code, bare);
  }
  void software_code(const Code& code, const std::vector<DeviceId>& doors) {
    grant(Credential::software_code, from_.hasher.of(Credential::software_code, code.digits()),
          doors);
  }
  void card(const Card& card, const std::vector<DeviceId>& doors) {
    base_.key.card = true;
    grant(Credential::card, from_.hasher.of(card.number), doors);
    base_.key.card = false;
  }
  // Nothing for a key without a door.
  Grant* grant(Credential how, const KeyHash& hash, const std::vector<DeviceId>& doors,
               const std::vector<DeviceId>& common = {}) {
    if (doors.empty() && common.empty()) return nullptr;
    Grant grant = base_;
    grant.how = how;
    grant.hash = hash;
    grant.doors = doors;
    grant.common_doors = common;
    made_.push_back(std::move(grant));
    return &made_.back();
  }
  std::vector<Grant> take() { return std::move(made_); }

 private:
  const GrantSources& from_;
  Grant base_{};
  std::vector<Grant> made_;
};

// What it is on, and the common doors that it is copied to (RES-40).
std::vector<DeviceId> with_copies(const GrantSources& from, const Reservation& reservation,
                                  const Part& part) {
  std::vector<DeviceId> doors = part.devices;
  if (!part.in_room) return doors;
  for (const auto& door : from.doors.building(part.building).coupled) {
    const auto since = from.coupled_since.find(door);
    if (since != from.coupled_since.end() && is_copied(reservation, since->second)) {
      add_once(doors, door);
    }
  }
  return doors;
}

void grant_link(const GrantSources& from, Maker& maker, const Part& part, const KeyHash& hash) {
  std::vector<DeviceId> doors = part.devices;
  for (const auto& room : part.rooms) {
    for (const auto& door : from.doors.of_room(room)) add_once(doors, door);
  }
  const BuildingDoors& building = from.doors.building(part.building);
  const std::vector<DeviceId> none;
  Grant* grant =
      maker.grant(Credential::link, hash, doors, part.rooms.empty() ? none : building.common);
  // RES-42: on the common area itself there is no allowance.
  if (grant != nullptr && part.in_room) grant->allowance = building.allowance;
}

template <class Id>
void replace(KeyRing& ring, KeyOwner owner, const Id& id, std::vector<Grant> grants) {
  ring.remove({owner, id.str(), false});
  ring.remove({owner, id.str(), true});
  for (auto& grant : grants) ring.add(std::move(grant));
}

}  // namespace

std::string link_token(const Reservation& reservation, std::span<const std::uint8_t, 32> key) {
  const auto bytes = [](std::string_view text) {
    return ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  const std::string made = std::to_string(reservation.made.time_since_epoch().count());
  const Digest digest = hmac_sha256(
      key, {bytes("genkan link 1 "), bytes(reservation.id.str()), bytes(" "), bytes(made)});
  return base64url(std::span(digest).first(link_size));
}

std::vector<Grant> grants_of(const GrantSources& from, const Reservation& reservation) {
  Maker maker(from, KeyOwner::reservation, reservation.id.str());
  maker.in_time(reservation.timing);
  for (const auto& part : parts_of(from.doors, from.book.devices_of(reservation))) {
    maker.in_building(part.building);
    const auto doors = with_copies(from, reservation, part);
    if (reservation.code && has_code(reservation.kind)) maker.code(*reservation.code, doors);
    if (reservation.code && reservation.kind == KeyKind::software_code) {
      maker.software_code(*reservation.code, doors);
    }
    if (reservation.card) maker.card(*reservation.card, doors);
    if (has_link(reservation.kind)) {
      const auto hash = from.hasher.of(Credential::link, link_token(reservation, from.link_key));
      grant_link(from, maker, part, hash);
    }
  }
  return maker.take();
}

std::vector<Grant> grants_of(const GrantSources& from, const Holder& holder) {
  const KeyGroup* group = from.book.find(holder.group);
  if (group == nullptr) return {};
  Maker maker(from, KeyOwner::holder, holder.id.str());
  maker.in_time(from.book.timing_of(holder));
  maker.disabled(!holder.enabled);
  for (const auto& part : parts_of(from.doors, group->devices)) {
    maker.in_building(part.building);
    if (holder.code) maker.code(*holder.code, part.devices);
    if (holder.card) maker.card(*holder.card, part.devices);
  }
  return maker.take();
}

std::vector<Grant> grants_of(const GrantSources& from, const TemporaryKey& key) {
  const BuildingId& building = from.doors.building_of(key.room);
  Maker maker(from, KeyOwner::temporary_key, key.id.str());
  maker.in_building(building);
  maker.in_time(timing_of(key.rule));
  Grant* grant = maker.grant(Credential::qr, hash_of_serial(from.hasher, key.serial),
                             from.doors.building(building).common);
  if (grant != nullptr) {
    grant->counted = std::holds_alternative<OnceKey>(key.rule);
    grant->uses_left = uses_left(key);
    grant->revoked = key.revoked;
  }
  return maker.take();
}

std::vector<Grant> grants_of_room(const GrantSources& from, const RoomId& room) {
  const Code* code = from.book.room_code(room);
  if (code == nullptr) return {};
  const BuildingId& building = from.doors.building_of(room);
  Maker maker(from, KeyOwner::room, room.str());
  maker.in_time(Always{});
  maker.grant(Credential::code, from.hasher.of(*code), from.doors.building(building).common);
  return maker.take();
}

void fill(KeyRing& ring, const GrantSources& from) {
  ring.clear();
  const auto add = [&ring](std::vector<Grant> grants) {
    for (auto& grant : grants) ring.add(std::move(grant));
  };
  for (const auto& [id, reservation] : from.book.reservations()) add(grants_of(from, reservation));
  for (const auto& [id, holder] : from.book.holders()) add(grants_of(from, holder));
  for (const auto& [id, key] : from.book.temporary_keys()) add(grants_of(from, key));
  for (const auto& [room, code] : from.book.room_codes()) add(grants_of_room(from, room));
}

void refresh(KeyRing& ring, const GrantSources& from, const ReservationId& id) {
  const auto* found = from.book.find(id);
  replace(ring, KeyOwner::reservation, id,
          found == nullptr ? std::vector<Grant>() : grants_of(from, *found));
}

void refresh(KeyRing& ring, const GrantSources& from, const HolderId& id) {
  const auto* found = from.book.find(id);
  replace(ring, KeyOwner::holder, id,
          found == nullptr ? std::vector<Grant>() : grants_of(from, *found));
}

void refresh(KeyRing& ring, const GrantSources& from, const TemporaryKeyId& id) {
  const auto* found = from.book.find(id);
  replace(ring, KeyOwner::temporary_key, id,
          found == nullptr ? std::vector<Grant>() : grants_of(from, *found));
}

void refresh(KeyRing& ring, const GrantSources& from, const KeyGroupId& id) {
  for (const auto* reservation : from.book.reservations_of(id))
    refresh(ring, from, reservation->id);
  for (const auto* holder : from.book.holders_of(id)) refresh(ring, from, holder->id);
}

void refresh(KeyRing& ring, const GrantSources& from, const ValidityGroupId& id) {
  for (const auto* holder : from.book.holders_with(id)) refresh(ring, from, holder->id);
}

void refresh_room(KeyRing& ring, const GrantSources& from, const RoomId& room) {
  replace(ring, KeyOwner::room, room, grants_of_room(from, room));
}

}  // namespace genkan::domain
