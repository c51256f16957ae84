#include "cloud-agent/relay/mirror.hpp"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "cloud-agent/relay/mirror_tables.hpp"
#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

std::vector<std::int64_t> range(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> list;
  for (auto seq = first; seq <= last; ++seq) list.push_back(seq);
  return list;
}

constexpr auto any_journal = "SELECT count(*) FROM records";

}  // namespace

TEST_CASE("mirror: a record that comes twice counts once") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto messages = gateway.write(30, 7);
  town.deliver(messages);
  town.deliver(messages);
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 30));
  CHECK(town.count(any_journal) == 30);
  CHECK(town.count("SELECT whole FROM journals") == 30);
}

TEST_CASE("mirror: whatever order messages come in, each record is there once and whole") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::minstd_rand dice(seed);
    Town town;
    auto& gateway = town.add("gw-1");
    auto messages = gateway.write(200, 1 + static_cast<int>(seed % 9));
    const auto doubled = messages;
    messages.insert(messages.end(), doubled.begin(), doubled.end());
    std::shuffle(messages.begin(), messages.end(), dice);
    town.deliver(messages);
    CHECK(town.numbers("gw-1", gateway.journal) == range(1, 200));
    CHECK(town.count("SELECT whole = 200 AND highest = 200 FROM journals") == 1);
    CHECK(town.count("SELECT count(*) FROM disputed") == 0);
  }
}

TEST_CASE("mirror: what take() returned is on disk") {
  Town town;
  auto& gateway = town.add("gw-1");
  for (const auto& message : gateway.write(5)) {
    const auto before = town.count(any_journal);
    town.relay().on_arrival(message);  // the acknowledgement would go out now
    CHECK(town.count(any_journal) == before + 1);
  }
}

TEST_CASE("mirror: gateways and their numbers do not mix") {
  Town town;
  auto& one = town.add("gw-1");
  auto& other = town.add("gw-2");
  town.deliver(one.write(20));
  town.deliver(other.write(10));
  CHECK(town.numbers("gw-1", one.journal) == range(1, 20));
  CHECK(town.numbers("gw-2", other.journal) == range(1, 10));
}

TEST_CASE("mirror: records that come before the first presence are filed when it tells") {
  Town town;
  FakeGateway gateway("gw-9", town.clock);
  town.deliver(gateway.write(12));
  CHECK(town.numbers("gw-9", "?") == range(1, 12));
  town.deliver(gateway.presence());
  CHECK(town.numbers("gw-9", gateway.journal) == range(1, 12));
  CHECK(town.count("SELECT whole FROM journals WHERE current = 1") == 12);
}

TEST_CASE("mirror: a new journal whose numbers begin again takes nothing from the old one") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(25));
  gateway.begin_journal("j-00000002", 0);
  town.deliver(gateway.presence());
  town.deliver(gateway.write(10));
  CHECK(town.numbers("gw-1", "j-00000001") == range(1, 25));
  CHECK(town.numbers("gw-1", "j-00000002") == range(1, 10));
  CHECK(town.count("SELECT count(*) FROM disputed") == 0);
}

TEST_CASE("mirror: a new journal's records that overtake its presence are put where they belong") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(25));
  gateway.begin_journal("j-00000002", 25);
  const auto early = gateway.write(5);
  town.deliver(early);
  CHECK(town.numbers("gw-1", "j-00000001") == range(1, 30));  // nobody can know better yet
  town.deliver(gateway.presence());
  CHECK(town.numbers("gw-1", "j-00000001") == range(1, 25));
  CHECK(town.numbers("gw-1", "j-00000002") == range(26, 30));
  CHECK(town.count("SELECT whole FROM journals WHERE journal = 'j-00000001'") == 25);
}

TEST_CASE("mirror: another record under a taken number is kept beside it, and overwrites nothing") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(5));
  gateway.begin_journal(gateway.journal, 3);  // a gateway that was restored: 4 and 5 come again
  town.deliver(gateway.write(2));
  CHECK(town.count("SELECT count(*) FROM records WHERE boot = 'b1'") == 5);
  CHECK(town.count("SELECT count(*) FROM disputed WHERE seq IN (4, 5) AND boot = 'b2'") == 2);
  CHECK(town.count("SELECT count(*) FROM disputed") == 2);
}

