#include "cloud-agent/relay/registry.hpp"

#include <utility>

#include "cloud-agent/relay/database.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

std::int64_t milliseconds(WallTime time) { return time.time_since_epoch().count(); }
WallTime wall_time(std::int64_t value) { return WallTime(std::chrono::milliseconds(value)); }

Result<P256Public> key_of(std::string_view text) {
  auto value = parse_json(text, 1024);
  if (!value) return fail(value.error());
  if (!value->is_object()) return fail(ErrorCode::corrupt, "a gateway's key is no JWK");
  return P256Public::from_jwk(value->get_object());
}

}  // namespace

Result<Registry> Registry::open(const Folder& folder) {
  auto connection = open_database(folder.database(), Outlives::power);
  if (!connection) return fail(connection.error());
  return Registry(*std::move(connection));
}

Result<> Registry::run(std::string_view sql, std::initializer_list<std::string_view> texts) const {
  auto statement = connection_.prepare(sql);
  if (!statement) return fail(statement.error());
  int parameter = 0;
  for (const auto text : texts) statement->bind(++parameter, text);
  return statement->run();
}

Result<std::vector<std::string>> Registry::list(store::Statement statement) const {
  std::vector<std::string> found;
  while (true) {
    const auto row = statement.step();
    if (!row) return fail(row.error());
    if (!*row) return found;
    found.emplace_back(statement.text(0));
  }
}

Result<std::optional<Enrolled>> Registry::find(std::string_view gateway) const {
  auto statement = connection_.prepare(
      "SELECT gateway, contract, former, consent, key, ends, enrolled, receiver FROM gateways"
      " WHERE gateway = ?1");
  if (!statement) return fail(statement.error());
  const auto row = statement->bind(1, gateway).step();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  auto key = key_of(statement->text(4));
  if (!key) return fail(key.error().in(cat("the key of ", gateway)));
  std::optional<P256Public> receiver;
  if (!statement->text(7).empty()) {
    auto known = key_of(statement->text(7));
    if (!known) return fail(known.error().in(cat("the receiving key of ", gateway)));
    receiver = *std::move(known);
  }
  return Enrolled{std::string(statement->text(0)),
                  std::string(statement->text(1)),
                  std::string(statement->text(2)),
                  std::string(statement->text(3)),
                  *std::move(key),
                  wall_time(statement->integer(5)),
                  wall_time(statement->integer(6)),
                  receiver};
}

Result<std::string> Registry::gateway_of(std::string_view contract) const {
  auto statement = connection_.prepare("SELECT gateway FROM gateways WHERE contract = ?1");
  if (!statement) return fail(statement.error());
  auto found = list(std::move(statement->bind(1, contract)));
  if (!found) return fail(found.error());
  return found->empty() ? std::string() : found->front();
}

Result<> Registry::put(const Enrolled& enrolled, const std::vector<std::string>& kids) {
  const std::string key = json::serialize(enrolled.key.to_jwk());
  const std::string receiver =
      enrolled.receiver ? json::serialize(enrolled.receiver->to_jwk()) : std::string();
  auto transaction = store::Transaction::begin(connection_);
  if (!transaction) return fail(transaction.error());
  auto put = connection_.prepare(
      "INSERT INTO gateways VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (gateway) DO UPDATE"
      " SET contract = ?2, former = ?3, consent = ?4, key = ?5, ends = ?6, enrolled = ?7,"
      " receiver = ?8");
  if (!put) return fail(put.error());
  put->bind(1, enrolled.gateway).bind(2, enrolled.contract).bind(3, enrolled.former);
  put->bind(4, enrolled.consent).bind(5, key).bind(6, milliseconds(enrolled.ends));
  auto done = put->bind(7, milliseconds(enrolled.enrolled)).bind(8, receiver).run();
  if (!done && done.error().code() == ErrorCode::conflict) {
    return fail(ErrorCode::conflict, cat("another gateway has contract ", enrolled.contract));
  }
  if (!done) return done;
  done = run("DELETE FROM held_keys WHERE gateway = ?1", {enrolled.gateway});
  for (const auto& kid : kids) {
    if (done) done = run("INSERT INTO held_keys VALUES (?1, ?2)", {enrolled.gateway, kid});
  }
  if (!done) return done;
  return transaction->commit();
}

Result<> Registry::set_certificate_end(std::string_view gateway, WallTime ends) {
  auto statement = connection_.prepare("UPDATE gateways SET ends = ?2 WHERE gateway = ?1");
  if (!statement) return fail(statement.error());
  return statement->bind(1, gateway).bind(2, milliseconds(ends)).run();
}

