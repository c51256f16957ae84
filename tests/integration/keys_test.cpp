// Keys in real locks on a real line: what can go wrong with a code, told with its reason, mended
// without a hand, and shown by `genkan keys`.
#include <functional>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

// A pass over one lock on a quiet line takes a second or two; machines that test are busy.
constexpr auto soon = 30s;
constexpr auto from = "2026-01-01 00:00";  // due at once
constexpr auto until = "2098-01-01 00:00";

struct KeyHouse {
  KeyHouse()
      : building(folder.path() / "building", Building::Scene::keys),
        gateway(folder.path() / "gateway") {
    gateway.start();
    gateway.import_site(building.site());
    gateway.wait_fresh(30s);
  }

  // Returns its id.
  std::string reserve(const std::string& name, const std::string& device, const std::string& code,
                      const std::string& start = from, const std::string& end = until) {
    const auto answer = gateway.api(
        "POST", "/v1/reservations",
        cat(R"({"name":")", name, R"(","device":")", device, R"(","kind":"code","code":")", code,
            R"(","start":")", start, R"(","end":")", end, R"("})"));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return text_at(answer.json(), "id");
  }
  void remove(const std::string& id) {
    const auto answer = gateway.api("DELETE", "/v1/reservations/" + id);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
  }

  std::multiset<std::string> codes(const std::string& lock) {
    std::multiset<std::string> found;
    for (const auto& slot : building.control("memory " + lock).at("slots").as_array()) {
      found.insert(text_at(slot.as_object(), "value"));
    }
    return found;
  }
  // "set", "not_set no_address" … of a reservation's key at a door; empty: none.
  std::string standing(const std::string& device, const std::string& reservation) {
    const auto keys = gateway.api("GET", cat("/v1/devices/", device, "/keys")).json();
    for (const auto& entry : keys.at("keys").as_array()) {
      const auto& key = entry.as_object();
      if (text_at(key, "id") != reservation) continue;
      const std::string why = text_at(key, "why");
      return why.empty() || why == "none" ? text_at(key, "state")
                                          : cat(text_at(key, "state"), " ", why);
    }
    return "";
  }
  bool told(const std::string& kind, const std::string& device, const std::string& why = "") {
    for (const auto& record : gateway.journal()) {
      if (text_at(record, "kind") != kind || text_at(record, "device") != device) continue;
      const auto& body = record.at("body").as_object();
      if (why.empty() || text_at(body, "why").find(why) != std::string::npos) return true;
    }
    return false;
  }
  std::string keys_command(const std::string& device) {
    return cli(gateway, {"keys", device}).output;
  }
  void look_now(const std::string& device) {
    gateway.api("POST", cat("/v1/devices/", device, "/keys/check"));
  }

  TempDir folder;
  Building building;
  Gateway gateway;
};

bool in_time(const std::function<bool()>& holds) { return wait_until(holds, soon); }

TEST_CASE("KEY-2, KEY-8: a code is in the lock when it is due, opens, and is gone at its end") {
  KeyHouse house;
  const auto id = house.reserve("Anna", "lock-1", "482910");
  REQUIRE(in_time([&] { return house.standing("lock-1", id) == "set"; }));
  CHECK(house.codes("lock-1") == std::multiset<std::string>{"482910"});
  // KEY-1: from the highest address.
  const auto slots = house.building.control("memory lock-1").at("slots").as_array();
  CHECK(slots.at(0).at("slot").to_number<int>() == 230);
  CHECK(house.building.control("code lock-1 482910").at("accepted").as_bool());
  CHECK(in_time([&] { return house.told("key_written", "lock-1"); }));
  house.remove(id);
  CHECK(in_time([&] { return house.codes("lock-1").empty(); }));
  CHECK(in_time([&] { return house.told("key_removed", "lock-1"); }));
}

TEST_CASE("KEY-4: the same code twice: the later one waits, and takes over when the first goes") {
  KeyHouse house;
  const auto first = house.reserve("First", "lock-2", "737373", "2026-01-01 00:00");
  const auto second = house.reserve("Second", "lock-2", "737373", "2026-01-02 00:00");
  REQUIRE(in_time([&] { return house.standing("lock-2", first) == "set"; }));
  CHECK(in_time([&] { return house.standing("lock-2", second) == "not_set code_in_use"; }));
  CHECK(in_time([&] { return house.told("key_not_set", "lock-2", "code_in_use"); }));
  CHECK(house.keys_command("lock-2").find("First") != std::string::npos);
  house.remove(first);
  CHECK(in_time([&] { return house.standing("lock-2", second) == "set"; }));
  CHECK(in_time([&] { return house.told("key_handed_over", "lock-2"); }));
  CHECK(in_time([&] { return house.told("key_set_again", "lock-2"); }));
  CHECK(house.codes("lock-2") == std::multiset<std::string>{"737373"});
}

