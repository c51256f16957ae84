#include "tests/integration/estate.hpp"

#include <stdexcept>

#include "firmware/base/text.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 30s;

}  // namespace

Estate::Estate(const std::string& cloud_settings, Building::Scene scene)
    : house(
          [&cloud_settings](std::string settings) {
            return replaced(std::move(settings), "unsigned_commands = \"allow\"",
                            cat("unsigned_commands = \"refuse\"\n", cloud_settings));
          },
          {}, scene),
      cloud(house.folder.path() / "cloud") {}

void Estate::start_agent() {
  const auto folder = house.folder.path() / "agent";
  std::filesystem::create_directories(folder / "identity");
  write_file(folder / "agent.toml", cat("[gateway]\nid = \"", house.gateway.id(), "\"\nsocket = \"",
                                        house.gateway.socket(), "\"\n[identity]\nfolder = \"",
                                        (folder / "identity").string(), "\"\n"));
  agent.reset();
  agent = std::make_unique<Process>(
      std::vector<std::string>{GENKAN_AGENT, "--config", (folder / "agent.toml").string()},
      folder / "agent.log");
}

void Estate::claim() {
  CliAnswer request;
  if (!wait_until(
          [&] {
            request = cli(house.gateway, {"identity"});
            return request.code == 0 && request.output.starts_with("-----BEGIN");
          },
          soon)) {
    throw std::runtime_error("no certificate request: " + request.output);
  }
  write_file(cloud.path("gw.pem"), request.output);
  const auto enrolled =
      cloud.run({"enrol", cloud.path("gw.pem").string(), "--contract", "SPID-0001", "--gateway",
                 house.gateway.id(), "--out", cloud.path("gw.json").string()});
  if (enrolled.code != 0) throw std::runtime_error("enrol: " + enrolled.output);
  const auto claimed = cli(house.gateway, {"claim", cloud.path("gw.json").string()});
  if (claimed.code != 0) throw std::runtime_error("claim: " + claimed.output);
}

void Estate::open() {
  cloud.start_broker();
  start_agent();
  claim();
  cloud.start();
  if (!wait_until([this] { return connected(); }, soon)) {
    throw std::runtime_error("the gateway does not reach its cloud");
  }
}

bool Estate::connected() {
  const auto status = house.gateway.api("GET", "/v1/status").json();
  const auto* link = status.if_contains("cloud");
  return link != nullptr && link->is_object() && link->get_object().contains("connected") &&
         link->get_object().at("connected").is_bool() &&
         link->get_object().at("connected").get_bool();
}

CliAnswer Estate::command(const std::string& device, const std::string& what) {
  return cloud.run({"send", house.gateway.id(), "POST", cat("/v1/devices/", device, "/commands"),
                    cat(R"({"command":")", what, R"("})")});
}

std::string Estate::bolt(const std::string& device) {
  return text_at(house.gateway.device(device).at("state").as_object(), "bolt");
}

std::int64_t Estate::head() {
  const auto status = house.gateway.api("GET", "/v1/status").json();
  return status.at("journal").at("head").to_number<std::int64_t>();
}

bool Estate::mirrored() {
  const auto last = head();
  const auto history =
      cloud.run({"history", house.gateway.id(), "--after", std::to_string(last - 1)});
  return history.output.find(std::to_string(last)) != std::string::npos;
}

}  // namespace genkan::test
