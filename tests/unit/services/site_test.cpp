#include "firmware/services/site.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;
using Lines = std::vector<std::string>;

namespace {

// A sound site of 25 lines; the tables below add to it or change a line.
const std::string sound = R"(contract = "SPID-0001"
[[building]]
id = "sakura"
name = "Sakura Court"
[[room]]
id = "r101"
name = "101"
building = "sakura"
number = 101
[[bus]]
id = "line-a"
serial = "/dev/ttyS1"
[[device]]
id = "lock-101"
name = "Door 101"
model = "el-100"
bus = "line-a"
unit = 1
rooms = ["r101"]
[[device]]
id = "panel"
name = "Panel"
model = "sp-16"
bus = "line-a"
unit = 2
)";

Lines mistakes(const std::string& text) {
  const fakes::FakeModels models;
  Problems problems;
  const auto site = parse_site(text, "site.toml", models, problems);
  CHECK(site.has_value() == problems.empty());
  Lines lines;
  for (const auto& problem : problems.list()) lines.push_back(problem.text());
  return lines;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("SITE-2: a sound site has no mistakes") { CHECK(mistakes(sound).empty()); }

TEST_CASE("DEV-31: each mistake in a site file, told with its line and what would be right") {
  struct Row {
    std::string what;
    std::string by;
    Lines told;
  };
  const Row table[] = {
      {"unit = 2", "unit = 300", {"site.toml:25: 'unit' must be a whole number from 0 to 255"}},
      {"unit = 2", "unit = \"2\"", {"site.toml:25: 'unit' must be a whole number from 0 to 255"}},
      {"unit = 2",
       "unit = 250",
       {"site.toml:20: device 'panel': unit 250 is not on a serial line; units are 1 to 247"}},
      {"unit = 2",
       "unit = 1",
       {"site.toml:20: device 'panel': unit 1 of bus 'line-a' is 'lock-101' already (el-100)"}},
      {"unit = 2",
       "unti = 2",
       {"site.toml:20: 'unit' is missing (a whole number from 0 to 255)",
        "site.toml:25: 'unti' is not known here; did you mean 'unit'?"}},
      {"unit = 2",
       "unit = 2\nchannel = 2",
       {"site.toml:20: device 'panel': channel 2 is not on a sp-16; channels are 1 to 1"}},
      {"unit = 2",
       "unit = 2\npurpose = \"window\"",
       {"site.toml:20: device 'panel': only a zone has a purpose"}},
      {"unit = 2",
       "unit = 2\nopen_limit_s = 0",
       {"site.toml:26: 'open_limit_s' must be a whole number from 1 to 86400"}},
      {"model = \"sp-16\"",
       "model = \"sp-15\"",
       {"site.toml:20: device 'panel': there is no model 'sp-15'; did you mean 'sp-16'?"}},
      {"id = \"panel\"",
       "id = \"lock-101\"",
       {"site.toml:20: device 'lock-101' is there already, in line 13; ids are used once"}},
      {"id = \"panel\"",
       "id = \"Panel!\"",
       {"site.toml:20: device: 'Panel!' is no id: character 1 must be a lower case letter or a "
        "digit"}},
      {"name = \"Panel\"",
       "name = \"No\"",
       {"site.toml:20: device 'panel': a name has 3 to 64 characters, not 2"}},
      {"name = \"Panel\"",
       "name = \"Pan?el\"",
       {"site.toml:20: device 'panel': the name may not have '?' (character 4)"}},
      {"rooms = [\"r101\"]",
       "rooms = [\"r109\"]",
       {"site.toml:13: device 'lock-101': there is no room 'r109'"}},
      {"rooms = [\"r101\"]",
       "rooms = \"r101\"",
       {"site.toml:19: 'rooms' must be a list of at most 64 texts of at most 256 bytes"}},
      {"bus = \"line-a\"\nunit = 2",
       "bus = \"line-b\"\nunit = 2",
       {"site.toml:20: device 'panel': there is no bus 'line-b'"}},
      {"serial = \"/dev/ttyS1\"",
       "serial = \"ttyS1\"",
       {"site.toml:12: 'serial' must be a whole path like /dev/serial/by-id/…"}},
      {"serial = \"/dev/ttyS1\"",
       "name = \"Line\"",
       {"site.toml:10: needs 'serial' (a port like /dev/serial/by-id/…) or 'tcp' (an address like "
        "10.0.0.5:502)"}},
      {"serial = \"/dev/ttyS1\"",
       "serial = \"/dev/ttyS1\"\ntcp = \"10.0.0.5\"",
       {"site.toml:10: has 'serial' and 'tcp'; a bus is one of them"}},
      {"serial = \"/dev/ttyS1\"",
       "tcp = \"10.0.0.5:70000\"",
       {"site.toml:12: 'tcp' is '10.0.0.5:70000'; an address and port like 10.0.0.5:502 is "
        "needed"}},
      {"serial = \"/dev/ttyS1\"",
       "tcp = \"10.0.0.5:502\"\nbaud = 9600",
       {"site.toml:13: 'baud' is not known here; known are id, name or tcp"}},
      {"serial = \"/dev/ttyS1\"",
       "serial = \"/dev/ttyS1\"\nparity = \"evn\"",
       {"site.toml:13: 'parity' is 'evn'; allowed: none, even or odd (did you mean 'even'?)"}},
      {"serial = \"/dev/ttyS1\"",
       "serial = \"/dev/ttyS1\"\nbaud = 10",
       {"site.toml:13: 'baud' must be a whole number from 300 to 4000000"}},
      {"number = 101",
       "number = 0",
       {"site.toml:9: 'number' must be a whole number from 1 to 65535"}},
      {"building = \"sakura\"",
       "building = \"maple\"",
       {"site.toml:5: room 'r101': there is no building 'maple'"}},
      {"name = \"Sakura Court\"",
       "name = \"Sakura & Court\"",
       {"site.toml:2: building 'sakura': the name may not have '&' (character 8)"}},
      {"contract = \"SPID-0001\"",
       "contract = 1",
       {"site.toml:1: 'contract' must be text in quotes, not a whole number"}},
      {"[[bus]]",
       "[[buss]]",
       {"site.toml:10: 'buss' is not known here; did you mean 'bus'?",
        "site.toml:13: device 'lock-101': there is no bus 'line-a'",
        "site.toml:20: device 'panel': there is no bus 'line-a'"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.by);
    CHECK(mistakes(replaced(sound, row.what, row.by)) == row.told);
  }
}

TEST_CASE("SITE-8: each mistake in a building's settings, told with its line") {
  struct Row {
    std::string line;
    std::string told;  // behind "site.toml:5: "; empty: nothing is wrong
  };
  const std::string clock = "; a time like 15:00 is needed, up to 99:99";
  const Row table[] = {
      {"zone = \"Europe/London\"", ""},
      {"zone = \"Asia/Tokio\"",
       "'zone' cannot be used: there is no time zone Asia/Tokio; a name looks like Asia/Tokyo or "
       "America/New_York"},
      {"zone = \"\"",
       "'zone' cannot be used: there is no time zone ; a name looks like Asia/Tokyo or "
       "America/New_York"},
      {"zone = 9", "'zone' must be text in quotes, not a whole number"},
      {"default_start = \"0:00\"", ""},
      {"default_start = \"99:99\"", ""},
      {"default_start = \"15\"", "'default_start' is '15'" + clock},
      {"default_start = \"100:00\"", "'default_start' is '100:00'" + clock},
      {"default_end = \"58:00\"", ""},
      {"default_end = \"10:5\"", "'default_end' is '10:5'" + clock},
      {"default_end = \"-1:00\"", "'default_end' is '-1:00'" + clock},
      {"default_end = \":00\"", "'default_end' is ':00'" + clock},
      {"default_key = \"code_and_link\"", ""},
      {"default_key = \"codes\"",
       "'default_key' is 'codes'; allowed: link, code or code_and_link (did you mean 'code'?)"},
      {"default_key = \"card_only\"",
       "'default_key' is 'card_only'; allowed: link, code or code_and_link"},
      {"common_allowance_min = 10080", ""},
      {"common_allowance_min = -1",
       "'common_allowance_min' must be a whole number from 0 to 10080"},
      {"show_unlock_buttons = false", ""},
      {"show_unlock_buttons = 0",
       "'show_unlock_buttons' must be true or false, not a whole number"},
      {"show_code_before_min = 0", ""},
      {"show_code_before_min = 600000",
       "'show_code_before_min' must be a whole number from 0 to 527040"},
  };
  for (const auto& row : table) {
    CAPTURE(row.line);
    const Lines expected = row.told.empty() ? Lines{} : Lines{"site.toml:5: " + row.told};
    CHECK(mistakes(replaced(sound, "Court\"\n", "Court\"\n" + row.line + "\n")) == expected);
  }
}

TEST_CASE("RES-30, RES-40: a coupling is for the kinds that the table of couplings names") {
  const auto site = [](const std::string& model, const std::string& rooms,
                       const std::string& coupling) {
    std::string text = replaced(sound, "number = 101\n",
                                "number = 101\n[[room]]\nid = \"lobby\"\nname = \"Lobby\"\n"
                                "building = \"sakura\"\ncommon = true\n");
    text += cat("[[device]]\nid = \"it\"\nname = \"The thing\"\nmodel = \"", model,
                "\"\nbus = \"line-a\"\nunit = 9\n", rooms, coupling);
    if (model == "ws-input-16-zone") text += "purpose = \"door\"\n";
    return text;
  };
  const std::string common = "rooms = [\"lobby\"]\n";
  const std::string own = "rooms = [\"r101\"]\n";
  const std::string both = "rooms = [\"lobby\", \"r101\"]\n";
  const std::string with = "coupling = \"with_reservation\"\n";
  const std::string end = "coupling = \"end_only\"\n";
  const std::string entrance = "coupling = \"entrance\"\n";
  struct Row {
    std::string model;
    std::string rooms;
    std::string coupling;
    std::string told;
  };
  const std::string not_common =
      "coupling 'entrance' is for doors of common areas, and room 'r101' is none";
  const Row table[] = {
      {"el-100", own, with, ""},
      {"el-100", common, end, ""},
      {"el-100", common, entrance, ""},
      {"el-100", own, entrance, not_common},
      {"el-100", both, entrance, not_common},
      {"el-100", "", entrance,
       "coupling 'entrance' is for doors of common areas, and it is in no room"},
      {"jema-lock", own, with, ""},
      {"jema-lock", common, entrance, ""},
      {"jema-door", common, with, ""},
      {"jema-door", own, end, ""},
      {"jema-door", common, entrance, ""},
      {"jema-door", own, entrance, not_common},
      {"la-8-light", own, with, ""},
      {"la-8-light", common, end, ""},
      {"la-8-light", common, entrance,
       "coupling 'entrance' is for doors; kind light can have 'with_reservation' or 'end_only'"},
      {"la-8-air", own, with, ""},
      {"la-8-air", own, end, ""},
      {"la-8-air", common, entrance,
       "coupling 'entrance' is for doors; kind air_conditioner can have 'with_reservation' or "
       "'end_only'"},
      {"ic-1", common, entrance,
       "kind intercom cannot be coupled to reservations; leave 'coupling' out"},
      {"sp-16", own, with,
       "kind security_panel cannot be coupled to reservations; leave 'coupling' out"},
      {"ws-input-16-zone", own, with,
       "kind zone cannot be coupled to reservations; leave 'coupling' out"},
      {"bt-8", own, end, "kind button cannot be coupled to reservations; leave 'coupling' out"},
      {"bt-8", own, "coupling = \"none\"\n", ""},
      {"el-100", own, "key_lead_min = 0\n", ""},
      {"el-100", own, "key_lead_min = 1440\n", ""},
      {"la-8-light", own, "key_lead_min = 5\n", "only a lock has a key lead"},
  };
  for (const auto& row : table) {
    CAPTURE(cat(row.model, " ", row.rooms, row.coupling));
    const Lines expected =
        row.told.empty() ? Lines{} : Lines{"site.toml:31: device 'it': " + row.told};
    CHECK(mistakes(site(row.model, row.rooms, row.coupling)) == expected);
  }
  CHECK(mistakes(site("el-100", own, "key_lead_min = 1441\n")) ==
        Lines{"site.toml:38: 'key_lead_min' must be a whole number from 0 to 1440"});
  CHECK(
      mistakes(site("el-100", own, "coupling = \"reservation\"\n")) ==
      Lines{"site.toml:38: 'coupling' is 'reservation'; allowed: none, with_reservation, end_only "
            "or entrance"});
}

TEST_CASE("DEV-31: one output is one device, also when two models could drive it") {
  const auto with = [](const std::string& model, int channel) {
    return cat(sound, "[[device]]\nid = \"front\"\nname = \"Front\"\nmodel = \"jema-door\"\n",
               "bus = \"line-a\"\nunit = 10\n[[device]]\nid = \"side\"\nname = \"Side\"\n",
               "model = \"", model, "\"\nbus = \"line-a\"\nunit = 10\nchannel = ", channel, "\n");
  };
  CHECK(mistakes(with("jema-lock", 2)).empty());
  CHECK(mistakes(with("jema-lock", 1)) ==
        Lines{"site.toml:32: device 'side': coil 0 of unit 10 of bus 'line-a' belongs to 'front' "
              "already (jema-door channel 1)"});
  CHECK(mistakes(with("jema-door", 1)) ==
        Lines{"site.toml:32: device 'side': unit 10 channel 1 of bus 'line-a' is 'front' already"});
}

TEST_CASE("DEV-31: all mistakes of a file are told at once") {
  std::string text = replaced(sound, "unit = 2", "unit = 300");
  text = replaced(text, "number = 101", "number = 0");
  text = replaced(text, "serial = \"/dev/ttyS1\"", "serial = \"ttyS1\"");
  CHECK(mistakes(text).size() == 3);
}

TEST_CASE("DEV-31: what is no TOML, or too much of it, is told") {
  const Lines broken = mistakes("[[device]\nid = 3");
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].starts_with("site.toml:1: not TOML: "));
  CHECK(mistakes(std::string(most_site_bytes + 1, '#')) ==
        Lines{"site.toml: the file has 1048577 bytes; at most 1048576 are taken"});
  std::string many;
  for (int i = 0; i < 33; ++i) many += "[[bus]]\n";
  CHECK(mistakes(many) == Lines{"site.toml:1: 'bus' is there 33 times; at most 32 are taken"});
}

