#include "firmware/store/secret_table.hpp"

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

// How many are sealed anew before the next are read: some 100 KiB of memory.
constexpr std::int64_t most_at_a_time = 1'000;

std::string_view part_of(const domain::KeyRef& whose) { return whose.card ? "card" : "code"; }

void bind_owner(Statement& statement, const domain::KeyRef& whose) {
  statement.bind(1, owner_word(whose.owner)).bind(2, whose.id).bind(3, part_of(whose));
}

// Columns owner, id, part, name, key, sealed. Nothing for an owner of another version.
std::optional<SealedRow> row_from(const Statement& row) {
  const auto owner = owner_from_word(row.text(0));
  if (!owner) return std::nullopt;
  const auto bytes = row.blob(5);
  return SealedRow{{*owner, std::string(row.text(1)), row.text(2) == "card"},
                   std::string(row.text(3)),
                   {std::string(row.text(4)), Bytes(bytes.begin(), bytes.end())}};
}

void open(SealedRow row, const Secrets& secrets, OpenedSecrets& opened) {
  if (row.whose.card) {
    if (auto card = secrets.open_card(row.whose, row.sealed)) {
      opened.cards.emplace(row.whose, domain::Card{*card, std::move(row.name)});
      return;
    }
  } else if (auto code = secrets.open_code(row.whose, row.sealed)) {
    opened.codes.emplace(row.whose, *code);
    return;
  }
  opened.unreadable.push_back(std::move(row));
}

// The next rows that another key than today's sealed, behind `after`.
Result<std::vector<SealedRow>> next_to_reseal(Statement& rows, const Secrets& secrets,
                                              const domain::KeyRef& after) {
  bind_owner(rows, after);
  rows.bind(4, secrets.sealing_id()).bind(5, most_at_a_time);
  std::vector<SealedRow> found;
  while (true) {
    const auto row = rows.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    if (auto sealed = row_from(rows)) found.push_back(*std::move(sealed));
  }
  rows.reset();
  return found;
}

Result<> reseal_row(SecretWriter& writer, const Secrets& secrets, const SealedRow& row) {
  if (row.whose.card) {
    const auto card = secrets.open_card(row.whose, row.sealed);
    return card ? writer.put(row.whose, domain::Card{*card, row.name}) : Result<>{};
  }
  const auto code = secrets.open_code(row.whose, row.sealed);
  return code ? writer.put(row.whose, *code) : Result<>{};
}

}  // namespace

Result<OpenedSecrets> load_secrets(const Connection& connection, const Secrets& secrets) {
  auto rows = connection.prepare(
      "SELECT owner, id, part, name, key, sealed FROM secrets ORDER BY owner, id, part");
  if (!rows) return fail(rows.error());
  OpenedSecrets opened;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return opened;
    if (auto sealed = row_from(*rows)) open(*std::move(sealed), secrets, opened);
  }
}

Result<SecretWriter> SecretWriter::make(const Connection& connection, const Secrets& secrets) {
  auto put = connection.prepare("INSERT OR REPLACE INTO secrets VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  if (!put) return fail(put.error());
  auto remove =
      connection.prepare("DELETE FROM secrets WHERE owner = ?1 AND id = ?2 AND part = ?3");
  if (!remove) return fail(remove.error());
  auto key_of =
      connection.prepare("SELECT key FROM secrets WHERE owner = ?1 AND id = ?2 AND part = ?3");
  if (!key_of) return fail(key_of.error());
  return SecretWriter(secrets, *std::move(put), *std::move(remove), *std::move(key_of));
}

Result<> SecretWriter::put(const domain::KeyRef& whose, const domain::Code& code) {
  return put(SealedRow{whose, {}, secrets_.seal(whose, code)});
}

Result<> SecretWriter::put(const domain::KeyRef& whose, const domain::Card& card) {
  return put(SealedRow{whose, card.name, secrets_.seal(whose, card.number)});
}

Result<> SecretWriter::put(const SealedRow& row) {
  bind_owner(put_, row.whose);
  return put_.bind(4, row.name)
      .bind(5, row.sealed.key)
      .bind(6, std::span<const std::uint8_t>(row.sealed.bytes))
      .run();
}

Result<> SecretWriter::remove(const domain::KeyRef& whose) {
  bind_owner(remove_, whose);
  return remove_.run();
}

Result<> SecretWriter::remove_if_readable(const domain::KeyRef& whose) {
  bind_owner(key_of_, whose);
  const auto row = key_of_.step();
  if (!row) return fail(row.error());
  const bool readable = *row && secrets_.knows(std::string(key_of_.text(0)));
  key_of_.reset();
  return readable ? remove(whose) : Result<>{};
}

Result<> reseal(const Connection& connection, const Secrets& secrets) {
  auto writer = SecretWriter::make(connection, secrets);
  if (!writer) return fail(writer.error());
  auto rows = connection.prepare(
      "SELECT owner, id, part, name, key, sealed FROM secrets "
      "WHERE (owner, id, part) > (?1, ?2, ?3) AND key <> ?4 ORDER BY owner, id, part LIMIT ?5");
  if (!rows) return fail(rows.error());
  // Before the first in order: no id is empty.
  domain::KeyRef after{domain::KeyOwner::holder, "", false};
  while (true) {
    const auto found = next_to_reseal(*rows, secrets, after);
    if (!found) return fail(found.error());
    for (const auto& row : *found) {
      if (auto sealed = reseal_row(*writer, secrets, row); !sealed) return sealed;
    }
    if (found->size() < static_cast<std::size_t>(most_at_a_time)) return {};
    after = found->back().whose;
  }
}

Result<> reseal_all(const Connection& connection, const Secrets& secrets) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  if (auto sealed = reseal(connection, secrets); !sealed) return sealed;
  return transaction->commit();
}

}  // namespace genkan::store
