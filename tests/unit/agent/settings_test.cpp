#include "cloud-agent/agent/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "firmware/base/clock.hpp"
#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace genkan::agent {

namespace {

std::string settings(std::string_view gateway, std::string_view broker) {
  return cat("[gateway]\n", gateway, "\n[broker]\n", broker, "\n");
}

std::string complaint(std::string_view text) {
  const auto parsed = parse_settings(text, "agent.toml");
  return parsed ? std::string() : parsed.error().message();
}

}  // namespace

TEST_CASE("settings: the least, and what it stands for") {
  const auto parsed =
      parse_settings(settings("id = 'gw-1'", "uri = 'tcp://broker.example:1884'"), "agent.toml");
  REQUIRE(parsed);
  CHECK(parsed->gateway == "gw-1");
  CHECK(parsed->socket == "/run/genkan/api.sock");
  CHECK(parsed->broker.place == mqtt::Place{"broker.example", 1884, std::nullopt});
  CHECK(parsed->identity_folder == "/var/lib/genkan-agent");
  CHECK_FALSE(parsed->home_assistant);
  CHECK(parsed->broker.client_id == "genkan-gw-1");
  CHECK(parsed->broker.will_delay == 30s);
  CHECK(parsed->log_level == LogLevel::info);
}

TEST_CASE("settings: everything") {
  const auto parsed = parse_settings(
      "[gateway]\nid = 'gw-1'\nsocket = '/tmp/s'\n[broker]\nuri = 'tcp://[::1]'\nclient_id = 'c'\n"
      "username = 'u'\npassword_file = '/p'\nwill_delay_s = 0\n[log]\nlevel = 'warning'\n",
      "agent.toml");
  REQUIRE(parsed);
  CHECK(parsed->socket == "/tmp/s");
  CHECK(parsed->broker.place == mqtt::Place{"[::1]", 1883, std::nullopt});
  CHECK(parsed->broker.client_id == "c");
  CHECK(parsed->broker.username == "u");
  CHECK(parsed->broker.password_file == "/p");
  CHECK(parsed->broker.will_delay == 0s);
  CHECK(parsed->log_level == LogLevel::warning);
}

TEST_CASE("settings: without a broker of its own the gateway waits for its claim") {
  for (const char* text : {"[gateway]\nid = 'gw-1'\n", "[gateway]\nid = 'gw-1'\n[broker]\n"}) {
    const auto parsed = parse_settings(text, "agent.toml");
    REQUIRE(parsed);
    CHECK_FALSE(parsed->broker.place);
    CHECK(parsed->broker.client_id == "genkan-gw-1");
  }
}

TEST_CASE("settings: a broker of one's own with TLS, an identity elsewhere, Home Assistant") {
  const auto parsed = parse_settings(
      "[gateway]\nid = 'gw-1'\n[broker]\nuri = 'ssl://b.example'\nca = '/ca'\ncertificate = '/c'\n"
      "key = '/k'\n[identity]\nfolder = '/i'\n[home_assistant]\nenabled = false\nprefix = 'h/a'\n",
      "agent.toml");
  REQUIRE(parsed);
  CHECK(parsed->broker.place == mqtt::Place{"b.example", 8883, mqtt::TlsFiles{"/ca", "/c", "/k"}});
  CHECK(parsed->identity_folder == "/i");
  REQUIRE(parsed->home_assistant);
  CHECK_FALSE(parsed->home_assistant->enabled);
  CHECK(parsed->home_assistant->prefix == "h/a");
}

