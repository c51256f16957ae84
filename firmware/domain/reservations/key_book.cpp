#include "firmware/domain/reservations/key_book.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace genkan::domain {

namespace {

template <class Lists, class Of, class IdType>
void enlist(Lists& lists, const Of& of, const IdType& id) {
  auto& ids = lists[of];
  const auto at = std::ranges::lower_bound(ids, id);
  if (at == ids.end() || *at != id) ids.insert(at, id);
}

template <class Lists, class Of, class IdType>
void delist(Lists& lists, const Of& of, const IdType& id) {
  const auto found = lists.find(of);
  if (found == lists.end()) return;
  auto& ids = found->second;
  const auto at = std::ranges::lower_bound(ids, id);
  if (at != ids.end() && *at == id) ids.erase(at);
  if (ids.empty()) lists.erase(found);
}

template <class Lists, class Of>
auto listed(const Lists& lists, const Of& of) {
  const auto found = lists.find(of);
  using Ids = typename Lists::mapped_type;
  return found == lists.end() ? std::span<const typename Ids::value_type>()
                              : std::span<const typename Ids::value_type>(found->second);
}

template <class Records, class IdType>
auto found_in(const Records& records, const IdType& id) {
  const auto at = records.find(id);
  return at == records.end() ? nullptr : &at->second;
}

template <class Records, class Ids>
void add_records(std::vector<const typename Records::mapped_type*>& out, const Records& records,
                 const Ids& ids) {
  for (const auto& id : ids) out.push_back(&records.at(id));
}

template <class Record>
std::vector<const Record*> by_id(std::vector<const Record*> records) {
  std::ranges::sort(records, {},
                    [](const Record* record) { return std::string_view(record->id.str()); });
  return records;
}

// Those of a list alone.
template <class Records, class Lists, class Of>
auto records_of(const Records& records, const Lists& lists, const Of& of) {
  std::vector<const typename Records::mapped_type*> out;
  add_records(out, records, listed(lists, of));
  return out;
}

}  // namespace

void KeyBook::list(const Reservation& reservation) {
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) {
    enlist(by_device_, *device, reservation.id);
  } else {
    enlist(by_group_, std::get<KeyGroupId>(reservation.target), reservation.id);
  }
}

void KeyBook::unlist(const Reservation& reservation) {
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) {
    delist(by_device_, *device, reservation.id);
  } else {
    delist(by_group_, std::get<KeyGroupId>(reservation.target), reservation.id);
  }
}

void KeyBook::list(const Holder& holder) {
  enlist(holders_of_, holder.group, holder.id);
  if (holder.validity) enlist(holders_with_, *holder.validity, holder.id);
}

void KeyBook::unlist(const Holder& holder) {
  delist(holders_of_, holder.group, holder.id);
  if (holder.validity) delist(holders_with_, *holder.validity, holder.id);
}

void KeyBook::list(const KeyGroup& group) {
  for (const auto& device : group.devices) enlist(groups_with_, device, group.id);
}

void KeyBook::unlist(const KeyGroup& group) {
  for (const auto& device : group.devices) delist(groups_with_, device, group.id);
}

void KeyBook::put(Reservation reservation) {
  if (const auto* old = find(reservation.id)) unlist(*old);
  list(reservation);
  const ReservationId id = reservation.id;
  reservations_.insert_or_assign(id, std::move(reservation));
}

void KeyBook::put(KeyGroup group) {
  if (const auto* old = find(group.id)) unlist(*old);
  list(group);
  const KeyGroupId id = group.id;
  key_groups_.insert_or_assign(id, std::move(group));
}

void KeyBook::put(ValidityGroup group) {
  const ValidityGroupId id = group.id;
  validity_.insert_or_assign(id, std::move(group));
}

void KeyBook::put(Holder holder) {
  if (const auto* old = find(holder.id)) unlist(*old);
  list(holder);
  const HolderId id = holder.id;
  holders_.insert_or_assign(id, std::move(holder));
}

void KeyBook::put(TemporaryKey key) {
  const TemporaryKeyId id = key.id;
  temporary_.insert_or_assign(id, std::move(key));
}

void KeyBook::put_room_code(const RoomId& room, std::optional<Code> code) {
  if (code) {
    room_codes_.insert_or_assign(room, *std::move(code));
  } else {
    room_codes_.erase(room);
  }
}

void KeyBook::remove(const ReservationId& id) {
  const auto at = reservations_.find(id);
  if (at == reservations_.end()) return;
  unlist(at->second);
  reservations_.erase(at);
}

void KeyBook::remove(const KeyGroupId& id) {
  const auto at = key_groups_.find(id);
  if (at == key_groups_.end()) return;
  unlist(at->second);
  key_groups_.erase(at);
}

void KeyBook::remove(const ValidityGroupId& id) { validity_.erase(id); }

void KeyBook::remove(const HolderId& id) {
  const auto at = holders_.find(id);
  if (at == holders_.end()) return;
  unlist(at->second);
  holders_.erase(at);
}

void KeyBook::remove(const TemporaryKeyId& id) { temporary_.erase(id); }

const Reservation* KeyBook::find(const ReservationId& id) const {
  return found_in(reservations_, id);
}
const KeyGroup* KeyBook::find(const KeyGroupId& id) const { return found_in(key_groups_, id); }
const ValidityGroup* KeyBook::find(const ValidityGroupId& id) const {
  return found_in(validity_, id);
}
const Holder* KeyBook::find(const HolderId& id) const { return found_in(holders_, id); }
const TemporaryKey* KeyBook::find(const TemporaryKeyId& id) const {
  return found_in(temporary_, id);
}
const Code* KeyBook::room_code(const RoomId& room) const { return found_in(room_codes_, room); }

std::vector<DeviceId> KeyBook::devices_of(const Reservation& reservation) const {
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) return {*device};
  const KeyGroup* group = find(std::get<KeyGroupId>(reservation.target));
  return group == nullptr ? std::vector<DeviceId>() : group->devices;
}

std::vector<const Reservation*> KeyBook::reservations_on(const DeviceId& device) const {
  auto out = records_of(reservations_, by_device_, device);
  for (const auto& group : listed(groups_with_, device)) {
    add_records(out, reservations_, listed(by_group_, group));
  }
  return by_id(std::move(out));
}

std::vector<const Holder*> KeyBook::holders_on(const DeviceId& device) const {
  std::vector<const Holder*> out;
  for (const auto& group : listed(groups_with_, device)) {
    add_records(out, holders_, listed(holders_of_, group));
  }
  return by_id(std::move(out));
}

std::vector<const Reservation*> KeyBook::reservations_of(const KeyGroupId& group) const {
  return records_of(reservations_, by_group_, group);
}

std::vector<const Holder*> KeyBook::holders_of(const KeyGroupId& group) const {
  return records_of(holders_, holders_of_, group);
}

std::vector<const Holder*> KeyBook::holders_with(const ValidityGroupId& group) const {
  return records_of(holders_, holders_with_, group);
}

Timing KeyBook::timing_of(const Holder& holder) const {
  if (!holder.validity) return Always{};
  const ValidityGroup* group = find(*holder.validity);
  if (group == nullptr) return Span{};
  Timing timing = group->timing;
  if (auto* weekly = std::get_if<Weekly>(&timing); weekly != nullptr && weekly->weekdays == 0) {
    weekly->weekdays = every_day;
  }
  return timing;
}

}  // namespace genkan::domain
