#include "firmware/store/cloud_tables.hpp"

#include <algorithm>
#include <iterator>

#include "firmware/store/key_tables_parts.hpp"
#include "firmware/store/row_reader.hpp"

namespace genkan::store {

namespace {

constexpr std::int64_t first_version = 6;  // of the schema
constexpr std::size_t most_json = 16 * 1024;

Result<> apply_trust(const Connection& connection, const ports::CloudChange& change) {
  auto done =
      run_for_each(connection, "DELETE FROM trust_keys WHERE kid = ?1", change.trust_keys_removed,
                   [](Statement& row, const std::string& kid) { row.bind(1, kid); });
  if (!done || change.trust_keys.empty()) return done;
  auto row =
      connection.prepare("INSERT OR REPLACE INTO trust_keys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!row) return fail(row.error());
  for (const auto& key : change.trust_keys) {
    const std::string jwk = json::serialize(key.key.to_jwk());
    const std::string scopes = domain::to_text(key.scopes);
    row->bind(1, key.kid).bind(2, jwk).bind(3, key.name).bind(4, scopes);
    if (key.not_after) {
      row->bind(5, milliseconds(*key.not_after));
    } else {
      row->bind_null(5);
    }
    row->bind(6, milliseconds(key.added)).bind(7, key.added_by);
    if (auto put = row->run(); !put) return put;
  }
  return {};
}

Result<> apply_claim(const Connection& connection, const ports::CloudChange& change) {
  if (!change.claim) return {};
  if (auto removed = connection.run("DELETE FROM claim"); !removed) return removed;
  if (!*change.claim) return {};
  const domain::CloudClaim& claim = **change.claim;
  const std::string broker = json::serialize(claim.broker);
  auto row = connection.prepare("INSERT INTO claim VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)");
  if (!row) return fail(row.error());
  return row->bind(1, claim.contract)
      .bind(2, claim.cloud)
      .bind(3, broker)
      .bind(4, claim.ca)
      .bind(5, claim.certificate)
      .bind(6, milliseconds(claim.since))
      .run();
}

Result<> apply_csr(const Connection& connection, const ports::CloudChange& change) {
  if (!change.csr) return {};
  auto row = connection.prepare("UPDATE meta SET value = ?1 WHERE key = 'csr'");
  if (!row) return fail(row.error());
  return row->bind(1, *change.csr).run();
}

std::optional<json::object> object_in(std::string_view text) {
  auto value = parse_json(text, most_json);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::optional<domain::TrustKey> read_key(RowReader& reader, const Statement& row) {
  const auto jwk = object_in(row.text(1));
  const auto key =
      jwk ? P256Public::from_jwk(*jwk) : Result<P256Public>(fail(ErrorCode::corrupt, "no JSON"));
  if (!key) {
    reader.complain(1, "no key");
    return std::nullopt;
  }
  std::optional<WallTime> end;
  if (!reader.is_null(4)) end = reader.time(4);
  return domain::TrustKey{
      reader.text(0), *key,          reader.text(2), reader.named(3, domain::scopes_from_text), end,
      reader.time(5), reader.text(6)};
}

void load_trust(const Connection& connection, ports::CloudMemory& memory,
                std::optional<Error>& fault) {
  keep_rows(
      connection, "trust_keys",
      "SELECT kid, key, name, scopes, not_after, added, added_by FROM trust_keys ORDER BY kid",
      fault, read_key, [&memory](std::optional<domain::TrustKey> key) {
        if (key) memory.trust_keys.push_back(*std::move(key));
      });
}

void load_claim(const Connection& connection, ports::CloudMemory& memory,
                std::optional<Error>& fault) {
  const auto make = [](RowReader& reader, const Statement& row) {
    auto broker = object_in(row.text(2));
    if (!broker) reader.complain(2, "no JSON");
    return domain::CloudClaim{
        reader.text(0), reader.text(1), std::move(broker).value_or(json::object()),
        reader.text(3), reader.text(4), reader.time(5)};
  };
  keep_rows(connection, "claim",
            "SELECT contract, cloud, broker, ca, certificate, since FROM claim", fault, make,
            [&memory](domain::CloudClaim claim) { memory.claim = std::move(claim); });
}

void load_text(const Connection& connection, std::string_view sql, std::string& into,
               std::optional<Error>& fault) {
  auto text = connection.text(sql);
  if (text) {
    into = *std::move(text);
  } else if (!fault) {
    fault = text.error();
  }
}

template <class Entry>
void put_in_front(std::vector<Entry>& earlier, std::vector<Entry>& later) {
  later.insert(later.begin(), std::make_move_iterator(earlier.begin()),
               std::make_move_iterator(earlier.end()));
}

}  // namespace

Result<> apply_cloud(const Connection& connection, const ports::CloudChange& change) {
  if (change.empty()) return {};
  auto done = apply_ledger(connection, change);
  if (done) done = apply_trust(connection, change);
  if (done) done = apply_claim(connection, change);
  if (done) done = apply_csr(connection, change);
  if (!done) return fail(done.error().in("cloud"));
  return {};
}

std::optional<Error> load_cloud(const Connection& connection, ports::CloudMemory& memory) {
  memory = {};
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*version < first_version) return std::nullopt;
  std::optional<Error> fault;
  load_trust(connection, memory, fault);
  load_claim(connection, memory, fault);
  load_text(connection, "SELECT value FROM meta WHERE key = 'csr'", memory.csr, fault);
  load_text(connection, "SELECT value FROM meta WHERE key = 'journal_id'", memory.journal_id,
            fault);
  load_ledger(connection, memory, fault);
  return fault;
}

Result<> carry_cloud_over(const Connection& connection, const ports::CloudMemory& memory,
                          const std::vector<domain::LedgerRow>& ledger) {
  ports::CloudChange change;
  change.trust_keys = memory.trust_keys;
  if (memory.claim) change.claim = memory.claim;
  if (!memory.csr.empty()) change.csr = memory.csr;
  change.accepted = ledger;
  if (auto applied = apply_cloud(connection, change); !applied) return applied;
  return set_ledger_floor(connection, memory.ledger_floor);
}

void melt(ports::CloudChange earlier, ports::CloudChange& later) {
  const auto touched = [&later](const std::string& kid) {
    return std::ranges::find(later.trust_keys, kid, &domain::TrustKey::kid) !=
               later.trust_keys.end() ||
           std::ranges::find(later.trust_keys_removed, kid) != later.trust_keys_removed.end();
  };
  std::erase_if(earlier.trust_keys, [&](const auto& key) { return touched(key.kid); });
  std::erase_if(earlier.trust_keys_removed, touched);
  put_in_front(earlier.trust_keys, later.trust_keys);
  put_in_front(earlier.trust_keys_removed, later.trust_keys_removed);
  put_in_front(earlier.accepted, later.accepted);
  put_in_front(earlier.ended, later.ended);
  if (!later.claim) later.claim = std::move(earlier.claim);
  if (!later.csr) later.csr = std::move(earlier.csr);
  later.ledger_floor = std::max(later.ledger_floor, earlier.ledger_floor);
}

}  // namespace genkan::store
