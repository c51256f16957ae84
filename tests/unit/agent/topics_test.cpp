#include "cloud-agent/agent/topics.hpp"

#include <doctest/doctest.h>

namespace genkan::agent {

TEST_CASE("topics: as the contract writes them") {
  const Topics topics("gw-1");
  CHECK(topics.presence() == "genkan/1/gw-1/presence");
  CHECK(topics.request() == "genkan/1/gw-1/request");
  CHECK(topics.alarm() == "genkan/1/gw-1/event/alarm");
  CHECK(topics.activity() == "genkan/1/gw-1/event/activity");
  CHECK(topics.state(DeviceId("lock-101")) == "genkan/1/gw-1/device/lock-101/state");
  CHECK(topics.states() == "genkan/1/gw-1/device/+/state");
}

TEST_CASE("topics: a state topic gives its device back, nothing else does") {
  const Topics topics("gw-1");
  CHECK(topics.device_of("genkan/1/gw-1/device/lock-101/state") == DeviceId("lock-101"));
  for (const char* topic :
       {"", "genkan/1/gw-1/request", "genkan/1/gw-2/device/lock-101/state",
        "genkan/1/gw-1/device/state", "genkan/1/gw-1/device//state",
        "genkan/1/gw-1/device/a/b/state", "genkan/1/gw-1/device/Lock/state",
        "genkan/1/gw-1/device/lock-101/state/more", "genkan/1/gw-1/device/lock-101"}) {
    CAPTURE(topic);
    CHECK_FALSE(topics.device_of(topic));
  }
}

TEST_CASE("topics: where an answer may go") {
  struct Case {
    std::string topic;
    bool good;
  };
  const Case cases[] = {
      {"cloud/answers/7", true},
      {"genkan/1/gw-1/answers", true},
      {"/", true},
      {std::string(256, 'a'), true},
      {"", false},
      {std::string(257, 'a'), false},
      {"$SYS/x", false},
      {"$share/a/b", false},
      {"a/+/b", false},
      {"a/#", false},
      {std::string("a\0b", 3), false},
      {"a\nb", false},
      {"a\x7f", false},
      {"\xc3\x28", false},
      {"caf\xc3\xa9", true},
  };
  for (const Case& each : cases) {
    CAPTURE(each.topic);
    CHECK(response_topic_fault(each.topic).empty() == each.good);
  }
}

}  // namespace genkan::agent
