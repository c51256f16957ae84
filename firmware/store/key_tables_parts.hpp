#pragma once

#include <optional>
#include <string_view>

#include "firmware/store/key_tables.hpp"
#include "firmware/store/row_reader.hpp"

// What the files key_tables*.cpp share.
namespace genkan::store {

// Runs `bind(statement, entry)` and the statement for each entry of the list.
template <class List, class Bind>
Result<> run_for_each(const Connection& connection, std::string_view sql, const List& list,
                      Bind bind) {
  if (list.empty()) return {};
  auto statement = connection.prepare(sql);
  if (!statement) return fail(statement.error());
  for (const auto& entry : list) {
    bind(*statement, entry);
    if (auto done = statement->run(); !done) return done;
  }
  return {};
}

// Removes the rows whose only parameter is the id.
template <class List>
Result<> remove_each(const Connection& connection, std::string_view sql, const List& ids) {
  return run_for_each(connection, sql, ids,
                      [](Statement& statement, const auto& id) { statement.bind(1, id.str()); });
}

inline std::int64_t milliseconds(WallTime time) { return time.time_since_epoch().count(); }

// Code and card of one owner.
Result<> save_secrets(SecretWriter& writer, domain::KeyOwner owner, const std::string& id,
                      const std::optional<domain::Code>& code,
                      const std::optional<domain::Card>& card);
Result<> remove_secrets(SecretWriter& writer, domain::KeyOwner owner, const std::string& id);
void take_secrets(const OpenedSecrets& opened, domain::KeyOwner owner, const std::string& id,
                  std::optional<domain::Code>& code, std::optional<domain::Card>& card);

// key_tables_reservations.cpp
Result<> apply_reservations(const Connection& connection, SecretWriter& writer,
                            const ports::KeyChange& change);
void load_reservations(const Connection& connection, const OpenedSecrets& opened,
                       ports::KeyMemory& memory, std::optional<Error>& fault);
// key_tables_groups.cpp: key groups, validity groups, holders
Result<> apply_groups(const Connection& connection, SecretWriter& writer,
                      const ports::KeyChange& change);
void load_groups(const Connection& connection, const OpenedSecrets& opened,
                 ports::KeyMemory& memory, std::optional<Error>& fault);
// key_tables_visitors.cpp: temporary keys, room codes
Result<> apply_visitors(const Connection& connection, SecretWriter& writer,
                        const ports::KeyChange& change);
void load_visitors(const Connection& connection, const OpenedSecrets& opened,
                   ports::KeyMemory& memory, std::optional<Error>& fault);
// key_tables_locks.cpp: slot notes, coupling marks, since when a door is coupled
Result<> apply_locks(const Connection& connection, const Secrets& secrets,
                     const ports::KeyChange& change);
void load_locks(const Connection& connection, const Secrets& secrets, ports::KeyMemory& memory,
                std::optional<Error>& fault);
// key_tables_holidays.cpp: the government's table
Result<> apply_holiday_table(const Connection& connection, const ports::KeyChange& change);
void load_holiday_table(const Connection& connection, ports::KeyMemory& memory,
                        std::optional<Error>& fault);

}  // namespace genkan::store
