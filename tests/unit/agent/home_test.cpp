#include "cloud-agent/agent/home_assistant/home.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/agent/fake_broker.hpp"
#include "tests/unit/agent/fake_daemon.hpp"

namespace genkan::agent::home_assistant {

namespace {

constexpr SteadyTime start{1h};

struct Bench {
  boost::asio::io_context loop;
  FakeBroker broker;
  FakeDaemon daemon;
  Topics topics{"gw-1"};
  Window window{broker};
  Home home;

  explicit Bench(Settings settings = {})
      : home(loop.get_executor(), daemon, window, topics, std::move(settings), "gw-1") {
    daemon.answer = [](const ApiRequest&) { return ApiResponse{200, "application/json", "{}"}; };
    window.online({}, start);
    home.online(start);
  }
  void device(std::string_view id, std::string_view state, std::string_view offered = "[]") {
    home.device(
        json::parse(cat(R"({"id":")", id, R"(","name":"N","kind":"light","model":"m","state":)",
                        state, R"(,"link":"fresh","cloud_commands":)", offered, "}"))
            .as_object());
    home.pump();
  }
  void wish(std::string_view device, std::string payload, SteadyTime at = start + 3s,
            bool retained = false) {
    mqtt::Inbound message;
    message.payload = std::move(payload);
    message.retained = retained;
    home.wish(DeviceId(std::string(device)), message, at);
    loop.restart();
    loop.poll();
  }
  void settle() {
    for (const auto& sent : broker.sent) {
      window.receipt({sent.ticket, mqtt::Delivery::acknowledged, 0});
    }
  }
};

}  // namespace

TEST_CASE(
    "home: a device is announced once it was read, retained, and again only when it changed") {
  Bench bench;
  bench.home.version("0.1.0");
  bench.device("light-1", "{}");
  CHECK(bench.broker.sent.size() == 1);  // the gateway itself
  bench.device("light-1", R"({"output":"off"})");
  REQUIRE(bench.broker.sent.size() == 2);
  const auto& message = bench.broker.sent[1].message;
  CHECK(message.topic == "homeassistant/device/gw-1/genkan-light-1/config");
  CHECK(message.retain == mqtt::Retain::yes);
  bench.device("light-1", R"({"output":"on"})");
  bench.device("light-1", "{}");
  CHECK(bench.broker.sent.size() == 2);
  bench.device("light-1", R"({"output":"on"})", R"(["on","off"])");
  CHECK(bench.broker.sent.size() == 3);
}

TEST_CASE("home: what an earlier run announced of a device that is gone is cleared") {
  Bench bench;
  bench.home.version("0.1.0");
  bench.home.found(DeviceId("old-1"));
  bench.home.found(DeviceId("light-1"));
  bench.home.found(Names::gateway_object());
  bench.home.inventory({DeviceId("light-1")});
  std::vector<std::string> cleared;
  for (const auto& sent : bench.broker.sent) {
    if (sent.message.payload.empty()) cleared.push_back(sent.message.topic);
  }
  CHECK(cleared == std::vector<std::string>{"homeassistant/device/gw-1/genkan-old-1/config"});
}

TEST_CASE("home: switched off, it takes back what was announced and does nothing that is wished") {
  Bench bench(Settings{false, "homeassistant"});
  bench.home.version("0.1.0");
  bench.home.found(DeviceId("light-1"));
  bench.home.found(Names::gateway_object());
  bench.device("light-1", R"({"output":"on"})", R"(["on","off"])");
  bench.home.inventory({DeviceId("light-1")});
  REQUIRE(bench.broker.sent.size() == 2);
  CHECK(bench.broker.sent[0].message.payload.empty());
  CHECK(bench.broker.sent[1].message.payload.empty());
  bench.wish("light-1", "on");
  CHECK(bench.daemon.passed_on.empty());
}

TEST_CASE("home: a wish becomes a command of the API, with who asked") {
  Bench bench;
  bench.device("light-1", R"({"output":"off"})", R"(["on","release_compartment"])");
  bench.wish("light-1", "on");
  REQUIRE(bench.daemon.passed_on.size() == 1);
  const auto& request = bench.daemon.passed_on[0];
  CHECK(request.method == "POST");
  CHECK(request.target == "/v1/devices/light-1/commands");
  CHECK(request.body == R"({"command":"on"})");
  CHECK(request.headers ==
        std::vector<std::pair<std::string, std::string>>{{"Genkan-Subject", "home-assistant"}});
  bench.wish("light-1", "release_compartment 3");
  REQUIRE(bench.daemon.passed_on.size() == 2);
  CHECK(bench.daemon.passed_on[1].body == R"({"command":"release_compartment","part":3})");
  CHECK(bench.home.counts().carried_out == 2);
}

TEST_CASE("home: what is not carried out") {
  Bench bench;
  bench.device("light-1", R"({"output":"off"})", R"(["on"])");
  bench.wish("light-1", "on", start + 3s, true);  // retained
  bench.wish("light-1", "on", start + 1s);        // waited at the broker
  bench.wish("light-2", "on");                    // no such device
  bench.wish("light-1", R"({"command":"on"})");   // no wish
  CHECK(bench.daemon.passed_on.empty());
  CHECK(bench.home.counts().refused == 4);
  bench.home.online(start + 10s);  // a new session
  bench.wish("light-1", "on", start + 11s);
  CHECK(bench.daemon.passed_on.empty());
  bench.wish("light-1", "on", start + 12s);
  CHECK(bench.daemon.passed_on.size() == 1);
}

TEST_CASE("home: a wish that is not offered is genkand's to refuse: it has the journal") {
  Bench bench;
  bench.daemon.answer = [](const ApiRequest&) {
    return ApiResponse{403, "application/json", "{}"};
  };
  bench.device("light-1", R"({"output":"off"})", R"(["on"])");
  bench.wish("light-1", "off");
  CHECK(bench.daemon.passed_on.size() == 1);
  CHECK(bench.home.counts().carried_out == 0);
  CHECK(bench.home.counts().refused == 1);
}

TEST_CASE("home: at most 16 wishes in hand") {
  Bench bench;
  bench.device("light-1", R"({"output":"off"})", R"(["on"])");
  mqtt::Inbound message;
  message.payload = "on";
  for (int i = 0; i < 20; ++i) bench.home.wish(DeviceId("light-1"), message, start + 3s);
  bench.loop.poll();
  CHECK(bench.daemon.passed_on.size() == 16);
  CHECK(bench.home.counts().refused == 4);
  bench.wish("light-1", "on");
  CHECK(bench.daemon.passed_on.size() == 17);
}

}  // namespace genkan::agent::home_assistant
