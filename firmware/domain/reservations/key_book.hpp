#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "firmware/domain/inventory.hpp"
#include "firmware/domain/keys/temporary_key.hpp"
#include "firmware/domain/reservations/reservation.hpp"

namespace genkan::domain {

// All keys that the gateway knows, in memory, with the ways to find them. Loop thread. Who changes
// it writes the same to the store first.
class KeyBook {
 public:
  void put(Reservation reservation);
  void put(KeyGroup group);
  void put(ValidityGroup group);
  void put(Holder holder);
  void put(TemporaryKey key);
  // The door code of a dwelling (KEY-22); none takes it away.
  void put_room_code(const RoomId& room, std::optional<Code> code);
  void remove(const ReservationId& id);
  void remove(const KeyGroupId& id);
  void remove(const ValidityGroupId& id);
  void remove(const HolderId& id);
  void remove(const TemporaryKeyId& id);

  const Reservation* find(const ReservationId& id) const;
  const KeyGroup* find(const KeyGroupId& id) const;
  const ValidityGroup* find(const ValidityGroupId& id) const;
  const Holder* find(const HolderId& id) const;
  const TemporaryKey* find(const TemporaryKeyId& id) const;
  const Code* room_code(const RoomId& room) const;

  const std::map<ReservationId, Reservation>& reservations() const { return reservations_; }
  const std::map<KeyGroupId, KeyGroup>& key_groups() const { return key_groups_; }
  const std::map<ValidityGroupId, ValidityGroup>& validity_groups() const { return validity_; }
  const std::map<HolderId, Holder>& holders() const { return holders_; }
  const std::map<TemporaryKeyId, TemporaryKey>& temporary_keys() const { return temporary_; }
  const std::map<RoomId, Code>& room_codes() const { return room_codes_; }

  // The devices that a reservation opens itself: its device, or its group's.
  std::vector<DeviceId> devices_of(const Reservation& reservation) const;
  // Reservations on the device itself or on a group with it; holders of a group with it. By id.
  // Good until the next put or remove, as those below.
  std::vector<const Reservation*> reservations_on(const DeviceId& device) const;
  std::vector<const Holder*> holders_on(const DeviceId& device) const;
  // On the group; of the group (with any it must not be deleted, RES-50); with the validity group.
  std::vector<const Reservation*> reservations_of(const KeyGroupId& group) const;
  std::vector<const Holder*> holders_of(const KeyGroupId& group) const;
  std::vector<const Holder*> holders_with(const ValidityGroupId& group) const;
  // A holder's timing: its validity group's, or always; a week without a day chosen is every day
  // (RES-50). One whose validity group is not known never opens: an empty span.
  Timing timing_of(const Holder& holder) const;

 private:
  std::map<ReservationId, Reservation> reservations_;
  std::map<KeyGroupId, KeyGroup> key_groups_;
  std::map<ValidityGroupId, ValidityGroup> validity_;
  std::map<HolderId, Holder> holders_;
  std::map<TemporaryKeyId, TemporaryKey> temporary_;
  std::map<RoomId, Code> room_codes_;

  // The ids that belong to something, in order.
  template <class Of, class IdType>
  using Lists = std::unordered_map<Of, std::vector<IdType>>;
  Lists<DeviceId, ReservationId> by_device_;
  Lists<KeyGroupId, ReservationId> by_group_;
  Lists<KeyGroupId, HolderId> holders_of_;
  Lists<ValidityGroupId, HolderId> holders_with_;
  Lists<DeviceId, KeyGroupId> groups_with_;

  void list(const Reservation& reservation);
  void unlist(const Reservation& reservation);
  void list(const Holder& holder);
  void unlist(const Holder& holder);
  void list(const KeyGroup& group);
  void unlist(const KeyGroup& group);
};

}  // namespace genkan::domain
