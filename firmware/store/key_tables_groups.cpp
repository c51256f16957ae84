#include "firmware/base/text.hpp"
#include "firmware/store/key_tables_parts.hpp"
#include "firmware/store/key_text.hpp"

namespace genkan::store {

namespace {

using domain::Holder;
using domain::KeyGroup;
using domain::KeyOwner;
using domain::ValidityGroup;

Result<> put_key_groups(const Connection& connection, const std::vector<KeyGroup>& groups) {
  auto put = run_for_each(connection, "INSERT OR REPLACE INTO key_groups VALUES (?1, ?2)", groups,
                          [](Statement& statement, const KeyGroup& group) {
                            statement.bind(1, group.id.str()).bind(2, group.name);
                          });
  if (put) {
    put = run_for_each(
        connection, "DELETE FROM key_group_devices WHERE key_group = ?1", groups,
        [](Statement& statement, const KeyGroup& group) { statement.bind(1, group.id.str()); });
  }
  for (const auto& group : groups) {
    if (!put) break;
    std::int64_t position = 0;
    put =
        run_for_each(connection, "INSERT INTO key_group_devices VALUES (?1, ?2, ?3)", group.devices,
                     [&](Statement& statement, const DeviceId& device) {
                       statement.bind(1, group.id.str()).bind(2, ++position).bind(3, device.str());
                     });
  }
  return put;
}

Result<> apply_key_groups(const Connection& connection, const ports::KeyChange& change) {
  auto done =
      remove_each(connection, "DELETE FROM key_groups WHERE id = ?1", change.key_groups_removed);
  if (done) {
    done = remove_each(connection, "DELETE FROM key_group_devices WHERE key_group = ?1",
                       change.key_groups_removed);
  }
  return done ? put_key_groups(connection, change.key_groups) : done;
}

Result<> apply_validity_groups(const Connection& connection, const ports::KeyChange& change) {
  auto removed = remove_each(connection, "DELETE FROM validity_groups WHERE id = ?1",
                             change.validity_groups_removed);
  if (!removed || change.validity_groups.empty()) return removed;
  auto put = connection.prepare("INSERT OR REPLACE INTO validity_groups VALUES (?1, ?2, ?3)");
  if (!put) return fail(put.error());
  for (const auto& group : change.validity_groups) {
    const std::string timing = text_of(group.timing);
    if (auto saved = put->bind(1, group.id.str()).bind(2, group.name).bind(3, timing).run();
        !saved) {
      return saved;
    }
  }
  return {};
}

Result<> apply_holders(const Connection& connection, SecretWriter& writer,
                       const ports::KeyChange& change) {
  auto done = remove_each(connection, "DELETE FROM holders WHERE id = ?1", change.holders_removed);
  for (const auto& id : change.holders_removed) {
    if (done) done = remove_secrets(writer, KeyOwner::holder, id.str());
  }
  if (done) {
    done = run_for_each(
        connection, "INSERT OR REPLACE INTO holders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        change.holders, [](Statement& statement, const Holder& holder) {
          statement.bind(1, holder.id.str())
              .bind(2, holder.outside_id)
              .bind(3, holder.name)
              .bind(4, holder.group.str())
              .bind_optional(5, holder.validity ? std::string_view(holder.validity->str())
                                                : std::string_view())
              .bind(6, std::int64_t{holder.enabled ? 1 : 0})
              .bind(7, holder.mail)
              .bind(8, milliseconds(holder.made))
              .bind(9, std::int64_t{holder.revision});
        });
  }
  for (const auto& holder : change.holders) {
    if (!done) break;
    done = save_secrets(writer, KeyOwner::holder, holder.id.str(), holder.code, holder.card);
  }
  return done;
}

Holder holder_from(RowReader& row) {
  Holder holder;
  holder.id = domain::HolderId(row.text(0));
  holder.outside_id = row.text(1);
  holder.name = row.text(2);
  holder.group = domain::KeyGroupId(row.text(3));
  if (!row.is_null(4)) holder.validity = domain::ValidityGroupId(row.text(4));
  holder.enabled = row.flag(5);
  holder.mail = row.text(6);
  holder.made = row.time(7);
  holder.revision = row.integer<std::uint32_t>(8);
  return holder;
}

void load_devices_of_groups(const Connection& connection, std::vector<KeyGroup>& groups,
                            std::optional<Error>& fault) {
  std::size_t at = 0;
  keep_rows(
      connection, "key_group_devices",
      "SELECT key_group, device FROM key_group_devices ORDER BY key_group, position", fault,
      [](RowReader& row, const Statement&) { return std::pair(row.text(0), row.text(1)); },
      [&groups, &at](std::pair<std::string, std::string> entry) {
        while (at < groups.size() && groups[at].id.str() < entry.first) ++at;
        if (at < groups.size() && groups[at].id.str() == entry.first) {
          groups[at].devices.emplace_back(std::move(entry.second));
        }
      });
}

}  // namespace

Result<> apply_groups(const Connection& connection, SecretWriter& writer,
                      const ports::KeyChange& change) {
  auto done = apply_key_groups(connection, change);
  if (done) done = apply_validity_groups(connection, change);
  if (done) done = apply_holders(connection, writer, change);
  return done;
}

void load_groups(const Connection& connection, const OpenedSecrets& opened,
                 ports::KeyMemory& memory, std::optional<Error>& fault) {
  keep_rows(
      connection, "key_groups", "SELECT id, name FROM key_groups ORDER BY id", fault,
      [](RowReader& row, const Statement&) {
        return KeyGroup{domain::KeyGroupId(row.text(0)), row.text(1), {}};
      },
      [&memory](KeyGroup group) { memory.key_groups.push_back(std::move(group)); });
  load_devices_of_groups(connection, memory.key_groups, fault);
  keep_rows(
      connection, "validity_groups", "SELECT id, name, timing FROM validity_groups ORDER BY id",
      fault,
      [](RowReader& row, const Statement&) {
        return ValidityGroup{domain::ValidityGroupId(row.text(0)), row.text(1),
                             row.named<domain::Timing>(2, timing_from)};
      },
      [&memory](ValidityGroup group) { memory.validity_groups.push_back(std::move(group)); });
  keep_rows(
      connection, "holders",
      "SELECT id, outside_id, name, key_group, validity, enabled, mail, made, revision "
      "FROM holders ORDER BY id",
      fault, [](RowReader& row, const Statement&) { return holder_from(row); },
      [&opened, &memory](Holder holder) {
        take_secrets(opened, KeyOwner::holder, holder.id.str(), holder.code, holder.card);
        memory.holders.push_back(std::move(holder));
      });
}

}  // namespace genkan::store
