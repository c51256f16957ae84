#include "firmware/services/transfer/transfer_change.hpp"

#include <set>

namespace genkan::services {

namespace {

struct Counts {
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t removed = 0;
  std::size_t same = 0;

  json::object to_json() const {
    return {{"added", added}, {"changed", changed}, {"removed", removed}, {"same", same}};
  }
};

template <class Record, class IdType>
json::object differ(const std::vector<Record>& wanted, const std::map<IdType, Record>& here,
                    std::vector<Record>& put, std::vector<IdType>& removed) {
  Counts counts;
  std::set<IdType> kept;
  for (const auto& record : wanted) {
    kept.insert(record.id);
    const auto known = here.find(record.id);
    if (known != here.end() && known->second == record) {
      ++counts.same;
      continue;
    }
    ++(known == here.end() ? counts.added : counts.changed);
    put.push_back(record);
  }
  for (const auto& [id, record] : here) {
    if (kept.contains(id)) continue;
    ++counts.removed;
    removed.push_back(id);
  }
  return counts.to_json();
}

json::object differ(const std::map<RoomId, domain::Code>& wanted,
                    const std::map<RoomId, domain::Code>& here, ports::KeyChange& change) {
  Counts counts;
  for (const auto& [room, code] : wanted) {
    const auto known = here.find(room);
    if (known != here.end() && known->second == code) {
      ++counts.same;
      continue;
    }
    ++(known == here.end() ? counts.added : counts.changed);
    change.room_codes.emplace_back(room, code);
  }
  for (const auto& [room, code] : here) {
    if (wanted.contains(room)) continue;
    ++counts.removed;
    change.room_codes.emplace_back(room, std::nullopt);
  }
  return counts.to_json();
}

}  // namespace

TransferChange change_for(const Transfer& transfer, const KeysHere& here) {
  TransferChange made;
  ports::KeyChange& change = made.change;
  json::object& counts = made.counts;
  const auto& keys = transfer.keys;
  counts["key_groups"] =
      differ(keys.key_groups, here.book.key_groups(), change.key_groups, change.key_groups_removed);
  counts["validity_groups"] = differ(keys.validity_groups, here.book.validity_groups(),
                                     change.validity_groups, change.validity_groups_removed);
  counts["holders"] =
      differ(keys.holders, here.book.holders(), change.holders, change.holders_removed);
  counts["reservations"] = differ(keys.reservations, here.book.reservations(), change.reservations,
                                  change.reservations_removed);
  counts["temporary_keys"] = differ(keys.temporary_keys, here.book.temporary_keys(),
                                    change.temporary_keys, change.temporary_keys_removed);
  counts["room_codes"] = differ(keys.room_codes, here.book.room_codes(), change);
  for (const auto& [device, notes] : keys.slot_notes) {
    const auto known = here.slot_notes.find(device);
    if (known != here.slot_notes.end() && !known->second.empty()) continue;
    for (const auto& note : notes) change.slot_notes.emplace_back(device, note);
    for (const auto& note : notes) {
      if (!keys.stale_hashes.contains({device, note.address})) continue;
      change.stale_hashes.emplace_back(device, note.address);
    }
  }
  counts["slot_notes"] = change.slot_notes.size();
  for (const auto& [device, since] : keys.coupled_since) {
    if (here.facts.since_of(device) != since) change.coupled_since.emplace_back(device, since);
  }
  if (keys.holiday_table != here.holiday_table) change.holiday_table = keys.holiday_table;
  return made;
}

}  // namespace genkan::services
