#include "tests/unit/services_keys/office.hpp"

#include <array>

#include "firmware/base/text.hpp"

namespace genkan::services::test {

namespace {

constexpr std::array<std::uint8_t, 32> some_key{1, 2, 3};

domain::Inventory site() {
  domain::Inventory site = fakes::small_site();
  domain::DeviceConfig lock = *site.device(DeviceId("lock-101"));
  lock.id = DeviceId("lock-102");
  lock.name = "Door 102";
  lock.unit = 2;
  lock.rooms = {RoomId("r102")};
  site.devices.push_back(lock);
  lock.id = DeviceId("lobby-lock");
  lock.name = "Lobby lock";
  lock.unit = 3;
  lock.rooms = {RoomId("lobby")};
  lock.coupling = domain::Coupling::entrance;
  site.devices.push_back(lock);
  return site;
}

domain::LockModel shared_memory() {
  domain::LockModel model;
  model.areas.push_back({"keys", 230, true, true, false});
  return model;
}

}  // namespace

std::vector<std::pair<DeviceId, domain::KeyStanding>> FakeStandings::standings_of(
    domain::KeyOwner owner, const std::string& id) const {
  std::vector<std::pair<DeviceId, domain::KeyStanding>> found;
  for (const auto& [device, lock] : locks) {
    for (const auto& standing : lock.standings) {
      if (standing.key.owner == owner && standing.key.id == id)
        found.emplace_back(device, standing);
    }
  }
  return found;
}

LockKeys FakeStandings::keys_of(const DeviceId& device) const {
  const auto found = locks.find(device);
  return found == locks.end() ? LockKeys{} : found->second;
}

std::vector<domain::KeyRef> FakeStandings::still_in(const DeviceId& device) const {
  const auto found = held.find(device);
  return found == held.end() ? std::vector<domain::KeyRef>() : found->second;
}

Office::Office(GatewayPolicy its_policy)
    : secrets(some_key, some_key, some_key, some_key, some_key),
      policy(std::move(its_policy)),
      store(loop.get_executor()),
      desk(needs()) {
  directory.take(site());
  for (const auto* lock : {"lock-101", "lock-102", "lobby-lock"}) {
    memories.emplace(lock, shared_memory());
  }
}

KeyDesk::Needs Office::needs() {
  return {.store = store,
          .clock = clock,
          .directory = directory,
          .book = book,
          .holidays = holidays,
          .secrets = secrets,
          .zones = zones,
          .standings = standings,
          .facts = facts,
          .model_of =
              [this](const DeviceId& device) {
                const auto found = memories.find(device);
                return found == memories.end() ? nullptr : &found->second;
              },
          .random = [this](std::uint32_t bound) { return random(bound); },
          .policy = policy,
          .applied = [this](const ports::KeyChange& change) { take(change); },
          .changed = [this] { ++changed; }};
}

void Office::take(const ports::KeyChange& change) {
  ++applied;
  if (change.holiday_table && !holiday_table.take(*change.holiday_table)) {
    throw std::runtime_error("a table was stored that cannot be read");
  }
}

std::uint32_t Office::random(std::uint32_t bound) {
  seed = seed * 1'664'525 + 1'013'904'223;
  return bound == 0 ? 0 : (seed >> 8U) % bound;
}

json::object object(std::string_view text) { return json::parse(text).as_object(); }

std::string refused(const Error& error) {
  return cat(name_of(error.code()), ": ", error.message());
}

json::object answer_of(Result<json::object> answer) {
  if (answer) return std::move(*answer);
  return {{"error", refused(answer.error())}};
}

std::string text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return value == nullptr ? "" : "?";
  return std::string(value->get_string());
}

Lines texts(const json::value& list) {
  std::vector<std::string> lines;
  for (const auto& entry : list.as_array()) {
    lines.push_back(entry.is_string() ? std::string(entry.get_string()) : json::serialize(entry));
  }
  return lines;
}

json::object Office::reserve(std::string_view request) {
  return answer_of(run(reservations.create(anna, object(request), Secrets::hidden)));
}

json::object Office::change(const std::string& id, std::string_view request) {
  return answer_of(
      run(reservations.change(anna, domain::ReservationId(id), object(request), Secrets::hidden)));
}

std::string Office::preview_refused(std::string_view request) {
  const auto answer = reservations.preview(anna, object(request), std::nullopt);
  return answer ? "" : refused(answer.error());
}

std::string Office::group(std::string_view name, std::string_view devices) {
  const auto made = answer_of(run(groups.create_key_group(
      anna, object(cat(R"({"name":")", name, R"(","devices":)", devices, "}")))));
  return std::string(made.at("id").as_string());
}

json::object Office::hold(std::string_view request) {
  return answer_of(run(holders.create(anna, object(request), Secrets::hidden)));
}

std::string Office::code_of(const json::object& answer) const {
  const std::string id(answer.at("id").as_string());
  const auto* reservation = book.find(domain::ReservationId(id));
  if (reservation != nullptr) {
    return reservation->code ? std::string(reservation->code->digits()) : "";
  }
  const auto* holder = book.find(domain::HolderId(id));
  return holder != nullptr && holder->code ? std::string(holder->code->digits()) : "";
}

std::vector<std::string> Office::news() {
  std::vector<std::string> lines;
  for (; read_ < store.records().size(); ++read_) {
    const domain::RecordDraft& record = store.records()[read_].draft;
    const std::string device = record.device.empty() ? "" : cat(" ", record.device.str());
    lines.push_back(cat(domain::name_of(record.kind), device, " by ", record.actor, " ",
                        json::serialize(record.body)));
  }
  disk_before_ = store.on_disk().keys;
  return lines;
}

bool Office::untouched() {
  const auto& disk = store.on_disk().keys;
  const bool book_as_disk = book.reservations().size() == disk.reservations.size() &&
                            book.holders().size() == disk.holders.size() &&
                            book.key_groups().size() == disk.key_groups.size() &&
                            book.temporary_keys().size() == disk.temporary_keys.size();
  return read_ == store.records().size() && disk == disk_before_ && book_as_disk;
}

}  // namespace genkan::services::test