TEST_CASE("SITE-2: what is written is read back the same") {
  const fakes::FakeModels models;
  domain::Inventory site = fakes::small_site();
  site.buses.push_back(
      {BusId("six"), "A \"quoted\" \\ name\n", domain::TcpLink{"fe80::1", 1502}, 0});
  domain::SerialLine line;
  line.path = "/dev/serial/by-id/usb-FTDI_USB-RS485_Cable_AB0-if00-port0";
  line.baud = 9600;
  line.parity = domain::Parity::none;
  line.stop_bits = 2;
  line.direction = domain::DirectionControl::rts;
  site.buses.push_back({BusId("line-c"), "", line, 0});
  const std::string text = write_site(site);
  Problems problems;
  const auto back = parse_site(text, "site.toml", models, problems);
  CHECK(problems.list().empty());
  REQUIRE(back);
  CHECK(*back == site);
  CHECK(write_site(*back) == text);
}

TEST_CASE(
    "SITE-8: the settings of reservations travel with the site, and what is usual is not written") {
  const fakes::FakeModels models;
  domain::Inventory site = fakes::small_site();
  CHECK(write_site(site).find("zone = ") == std::string::npos);
  CHECK(write_site(site).find("default_") == std::string::npos);
  CHECK(write_site(site).find("coupling") == std::string::npos);
  auto& building = site.buildings[0];
  building.zone = "Australia/Lord_Howe";
  building.default_start = std::chrono::minutes(5);
  building.default_end = domain::latest_default;
  building.default_key = "code";
  building.common_allowance = std::chrono::minutes(30);
  building.show_unlock_buttons = false;
  building.show_code_before = std::chrono::minutes(0);
  site.devices[0].coupling = domain::Coupling::with_reservation;
  site.devices[0].key_lead = std::chrono::minutes(0);
  site.devices[1].coupling = domain::Coupling::entrance;
  const std::string text = write_site(site);
  for (const std::string line :
       {"zone = \"Australia/Lord_Howe\"", "default_start = \"0:05\"", "default_end = \"99:99\"",
        "default_key = \"code\"", "common_allowance_min = 30", "show_unlock_buttons = false",
        "show_code_before_min = 0", "coupling = \"with_reservation\"", "key_lead_min = 0",
        "coupling = \"entrance\""}) {
    CAPTURE(line);
    CHECK(text.find("\n" + line + "\n") != std::string::npos);
  }
  Problems problems;
  const auto back = parse_site(text, "site.toml", models, problems);
  CHECK(problems.list().empty());
  REQUIRE(back);
  CHECK(*back == site);
}

