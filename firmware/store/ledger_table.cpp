#include <algorithm>

#include "firmware/store/cloud_tables.hpp"
#include "firmware/store/key_tables_parts.hpp"
#include "firmware/store/row_reader.hpp"

namespace genkan::store {

namespace {

using std::chrono::sys_seconds;

constexpr std::int64_t most_carried = 2000;
constexpr std::string_view columns =
    "jti, kid, sub, digest, expires, accepted, method, path, device, command, state, status, "
    "answer";

std::int64_t seconds(sys_seconds time) { return time.time_since_epoch().count(); }
sys_seconds as_seconds(std::int64_t count) { return sys_seconds(std::chrono::seconds(count)); }

Result<> insert_rows(const Connection& connection, const std::vector<domain::LedgerRow>& rows) {
  return run_for_each(
      connection,
      "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)", rows,
      [](Statement& row, const domain::LedgerRow& entry) {
        row.bind(1, entry.jti).bind(2, entry.kid).bind(3, entry.sub).bind(4, entry.digest);
        row.bind(5, seconds(entry.expires)).bind(6, milliseconds(entry.accepted));
        row.bind(7, entry.method).bind(8, entry.path);
        row.bind_optional(9, entry.device.str()).bind_optional(10, entry.command);
        row.bind(11, domain::name_of(entry.state)).bind(12, std::int64_t{entry.status});
        row.bind(13, entry.answer);
      });
}

Result<> end_rows(const Connection& connection, const std::vector<domain::LedgerEnd>& ends) {
  return run_for_each(connection,
                      "UPDATE ledger SET state = ?2, status = ?3, answer = ?4 WHERE jti = ?1", ends,
                      [](Statement& row, const domain::LedgerEnd& end) {
                        row.bind(1, end.jti).bind(2, domain::name_of(end.state));
                        row.bind(3, std::int64_t{end.status}).bind(4, end.answer);
                      });
}

Result<> raise_floor(const Connection& connection, sys_seconds floor) {
  auto forget = connection.prepare("DELETE FROM ledger WHERE expires <= ?1");
  if (!forget) return fail(forget.error());
  if (auto gone = forget->bind(1, seconds(floor)).run(); !gone) return gone;
  return set_ledger_floor(connection, floor);
}

domain::LedgerRow read_row(RowReader& reader, const Statement& row) {
  domain::LedgerRow entry;
  entry.jti = reader.text(0);
  entry.kid = reader.text(1);
  entry.sub = reader.text(2);
  const auto digest = row.blob(3);
  if (digest.size() == entry.digest.size()) {
    std::ranges::copy(digest, entry.digest.begin());
  } else {
    reader.complain(3, "no digest");
  }
  entry.expires = as_seconds(row.integer(4));
  entry.accepted = reader.time(5);
  entry.method = reader.text(6);
  entry.path = reader.text(7);
  entry.device = DeviceId(reader.text(8));
  entry.command = reader.text(9);
  entry.state = reader.named(10, domain::ledger_state_named);
  entry.status = reader.integer<std::uint16_t>(11);
  entry.answer = reader.text(12);
  return entry;
}

}  // namespace

Result<> apply_ledger(const Connection& connection, const ports::CloudChange& change) {
  auto done = insert_rows(connection, change.accepted);
  if (done) done = end_rows(connection, change.ended);
  if (done && change.ledger_floor) done = raise_floor(connection, *change.ledger_floor);
  return done;
}

Result<> set_ledger_floor(const Connection& connection, sys_seconds floor) {
  auto raise =
      connection.prepare("UPDATE meta SET value = ?1 WHERE key = 'ledger_floor' AND value < ?1");
  if (!raise) return fail(raise.error());
  return raise->bind(1, seconds(floor)).run();
}

void load_ledger(const Connection& connection, ports::CloudMemory& memory,
                 std::optional<Error>& fault) {
  const auto floor = connection.integer("SELECT value FROM meta WHERE key = 'ledger_floor'");
  if (floor) memory.ledger_floor = as_seconds(*floor);
  if (!floor && !fault) fault = floor.error();
  keep_rows(connection, "ledger",
            cat("SELECT ", columns, " FROM ledger WHERE state = 'accepted' ORDER BY accepted"),
            fault, read_row,
            [&memory](domain::LedgerRow row) { memory.under_way.push_back(std::move(row)); });
  keep_rows(
      connection, "ledger", "SELECT expires FROM ledger ORDER BY expires", fault,
      [](RowReader&, const Statement& row) { return as_seconds(row.integer(0)); },
      [&memory](sys_seconds expires) { memory.ledger_expiries.push_back(expires); });
}

Result<std::optional<domain::LedgerRow>> find_ledger_row(const Connection& connection,
                                                         std::string_view jti) {
  auto rows = connection.prepare(cat("SELECT ", columns, " FROM ledger WHERE jti = ?1"));
  if (!rows) return fail(rows.error());
  const auto found = rows->bind(1, jti).step();
  if (!found) return fail(found.error());
  if (!*found) return std::optional<domain::LedgerRow>();
  RowReader reader(*rows, "ledger");
  auto row = read_row(reader, *rows);
  if (auto read = reader.finish(); !read) return fail(read.error());
  return std::optional(std::move(row));
}

Result<std::vector<domain::LedgerRow>> load_ledger_tail(const Connection& connection,
                                                        ports::CloudMemory& memory) {
  std::vector<domain::LedgerRow> rows;
  const auto there = connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'ledger'");
  if (!there) return fail(there.error());
  if (*there == 0) return rows;
  std::optional<Error> fault;
  keep_rows(connection, "ledger",
            cat("SELECT ", columns, " FROM ledger ORDER BY expires DESC LIMIT ", most_carried),
            fault, read_row, [&rows](domain::LedgerRow row) { rows.push_back(std::move(row)); });
  if (fault) return fail(*fault);
  const auto left_out = connection.integer(
      cat("SELECT expires FROM ledger ORDER BY expires DESC LIMIT 1 OFFSET ", most_carried));
  if (!left_out) return fail(left_out.error());
  memory.ledger_floor = std::max(memory.ledger_floor, as_seconds(*left_out));
  return rows;
}

}  // namespace genkan::store
