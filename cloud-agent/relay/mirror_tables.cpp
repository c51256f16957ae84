#include "cloud-agent/relay/mirror_tables.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cloud-agent/relay/database.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

enum Which : std::size_t {
  add_record,
  boot_of_record,
  add_disputed,
  current_journal,
  one_journal,
  all_journals,
  numbers_behind,
  gone_at,
  save_journal,
  find_boot,
  put_boot,
  find_presence,
  put_presence,
  put_state,
  find_state,
  drop_state,
};

constexpr std::array<std::string_view, 16> texts{
    "INSERT OR IGNORE INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "SELECT boot FROM records WHERE gateway = ?1 AND journal = ?2 AND seq = ?3",
    "INSERT OR IGNORE INTO disputed VALUES (?1, ?2, ?3, ?4, ?5)",
    "SELECT journal, whole, highest FROM journals WHERE gateway = ?1 AND current = 1",
    "SELECT whole, highest FROM journals WHERE gateway = ?1 AND journal = ?2",
    "SELECT gateway, journal, whole, highest FROM journals WHERE current = 1",
    "SELECT seq FROM records WHERE gateway = ?1 AND journal = ?2 AND seq > ?3 ORDER BY seq",
    "SELECT max(last) FROM gone WHERE gateway = ?1 AND journal = ?2 AND first <= ?3",
    "UPDATE journals SET whole = ?3, highest = ?4 WHERE gateway = ?1 AND journal = ?2",
    "SELECT journal FROM boots WHERE gateway = ?1 AND boot = ?2",
    "INSERT OR REPLACE INTO boots VALUES (?1, ?2, ?3)",
    "SELECT online FROM presence WHERE gateway = ?1",
    // `since` stays while nothing but version or head is told anew; an offline word does not know
    // what the gateway ran, so that stays too.
    "INSERT INTO presence VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    " ON CONFLICT (gateway) DO UPDATE SET online = ?2, reason = ?7,"
    " since = CASE WHEN ?8 THEN ?3 ELSE since END,"
    " boot = CASE WHEN ?2 THEN ?4 ELSE boot END,"
    " version = CASE WHEN ?2 THEN ?5 ELSE version END,"
    " clock = CASE WHEN ?2 THEN ?6 ELSE clock END",
    "INSERT INTO states SELECT ?1, ?2, ?3, ?4"
    " WHERE EXISTS (SELECT 1 FROM states WHERE gateway = ?1 AND device = ?2)"
    " OR (SELECT count(*) FROM states WHERE gateway = ?1) < ?5"
    " ON CONFLICT (gateway, device) DO UPDATE SET seen = ?3, state = ?4 WHERE state <> ?4",
    "SELECT 1 FROM states WHERE gateway = ?1 AND device = ?2",
    "DELETE FROM states WHERE gateway = ?1 AND device = ?2",
};

constexpr int most_log_pages = 4000;

std::int64_t milliseconds(WallTime time) { return time.time_since_epoch().count(); }

