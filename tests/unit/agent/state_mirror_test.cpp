#include "cloud-agent/agent/state_mirror.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

json::object device(std::string_view id, std::string_view bolt, std::string_view read_at = "t1",
                    std::string_view link = "fresh") {
  return json::parse(cat(R"({"id":")", id, R"(","name":"x","state":{"bolt":")", bolt,
                         R"("},"link":")", link, R"(","read_at":")", read_at,
                         R"(","age_ms":7,"troubles":[]})"))
      .as_object();
}

std::vector<std::string> drain(StateMirror& mirror) {
  std::vector<std::string> list;
  while (const auto update = mirror.next()) {
    list.push_back(cat(update->device.str(), update->payload.empty() ? " cleared" : " said"));
  }
  return list;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("states: the payload is state, link, time of reading and troubles") {
  CHECK(json::serialize(state_payload(device("a", "locked"))) ==
        R"({"state":{"bolt":"locked"},"link":"fresh","read_at":"t1","troubles":[]})");
}

TEST_CASE("states: said when they change, not when they are only read again") {
  StateMirror mirror;
  mirror.device(device("a", "locked", "t1"));
  CHECK(drain(mirror) == Words{"a said"});
  mirror.device(device("a", "locked", "t2"));
  CHECK(drain(mirror).empty());
  mirror.device(device("a", "unlocked", "t3"));
  CHECK(drain(mirror) == Words{"a said"});
  mirror.device(device("a", "unlocked", "t3", "stale"));
  CHECK(drain(mirror) == Words{"a said"});
}

TEST_CASE("states: only the newest waits") {
  StateMirror mirror;
  for (const char* bolt : {"locked", "moving", "unlocked"}) mirror.device(device("a", bolt));
  CHECK(mirror.waiting() == 1);
  const auto update = mirror.next();
  REQUIRE(update);
  CHECK(update->payload.find("unlocked") != std::string::npos);
  CHECK_FALSE(mirror.next());
}

TEST_CASE("states: all are said again after a reconnect, unchanged ones too") {
  StateMirror mirror;
  mirror.device(device("a", "locked"));
  mirror.device(device("b", "locked"));
  drain(mirror);
  mirror.resend_all();
  CHECK(drain(mirror) == Words{"a said", "b said"});
}

TEST_CASE("states: a device that is gone is cleared once") {
  StateMirror mirror;
  mirror.device(device("a", "locked"));
  mirror.device(device("b", "locked"));
  mirror.inventory({DeviceId("a"), DeviceId("b")});
  drain(mirror);
  mirror.inventory({DeviceId("a")});
  CHECK(drain(mirror) == Words{"b cleared"});
  mirror.inventory({DeviceId("a")});
  mirror.resend_all();
  CHECK(drain(mirror) == Words{"a said"});
}

TEST_CASE("states: leftovers of an earlier run are cleared, whatever comes first") {
  SUBCASE("the leftover") {
    StateMirror mirror;
    mirror.found(DeviceId("old"));
    mirror.found(DeviceId("a"));
    CHECK(drain(mirror).empty());  // nobody knows yet what there is
    mirror.device(device("a", "locked"));
    mirror.inventory({DeviceId("a")});
    CHECK(drain(mirror) == Words{"a said", "old cleared"});
  }
  SUBCASE("the inventory") {
    StateMirror mirror;
    mirror.device(device("a", "locked"));
    mirror.inventory({DeviceId("a")});
    drain(mirror);
    mirror.found(DeviceId("a"));
    mirror.found(DeviceId("old"));
    CHECK(drain(mirror) == Words{"old cleared"});
  }
}

TEST_CASE("states: what did not get there waits again, in its newest form") {
  StateMirror mirror;
  mirror.device(device("a", "locked"));
  const auto first = mirror.next();
  REQUIRE(first);
  mirror.device(device("a", "unlocked"));
  mirror.failed(*first);
  const auto second = mirror.next();
  REQUIRE(second);
  CHECK(second->payload.find("unlocked") != std::string::npos);
  CHECK_FALSE(mirror.next());

  mirror.inventory({});
  const auto clear = mirror.next();
  REQUIRE(clear);
  mirror.failed(*clear);
  CHECK(drain(mirror) == Words{"a cleared"});
}

TEST_CASE("states: what is no device changes nothing") {
  StateMirror mirror;
  for (const char* text : {"{}", R"({"id":7})", R"({"id":"A b"})", R"({"id":""})"}) {
    CAPTURE(text);
    CHECK_FALSE(mirror.device(json::parse(text).as_object()));
  }
  CHECK(mirror.waiting() == 0);
}

TEST_CASE("states: not more devices than the bound") {
  StateMirror mirror;
  for (std::size_t i = 0; i <= StateMirror::most_devices; ++i) {
    mirror.device(device(cat("d", i), "locked"));
  }
  CHECK(mirror.waiting() == StateMirror::most_devices);
}

}  // namespace genkan::agent
