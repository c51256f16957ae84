#include "firmware/store/journal_table.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

constexpr std::string_view columns =
    "seq, boot, time, clock, kind, lane, device, room, actor, body, hash";

std::string_view lane_name(domain::RecordLane lane) {
  return lane == domain::RecordLane::alarm ? "alarm" : "activity";
}

std::optional<Digest> digest_from(std::span<const std::uint8_t> bytes) {
  Digest digest{};
  if (bytes.size() != digest.size()) return std::nullopt;
  std::ranges::copy(bytes, digest.begin());
  return digest;
}

// What is wrong with the row's text goes to `damage`.
domain::Record record_from(const Statement& row, std::string& damage) {
  domain::Record record;
  record.seq = Seq{row.integer(0)};
  record.boot = row.text(1);
  domain::RecordDraft& draft = record.draft;
  draft.time = WallTime{std::chrono::milliseconds{row.integer(2)}};
  draft.clock = row.text(3) == "trusted" ? ClockTrust::trusted : ClockTrust::untrusted;
  draft.lane = row.text(5) == "alarm" ? domain::RecordLane::alarm : domain::RecordLane::activity;
  draft.device = DeviceId(std::string(row.text(6)));
  draft.room = RoomId(std::string(row.text(7)));
  draft.actor = row.text(8);
  const auto kind = domain::record_named(row.text(4));
  const auto body = parse_json(row.text(9), most_body_bytes);
  const auto hash = digest_from(row.blob(10));
  if (!kind) {
    damage = cat("no kind '", printable(row.text(4)), "'");
  } else if (!body) {
    damage = body.error().message();
  } else if (!body->is_object()) {
    damage = "the body is no object";
  } else if (!hash) {
    damage = "the hash has the wrong length";
  }
  draft.kind = kind.value_or(domain::RecordKind::trouble);
  if (damage.empty()) {
    draft.body = body->get_object();
    record.hash = *hash;
  } else {
    draft.kind = domain::RecordKind::trouble;
    draft.body = {{"damaged", damage}};
  }
  return record;
}

std::string query_text(const ports::JournalQuery& query) {
  std::string sql = cat("SELECT ", columns, " FROM journal WHERE seq > ?1");
  if (query.before) sql += " AND seq < ?2";
  // Written out, not bound: only so does SQLite see that the partial index serves.
  if (query.lane) sql += cat(" AND lane = '", lane_name(*query.lane), "'");
  if (query.device) sql += " AND device = ?3";
  return sql + (query.newest_first ? " ORDER BY seq DESC LIMIT ?4" : " ORDER BY seq LIMIT ?4");
}

}  // namespace

Result<ChainLink> journal_base(const Connection& connection) {
  auto statement = connection.prepare(
      "SELECT s.value, h.value FROM meta s, meta h WHERE s.key = 'base_seq' AND h.key = "
      "'base_hash'");
  if (!statement) return fail(statement.error());
  const auto row = statement->step();
  if (!row) return fail(row.error());
  const auto hash = *row ? digest_from(statement->blob(1)) : std::nullopt;
  if (!hash || statement->integer(0) < 0) {
    return fail(ErrorCode::corrupt, "the database does not say where its journal begins");
  }
  return ChainLink{Seq{statement->integer(0)}, *hash};
}

Result<> set_journal_base(const Connection& connection, const ChainLink& base) {
  auto statement =
      connection.prepare("INSERT OR REPLACE INTO meta VALUES ('base_seq', ?1), ('base_hash', ?2)");
  if (!statement) return fail(statement.error());
  return statement->bind(1, number(base.seq)).bind(2, std::span(base.hash)).run();
}

Result<ChainLink> journal_head(const Connection& connection) {
  auto statement = connection.prepare("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1");
  if (!statement) return fail(statement.error());
  const auto row = statement->step();
  if (!row) return fail(row.error());
  if (!*row) return journal_base(connection);
  const auto hash = digest_from(statement->blob(1));
  if (!hash) {
    return fail(ErrorCode::corrupt,
                cat("the hash of record ", statement->integer(0), " has the wrong length"));
  }
  return ChainLink{Seq{statement->integer(0)}, *hash};
}

Result<std::vector<domain::Record>> read_journal(const Connection& connection,
                                                 const ports::JournalQuery& query) {
  if (query.limit < 1 || query.limit > 1'000) {
    return fail(ErrorCode::invalid, cat("limit is ", query.limit, "; it must be from 1 to 1000"));
  }
  auto statement = connection.prepare(query_text(query));
  if (!statement) return fail(statement.error());
  statement->bind(1, number(query.after)).bind(4, std::int64_t{query.limit});
  if (query.before) statement->bind(2, number(*query.before));
  if (query.device) statement->bind(3, query.device->str());
  std::vector<domain::Record> records;
  while (true) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return records;
    std::string damage;
    records.push_back(record_from(*statement, damage));
  }
}

Result<ChainReport> check_chain(const Connection& connection, std::uint64_t most) {
  auto base = journal_base(connection);
  if (!base) return fail(base.error());
  const auto head = journal_head(connection);
  if (!head) return fail(head.error());
  const auto length = static_cast<std::uint64_t>(number(head->seq) - number(base->seq));
  ChainReport report;
  const bool whole = most == 0 || length <= most;
  // Without its beginning, the first record only lends its hash to the second.
  const std::int64_t after =
      whole ? number(base->seq) : number(head->seq) - static_cast<std::int64_t>(most) - 1;
  auto rows =
      connection.prepare(cat("SELECT ", columns, " FROM journal WHERE seq > ?1 ORDER BY seq"));
  if (!rows) return fail(rows.error());
  rows->bind(1, after);
  Digest previous = base->hash;
  std::int64_t expected = after + 1;
  bool lends = !whole;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return report;
    std::string fault;
    const domain::Record record = record_from(*rows, fault);
    if (fault.empty() && number(record.seq) != expected) {
      fault = cat("record ", expected, " is missing");
    }
    if (fault.empty() && !lends && domain::chain_hash(previous, record) != record.hash) {
      fault = "its content does not fit its hash, or the record before it was changed";
    }
    if (!fault.empty()) {
      report.broken_at = record.seq;
      report.fault = cat("record ", number(record.seq), ": ", fault);
      return report;
    }
    if (!lends) {
      if (report.checked == 0) report.first = record.seq;
      report.last = record.seq;
      ++report.checked;
    }
    lends = false;
    previous = record.hash;
    ++expected;
  }
}

Result<ChainReport> verify_chain(const std::filesystem::path& database) {
  auto connection = Connection::open(database, Access::read_only);
  if (!connection) return fail(connection.error().in(database.string()));
  auto report = check_chain(*connection, 0);
  if (!report) return fail(report.error().in(database.string()));
  return report;
}

}  // namespace genkan::store