TEST_CASE("mirror: messages that make no sense change nothing and are told as invalid") {
  Town town;
  const auto mirror = Mirror::open(town.folder().database()).value();
  FakeGateway gateway("gw-1", town.clock);
  const std::string record = R"({"seq":1,"boot":"b","kind":"locked","lane":"activity"})";
  struct Case {
    const char* end;
    std::string payload;
  };
  for (const auto& [end, payload] : std::vector<Case>{
           {"presence", "{"},
           {"presence", "[]"},
           {"presence", R"({"presence":"here"})"},
           {"event/alarm", R"({"seq":0,"boot":"b","kind":"locked"})"},
           {"event/alarm", R"({"seq":"1","boot":"b","kind":"locked"})"},
           {"event/alarm", R"({"seq":1,"boot":"","kind":"locked"})"},
           {"event/activity", R"({"records":{}})"},
           {"event/activity", cat("{\"records\":[", record, ",{}]}")},
           {"event/activity", cat("{\"records\":[", record, "]}", std::string(70'000, ' '))},
           {"event/other", record},
           {"device/Lock/state", "{}"},
       }) {
    CAPTURE(end);
    CAPTURE(payload.substr(0, 60));
    const auto taken = mirror->take(gateway.message(end, payload), town.clock.wall());
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().code() == ErrorCode::invalid);
  }
  mqtt::Inbound foreign;
  foreign.topic = "genkan/1/GW/presence";
  CHECK_FALSE(mirror->take(foreign, town.clock.wall()).has_value());
  CHECK(town.count(any_journal) == 0);
  CHECK(town.count("SELECT count(*) FROM presence") == 0);
}

TEST_CASE("mirror: members that the contract does not know yet are passed over") {
  Town town;
  const auto mirror = Mirror::open(town.folder().database()).value();
  FakeGateway gateway("gw-1", town.clock);
  CHECK(mirror
            ->take(gateway.message("event/alarm",
                                   R"({"seq":1,"boot":"b","kind":"new_kind","odd":[1]})"),
                   town.clock.wall())
            .has_value());
}

TEST_CASE("mirror: of a device the last state is kept, and none once it is cleared") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto state = [&](std::string text) {
    town.deliver(gateway.message("device/lock-101/state", std::move(text)));
  };
  state(R"({"state":{"bolt":"locked"}})");
  state(R"({"state":{"bolt":"unlocked"}})");
  CHECK(town.count("SELECT count(*) FROM states WHERE state LIKE '%unlocked%'") == 1);
  CHECK(town.count("SELECT count(*) FROM states") == 1);
  state("");
  CHECK(town.count("SELECT count(*) FROM states") == 0);
}

TEST_CASE("mirror: online since when it came, not since it last told of itself") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto first = town.count("SELECT since FROM presence");
  town.clock.pass(std::chrono::minutes(5));
  town.deliver(gateway.presence());
  CHECK(town.count("SELECT since FROM presence") == first);
  town.deliver(gateway.presence(false));
  CHECK(town.count("SELECT since FROM presence") == first + 300'000);
  CHECK(town.count("SELECT online = 0 AND version = '0.1.0' FROM presence") == 1);
}

TEST_CASE("mirror: a page of a journal that is no longer written is not taken") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(3));
  const auto mirror = Mirror::open(town.folder().database()).value();
  const auto asked = mirror->standing("gw-1").value();
  gateway.begin_journal("j-00000002", 100);
  town.deliver(gateway.presence());
  const auto taken = mirror->take_page(asked, {});
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().code() == ErrorCode::conflict);
}

TEST_CASE("mirror: a gateway that makes up devices or journals fills no disk with them") {
  Town town;
  auto& gateway = town.add("gw-1");
  auto& other = town.add("gw-2");
  const auto mirror = Mirror::open(town.folder().database()).value();
  const auto tell = [&](FakeGateway& of, const std::string& device, const char* link) {
    return mirror->take(
        of.message(cat("device/", device, "/state"), cat("{\"link\":\"", link, "\"}")),
        town.clock.wall());
  };
  for (int i = 0; i < MirrorTables::most_devices; ++i) {
    REQUIRE(tell(gateway, cat("lock-", i), "fresh"));
  }
  const auto refused = tell(gateway, "one-more", "fresh");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::invalid);
  // Those that are there, and other gateways, are not touched.
  CHECK(tell(gateway, "lock-7", "fresh"));
  CHECK(tell(gateway, "lock-7", "stale"));
  CHECK(town.count("SELECT count(*) FROM states WHERE state LIKE '%stale%'") == 1);
  CHECK(tell(other, "lock-1", "fresh"));
  REQUIRE(mirror->take(gateway.message("device/lock-9/state", ""), town.clock.wall()));
  CHECK(tell(gateway, "one-more", "fresh"));

  for (int i = 0; i < 100; ++i) {
    gateway.begin_journal(cat("j-", 1000 + i), 0);
    town.deliver(gateway.presence());
  }
  CHECK(town.count("SELECT count(*) FROM journals WHERE gateway = 'gw-1'") ==
        MirrorTables::most_journals);
  CHECK(town.not_kept.empty());
  town.deliver(other.presence());
  CHECK(town.count("SELECT count(*) FROM journals WHERE gateway = 'gw-2'") == 1);
}

TEST_CASE("mirror: the database's log does not grow with what is written") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.padding = 3000;
  for (int i = 0; i < 60; ++i) town.deliver(gateway.write(100, 10));
  const auto log = std::filesystem::file_size(town.folder().database().string() + "-wal");
  CHECK(std::filesystem::file_size(town.folder().database()) > 5'000'000);
  CHECK(log < 24'000'000);
}

TEST_CASE("mirror: a database of a newer program is left alone") {
  const test::TempDir temp;
  const auto path = temp.path() / "cloud.db";
  {
    const auto made = store::Connection::open(path, store::Access::read_write).value();
    REQUIRE(made.run("PRAGMA user_version = 99").has_value());
  }
  const auto opened = Mirror::open(path);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code() == ErrorCode::unsupported);
}

}  // namespace genkan::relay
