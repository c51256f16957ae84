#include <doctest/doctest.h>

#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;
using domain::Bolt;
using domain::Field;
using Lines = std::vector<std::string>;

namespace {

// What waits in the stream: "device lock-101", "record 3 unlocked", "end busy".
Lines drain(House& house, Subscription& stream) {
  Lines lines;
  for (;;) {
    auto event = house.run(stream.next(std::chrono::milliseconds(1)));
    if (!event && event.error().code() == ErrorCode::timeout) return lines;
    if (!event) {
      lines.push_back("end " + std::string(name_of(event.error().code())));
      return lines;
    }
    const json::object object = json::parse(*event->data).as_object();
    std::string line(name_of(event->kind));
    if (event->seq) line += " " + std::to_string(number(*event->seq));
    for (const char* key : {"id", "kind"}) {
      const bool device_kind = event->kind == LiveKind::device && std::string(key) == "kind";
      const auto* value = object.if_contains(key);
      if (value != nullptr && !device_kind) line += " " + std::string(value->as_string());
    }
    lines.push_back(std::move(line));
  }
}

}  // namespace

TEST_CASE("DEV-13: a stream shows the present first, then what happens") {
  House house;
  house.settle();
  const auto stream = house.gateway->subscribe(LiveKinds::all());
  REQUIRE(stream);
  CHECK(drain(house, *stream).size() == fakes::small_site().devices.size());
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  house.fleet->report("lock-101", Field::tamper, 1);
  house.fleet->set_bus("line-a", "gone");
  house.settle();
  CHECK(drain(house, *stream) == Lines{"device lock-101", "trouble tamper", "trouble line_down",
                                       "bus line-a", "record 2 unlocked", "record 3 trouble",
                                       "record 4 trouble"});
}

TEST_CASE("HIS-3: a record is on disk before it is shown") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.settle();
  LiveKinds kinds = LiveKinds::none();
  kinds.add(LiveKind::record);
  const auto stream = house.gateway->subscribe(kinds);
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  CHECK(drain(house, *stream).empty());
  house.store->set_disk(fakes::FakeStore::Disk::working);
  CHECK(drain(house, *stream) == Lines{"record 2 unlocked"});
}

TEST_CASE("a stream that is not read is closed at its bound, and costs the others nothing") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.settle();
  LiveKinds kinds = LiveKinds::none();
  kinds.add(LiveKind::record);
  const auto slow = house.gateway->subscribe(kinds, 4);
  const auto wide = house.gateway->subscribe(kinds, 100);
  for (int i = 0; i < 5; ++i) {
    house.fleet->report("lock-101", Field::bolt, i % 2 == 0 ? Bolt::unlocked : Bolt::locked);
  }
  CHECK(drain(house, *slow) == Lines{"end busy"});
  CHECK(drain(house, *wide).size() == 5);
}

TEST_CASE("devices never overflow a stream: each waits once, as it is when it is taken") {
  House house;
  LiveKinds kinds = LiveKinds::none();
  kinds.add(LiveKind::device);
  const auto stream = house.gateway->subscribe(kinds, 1);
  for (int i = 0; i < 1000; ++i) house.fleet->report("elevator-1", Field::floor, i % 50);
  CHECK(drain(house, *stream).size() == fakes::small_site().devices.size());
}

TEST_CASE("at most 64 streams; one that ended makes room") {
  House house;
  std::vector<std::unique_ptr<Subscription>> streams;
  for (int i = 0; i < 64; ++i) streams.push_back(house.gateway->subscribe(LiveKinds::all()));
  CHECK(streams.back());
  CHECK(!house.gateway->subscribe(LiveKinds::all()));
  streams.pop_back();
  CHECK(house.gateway->subscribe(LiveKinds::all()));
}

TEST_CASE("a stream ends when the gateway stops") {
  House house;
  const auto stream = house.gateway->subscribe(LiveKinds::none());
  std::optional<Result<LiveEvent>> event;
  house.begin(stream->next(std::chrono::minutes(1)), &event);
  CHECK(!event);
  const auto stop = [](Gateway* gateway) -> boost::asio::awaitable<bool> {
    co_await gateway->stop();
    co_return true;
  };
  CHECK(house.run(stop(house.gateway.get())));
  REQUIRE(event);
  CHECK((*event).error().code() == ErrorCode::cancelled);
}

TEST_CASE("HIS-1: the journal waits for what is not there yet") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.settle();
  ports::JournalQuery query;
  query.after = house.store->head();
  std::optional<Result<JournalPage>> page;
  house.begin(house.gateway->journal(query, std::chrono::minutes(1)), &page);
  CHECK(!page);
  house.fleet->report("zone-15", Field::zone, domain::Zone::normal);  // no record
  house.settle();
  CHECK(!page);
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  house.settle();
  REQUIRE(page);
  REQUIRE(*page);
  REQUIRE((*page)->records.size() == 1);
  CHECK((*page)->records[0].draft.kind == domain::RecordKind::unlocked);
  CHECK((*page)->head == house.store->head());
}

