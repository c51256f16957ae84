#include "firmware/store/journal_table.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

// parse_json takes no more.
constexpr int most_body_depth = 16;

constexpr std::string_view columns =
    "seq, boot, time, clock, kind, lane, device, room, actor, body, hash";

std::string_view lane_name(domain::RecordLane lane) {
  return lane == domain::RecordLane::alarm ? "alarm" : "activity";
}

std::string_view clock_name(ClockTrust clock) {
  return clock == ClockTrust::trusted ? "trusted" : "untrusted";
}

std::optional<Digest> digest_from(std::span<const std::uint8_t> bytes) {
  Digest digest{};
  if (bytes.size() != digest.size()) return std::nullopt;
  std::ranges::copy(bytes, digest.begin());
  return digest;
}

Result<std::string> bounded_text(const json::object& body) {
  std::string text = json::serialize(body);
  if (text.size() > most_body_bytes) {
    return fail(ErrorCode::invalid, cat("the record's body has ", text.size(),
                                        " bytes as text; at most ", most_body_bytes, " are kept"));
  }
  return text;
}

// What there is in a value that does not simply come back from its text.
struct Oddities {
  bool fraction = false;  // a number that parsing may change in its last digit
  bool not_utf8 = false;
  int depth = 0;
};

void look_for_oddities(const json::value& value, int depth, Oddities& found) {
  found.depth = std::max(found.depth, depth);
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      found.not_utf8 = found.not_utf8 || !is_utf8(key);
      look_for_oddities(member, depth + 1, found);
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) look_for_oddities(element, depth + 1, found);
  } else if (const auto* string = value.if_string()) {
    found.not_utf8 = found.not_utf8 || !is_utf8(*string);
  } else {
    found.fraction = found.fraction || value.is_double();
  }
}

// The body's text, and the body as it will be read back: what is hashed now must be what is hashed
// then.
Result<std::string> settle(json::object& body) {
  auto text = bounded_text(body);
  if (!text) return text;
  Oddities odd;
  for (const auto& [key, member] : body) {
    odd.not_utf8 = odd.not_utf8 || !is_utf8(key);
    look_for_oddities(member, 2, odd);
  }
  if (odd.not_utf8) return fail(ErrorCode::invalid, "the record's body is not UTF-8");
  if (odd.depth <= most_body_depth && !odd.fraction) return text;
  for (int round = 0; round < 3; ++round) {
    auto parsed = parse_json(*text, most_body_bytes);
    if (!parsed) return fail(parsed.error().in("the record's body"));
    body = std::move(parsed->get_object());
    auto again = bounded_text(body);
    if (!again || *again == *text) return again;
    text = std::move(again);
  }
  return fail(ErrorCode::invalid, "the record's body has a number that cannot be kept exactly");
}

void append_string(std::string& out, std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (!plain) {
    out += json::serialize(json::string(text));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

// `lead` is `,"key":`.
void append_member(std::string& out, std::string_view lead, std::string_view value) {
  if (value.empty()) return;
  out += lead;
  append_string(out, value);
}

// domain::chain_hash without building the JSON tree a second time. The check of the chain uses
// domain::chain_hash, so the two cannot come apart unseen.
Digest fast_chain_hash(const Digest& previous, const domain::Record& record,
                       std::string_view body) {
  const domain::RecordDraft& draft = record.draft;
  std::string bytes;
  bytes.reserve(previous.size() + body.size() + 400);
  bytes.append(reinterpret_cast<const char*>(previous.data()), previous.size());
  bytes += "{\"seq\":";
  bytes += cat(number(record.seq));
  append_member(bytes, ",\"boot\":", record.boot);
  append_member(bytes, ",\"time\":", format_time(draft.time));
  append_member(bytes, ",\"clock\":", clock_name(draft.clock));
  append_member(bytes, ",\"kind\":", domain::name_of(draft.kind));
  append_member(bytes, ",\"lane\":", lane_name(draft.lane));
  append_member(bytes, ",\"device\":", draft.device.str());
  append_member(bytes, ",\"room\":", draft.room.str());
  append_member(bytes, ",\"actor\":", draft.actor);
  bytes += ",\"body\":";
  bytes += body;
  bytes += '}';
  return sha256(bytes);
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

Result<JournalWriter> JournalWriter::open(const Connection& connection, std::string boot) {
  auto insert = connection.prepare(cat("INSERT INTO journal (", columns,
                                       ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  if (!insert) return fail(insert.error());
  const auto head = journal_head(connection);
  if (!head) return fail(head.error());
  return JournalWriter(std::move(*insert), *head, std::move(boot));
}

Result<domain::Record> JournalWriter::append(domain::RecordDraft& taken) {
  const auto body = settle(taken.body);
  if (!body) return fail(body.error());
  domain::Record record{Seq{number(head_.seq) + 1}, boot_, std::move(taken), {}};
  record.hash = fast_chain_hash(head_.hash, record, *body);
  const domain::RecordDraft& draft = record.draft;
  insert_.bind(1, number(record.seq))
      .bind(2, boot_)
      .bind(3, std::int64_t{draft.time.time_since_epoch().count()})
      .bind(4, clock_name(draft.clock))
      .bind(5, domain::name_of(draft.kind))
      .bind(6, lane_name(draft.lane))
      .bind_optional(7, draft.device.str())
      .bind_optional(8, draft.room.str())
      .bind_optional(9, draft.actor)
      .bind(10, *body)
      .bind(11, std::span(record.hash));
  if (auto written = insert_.run(); !written) {
    taken = std::move(record.draft);
    return fail(written.error());
  }
  head_ = {record.seq, record.hash};
  return record;
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
