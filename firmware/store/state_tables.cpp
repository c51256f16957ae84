#include "firmware/store/state_tables.hpp"

#include "firmware/base/text.hpp"
#include "firmware/store/inventory_table.hpp"

namespace genkan::store {

namespace {

// The largest state is a delivery box of 255 compartments: well below this.
constexpr std::size_t most_state_bytes = 65'536;

Result<> save_states(const Connection& connection, const ports::Change& change) {
  if (change.last_states.empty()) return {};
  auto statement = connection.prepare("INSERT OR REPLACE INTO last_states VALUES (?1, ?2)");
  if (!statement) return fail(statement.error());
  for (const auto& [device, state] : change.last_states) {
    const std::string text = json::serialize(domain::to_json(state));
    if (auto saved = statement->bind(1, device.str()).bind(2, text).run(); !saved) return saved;
  }
  return {};
}

Result<> clear_troubles(const Connection& connection, const ports::Change& change) {
  if (change.troubles_cleared.empty()) return {};
  auto statement =
      connection.prepare("DELETE FROM troubles WHERE kind = ?1 AND device = ?2 AND bus = ?3");
  if (!statement) return fail(statement.error());
  for (const auto& key : change.troubles_cleared) {
    statement->bind(1, domain::name_of(key.kind)).bind(2, key.device.str()).bind(3, key.bus.str());
    if (auto cleared = statement->run(); !cleared) return cleared;
  }
  return {};
}

Result<> set_troubles(const Connection& connection, const ports::Change& change) {
  if (change.troubles_set.empty()) return {};
  auto statement =
      connection.prepare("INSERT OR REPLACE INTO troubles VALUES (?1, ?2, ?3, ?4, ?5)");
  if (!statement) return fail(statement.error());
  for (const auto& trouble : change.troubles_set) {
    statement->bind(1, domain::name_of(trouble.key.kind))
        .bind(2, trouble.key.device.str())
        .bind(3, trouble.key.bus.str())
        .bind(4, std::int64_t{trouble.since.time_since_epoch().count()})
        .bind(5, trouble.detail);
    if (auto set = statement->run(); !set) return set;
  }
  return {};
}

Result<> save_held(const Connection& connection, const ports::Change& change) {
  if (change.held.empty()) return {};
  auto hold = connection.prepare("INSERT OR REPLACE INTO held VALUES (?1)");
  auto release = connection.prepare("DELETE FROM held WHERE device = ?1");
  if (!hold || !release) return fail(hold ? release.error() : hold.error());
  for (const auto& [device, held] : change.held) {
    Statement& statement = held ? *hold : *release;
    if (auto saved = statement.bind(1, device.str()).run(); !saved) return saved;
  }
  return {};
}

Result<> replace_inventory(const Connection& connection, const ports::Change& change) {
  if (!change.inventory) return {};
  if (auto saved = save_inventory(connection, *change.inventory); !saved) {
    return fail(saved.error().in("inventory"));
  }
  return connection.run(
      "DELETE FROM last_states WHERE device NOT IN (SELECT id FROM devices);"
      "DELETE FROM held WHERE device NOT IN (SELECT id FROM devices);"
      "DELETE FROM coupling_marks WHERE device NOT IN (SELECT id FROM devices);"
      "DELETE FROM coupled_since WHERE device NOT IN (SELECT id FROM devices)");
}

}  // namespace

Result<> apply_states(const Connection& connection, const ports::Change& change) {
  auto done = replace_inventory(connection, change);
  if (done) done = clear_troubles(connection, change);
  if (done) done = set_troubles(connection, change);
  if (done) done = save_states(connection, change);
  if (done) done = save_held(connection, change);
  return done;
}

Result<> save_cursor(const Connection& connection, const std::string& reader, Seq seq) {
  auto statement = connection.prepare("INSERT OR REPLACE INTO cursors VALUES (?1, ?2)");
  if (!statement) return fail(statement.error());
  return statement->bind(1, reader).bind(2, number(seq)).run();
}

Result<std::map<DeviceId, domain::DeviceState>> load_last_states(const Connection& connection) {
  auto rows = connection.prepare("SELECT device, state FROM last_states");
  if (!rows) return fail(rows.error());
  std::map<DeviceId, domain::DeviceState> states;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return states;
    const auto parsed = parse_json(rows->text(1), most_state_bytes);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    // A state that another version wrote is not worth a start: the device is asked anyway.
    if (object == nullptr) continue;
    auto state = domain::state_from_json(*object);
    if (state) states.emplace(DeviceId(std::string(rows->text(0))), *std::move(state));
  }
}

Result<std::vector<domain::Trouble>> load_troubles(const Connection& connection) {
  auto rows = connection.prepare(
      "SELECT kind, device, bus, since, detail FROM troubles ORDER BY since, kind, device, bus");
  if (!rows) return fail(rows.error());
  std::vector<domain::Trouble> troubles;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return troubles;
    const auto kind = domain::trouble_named(rows->text(0));
    if (!kind) continue;  // of another version; likewise
    troubles.push_back(
        {{*kind, DeviceId(std::string(rows->text(1))), BusId(std::string(rows->text(2)))},
         WallTime{std::chrono::milliseconds{rows->integer(3)}},
         std::string(rows->text(4))});
  }
}

Result<std::set<DeviceId>> load_held(const Connection& connection) {
  auto rows = connection.prepare("SELECT device FROM held");
  if (!rows) return fail(rows.error());
  std::set<DeviceId> held;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return held;
    held.emplace(std::string(rows->text(0)));
  }
}

Result<Cursors> load_cursors(const Connection& connection) {
  auto rows = connection.prepare("SELECT reader, seq FROM cursors");
  if (!rows) return fail(rows.error());
  Cursors cursors;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return cursors;
    cursors.emplace(rows->text(0), Seq{rows->integer(1)});
  }
}

}  // namespace genkan::store