TEST_CASE("SITE-2: a site is taken over whole, and devices that stay go on undisturbed") {
  House house({}, {});
  house.news();
  const auto refused = house.run(house.gateway->site_import(anna, sound, false));
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::forbidden);

  const auto checked = house.run(house.gateway->site_import(installer, sound, true));
  REQUIRE(checked);
  CHECK(checked->devices == 2);
  CHECK(house.gateway->devices_json().at("devices").as_array().empty());

  const auto taken = house.run(house.gateway->site_import(installer, sound, false));
  REQUIRE(taken);
  CHECK(json::serialize(to_json(*taken)) == R"({"buses":1,"rooms":1,"devices":2})");
  CHECK(house.news() == Lines{R"(site_changed by user:ines {"buses":1,"rooms":1,"devices":2})"});
  const auto configured = house.fleet->configured();
  house.fleet->report("lock-101", domain::Field::bolt, domain::Bolt::locked);
  house.fleet->report("panel", domain::Field::tamper, 1);
  house.news();

  // The same again changes nothing; the export is such a file.
  CHECK(house.run(house.gateway->site_import(installer, house.gateway->site_export(), false)));
  CHECK(house.fleet->configured() == configured);
  CHECK(house.news().empty());

  // One bad line: nothing of it.
  const auto bad = house.run(
      house.gateway->site_import(installer, replaced(sound, "unit = 2", "unit = 1"), false));
  REQUIRE(bad);
  REQUIRE(bad->problems.size() == 1);
  CHECK(bad->problems[0].file == "site.toml");
  CHECK(bad->problems[0].line >= 20);
  CHECK(house.fleet->configured() == configured);

  // Without the panel: its trouble goes with it, the lock's history goes on.
  const std::string smaller = sound.substr(0, sound.rfind("[[device]]"));
  CHECK(house.run(house.gateway->site_import(installer, smaller, false)));
  const Lines news = house.news();
  REQUIRE(news.size() == 2);
  CHECK(news[0].starts_with("site_changed "));
  CHECK(news[1].find(R"("trouble":"tamper")") != std::string::npos);
  CHECK(house.standing().empty());
  house.fleet->report("lock-101", domain::Field::bolt, domain::Bolt::unlocked);
  CHECK(house.news() == Lines{"unlocked lock-101"});

  const std::string exported = house.gateway->site_export();
  house.restart(House::Off::killed);
  CHECK(house.gateway->site_export() == exported);
}

