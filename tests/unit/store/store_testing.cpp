#include "tests/unit/store/store_testing.hpp"

#include <fstream>
#include <iterator>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::store::testing {

namespace asio = boost::asio;

namespace {
constexpr auto deadline = 20s;
}

std::vector<std::filesystem::path> TemporaryFolder::files(std::string_view prefix) const {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(path())) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  }
  return found;
}

Options StoreBench::quick(const std::filesystem::path& database) {
  Options options;
  options.path = database;
  options.retry_every = 50ms;
  return options;
}

StoreBench::StoreBench(const std::filesystem::path& database) : StoreBench(quick(database)) {}

StoreBench::StoreBench(Options wanted) : options(std::move(wanted)) {
  const auto opened = reopen();
  REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message()));
}

StoreBench::~StoreBench() { close(); }

void StoreBench::close() {
  store.reset();
  loop.restart();
  loop.poll();
}

Result<> StoreBench::reopen() {
  close();
  auto opened = SqliteStore::open(options, loop.get_executor(), clock);
  if (!opened) return fail(opened.error());
  store = *std::move(opened);
  store->listen([this](const std::vector<domain::Record>& records) {
    heard.insert(heard.end(), records.begin(), records.end());
  });
  return {};
}

bool StoreBench::run_until(const std::function<bool()>& so) {
  const auto end = Steady::now() + deadline;
  while (!so()) {
    if (Steady::now() >= end) return false;
    loop.restart();
    loop.run_one_for(10ms);
  }
  return true;
}

template <class T>
T StoreBench::wait(asio::awaitable<T> work) {
  std::optional<T> result;
  asio::co_spawn(loop, std::move(work), [&result](std::exception_ptr fault, T value) {
    REQUIRE(!fault);
    result = std::move(value);
  });
  REQUIRE(run_until([&result] { return result.has_value(); }));
  return *std::move(result);
}

StoreBench::Records StoreBench::commit(ports::Change change) {
  return wait(store->commit(std::move(change)));
}
StoreBench::Records StoreBench::read(ports::JournalQuery query) {
  return wait(store->read(std::move(query)));
}
Result<> StoreBench::set_cursor(std::string reader, Seq seq) {
  return wait(store->set_cursor(std::move(reader), seq));
}
Result<Seq> StoreBench::cursor(std::string reader) {
  return wait(store->cursor(std::move(reader)));
}

Result<> StoreBench::rotate_key() {
  return wait(store->rotate_key(
      draft("", domain::RecordKind::secrets_rotated, domain::RecordLane::activity)));
}

domain::RecordDraft draft(std::string device, domain::RecordKind kind, domain::RecordLane lane) {
  domain::RecordDraft draft;
  draft.kind = kind;
  draft.lane = lane;
  draft.time = WallTime{std::chrono::milliseconds{1'795'170'000'123}};
  draft.clock = ClockTrust::trusted;
  draft.device = DeviceId(std::move(device));
  draft.room = RoomId("r101");
  draft.actor = "hand";
  draft.body = {{"bolt", "locked"}, {"battery", 87}};
  return draft;
}

ports::Change one_record(std::string device) {
  ports::Change change;
  change.records.push_back(draft(std::move(device)));
  return change;
}

namespace {

domain::DeviceConfig device(std::string id, std::string name, std::string model, std::string bus) {
  domain::DeviceConfig config;
  config.id = DeviceId(std::move(id));
  config.name = std::move(name);
  config.model = std::move(model);
  config.bus = BusId(std::move(bus));
  return config;
}

}  // namespace

domain::Inventory sample_inventory() {
  domain::Inventory site;
  site.contract = "SPID-0001";
  domain::BuildingConfig sakura;
  sakura.id = BuildingId("sakura");
  sakura.name = "Sakura Court";
  domain::BuildingConfig annex;
  annex.id = BuildingId("annex");
  annex.name = "Annex";
  annex.zone = "Europe/London";
  annex.default_start = 16h + 30min;
  annex.default_end = 58h;
  annex.default_key = "code_and_link";
  annex.common_allowance = 45min;
  annex.show_unlock_buttons = false;
  annex.show_code_before = 0min;
  site.buildings = {sakura, annex};
  site.rooms = {{RoomId("r102"), "102", BuildingId("sakura"), false, 102},
                {RoomId("r101"), "101", BuildingId("sakura"), false, 101},
                {RoomId("lobby"), "Lobby", BuildingId("sakura"), true, 0}};
  site.buses = {{BusId("line-b"), "Line B",
                 domain::SerialLine{"/dev/ttyB", 9'600, domain::Parity::odd, 2,
                                    domain::DirectionControl::rts}},
                {BusId("line-a"), "Line A",
                 domain::SerialLine{"/dev/ttyA", 19'200, domain::Parity::none, 1,
                                    domain::DirectionControl::kernel}},
                {BusId("tcp-1"), "Panel", domain::TcpLink{"192.0.2.7", 1'502}}};
  auto lock = device("lock-101", "Door 101", "el-100", "line-a");
  lock.rooms = {RoomId("r101"), RoomId("lobby")};
  lock.open_limit = 90s;
  lock.coupling = domain::Coupling::with_reservation;
  lock.key_lead = 0min;
  auto panel = device("panel", "Panel", "sp-16", "tcp-1");
  panel.unit = 255;
  auto zone = device("zone-5", "Lobby window", "sp-16-zone", "tcp-1");
  zone.channel = 5;
  zone.purpose = domain::ZonePurpose::window;
  zone.panel = DeviceId("panel");
  zone.rooms = {RoomId("lobby")};
  site.devices = {zone, lock, panel};
  return site;
}

void overwrite(const std::filesystem::path& file, std::uint64_t at, std::string_view bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(stream.good());
}

std::uint64_t find_in(const std::filesystem::path& file, std::string_view text) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  return std::min(bytes.find(text), bytes.size());
}

std::vector<domain::Record> whole_journal(const std::filesystem::path& database) {
  const auto connection = Connection::open(database, Access::read_only);
  REQUIRE(connection.has_value());
  const auto report = check_chain(*connection, 0);
  REQUIRE(report.has_value());
  CHECK(report->fault == "");
  std::vector<domain::Record> all;
  while (true) {
    ports::JournalQuery query;
    query.limit = 1'000;
    if (!all.empty()) query.after = all.back().seq;
    const auto part = read_journal(*connection, query);
    REQUIRE(part.has_value());
    if (part->empty()) break;
    all.insert(all.end(), part->begin(), part->end());
  }
  CHECK(report->checked == all.size());
  return all;
}

}  // namespace genkan::store::testing
