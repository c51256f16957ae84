// A gateway and its cloud: enrolled, claimed, commanded by signed requests over TLS, mirrored.
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

constexpr auto soon = 30s;

// genkan-cloud with a folder, a broker of its own making, and what it was told.
class Cloud {
 public:
  explicit Cloud(std::filesystem::path folder) : folder_(std::move(folder)), port_(free_port()) {
    const auto made = run(
        {"init", folder_.string(), "--name", "trial", "--broker", cat("ssl://localhost:", port_)});
    if (made.code != 0) throw std::runtime_error("init: " + made.output);
    const auto settings = folder_ / "broker" / "mosquitto.conf";
    // Started by root it would become another user, who may not read the folder.
    if (::geteuid() == 0) write_file(settings, read_file(settings) + "user root\n");
  }

  CliAnswer run(std::vector<std::string> words) const {
    words.insert(words.begin(), {std::string(GENKAN_CLOUD), "--folder", folder_.string()});
    const TempDir out;
    Process process(words, out.path() / "output");
    const auto code = process.wait(90s);
    return {code.value_or(-1), process.output()};
  }
  void start_broker() {
    broker_ = std::make_unique<Process>(
        std::vector<std::string>{mosquitto_program(), "-c",
                                 (folder_ / "broker" / "mosquitto.conf").string()},
        folder_ / "mosquitto.log");
  }
  void stop_broker() { broker_->stop(); }
  void start() {
    relay_ = std::make_unique<Process>(
        std::vector<std::string>{GENKAN_CLOUD, "--folder", folder_.string(), "run"},
        folder_ / "relay.log");
  }
  void kill() {
    relay_->signal(SIGKILL);
    relay_->wait(5s);
  }
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
  int port_;
  std::unique_ptr<Process> broker_;
  std::unique_ptr<Process> relay_;
};

// The sample building, claimed by a cloud; unsigned commands are refused.
struct Estate {
  House house{[](std::string settings) {
    return replaced(std::move(settings), "unsigned_commands = \"allow\"",
                    "unsigned_commands = \"refuse\"");
  }};
  Cloud cloud{house.folder.path() / "cloud"};
  std::unique_ptr<Process> agent;

  void start_agent() {
    const auto folder = house.folder.path() / "agent";
    std::filesystem::create_directories(folder / "identity");
    write_file(
        folder / "agent.toml",
        cat("[gateway]\nid = \"", house.gateway.id(), "\"\nsocket = \"", house.gateway.socket(),
            "\"\n[identity]\nfolder = \"", (folder / "identity").string(), "\"\n"));
    agent.reset();
    agent = std::make_unique<Process>(
        std::vector<std::string>{GENKAN_AGENT, "--config", (folder / "agent.toml").string()},
        folder / "agent.log");
  }
  void claim() {
    CliAnswer request;
    REQUIRE(wait_until(
        [&] {
          request = cli(house.gateway, {"identity"});
          return request.code == 0 && request.output.starts_with("-----BEGIN");
        },
        soon));
    write_file(cloud.path("gw.pem"), request.output);
    const auto enrolled =
        cloud.run({"enrol", cloud.path("gw.pem").string(), "--contract", "SPID-0001", "--gateway",
                   house.gateway.id(), "--out", cloud.path("gw.json").string()});
    REQUIRE_MESSAGE(enrolled.code == 0, enrolled.output);
    const auto claimed = cli(house.gateway, {"claim", cloud.path("gw.json").string()});
    REQUIRE_MESSAGE(claimed.code == 0, claimed.output);
  }
  bool connected() {
    const auto status = house.gateway.api("GET", "/v1/status").json();
    const auto* link = status.if_contains("cloud");
    return link != nullptr && link->is_object() && link->get_object().contains("connected") &&
           link->get_object().at("connected").is_bool() &&
           link->get_object().at("connected").get_bool();
  }
  CliAnswer command(const std::string& device, const std::string& what) {
    return cloud.run({"send", house.gateway.id(), "POST", cat("/v1/devices/", device, "/commands"),
                      cat(R"({"command":")", what, R"("})")});
  }
  std::string bolt(const std::string& device) {
    return text_at(house.gateway.device(device).at("state").as_object(), "bolt");
  }
  // Whether the mirror has all that the journal has.
  bool mirrored() {
    const auto status = house.gateway.api("GET", "/v1/status").json();
    const auto head = status.at("journal").at("head").to_number<std::int64_t>();
    const auto history =
        cloud.run({"history", house.gateway.id(), "--after", std::to_string(head - 1)});
    return history.output.find(std::to_string(head)) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("REM-4: claimed, a cloud's signed commands move bolts, over kills of everybody between") {
  Estate estate;
  estate.cloud.start_broker();
  estate.start_agent();
  estate.claim();
  estate.cloud.start();
  REQUIRE(wait_until([&] { return estate.connected(); }, soon));

  const auto unlocked = estate.command("lock-101", "unlock");
  CHECK_MESSAGE(unlocked.code == 0, unlocked.output);
  CHECK(unlocked.output.find("\"done\"") != std::string::npos);
  CHECK(estate.bolt("lock-101") == "unlocked");
  CHECK(wait_until([&] { return estate.mirrored(); }, soon));

  estate.house.gateway.kill();
  estate.house.gateway.start();
  estate.house.gateway.wait_fresh(soon);
  REQUIRE(wait_until([&] { return estate.connected(); }, soon));
  const auto locked = estate.command("lock-101", "lock");
  CHECK_MESSAGE(locked.code == 0, locked.output);
  CHECK(estate.bolt("lock-101") == "locked");

  estate.cloud.kill();
  estate.agent->signal(SIGKILL);
  estate.agent->wait(5s);
  CHECK(obeys(estate.house.gateway, "lock-102", "unlock"));
  estate.start_agent();
  estate.cloud.start();
  CHECK(wait_until([&] { return estate.mirrored(); }, soon));
  const auto fleet = estate.cloud.run({"fleet"});
  CHECK_MESSAGE(fleet.output.find(estate.house.gateway.id()) != std::string::npos, fleet.output);
}

TEST_CASE("SITE-1, API-3: a claimed gateway takes no other contract without its owner's consent") {
  Estate estate;
  estate.start_agent();
  estate.claim();
  const Cloud other(estate.house.folder.path() / "other");
  const auto enrolled =
      other.run({"enrol", estate.cloud.path("gw.pem").string(), "--contract", "SPID-0002",
                 "--gateway", estate.house.gateway.id(), "--out", other.path("gw.json").string()});
  REQUIRE_MESSAGE(enrolled.code == 0, enrolled.output);
  const auto refused = cli(estate.house.gateway, {"claim", other.path("gw.json").string()});
  CHECK(refused.code == 1);
  CHECK_MESSAGE(refused.output.find("consent") != std::string::npos, refused.output);
  // Nobody ever reached a broker, and the doors work.
  CHECK(obeys(estate.house.gateway, "lock-101", "unlock"));
}

}  // namespace genkan::test
