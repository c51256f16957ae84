#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/store/key_tables_parts.hpp"
#include "firmware/store/key_text.hpp"

namespace genkan::store {

namespace {

using domain::SlotNote;

struct StoredNote {
  DeviceId device;
  SlotNote note;
  std::string root;
};

void bind_address(Statement& statement, const DeviceId& device, domain::SlotAddress address) {
  statement.bind(1, device.str())
      .bind(2, std::int64_t{address.area})
      .bind(3, std::int64_t{address.number});
}

Result<> put_note(Statement& put, const DeviceId& device, const SlotNote& note,
                  const std::string& root) {
  const std::string schedule = note.schedule ? text_of(*note.schedule) : std::string();
  bind_address(put, device, note.address);
  return put.bind(4, owner_word(note.key.owner))
      .bind(5, note.key.id)
      .bind(6, std::int64_t{note.key.card ? 1 : 0})
      .bind(7, std::span<const std::uint8_t>(note.hash.bytes))
      .bind(8, root)
      .bind_optional(9, schedule)
      .bind(10, domain::name_of(note.state))
      .bind(11, milliseconds(note.since))
      .bind(12, std::int64_t{note.failures})
      .bind(13, milliseconds(note.next_try))
      .run();
}

// A note that is put with the hash that it has already keeps the root that made it: who writes
// down that a removal failed does not make the hash anew.
Result<> put_notes(const Connection& connection, const Secrets& secrets,
                   const ports::KeyChange& change) {
  if (change.slot_notes.empty()) return {};
  auto put = connection.prepare(
      "INSERT INTO slot_notes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
      "ON CONFLICT DO UPDATE SET owner = excluded.owner, id = excluded.id, card = excluded.card, "
      "root = CASE WHEN hash = excluded.hash THEN root ELSE excluded.root END, "
      "hash = excluded.hash, schedule = excluded.schedule, state = excluded.state, "
      "since = excluded.since, failures = excluded.failures, next_try = excluded.next_try");
  if (!put) return fail(put.error());
  const std::string root = secrets.root_id();
  for (const auto& [device, note] : change.slot_notes) {
    if (auto saved = put_note(*put, device, note, root); !saved) {
      return fail(saved.error().in(device.str()));
    }
  }
  return {};
}

StoredNote note_from(RowReader& row, const Statement& columns) {
  StoredNote stored;
  stored.device = DeviceId(row.text(0));
  SlotNote& note = stored.note;
  note.address = {row.integer<std::uint8_t>(1), row.integer<std::uint16_t>(2)};
  note.key = {row.named<domain::KeyOwner>(3, owner_from_word), row.text(4), row.flag(5)};
  const auto hash = columns.blob(6);
  if (hash.size() == note.hash.bytes.size()) {
    std::ranges::copy(hash, note.hash.bytes.begin());
  } else {
    row.complain(6, cat(hash.size(), " bytes"));
  }
  stored.root = row.text(7);
  if (!row.is_null(8)) note.schedule = row.named<domain::LockSchedule>(8, schedule_from);
  note.state = row.named<domain::NoteState>(9, domain::note_state_named);
  note.since = row.time(10);
  note.failures = row.integer<std::uint16_t>(11);
  note.next_try = row.time(12);
  return stored;
}

}  // namespace

Result<> apply_locks(const Connection& connection, const Secrets& secrets,
                     const ports::KeyChange& change) {
  auto done = run_for_each(connection,
                           "DELETE FROM slot_notes WHERE device = ?1 AND area = ?2 AND slot = ?3",
                           change.slot_notes_removed, [](Statement& statement, const auto& entry) {
                             bind_address(statement, entry.first, entry.second);
                           });
  if (done) done = put_notes(connection, secrets, change);
  if (done) {
    done = run_for_each(
        connection, "INSERT OR REPLACE INTO coupling_marks VALUES (?1, ?2)", change.coupling_marks,
        [](Statement& statement, const domain::CouplingMark& mark) {
          statement.bind(1, mark.device.str()).bind(2, milliseconds(mark.followed_to));
        });
  }
  if (done) {
    done = run_for_each(
        connection, "UPDATE slot_notes SET root = '' WHERE device = ?1 AND area = ?2 AND slot = ?3",
        change.stale_hashes, [](Statement& statement, const auto& entry) {
          bind_address(statement, entry.first, entry.second);
        });
  }
  if (done) {
    done = run_for_each(connection, "INSERT OR REPLACE INTO coupled_since VALUES (?1, ?2)",
                        change.coupled_since, [](Statement& statement, const auto& entry) {
                          statement.bind(1, entry.first.str()).bind(2, milliseconds(entry.second));
                        });
  }
  return done;
}

void load_locks(const Connection& connection, const Secrets& secrets, ports::KeyMemory& memory,
                std::optional<Error>& fault) {
  keep_rows(
      connection, "slot_notes",
      "SELECT device, area, slot, owner, id, card, hash, root, schedule, state, since, failures, "
      "next_try FROM slot_notes ORDER BY device, area, slot",
      fault, note_from, [&secrets, &memory](StoredNote stored) {
        if (stored.root != secrets.root_id()) {
          memory.stale_hashes.emplace(stored.device, stored.note.address);
        }
        memory.slot_notes[stored.device].push_back(std::move(stored.note));
      });
  const auto device_and_time = [](RowReader& row, const Statement&) {
    return std::pair(DeviceId(row.text(0)), row.time(1));
  };
  keep_rows(connection, "coupling_marks", "SELECT device, followed_to FROM coupling_marks", fault,
            device_and_time, [&memory](std::pair<DeviceId, WallTime> entry) {
              memory.coupling_marks.emplace(entry.first,
                                            domain::CouplingMark{entry.first, entry.second});
            });
  keep_rows(connection, "coupled_since", "SELECT device, since FROM coupled_since", fault,
            device_and_time,
            [&memory](std::pair<DeviceId, WallTime> entry) { memory.coupled_since.insert(entry); });
}

}  // namespace genkan::store
