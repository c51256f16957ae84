#include "cloud-agent/relay/broker_files.hpp"

#include <doctest/doctest.h>

#include "cloud-agent/relay/founding.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

CloudSettings settings_of(const std::string& name, const std::string& uri,
                          const std::string& own = {}) {
  CloudSettings settings;
  settings.name = name;
  settings.broker = mqtt::parse_place(uri).value();
  if (!own.empty()) settings.own_broker = mqtt::parse_place(own).value();
  return settings;
}

std::string example(const std::string& file) {
  const auto folder =
      std::filesystem::path(GENKAN_SOURCE_DIR) / "cloud-agent/contract/examples/mosquitto";
  return read_file(folder / file, most_file).value();
}

// The lines of a text from the one that is `begin` to the next empty one.
std::string part(const std::string& text, const std::string& begin) {
  const auto at = text.find(cat("\n", begin, "\n"));
  REQUIRE_MESSAGE(at != std::string::npos, begin);
  return text.substr(at + 1, text.find("\n\n", at) - at);
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find(cat("\n", line, "\n")) != std::string::npos;
}

Result<> found(const CloudSettings& settings) {
  const test::TempDir temp;
  const fakes::FakeClock clock;
  return found_cloud(Folder(temp.path() / "cloud"), {settings, {}}, clock.wall());
}

}  // namespace

// To renew the example: genkan-cloud init DIR --name example --broker ssl://broker.example:8883,
// and DIR/broker/{mosquitto.conf,acl} with /etc/mosquitto/genkan in place of DIR/broker.
TEST_CASE("broker: the contract's example is what init writes") {
  const auto settings =
      settings_of("example", "ssl://broker.example:8883", "ssl://broker.example:8884");
  CHECK(mosquitto_settings(settings, "/etc/mosquitto/genkan") == example("mosquitto.conf"));
  CHECK(mosquitto_access("example") == example("acl"));
}

TEST_CASE("broker: gateways and the cloud come in by doors of their own") {
  const auto text = mosquitto_settings(settings_of("demo", "ssl://a:8883", "ssl://a:8884"), "/b");
  const auto gateways = part(text, "listener 8883");
  const auto own = part(text, "listener 8884");
  CHECK(has_line(gateways, "cafile /b/ca.pem"));
  CHECK(has_line(gateways, "use_username_as_clientid true"));
  CHECK(has_line(own, "cafile /b/cloud-ca.pem"));
  CHECK_FALSE(has_line(own, "use_username_as_clientid true"));
  for (const auto& each : {gateways, own}) {
    CAPTURE(each);
    CHECK(has_line(each, "require_certificate true"));
    CHECK(has_line(each, "use_identity_as_username true"));
    CHECK(has_line(each, "tls_version tlsv1.2"));
  }
  CHECK(has_line(text, "allow_anonymous false"));
  CHECK(has_line(text, "acl_file /b/acl"));
  // In clear, on this machine alone.
  const auto clear = mosquitto_settings(settings_of("demo", "tcp://localhost:1883"), "/b");
  CHECK(has_line(clear, "listener 1883 127.0.0.1"));
}

TEST_CASE("broker: no gateway's id gives the rights of the cloud or of Home Assistant") {
  CHECK_FALSE(id_fault(broker_user("demo")).empty());
  CHECK_FALSE(id_fault(home_user("demo")).empty());
  // Before the first "user" line stands what everybody may: only under the own name.
  const auto access = mosquitto_access("demo");
  const auto everybody = access.substr(0, access.find("\nuser "));
  std::size_t rules = 0;
  for (std::size_t at = 0; (at = everybody.find("\npattern ", at)) != std::string::npos; ++at) {
    const auto line = everybody.substr(at + 1, everybody.find('\n', at + 1) - at - 1);
    CAPTURE(line);
    CHECK((line.find(" genkan/1/%u/") != std::string::npos ||
           line.find(" homeassistant/device/%u/") != std::string::npos));
    CHECK_FALSE((line.find("write") != std::string::npos && line.ends_with("/request")));
    ++rules;
  }
  CHECK(rules == 7);
  CHECK(everybody.find("\ntopic ") == std::string::npos);
}

TEST_CASE("init: the cloud's programs get the next port, and never the gateways'") {
  Town town;
  REQUIRE(town.cloud().settings.own_broker.has_value());
  CHECK(mqtt::uri_of(*town.cloud().settings.own_broker) == "ssl://localhost:8884");
  CHECK(found(settings_of("demo", "ssl://a:8883", "ssl://b:9000")));
  CHECK(found(settings_of("demo", "tcp://localhost:1883")));
  for (const auto& [uri, own] :
       {std::pair("ssl://a:8883", "ssl://a:8883"), std::pair("ssl://a:8883", "tcp://a:1883"),
        std::pair("ssl://a:65535", ""), std::pair("tcp://a:1883", "tcp://a:1884")}) {
    CAPTURE(uri);
    CAPTURE(own);
    const auto founded = found(settings_of("demo", uri, own));
    REQUIRE_FALSE(founded.has_value());
    CHECK(founded.error().code() == ErrorCode::invalid);
  }
}

}  // namespace genkan::relay