TEST_CASE("settings: every mistake has a sentence with its line") {
  const std::string good_gateway = "id = 'gw-1'";
  const std::string good_broker = "uri = 'tcp://127.0.0.1:1883'";
  struct Case {
    std::string text;
    const char* says;
  };
  const Case cases[] = {
      {"", "[gateway]"},
      {settings("", good_broker), "id"},
      {settings("id = 'Gw 1'", good_broker), "agent.toml:2"},
      {settings("id = 7", good_broker), "agent.toml:2"},
      {settings(good_gateway + "\nsocket = 'api.sock'", good_broker), "absolute path"},
      {settings(good_gateway, "uri = 'ssl://b:8883'"), "needs 'ca'"},
      {settings(good_gateway, "uri = 'ssl://b'\nca = 'ca.pem'"), "absolute path"},
      {settings(good_gateway, "uri = 'ssl://b'\nca = '/c'\nkey = '/k'"), "belong together"},
      {settings(good_gateway, "uri = 'ssl://[::1]'\nca = '/c'"), "cannot be verified"},
      {settings(good_gateway, good_broker + "\nca = '/c'"), "in clear"},
      {settings(good_gateway, "ca = '/c'"), "'uri' is missing"},
      {settings(good_gateway, good_broker) + "[identity]\nfolder = 'here'\n", "absolute path"},
      {settings(good_gateway, good_broker) + "[home_assistant]\nprefix = '/ha'\n", "prefix"},
      {settings(good_gateway, good_broker) + "[home_assistant]\nprefix = 'a/#'\n", "prefix"},
      {settings(good_gateway, good_broker) + "[home_assistant]\nenabled = 'yes'\n", "enabled"},
      {settings(good_gateway, "uri = 'b:1883'"), "ssl://HOST:PORT"},
      {settings(good_gateway, "uri = 'tcp://'"), "ssl://HOST:PORT"},
      {settings(good_gateway, "uri = 'tcp://b:0'"), "ssl://HOST:PORT"},
      {settings(good_gateway, "uri = 'tcp://b:65536'"), "ssl://HOST:PORT"},
      {settings(good_gateway, "uri = 'tcp://a b:1'"), "ssl://HOST:PORT"},
      {settings(good_gateway, good_broker + "\nclient_id = ''"), "client id"},
      {settings(good_gateway, good_broker + "\npassword_file = '/p'"), "username"},
      {settings(good_gateway, good_broker + "\nwill_delay_s = 3601"), "agent.toml:5"},
      {settings(good_gateway, good_broker + "\npasword = 'x'"), "pasword"},
      {settings(good_gateway, good_broker) + "[log]\nlevel = 'loud'\n", "level"},
      {settings(good_gateway, good_broker) + "[tls]\nca = 'x'\n", "tls"},
      {"[gateway\n", "agent.toml:1"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    const std::string said = complaint(each.text);
    CAPTURE(said);
    CHECK(said.find(each.says) != std::string::npos);
  }
}

TEST_CASE("settings: a wrong gateway id is one mistake, not two") {
  const std::string said = complaint(settings("id = 'G w'", "uri = 'tcp://b'"));
  CHECK(said.find("agent.toml:2") != std::string::npos);
  CHECK(said.find("client") == std::string::npos);
}

TEST_CASE("settings: all mistakes are told at once") {
  const std::string said =
      complaint(settings("id = 'A'", "uri = 'x'\nwill_delay_s = 'soon'\nmore = 1"));
  for (const char* part : {"agent.toml:2", "agent.toml:4", "agent.toml:5", "agent.toml:6"}) {
    CAPTURE(part);
    CHECK(said.find(part) != std::string::npos);
  }
}

TEST_CASE("settings: a password file is one line that not everyone can read") {
  const test::TempDir folder;
  const std::string path = folder.file("password");
  CHECK_FALSE(load_password(path));
  std::ofstream(path) << "secret\r\nmore\n";
  ::chmod(path.c_str(), 0600);
  CHECK(load_password(path).value_or("") == "secret");
  ::chmod(path.c_str(), 0604);
  const auto open = load_password(path);
  REQUIRE_FALSE(open);
  CHECK(open.error().message().find("secret") == std::string::npos);
  std::ofstream(path, std::ios::trunc) << "\n";
  ::chmod(path.c_str(), 0600);
  CHECK_FALSE(load_password(path));
}

}  // namespace genkan::agent