Result<std::vector<std::string>> Registry::ending_before(WallTime time, std::int64_t most) const {
  auto statement = connection_.prepare(
      "SELECT gateway FROM gateways WHERE contract <> '' AND ends < ?1 ORDER BY ends LIMIT ?2");
  if (!statement) return fail(statement.error());
  return list(std::move(statement->bind(1, milliseconds(time)).bind(2, most)));
}

Result<std::vector<CommandKey>> Registry::keys() const {
  auto statement = connection_.prepare(
      "SELECT number, kid, made, retired IS NOT NULL, (SELECT count(*) FROM held_keys"
      "  JOIN gateways USING (gateway) WHERE held_keys.kid = command_keys.kid AND contract <> '')"
      " FROM command_keys ORDER BY retired IS NOT NULL, number DESC");
  if (!statement) return fail(statement.error());
  std::vector<CommandKey> keys;
  while (true) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return keys;
    keys.push_back({statement->integer(0), std::string(statement->text(1)),
                    wall_time(statement->integer(2)), statement->integer(3) != 0,
                    statement->integer(4)});
  }
}

Result<std::int64_t> Registry::next_key_number() const {
  const auto last = connection_.integer("SELECT max(number) FROM command_keys");
  if (!last) return last;
  return *last + 1;
}

Result<> Registry::add_key(std::string_view kid, WallTime now) {
  auto statement = connection_.prepare(
      "INSERT INTO command_keys (kid, made) VALUES (?1, ?2)");  // the number is the next
  if (!statement) return fail(statement.error());
  return statement->bind(1, kid).bind(2, milliseconds(now)).run();
}

Result<> Registry::retire_key(std::string_view kid, WallTime now) {
  auto statement = connection_.prepare("UPDATE command_keys SET retired = ?2 WHERE kid = ?1");
  if (!statement) return fail(statement.error());
  return statement->bind(1, kid).bind(2, milliseconds(now)).run();
}

Result<std::vector<std::string>> Registry::held_by(std::string_view gateway) const {
  auto statement = connection_.prepare(
      "SELECT kid FROM held_keys JOIN command_keys USING (kid)"
      " WHERE gateway = ?1 AND retired IS NULL ORDER BY number DESC");
  if (!statement) return fail(statement.error());
  return list(std::move(statement->bind(1, gateway)));
}

Result<> Registry::set_held(std::string_view gateway, std::string_view kid, bool held) {
  // Mostly it is so already. A read waits for nobody; a write would wait for the mirror's.
  auto known = connection_.prepare("SELECT 1 FROM held_keys WHERE gateway = ?1 AND kid = ?2");
  if (!known) return fail(known.error());
  const auto row = known->bind(1, gateway).bind(2, kid).step();
  if (!row) return fail(row.error());
  if (*row == held) return {};
  known->reset();
  return run(held ? "INSERT OR IGNORE INTO held_keys VALUES (?1, ?2)"
                  : "DELETE FROM held_keys WHERE gateway = ?1 AND kid = ?2",
             {gateway, kid});
}

Result<std::vector<std::string>> Registry::without(std::string_view kid, std::int64_t most) const {
  auto statement = connection_.prepare(
      "SELECT gateway FROM gateways WHERE contract <> '' AND NOT EXISTS"
      " (SELECT 1 FROM held_keys WHERE held_keys.gateway = gateways.gateway AND kid = ?1)"
      " ORDER BY gateway LIMIT ?2");
  if (!statement) return fail(statement.error());
  return list(std::move(statement->bind(1, kid).bind(2, most)));
}

Result<std::vector<Registry::Holding>> Registry::beside(std::string_view kid,
                                                        std::int64_t most) const {
  auto statement = connection_.prepare(
      "SELECT other.gateway, other.kid FROM held_keys AS ours"
      " JOIN held_keys AS other ON other.gateway = ours.gateway AND other.kid <> ours.kid"
      " JOIN gateways ON gateways.gateway = ours.gateway AND contract <> ''"
      " WHERE ours.kid = ?1 ORDER BY other.gateway LIMIT ?2");
  if (!statement) return fail(statement.error());
  statement->bind(1, kid).bind(2, most);
  std::vector<Holding> found;
  while (true) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return found;
    found.push_back({std::string(statement->text(0)), std::string(statement->text(1))});
  }
}

}  // namespace genkan::relay