// Ends a statement's read when it is done with, however that comes.
class Reading {
 public:
  explicit Reading(store::Statement& statement) : statement_(statement) {}
  ~Reading() { statement_.reset(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  store::Statement& statement_;
};

}  // namespace

Result<std::unique_ptr<MirrorTables>> MirrorTables::open(const std::filesystem::path& path) {
  auto connection = open_database(path, Outlives::process);
  if (!connection) return fail(connection.error());
  std::unique_ptr<MirrorTables> tables(new MirrorTables(*std::move(connection)));
  if (auto prepared = tables->prepare(); !prepared) return fail(prepared.error());
  return tables;
}

Result<> MirrorTables::prepare() {
  for (const auto text : texts) {
    auto statement = connection_.prepare(text);
    if (!statement) return fail(statement.error());
    statements_.push_back(*std::move(statement));
  }
  return {};
}

void MirrorTables::keep_log_short() {
  if (connection_.log_pages() < most_log_pages) return;
  if (auto moved = checkpoint(connection_); !moved) {
    log(LogLevel::warning, "the database's log was not moved into it",
        {{"why", moved.error().message()}});
  }
}

Result<MirrorTables::Added> MirrorTables::add(std::string_view gateway, std::string_view journal,
                                              const MirrorRecord& record) {
  auto& insert = statements_[add_record];
  insert.bind(1, gateway).bind(2, journal).bind(3, record.seq).bind(4, record.boot);
  insert.bind(5, record.time).bind(6, record.lane).bind(7, record.kind).bind(8, record.device);
  insert.bind(9, record.text);
  if (auto done = insert.run(); !done) return fail(done.error());
  if (connection_.changes() > 0) return Added::added;

  auto& find = statements_[boot_of_record];
  const Reading reading(find);
  const auto row = find.bind(1, gateway).bind(2, journal).bind(3, record.seq).step();
  if (!row) return fail(row.error());
  if (*row && find.text(0) == record.boot) return Added::doubled;
  auto& dispute = statements_[add_disputed];
  dispute.bind(1, gateway).bind(2, journal).bind(3, record.seq);
  auto done = dispute.bind(4, record.boot).bind(5, record.text).run();
  if (!done) return fail(done.error());
  return connection_.changes() > 0 ? Added::disputed : Added::doubled;
}

Result<std::int64_t> MirrorTables::first_of(std::string_view gateway, std::string_view journal,
                                            std::string_view boot) {
  auto find = connection_.prepare(
      "SELECT min(seq) FROM records"
      " WHERE gateway = ?1 AND journal = ?2 AND (?3 = '' OR boot = ?3)");
  if (!find) return fail(find.error());
  const auto row = find->bind(1, gateway).bind(2, journal).bind(3, boot).step();
  if (!row) return fail(row.error());
  return find->integer(0);
}

Result<> MirrorTables::move(std::string_view gateway, std::string_view from, std::string_view to,
                            std::string_view boot) {
  const auto first = first_of(gateway, from, boot);
  if (!first) return fail(first.error());
  if (*first == 0) return {};
  for (const std::string_view text : {
           "UPDATE OR IGNORE records SET journal = ?3"
           " WHERE gateway = ?1 AND journal = ?2 AND (?4 = '' OR boot = ?4)",
           "INSERT OR IGNORE INTO disputed"
           " SELECT old.gateway, ?3, old.seq, old.boot, old.record"
           " FROM records AS old JOIN records AS new"
           " ON new.gateway = ?1 AND new.journal = ?3 AND new.seq = old.seq"
           " WHERE old.gateway = ?1 AND old.journal = ?2 AND (?4 = '' OR old.boot = ?4)"
           " AND new.boot <> old.boot",
           "DELETE FROM records"
           " WHERE gateway = ?1 AND journal = ?2 AND ?3 <> '' AND (?4 = '' OR boot = ?4)",
       }) {
    auto statement = connection_.prepare(text);
    if (!statement) return fail(statement.error());
    statement->bind(1, gateway).bind(2, from).bind(3, to).bind(4, boot);
    if (auto done = statement->run(); !done) return done;
  }
  auto left = standing(gateway, from);
  if (!left) return fail(left.error());
  left->whole = std::min(left->whole, *first - 1);
  if (auto advanced = advance(*left); !advanced) return advanced;
  left->highest = left->whole;
  return save(*left);
}

Result<> MirrorTables::add_gone(const Standing& of, std::int64_t first, std::int64_t last) {
  auto insert = connection_.prepare("INSERT OR REPLACE INTO gone VALUES (?1, ?2, ?3, ?4)");
  if (!insert) return fail(insert.error());
  return insert->bind(1, of.gateway).bind(2, of.journal).bind(3, first).bind(4, last).run();
}

Result<std::optional<GoneRun>> MirrorTables::gone_behind(const Standing& of, std::int64_t after) {
  auto find = connection_.prepare(
      "SELECT first, last FROM gone WHERE gateway = ?1 AND journal = ?2 AND first > ?3"
      " ORDER BY first LIMIT 1");
  if (!find) return fail(find.error());
  const auto row = find->bind(1, of.gateway).bind(2, of.journal).bind(3, after).step();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return GoneRun{of.gateway, of.journal, find->integer(0), find->integer(1)};
}

Result<> MirrorTables::drop_gone(const GoneRun& run) {
  auto drop = connection_.prepare(
      "DELETE FROM gone WHERE gateway = ?1 AND journal = ?2 AND first >= ?3 AND first <= ?4");
  if (!drop) return fail(drop.error());
  drop->bind(1, run.gateway).bind(2, run.journal);
  return drop->bind(3, run.first).bind(4, run.last).run();
}

Result<Standing> MirrorTables::current(std::string_view gateway) {
  auto& find = statements_[current_journal];
  const Reading reading(find);
  const auto row = find.bind(1, gateway).step();
  if (!row) return fail(row.error());
  if (!*row) return Standing{std::string(gateway), {}, 0, 0};
  return Standing{std::string(gateway), std::string(find.text(0)), find.integer(1),
                  find.integer(2)};
}

Result<Standing> MirrorTables::standing(std::string_view gateway, std::string_view journal) {
  auto& find = statements_[one_journal];
  const Reading reading(find);
  const auto row = find.bind(1, gateway).bind(2, journal).step();
  if (!row) return fail(row.error());
  Standing standing{std::string(gateway), std::string(journal), 0, 0};
  if (*row) standing.whole = find.integer(0);
  if (*row) standing.highest = find.integer(1);
  return standing;
}

Result<std::vector<Standing>> MirrorTables::standings() {
  auto& find = statements_[all_journals];
  const Reading reading(find);
  std::vector<Standing> all;
  while (true) {
    const auto row = find.step();
    if (!row) return fail(row.error());
    if (!*row) return all;
    all.push_back(
        {std::string(find.text(0)), std::string(find.text(1)), find.integer(2), find.integer(3)});
  }
}

Result<> MirrorTables::advance(Standing& standing) {
  while (true) {
    const auto before = standing.whole;
    auto& find = statements_[numbers_behind];
    const Reading reading(find);
    find.bind(1, standing.gateway).bind(2, standing.journal).bind(3, standing.whole);
    while (true) {
      const auto row = find.step();
      if (!row) return fail(row.error());
      if (!*row || find.integer(0) != standing.whole + 1) break;
      ++standing.whole;
    }
    auto& gone = statements_[gone_at];
    const Reading reading_gone(gone);
    gone.bind(1, standing.gateway).bind(2, standing.journal).bind(3, standing.whole + 1);
    const auto row = gone.step();
    if (!row) return fail(row.error());
    standing.whole = std::max(standing.whole, gone.integer(0));
    standing.highest = std::max(standing.highest, standing.whole);
    if (standing.whole == before) return {};
  }
}

Result<> MirrorTables::save(const Standing& standing) {
  auto& update = statements_[save_journal];
  update.bind(1, standing.gateway).bind(2, standing.journal);
  return update.bind(3, standing.whole).bind(4, standing.highest).run();
}

Result<> MirrorTables::check_room(std::string_view gateway, std::string_view journal) {
  auto others =
      connection_.prepare("SELECT count(*) FROM journals WHERE gateway = ?1 AND journal <> ?2");
  if (!others) return fail(others.error());
  const auto row = others->bind(1, gateway).bind(2, journal).step();
  if (!row) return fail(row.error());
  if (others->integer(0) < most_journals) return {};
  return fail(ErrorCode::invalid, cat("the gateway has begun ", most_journals, " journals"));
}

Result<> MirrorTables::make_current(std::string_view gateway, std::string_view journal,
                                    WallTime now) {
  if (auto room = check_room(gateway, journal); !room) return room;
  auto others = connection_.prepare("UPDATE journals SET current = 0 WHERE gateway = ?1");
  if (!others) return fail(others.error());
  if (auto done = others->bind(1, gateway).run(); !done) return done;
  auto put = connection_.prepare(
      "INSERT INTO journals VALUES (?1, ?2, ?3, 1, 0, 0)"
      " ON CONFLICT (gateway, journal) DO UPDATE SET current = 1");
  if (!put) return fail(put.error());
  return put->bind(1, gateway).bind(2, journal).bind(3, milliseconds(now)).run();
}

Result<std::string> MirrorTables::journal_of_boot(std::string_view gateway, std::string_view boot) {
  auto& find = statements_[find_boot];
  const Reading reading(find);
  const auto row = find.bind(1, gateway).bind(2, boot).step();
  if (!row) return fail(row.error());
  return std::string(*row ? find.text(0) : std::string_view());
}

Result<> MirrorTables::set_boot(std::string_view gateway, std::string_view boot,
                                std::string_view journal) {
  return statements_[put_boot].bind(1, gateway).bind(2, boot).bind(3, journal).run();
}

Result<std::optional<bool>> MirrorTables::was_online(std::string_view gateway) {
  auto& find = statements_[find_presence];
  const Reading reading(find);
  const auto row = find.bind(1, gateway).step();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return find.integer(0) != 0;
}

Result<> MirrorTables::set_presence(std::string_view gateway, const PresenceWord& word,
                                    bool changed, WallTime now) {
  auto& put = statements_[put_presence];
  put.bind(1, gateway).bind(2, std::int64_t{word.online}).bind(3, milliseconds(now));
  put.bind(4, word.boot).bind(5, word.version).bind(6, word.clock).bind(7, word.reason);
  return put.bind(8, std::int64_t{changed}).run();
}

Result<> MirrorTables::set_state(std::string_view gateway, std::string_view device,
                                 std::string_view state, WallTime now) {
  if (state.empty()) return statements_[drop_state].bind(1, gateway).bind(2, device).run();
  auto& put = statements_[put_state];
  put.bind(1, gateway).bind(2, device).bind(3, milliseconds(now)).bind(4, state);
  if (auto done = put.bind(5, most_devices).run(); !done) return done;
  if (connection_.changes() > 0) return {};
  // Told again as it was, or one too many.
  auto& find = statements_[find_state];
  const Reading reading(find);
  const auto row = find.bind(1, gateway).bind(2, device).step();
  if (!row) return fail(row.error());
  if (*row) return {};
  return fail(ErrorCode::invalid, cat("the gateway has ", most_devices, " devices already"));
}

}  // namespace genkan::relay
