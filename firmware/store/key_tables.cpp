#include "firmware/store/key_tables.hpp"

#include "firmware/base/text.hpp"
#include "firmware/store/key_tables_parts.hpp"

namespace genkan::store {

namespace {

// The migrations that brought these tables.
constexpr std::int64_t first_version = 4;
constexpr std::int64_t first_with_holiday_table = 5;

ports::KeyChange change_from(const ports::KeyMemory& memory) {
  ports::KeyChange change;
  change.reservations = memory.reservations;
  change.key_groups = memory.key_groups;
  change.validity_groups = memory.validity_groups;
  change.holders = memory.holders;
  change.temporary_keys = memory.temporary_keys;
  change.room_codes.assign(memory.room_codes.begin(), memory.room_codes.end());
  for (const auto& [device, notes] : memory.slot_notes) {
    for (const auto& note : notes) change.slot_notes.emplace_back(device, note);
  }
  change.stale_hashes.assign(memory.stale_hashes.begin(), memory.stale_hashes.end());
  for (const auto& [device, mark] : memory.coupling_marks) change.coupling_marks.push_back(mark);
  change.coupled_since.assign(memory.coupled_since.begin(), memory.coupled_since.end());
  if (!memory.holiday_table.empty()) change.holiday_table = memory.holiday_table;
  return change;
}

}  // namespace

Result<> save_secrets(SecretWriter& writer, domain::KeyOwner owner, const std::string& id,
                      const std::optional<domain::Code>& code,
                      const std::optional<domain::Card>& card) {
  const domain::KeyRef its_code{owner, id, false};
  const domain::KeyRef its_card{owner, id, true};
  auto saved = code ? writer.put(its_code, *code) : writer.remove_if_readable(its_code);
  if (!saved) return saved;
  return card ? writer.put(its_card, *card) : writer.remove_if_readable(its_card);
}

Result<> remove_secrets(SecretWriter& writer, domain::KeyOwner owner, const std::string& id) {
  if (auto removed = writer.remove({owner, id, false}); !removed) return removed;
  return writer.remove({owner, id, true});
}

void take_secrets(const OpenedSecrets& opened, domain::KeyOwner owner, const std::string& id,
                  std::optional<domain::Code>& code, std::optional<domain::Card>& card) {
  if (const auto at = opened.codes.find({owner, id, false}); at != opened.codes.end()) {
    code = at->second;
  }
  if (const auto at = opened.cards.find({owner, id, true}); at != opened.cards.end()) {
    card = at->second;
  }
}

Result<> apply_keys(const Connection& connection, const Secrets& secrets,
                    const ports::KeyChange& change) {
  if (change.empty()) return {};
  auto writer = SecretWriter::make(connection, secrets);
  if (!writer) return fail(writer.error());
  auto done = apply_groups(connection, *writer, change);
  if (done) done = apply_reservations(connection, *writer, change);
  if (done) done = apply_visitors(connection, *writer, change);
  if (done) done = apply_locks(connection, secrets, change);
  if (done) done = apply_holiday_table(connection, change);
  if (!done) return fail(done.error().in("keys"));
  return {};
}

std::optional<Error> load_keys(const Connection& connection, const Secrets& secrets,
                               LoadedKeys& loaded) {
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*version < first_version) return std::nullopt;
  std::optional<Error> fault;
  OpenedSecrets opened;
  if (auto found = load_secrets(connection, secrets)) {
    opened = *std::move(found);
  } else {
    fault = found.error();
  }
  auto& memory = loaded.memory;
  load_groups(connection, opened, memory, fault);
  load_reservations(connection, opened, memory, fault);
  load_visitors(connection, opened, memory, fault);
  load_locks(connection, secrets, memory, fault);
  if (*version >= first_with_holiday_table) load_holiday_table(connection, memory, fault);
  for (const auto& row : opened.unreadable) memory.unreadable.push_back(row.whose);
  std::ranges::sort(memory.unreadable);
  memory.unreadable_secrets = static_cast<std::uint32_t>(memory.unreadable.size());
  loaded.unreadable = std::move(opened.unreadable);
  return fault;
}

Result<> carry_keys_over(const Connection& connection, const Secrets& secrets,
                         const LoadedKeys& loaded) {
  if (auto applied = apply_keys(connection, secrets, change_from(loaded.memory)); !applied) {
    return applied;
  }
  auto writer = SecretWriter::make(connection, secrets);
  if (!writer) return fail(writer.error());
  for (const auto& row : loaded.unreadable) {
    if (auto put = writer->put(row); !put) return put;
  }
  return {};
}

}  // namespace genkan::store