TEST_CASE("KEY-3: a full lock says so, and takes the next one when a slot is free") {
  KeyHouse house;
  std::vector<std::string> ids;
  for (int i = 0; i < 9; ++i) {
    ids.push_back(house.reserve(cat("Guest ", i), "lock-7", cat(410'000 + i * 1117)));
  }
  const auto late = house.reserve("Late", "lock-7", "990417");
  REQUIRE(in_time([&] { return house.codes("lock-7").size() == 9; }));
  CHECK(in_time([&] { return house.standing("lock-7", late) == "not_set no_address"; }));
  CHECK(in_time([&] { return house.told("key_not_set", "lock-7", "no_address"); }));
  CHECK(house.keys_command("lock-7").find("Late") != std::string::npos);
  house.remove(ids.at(3));
  CHECK(in_time([&] { return house.standing("lock-7", late) == "set"; }));
  CHECK(in_time([&] { return house.told("key_set_again", "lock-7"); }));
}

TEST_CASE("KEY-5, KEY-8: a lock that is away is shown as such, and mended when it is back") {
  KeyHouse house;
  const auto stays = house.reserve("Stays", "lock-3", "604125");
  const auto goes = house.reserve("Goes", "lock-3", "604126");
  REQUIRE(in_time([&] { return house.codes("lock-3").size() == 2; }));
  house.building.control("fault line-a 3 dead");
  REQUIRE(in_time([&] { return text_at(house.gateway.device("lock-3"), "link") != "fresh"; }));
  house.remove(goes);
  const auto comes = house.reserve("Comes", "lock-3", "604127");
  CHECK(in_time([&] { return house.standing("lock-3", comes).starts_with("not_set"); }));
  CHECK(in_time([&] { return house.standing("lock-3", goes).starts_with("still_opens"); }));
  CHECK(in_time([&] { return house.told("key_remove_failed", "lock-3"); }));
  const auto why = cli(house.gateway, {"why", "lock-3", "604127"});
  CHECK(why.code == 1);
  CHECK(why.output.find("but the code is not in the lock") != std::string::npos);
  CHECK(house.codes("lock-3") == std::multiset<std::string>{"604125", "604126"});
  house.building.control("fault line-a 3 none");
  CHECK(in_time(
      [&] { return house.codes("lock-3") == std::multiset<std::string>{"604125", "604127"}; }));
  CHECK(in_time([&] { return house.standing("lock-3", comes) == "set"; }));
  CHECK(house.standing("lock-3", stays) == "set");
  CHECK(cli(house.gateway, {"why", "lock-3", "604127"}).code == 0);
}

TEST_CASE("DEV-4: a lock that was swapped gets its keys back") {
  KeyHouse house;
  const auto anna = house.reserve("Anna", "lock-4", "118204");
  const auto ben = house.reserve("Ben", "lock-4", "559031");
  REQUIRE(in_time([&] { return house.standing("lock-4", anna) == "set"; }));
  REQUIRE(in_time([&] { return house.standing("lock-4", ben) == "set"; }));
  house.building.control("swap lock-4");
  REQUIRE(house.codes("lock-4").empty());
  house.look_now("lock-4");
  CHECK(in_time(
      [&] { return house.codes("lock-4") == std::multiset<std::string>{"118204", "559031"}; }));
  CHECK(in_time([&] { return house.told("lock_swapped", "lock-4"); }));
}

TEST_CASE("DEV-5: a slot that was programmed at the lock is shown and left alone") {
  KeyHouse house;
  house.building.control("program lock-8 0 9 code 204060");
  house.building.control("program lock-8 0 8 code 305070");
  house.look_now("lock-8");
  const auto id = house.reserve("Anna", "lock-8", "771903");
  REQUIRE(in_time([&] { return house.standing("lock-8", id) == "set"; }));
  CHECK(in_time([&] { return house.told("foreign_key", "lock-8"); }));
  const auto slots = house.building.control("memory lock-8").at("slots").as_array();
  REQUIRE(slots.size() == 3);
  for (const auto& slot : slots) {
    const auto value = text_at(slot.as_object(), "value");
    const int number = slot.at("slot").to_number<int>();
    CHECK((value == "771903") == (number == 7));
  }
  CHECK(house.keys_command("lock-8").find("foreign") != std::string::npos);
  // The same code as one of them: it works, and both is told.
  const auto same = house.reserve("Same", "lock-8", "204060");
  CHECK(in_time([&] { return house.standing("lock-8", same) == "set code_foreign"; }));
}

TEST_CASE("a lock whose clock is an hour off is set right, and told") {
  KeyHouse house;
  // It was at its power-up value when the house began: set by now or soon.
  REQUIRE(in_time([&] { return house.told("lock_clock_set", "lock-5"); }));
  house.building.control("clock lock-5 3600");
  house.look_now("lock-5");
  const auto times_told = [&] {
    int times = 0;
    for (const auto& record : house.gateway.journal()) {
      if (text_at(record, "kind") == "lock_clock_set" && text_at(record, "device") == "lock-5") {
        ++times;
      }
    }
    return times;
  };
  CHECK(in_time([&] { return times_told() == 2; }));
}

}  // namespace
}  // namespace genkan::test
