#include "tests/fakes/key_memory.hpp"

#include <algorithm>

namespace genkan::fakes {

namespace {

template <class Entry, class IdType>
void apply_list(const std::vector<Entry>& put, const std::vector<IdType>& removed,
                std::vector<Entry>& list) {
  for (const auto& id : removed) {
    std::erase_if(list, [&id](const Entry& entry) { return entry.id == id; });
  }
  for (const auto& entry : put) {
    std::erase_if(list, [&entry](const Entry& old) { return old.id == entry.id; });
    list.push_back(entry);
  }
  std::ranges::sort(list, {}, &Entry::id);
}

void remove_note(std::vector<domain::SlotNote>& notes, domain::SlotAddress address) {
  std::erase_if(notes, [address](const auto& note) { return note.address == address; });
}

void apply_notes(const ports::KeyChange& change, ports::KeyMemory& memory) {
  for (const auto& [device, address] : change.slot_notes_removed) {
    remove_note(memory.slot_notes[device], address);
    memory.stale_hashes.erase({device, address});
  }
  for (const auto& [device, note] : change.slot_notes) {
    auto& notes = memory.slot_notes[device];
    const auto before = std::ranges::find(notes, note.address, &domain::SlotNote::address);
    const bool hashed = before == notes.end() || before->hash != note.hash;
    if (hashed) memory.stale_hashes.erase({device, note.address});
    remove_note(notes, note.address);
    notes.push_back(note);
    std::ranges::sort(notes, {}, &domain::SlotNote::address);
  }
  for (const auto& slot : change.stale_hashes) memory.stale_hashes.insert(slot);
  std::erase_if(memory.slot_notes, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace

void apply(const ports::KeyChange& change, ports::KeyMemory& memory) {
  apply_list(change.reservations, change.reservations_removed, memory.reservations);
  apply_list(change.key_groups, change.key_groups_removed, memory.key_groups);
  apply_list(change.validity_groups, change.validity_groups_removed, memory.validity_groups);
  apply_list(change.holders, change.holders_removed, memory.holders);
  apply_list(change.temporary_keys, change.temporary_keys_removed, memory.temporary_keys);
  for (const auto& [room, code] : change.room_codes) {
    memory.room_codes.erase(room);
    if (code) memory.room_codes.emplace(room, *code);
  }
  apply_notes(change, memory);
  for (const auto& mark : change.coupling_marks) memory.coupling_marks[mark.device] = mark;
  for (const auto& [device, since] : change.coupled_since) memory.coupled_since[device] = since;
  if (change.holiday_table) memory.holiday_table = *change.holiday_table;
}

}  // namespace genkan::fakes
