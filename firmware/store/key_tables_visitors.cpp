#include <bit>

#include "firmware/base/text.hpp"
#include "firmware/store/key_tables_parts.hpp"
#include "firmware/store/key_text.hpp"

namespace genkan::store {

namespace {

using domain::KeyOwner;
using domain::TemporaryKey;

Result<> put_temporary_keys(const Connection& connection, const std::vector<TemporaryKey>& keys) {
  if (keys.empty()) return {};
  // Not OR REPLACE, which would take away another key that has the serial.
  auto put = connection.prepare(
      "INSERT INTO temporary_keys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
      "ON CONFLICT (id) DO UPDATE SET name = excluded.name, id_number = excluded.id_number, "
      "room = excluded.room, rule = excluded.rule, used = excluded.used, "
      "revoked = excluded.revoked, made = excluded.made, serial = excluded.serial");
  if (!put) return fail(put.error());
  for (const auto& key : keys) {
    const std::string rule = text_of(key.rule);
    auto saved = put->bind(1, key.id.str())
                     .bind(2, key.name)
                     .bind(3, key.id_number)
                     .bind(4, key.room.str())
                     .bind(5, rule)
                     .bind(6, std::int64_t{key.used})
                     .bind(7, std::int64_t{key.revoked ? 1 : 0})
                     .bind(8, milliseconds(key.made))
                     .bind(9, std::bit_cast<std::int64_t>(key.serial))
                     .run();
    if (!saved) return fail(saved.error().in(key.id.str()));
  }
  return {};
}

TemporaryKey temporary_key_from(RowReader& row, const Statement& columns) {
  TemporaryKey key;
  key.id = domain::TemporaryKeyId(row.text(0));
  key.name = row.text(1);
  key.id_number = row.text(2);
  key.room = RoomId(row.text(3));
  key.rule = row.named<domain::TemporaryRule>(4, rule_from);
  key.used = row.integer<std::uint16_t>(5);
  key.revoked = row.flag(6);
  key.made = row.time(7);
  key.serial = std::bit_cast<std::uint64_t>(columns.integer(8));
  return key;
}

}  // namespace

Result<> apply_visitors(const Connection& connection, SecretWriter& writer,
                        const ports::KeyChange& change) {
  auto done = remove_each(connection, "DELETE FROM temporary_keys WHERE id = ?1",
                          change.temporary_keys_removed);
  if (done) done = put_temporary_keys(connection, change.temporary_keys);
  for (const auto& [room, code] : change.room_codes) {
    if (!done) break;
    const domain::KeyRef whose{KeyOwner::room, room.str(), false};
    done = code ? writer.put(whose, *code) : writer.remove(whose);
  }
  return done;
}

void load_visitors(const Connection& connection, const OpenedSecrets& opened,
                   ports::KeyMemory& memory, std::optional<Error>& fault) {
  keep_rows(connection, "temporary_keys",
            "SELECT id, name, id_number, room, rule, used, revoked, made, serial "
            "FROM temporary_keys ORDER BY id",
            fault, temporary_key_from,
            [&memory](TemporaryKey key) { memory.temporary_keys.push_back(std::move(key)); });
  for (const auto& [whose, code] : opened.codes) {
    if (whose.owner == KeyOwner::room) memory.room_codes.emplace(RoomId(whose.id), code);
  }
}

}  // namespace genkan::store
