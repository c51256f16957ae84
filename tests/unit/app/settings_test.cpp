#include "firmware/app/settings.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;
using namespace genkan::app;

namespace {

std::string complaints(std::string_view text) {
  Problems problems;
  CHECK_FALSE(parse_settings(text, "genkan.toml", problems));
  return problems.as_error().message();
}

}  // namespace

TEST_CASE("settings: the smallest file, and its defaults") {
  Problems problems;
  const auto settings = parse_settings("[gateway]\nid = 'gw-1'\n", "genkan.toml", problems);
  REQUIRE(settings);
  CHECK(settings->gateway_id == "gw-1");
  CHECK(settings->clock == ClockSource::system);
  CHECK(settings->journal_age == std::chrono::days{400});
  CHECK(settings->holidays == "/usr/share/genkan/holidays-jp.csv");
  CHECK_FALSE(settings->remote_disarm);
  CHECK_FALSE(settings->unsigned_commands);
  CHECK_FALSE(settings->metrics);
}

TEST_CASE("settings: everything said") {
  Problems problems;
  const auto settings = parse_settings(
      "[gateway]\nid = 'gw-1'\nclock = 'assume_trusted'\n"
      "[storage]\ndatabase = '/d/g.db'\njournal_days = 10\njournal_mib = 3\n"
      "[api]\nsocket = '/r/api.sock'\nsocket_group = 'genkan'\n"
      "[[api.role]]\nuser = 'genkan-agent'\nrole = 'cloud'\n"
      "[[api.role]]\ngroup = 'installers'\nrole = 'installer'\n"
      "[drivers]\nprofiles = ['/p']\n[data]\nholidays = '/h.csv'\n"
      "[security]\nremote_disarm = true\n[cloud]\nunsigned_commands = 'allow'\n"
      "allow = ['light-201 on', 'light-201 off']\nrequests_per_minute = 600\n"
      "[metrics]\nlisten = '[::1]:9464'\n[log]\nlevel = 'debug'\n",
      "genkan.toml", problems);
  REQUIRE(settings);
  CHECK(settings->journal_bytes == 3ULL << 20);
  REQUIRE(settings->roles.size() == 2);
  CHECK(settings->roles[0].role == domain::Role::cloud);
  CHECK(settings->roles[1].who == api::RoleRule::Who::group);
  CHECK(settings->holidays == "/h.csv");
  CHECK(settings->unsigned_commands);
  CHECK(settings->allowed_unsigned == std::vector<std::pair<DeviceId, domain::Command>>{
                                          {DeviceId("light-201"), domain::Command::on},
                                          {DeviceId("light-201"), domain::Command::off}});
  CHECK(settings->requests_per_minute == 600);
  CHECK(settings->metrics == api::ListenAddress{"::1", 9464});
  CHECK(settings->log_level == LogLevel::debug);
}

TEST_CASE("settings: every mistake is told at once, with its line and what is right") {
  CHECK(complaints("[gateway]\nid = 'GW'\nclok = 'system'\n"
                   "[storage]\njournal_days = '400'\ndatabase = 'g.db'\n"
                   "[[api.role]]\nuser = 'a'\ngroup = 'b'\nrole = 'root'\n"
                   "[cloud]\nunsigned_commands = true\n[data]\nholidays = 'h.csv'\n") ==
        "genkan.toml:2: 'id' is wrong: 'GW' is no id: character 1 must be a lower case letter or a "
        "digit\n"
        "genkan.toml:6: 'database' must be a path from the root, beginning with '/'\n"
        "genkan.toml:5: 'journal_days' must be a whole number from 1 to 3650\n"
        "genkan.toml:10: 'role' is 'root'; allowed: viewer, operator, cloud, installer or "
        "administrator\n"
        "genkan.toml:7: a role needs either a user or a group of this machine\n"
        "genkan.toml:14: 'holidays' must be a path from the root, beginning with '/'\n"
        "genkan.toml:12: 'unsigned_commands' must be text in quotes, not true or false\n"
        "genkan.toml:3: 'clok' is not known here; did you mean 'clock'?");
  CHECK(complaints("") ==
        "genkan.toml:1: 'gateway' is missing: [gateway] with the id of this "
        "gateway");
}

TEST_CASE("settings: what the cloud may command unsigned is a device and a command") {
  CHECK(complaints("[gateway]\nid = 'gw-1'\n[cloud]\nallow = ['light-201', 'Light on', 'l jump', "
                   "'panel disarm']\n"
                   "requests_per_minute = 0\n") ==
        "genkan.toml:4: 'allow' has 'light-201'; each is a device and a command, like "
        "\"light-201 on\"\n"
        "genkan.toml:4: 'allow' has 'Light on'; each is a device and a command, like "
        "\"light-201 on\"\n"
        "genkan.toml:4: 'allow' has 'l jump'; each is a device and a command, like "
        "\"light-201 on\"\n"
        "genkan.toml:4: 'allow' has 'panel disarm'; disarming always needs a signature\n"
        "genkan.toml:5: 'requests_per_minute' must be a whole number from 1 to 100000");
}

TEST_CASE("settings: where metrics are served is an address in numbers and a port") {
  for (const std::string_view listen :
       {"9464", "localhost:9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:9464",
        "[127.0.0.1]:9464", "[::1]", ":9464", "127.0.0.1:9464 "}) {
    CAPTURE(listen);
    CHECK(complaints(cat("[gateway]\nid = 'gw-1'\n[metrics]\nlisten = '", listen, "'\n")) ==
          "genkan.toml:4: 'listen' must be an address in numbers and a port, like "
          "\"127.0.0.1:9464\" or \"[::1]:9464\"");
  }
}