TEST_CASE("HIS-1: waiting ends with its time, and readers that wait are bounded") {
  House house;
  house.settle();
  ports::JournalQuery query;
  query.after = house.store->head();
  const auto empty = house.run(house.gateway->journal(query, std::chrono::milliseconds(1)));
  REQUIRE(empty);
  CHECK(empty->records.empty());
  query.limit = 0;
  const auto wrong = house.run(house.gateway->journal(query, 0ms));
  REQUIRE(!wrong);
  CHECK(wrong.error().message() == "'limit' is 0; it goes from 1 to 1000");
  query.limit = 1;
  std::vector<std::optional<Result<JournalPage>>> pages(65);
  for (auto& page : pages) {
    house.begin(house.gateway->journal(query, std::chrono::minutes(1)), &page);
  }
  CHECK(!pages[63]);
  REQUIRE(pages[64]);
  CHECK((*pages[64]).error().code() == ErrorCode::busy);
  const auto stop = [](Gateway* gateway) -> boost::asio::awaitable<bool> {
    co_await gateway->stop();
    co_return true;
  };
  CHECK(house.run(stop(house.gateway.get())));
  CHECK(pages[0]);
}

TEST_CASE("the views have the shapes of the API") {
  House house;
  house.fleet->report("lock-101", {{{Field::bolt}, 1}, {{Field::battery}, 87}});
  house.clock.pass(1500ms);
  CHECK(json::serialize(*house.gateway->device_json(DeviceId("lock-101"))) ==
        R"({"id":"lock-101","name":"Door 101","kind":"lock","model":"el-100","bus":"line-a",)"
        R"("unit":1,"channel":1,"rooms":["r101"],"commands":["lock","unlock"],)"
        R"("cloud_commands":[],)"
        R"("state":{"bolt":"locked","battery":87},"link":"fresh",)"
        R"("read_at":"2026-11-20T00:00:00.000Z","age_ms":1500,"held":false,"troubles":[]})");
  CHECK(!house.gateway->device_json(DeviceId("attic")));
  house.settle();
  CHECK(json::serialize(house.gateway->status_json()) ==
        R"({"gateway":"gw-1","contract":"SPID-0001","version":"0.0.0","boot":"boot-1",)"
        R"("started":"2026-11-20T00:00:00.000Z","uptime_s":1,"clock":"trusted",)"
        R"("journal":{"id":"","head":1,"oldest":1},"storage":{"failing":false,"fault":"",)"
        R"("database_bytes":0,"free_bytes":17179869184,"commits":2,"records_waiting":0,)"
        R"("records_lost":0},"buses":[{"id":"line-a","up":true,"fault":""},)"
        R"({"id":"tcp-1","up":true,"fault":""}],"devices":13,"troubles":0,)"
        R"("cloud":{"claimed":false,"contract":null,"cloud":null,"connected":false,)"
        R"("since":null,"why":"","certificate_ends":null}})");
  CHECK(json::serialize(house.gateway->hello_json()) == R"({"boot":"boot-1","head":1})");
  CHECK(house.gateway->buses_json().at("buses").as_array().size() == 2);
  CHECK(house.gateway->models_json().at("models").as_array().size() == 12);
}

TEST_CASE("DEV-31: a model is listed with what its profile can be told, not all of its kind") {
  House house;
  house.models.add(
      {"dimmer", "Dimmer", domain::DeviceKind::light, "dimmer", 1, {domain::Command::on}});
  bool listed = false;
  for (const auto& model : house.gateway->models_json().at("models").as_array()) {
    if (model.at("model").as_string() != "dimmer") continue;
    listed = true;
    CHECK(json::serialize(model.at("commands")) == R"(["on"])");
  }
  CHECK(listed);
}

TEST_CASE("REM-1: a refresh reads now, and says so if it cannot") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  CHECK(house.run(house.gateway->refresh(DeviceId("lock-101"), 1s)));
  house.fleet->set_link("lock-101", domain::Link::stale);
  const auto silent = house.run(house.gateway->refresh(DeviceId("lock-101"), 1s));
  REQUIRE(!silent);
  CHECK(silent.error().code() == ErrorCode::unreachable);
  const auto unknown = house.run(house.gateway->refresh(DeviceId("attic"), 1s));
  REQUIRE(!unknown);
  CHECK(unknown.error().code() == ErrorCode::unknown);
}

TEST_CASE("DEV-30: registers are the installer's, and what is written is recorded without values") {
  House house;
  house.news();
  ports::RegisterQuestion question;
  question.write = std::vector<std::uint16_t>{0x1234, 0x5678};
  const auto refused = house.run(house.gateway->ask(anna, BusId("line-a"), question));
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::forbidden);
  CHECK(house.run(house.gateway->ask(installer, BusId("line-a"), question)));
  CHECK(house.news() ==
        Lines{R"(command_done by user:ines {"command":"write_register","bus":"line-a","unit":1,)"
              R"("table":"holding","address":0,"count":2})"});
  const auto nowhere = house.run(house.gateway->ask(installer, BusId("line-z"), question));
  REQUIRE(!nowhere);
  CHECK(nowhere.error().code() == ErrorCode::unknown);
  const auto turned = house.run(house.gateway->scan(installer, BusId("line-a"), 9, 3));
  REQUIRE(!turned);
  CHECK(turned.error().message() == "'first' is 9, behind 'last' (3)");
  CHECK(house.run(house.gateway->scan(installer, BusId("line-a"), 1, 3)));
}