TEST_CASE("SITE-2: a site that cannot be stored is not taken over") {
  House house({}, {});
  house.news();
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  const auto answer = house.run(house.gateway->site_import(installer, sound, false));
  REQUIRE(!answer);
  CHECK(answer.error().code() == ErrorCode::io);
  CHECK(answer.error().message() == "the change could not be stored: the disk is full");
  CHECK(house.fleet->configured() == 1);
  CHECK(house.gateway->devices_json().at("devices").as_array().empty());
}

TEST_CASE("SITE-2: one site file at a time") {
  House house({}, {});
  house.settle();
  house.store->set_disk(fakes::FakeStore::Disk::stuck);
  std::optional<Result<SiteAnswer>> first;
  std::optional<Result<SiteAnswer>> second;
  boost::asio::co_spawn(
      house.loop,
      [](House* its, std::optional<Result<SiteAnswer>>* result) -> boost::asio::awaitable<void> {
        auto answer = co_await its->gateway->site_import(installer, sound, false);
        result->emplace(std::move(answer));
      }(&house, &first),
      boost::asio::detached);
  house.loop.restart();
  house.loop.poll_one();
  house.loop.poll_one();
  boost::asio::co_spawn(
      house.loop,
      [](House* its, std::optional<Result<SiteAnswer>>* result) -> boost::asio::awaitable<void> {
        auto answer = co_await its->gateway->site_import(installer, sound, false);
        result->emplace(std::move(answer));
      }(&house, &second),
      boost::asio::detached);
  for (int i = 0; i < 20; ++i) house.loop.poll_one();
  REQUIRE(second);
  REQUIRE(!*second);
  CHECK((*second).error().code() == ErrorCode::conflict);
  house.store->set_disk(fakes::FakeStore::Disk::working);
  house.settle();
  REQUIRE(first);
  CHECK(*first);
}

