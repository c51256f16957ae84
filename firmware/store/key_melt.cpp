#include <algorithm>
#include <iterator>
#include <set>

#include "firmware/store/key_tables.hpp"

namespace genkan::store {

namespace {

// Keeps what `later` does not touch. A removal stays in front of what is put with the same id: it
// takes with it what a put alone leaves.
template <class Entry, class Removed, class KeyOf>
void melt_list(std::vector<Entry>& earlier, std::vector<Removed>& earlier_removed,
               std::vector<Entry>& later, std::vector<Removed>& later_removed, KeyOf key_of) {
  const std::set<Removed> removed(later_removed.begin(), later_removed.end());
  std::set<Removed> put;
  for (const auto& entry : later) put.insert(key_of(entry));
  std::erase_if(earlier, [&](const Entry& entry) {
    const Removed key = key_of(entry);
    return removed.contains(key) || put.contains(key);
  });
  std::erase_if(earlier_removed, [&](const Removed& key) { return removed.contains(key); });
  later.insert(later.begin(), std::make_move_iterator(earlier.begin()),
               std::make_move_iterator(earlier.end()));
  later_removed.insert(later_removed.begin(), std::make_move_iterator(earlier_removed.begin()),
                       std::make_move_iterator(earlier_removed.end()));
}

// Of lists of which nothing is removed.
template <class Entry, class KeyOf>
void melt_list(std::vector<Entry>& earlier, std::vector<Entry>& later, KeyOf key_of) {
  using Key = std::decay_t<decltype(key_of(later.front()))>;
  std::vector<Key> none;
  std::vector<Key> none_either;
  melt_list(earlier, none, later, none_either, key_of);
}

// Before the notes: one that is put again later with another hash has it from today's key, one
// that is removed needs none.
void melt_stale_hashes(const ports::KeyChange& earlier, ports::KeyChange& later) {
  for (const auto& slot : earlier.stale_hashes) {
    const auto is_it = [&slot](const auto& entry) {
      return entry.first == slot.first && entry.second.address == slot.second;
    };
    const auto before = std::ranges::find_if(earlier.slot_notes, is_it);
    const auto put = std::ranges::find_if(later.slot_notes, is_it);
    const bool same = put == later.slot_notes.end() || before == earlier.slot_notes.end() ||
                      put->second.hash == before->second.hash;
    const bool removed =
        std::ranges::find(later.slot_notes_removed, slot) != later.slot_notes_removed.end();
    if (same && !removed) later.stale_hashes.push_back(slot);
  }
}

}  // namespace

void melt(ports::KeyChange earlier, ports::KeyChange& later) {
  const auto id = [](const auto& entry) { return entry.id; };
  const auto first = [](const auto& entry) { return entry.first; };
  const auto place = [](const auto& entry) { return std::pair(entry.first, entry.second.address); };
  const auto device = [](const domain::CouplingMark& mark) { return mark.device; };
  melt_list(earlier.reservations, earlier.reservations_removed, later.reservations,
            later.reservations_removed, id);
  melt_list(earlier.key_groups, earlier.key_groups_removed, later.key_groups,
            later.key_groups_removed, id);
  melt_list(earlier.validity_groups, earlier.validity_groups_removed, later.validity_groups,
            later.validity_groups_removed, id);
  melt_list(earlier.holders, earlier.holders_removed, later.holders, later.holders_removed, id);
  melt_list(earlier.temporary_keys, earlier.temporary_keys_removed, later.temporary_keys,
            later.temporary_keys_removed, id);
  melt_stale_hashes(earlier, later);
  melt_list(earlier.slot_notes, earlier.slot_notes_removed, later.slot_notes,
            later.slot_notes_removed, place);
  melt_list(earlier.room_codes, later.room_codes, first);
  melt_list(earlier.coupling_marks, later.coupling_marks, device);
  melt_list(earlier.coupled_since, later.coupled_since, first);
  if (!later.holiday_table) later.holiday_table = std::move(earlier.holiday_table);
}

}  // namespace genkan::store