TEST_CASE("DEV-32: a device that is another thing now begins its history anew") {
  House house;
  house.fleet->report("lock-101", domain::Field::bolt, domain::Bolt::locked);
  house.settle();
  const std::string text = replaced(house.gateway->site_export(), "unit = 1\nrooms = [\"r101\"]",
                                    "unit = 7\nrooms = [\"r101\"]");
  CHECK(house.run(house.gateway->site_import(installer, text, false)));
  house.news();
  house.fleet->report("lock-101", domain::Field::bolt, domain::Bolt::unlocked);
  CHECK(house.news().empty());
}

TEST_CASE("SITE-6: what a file takes away is told, before and after") {
  House house;
  std::string text = house.gateway->site_export();
  const auto at = text.find("[[device]]\nid = \"bath-101\"");
  REQUIRE(at != std::string::npos);
  text.erase(at, text.find("[[device]]", at + 1) - at);
  const auto same =
      house.run(house.gateway->site_import(installer, house.gateway->site_export(), true));
  REQUIRE(same);
  CHECK_FALSE(to_json(*same).contains("removed"));
  for (const bool check_only : {true, false}) {
    const auto answer = house.run(house.gateway->site_import(installer, text, check_only));
    REQUIRE(answer);
    CHECK(to_json(*answer).at("removed") == json::value{{"buses", json::array{}},
                                                        {"rooms", json::array{}},
                                                        {"devices", json::array{"bath-101"}}});
  }
}
