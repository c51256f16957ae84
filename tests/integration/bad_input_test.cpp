// Bad input gets a sentence and changes nothing: requests, settings, profiles and site files, with
// the real genkand, genkan and genkan-agent.
#include <tuple>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

const std::string lock_101 = "/v1/devices/lock-101/commands";

std::string post(std::size_t bytes, std::string_view header = "") {
  return cat("POST ", lock_101, " HTTP/1.1\r\nContent-Type: application/json\r\n", header,
             "Connection: close\r\nContent-Length: ", bytes, "\r\n\r\n");
}

TEST_CASE("bad requests: each gets its sentence, and nothing changes") {
  House house;
  Gateway& gateway = house.gateway;
  const Present before = present(gateway, house.building);
  const auto journal = quiet_head(gateway);

  struct Row {
    std::string method;
    std::string target;
    std::string body;
    int status;
    std::string sentence;
  };
  const Row rows[] = {
      {"GET", "/v1/devices/lock-999", "", 404, "there is no device 'lock-999'"},
      {"GET", "/v1/devices/lock-999?refresh=1", "", 404, "there is no device 'lock-999'"},
      {"POST", "/v1/devices/lock-999/commands", R"({"command":"lock"})", 404,
       "there is no device 'lock-999'"},
      {"POST", "/v1/devices/%00/commands", R"({"command":"lock"})", 404, "there is no device '?'"},
      {"POST", lock_101, R"({"command":"lokc"})", 400,
       "there is no command 'lokc'; did you mean 'lock'?"},
      {"POST", lock_101, R"({"command":5})", 400,
       "the command: 'command' must be text, not a number"},
      {"POST", lock_101, R"({})", 400, "the command: 'command' is missing (text)"},
      {"POST", lock_101, R"({"command":"lock","force":true})", 400,
       "the command: 'force' is not known; known are command, part or timeout_ms"},
      {"POST", lock_101, R"({"command":"lock","timeout_ms":0,"part":"x"})", 400,
       "the command: 'part' must be a whole number from 1 to 255; 'timeout_ms' must be a whole "
       "number from 1 to 60000"},
      {"POST", lock_101, R"({"command":"lock","part":3})", 400, "'lock' takes no part"},
      {"POST", "/v1/devices/boxes/commands", R"({"command":"release_compartment"})", 400,
       "'release_compartment' needs a part, from 1"},
      {"POST", lock_101, R"({"command":"lock")", 400,
       "the body: not JSON at byte 18: incomplete JSON"},
      {"POST", lock_101, R"({"command":"lock"} {})", 400,
       "the body: not JSON at byte 20: text behind the value"},
      {"POST", lock_101, R"(["lock"])", 400, "the body must be a JSON object"},
      {"POST", lock_101, std::string(5000, '['), 400, "the body: not JSON at byte 17: too deep"},
      {"POST", lock_101, "{\"command\":\"lo\xff\"}", 400, "the body: not JSON at byte 15: "},
      {"GET", "/v1/locks", "", 404,
       "there is nothing at /v1/locks; /v1/openapi.json lists what there is"},
      {"DELETE", "/v1/devices/lock-101", "", 405, "/v1/devices/lock-101 takes GET, not DELETE"},
      {"GET", "/v1/journal?limit=0&lame=alarm", "", 400,
       "the query: 'limit' must be a whole number from 1 to 1000; 'lame' is not known; known are "},
      {"POST", "/v1/buses/line-z/read", R"({"unit":1,"table":"coil","address":0})", 404,
       "there is no bus 'line-z'"},
      {"POST", "/v1/buses/line-a/write", R"({"unit":1,"table":"input","address":0,"values":[1]})",
       400, "the question: input cannot be written; coil and holding can"},
      {"POST", "/v1/buses/line-a/write", R"({"unit":1,"table":"coil","address":0,"values":[2]})",
       400, "the question: each of 'values' must be a whole number from 0 to 1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    CAPTURE(row.body.substr(0, 60));
    const ApiAnswer answer = gateway.api(row.method, row.target, row.body);
    CHECK(answer.status == row.status);
    const std::string sentence = sentence_of(answer);
    CHECK_MESSAGE(sentence.starts_with(row.sentence), sentence);
  }
  CHECK(changes(before, gateway, house.building) == "");
  CHECK(quiet_head(gateway) == journal);

  // What is well said but cannot be done is answered in words, and each is in the journal.
  const ApiAnswer lacking = gateway.api("POST", lock_101, R"({"command":"arm_away"})");
  CHECK(lacking.status == 200);
  CHECK(text_at(lacking.json(), "verdict") == "refused");
  CHECK(text_at(lacking.json(), "reason") == "unknown_command");
  CHECK(sentence_of(lacking) ==
        "Front door 101 was not armed: this device has no such command (model el-100 has no "
        "'arm_away')");
  const ApiAnswer beyond = gateway.api("POST", "/v1/devices/boxes/commands",
                                       R"({"command":"release_compartment","part":13})");
  CHECK(beyond.status == 200);
  CHECK(text_at(beyond.json(), "verdict") == "refused");
  CHECK(text_at(beyond.json(), "reason") == "invalid");
  CHECK_MESSAGE(sentence_of(beyond).starts_with("compartment 13 of "), sentence_of(beyond));
  MESSAGE("part 13 of 12: " << sentence_of(beyond));
  CHECK(quiet_head(gateway) == journal + 2);
  for (const auto& record : gateway.journal(journal)) {
    CHECK(text_at(record, "kind") == "command_refused");
  }
  CHECK(changes(before, gateway, house.building) == "");

  // The command line says the same, and scripts can tell the cases apart.
  const auto unknown = cli(gateway, {"lock", "lock-999"});
  CHECK(unknown.code == 5);
  CHECK(unknown.output == "genkan: there is no device 'lock-999'\n");
  struct Typed {
    std::vector<std::string> words;
    std::string said;
  };
  const Typed mistyped[] = {
      {{"lok", "lock-101"}, "genkan: there is no command 'lok'; did you mean 'lock'?"},
      {{"bus", "scn"},
       "genkan: there is no command 'scn'; did you mean 'scan'? (genkan bus --help)"},
      {{"bus"}, "genkan: say which: genkan bus "},
      {{}, "genkan: say what to do"},
      {{"lock", "--tmeout", "3", "lock-101"}, "genkan: The following argument"},
  };
  for (const auto& typed : mistyped) {
    const auto answer = cli(gateway, typed.words);
    CAPTURE(answer.output);
    CHECK(answer.code == 2);
    CHECK(answer.output.find(typed.said) != std::string::npos);
  }
  const auto refused = cli(gateway, {"open", "lock-101"});
  CHECK(refused.code == 1);
  CHECK_MESSAGE(refused.output.find("has no such command") != std::string::npos, refused.output);
  CHECK(changes(before, gateway, house.building) == "");
  CHECK(obeys(gateway, "lock-101", "unlock"));
  CHECK(obeys(gateway, "lock-101", "lock"));
}

TEST_CASE("bad requests: too much of anything, and what is no HTTP") {
  House house;
  Gateway& gateway = house.gateway;
  const Present before = present(gateway, house.building);
  const auto journal = quiet_head(gateway);
  const std::string megabyte(1 << 20, ' ');

  struct Row {
    std::string what;
    std::string bytes;
    int status;
    std::string sentence;
  };
  const std::string chunk = cat("10000\r\n", megabyte.substr(0, 65536), "\r\n");
  const Row rows[] = {
      {"a body of 1 MB", post(megabyte.size()) + megabyte, 413, "the body is larger than 64 KiB"},
      {"a body that says it has 1 TB", post(1'000'000'000'000), 413,
       "the body is larger than 64 KiB"},
      {"1 MB in pieces",
       cat("POST ", lock_101,
           " HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
           chunk, chunk, chunk),
       413, "the body is larger than 64 KiB"},
      {"a site file of 2 MB",
       cat("PUT /v1/site HTTP/1.1\r\nContent-Type: application/toml\r\nContent-Length: 2097152"
           "\r\n\r\n",
           megabyte, megabyte),
       413, "the body is larger than 1024 KiB"},
      {"a header of 1 MB", post(2, cat("X-Padding: ", std::string(1 << 20, 'x'), "\r\n")) + "{}",
       413, "the header is larger than 8 KiB"},
      {"2000 headers",
       [] {
         std::string many;
         for (int i = 0; i < 2000; ++i) many += cat("X-", i, ": y\r\n");
         return post(2, many) + "{}";
       }(),
       413, "the header is larger than 8 KiB"},
      {"a path of 100 kB", cat("GET /", std::string(100'000, 'a'), " HTTP/1.1\r\n\r\n"), 413,
       "the header is larger than 8 KiB"},
      {"no HTTP", "unlock lock-101 please\r\n\r\n", 400, "this is no HTTP request: "},
      {"bytes", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400,
       "this is no HTTP request: "},
      {"another sort of body",
       cat("POST ", lock_101,
           " HTTP/1.1\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
           "4\r\n\r\nlock"),
       415, "the body must be application/json, not 'text/plain': set the header Content-Type"},
      {"a body that a GET has not",
       "GET /v1/status HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 400,
       "GET /v1/status takes no body"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const ApiAnswer answer = raw_http(gateway.socket(), row.bytes);
    CHECK(answer.status == row.status);
    if (answer.status == 0) continue;
    const std::string sentence = sentence_of(answer);
    CHECK_MESSAGE(sentence.starts_with(row.sentence), sentence);
  }
  CHECK(changes(before, gateway, house.building) == "");
  CHECK(quiet_head(gateway) == journal);
  CHECK(obeys(gateway, "lock-101", "unlock"));
}

TEST_CASE("bad requests over MQTT: the sentence comes back to the cloud, and nothing changes") {
  House house;
  Gateway& gateway = house.gateway;
  MosquittoBroker broker;
  Agent agent(house.folder.path() / "agent", gateway, broker.port());
  MqttClient cloud(broker.port(), "cloud");
  cloud.subscribe("genkan/1/" + gateway.id() + "/presence");
  agent.start();
  REQUIRE(cloud.wait_for(
      [](const MqttMessage& message) {
        return message.payload.find("\"online\"") != std::string::npos;
      },
      15s));
  const Present before = present(gateway, house.building);
  const auto journal = quiet_head(gateway);

  struct Row {
    MqttRequest request;
    std::string status;
    std::string sentence;
  };
  const Row rows[] = {
      {{"POST", "/v1/devices/lock-999/commands", R"({"command":"lock"})", "", {}},
       "404",
       "there is no device 'lock-999'"},
      {{"POST", lock_101, R"({"command":"lock")", "", {}},
       "400",
       "the body: not JSON at byte 18: incomplete JSON"},
      {{"POST", lock_101, std::string(100'000, ' '), "", {}},
       "413",
       "a request has at most 65536 bytes, not 100000"},
      {{"PUT", "/v1/site", "", "", {}}, "403", "PUT /v1/site is not open to the cloud"},
      {{"POST", "/v1/buses/line-a/write", "{}", "", {}},
       "403",
       "POST /v1/buses/line-a/write is not open to the cloud"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.request.path);
    const auto answer = cloud.ask(gateway.id(), row.request, 15s);
    REQUIRE(answer);
    CHECK(answer->status == row.status);
    CHECK(sentence_of({0, answer->payload}) == row.sentence);
  }
  // Beyond 256 KiB the broker keeps it away from the gateway (MQTT 5, Maximum Packet Size).
  cloud.send(gateway.id(), {"POST", lock_101, std::string(1 << 20, ' '), "", {}});
  const auto next = cloud.ask(gateway.id(), {"GET", "/v1/devices/lock-999", "", "", {}}, 15s);
  REQUIRE(next);
  CHECK(next->status == "404");
  CHECK(changes(before, gateway, house.building) == "");
  CHECK(quiet_head(gateway) == journal);
}

TEST_CASE("a bad profile: told with file and line, the other models work") {
  static const std::string bad =
      "[model]\nname = \"el-101\"\ntitle = \"Lock\"\nkind = \"lock\"\n"
      "[register]\nbolt = { table = \"input\", address = 0, bits = \"0..1\", poll_msec = 5 }\n"
      "[state.bolt]\nregister = \"blot\"\nvalues = { 0 = \"unlocked\", 1 = \"lokced\" }\n";
  House house([](std::string settings) {
    return replaced(std::move(settings), "/drivers/profiles\"]",
                    "/drivers/profiles\", \"@MORE@\"]");
  });
  Gateway& gateway = house.gateway;
  const std::filesystem::path more = house.folder.path() / "more";
  std::filesystem::create_directory(more);
  write_file(more / "el-101.toml", bad);
  write_file(more / "good.toml",
             replaced(read_file(source_folder() / "drivers" / "profiles" / "el-100.toml"),
                      "name = \"el-100\"", "name = \"el-102\""));
  CHECK(gateway.log().find("@MORE@: the folder of profiles cannot be read: ") != std::string::npos);
  const Present before = present(gateway, house.building);
  house.restart_with(replaced(read_file(house.settings_file()), "@MORE@", more.string()));

  const std::string log = gateway.log();
  const std::string file = (more / "el-101.toml").string();
  for (const std::string& mistake :
       {file + ":6: 'poll_msec' is not known here; did you mean 'poll_ms'?",
        file + ":8: 'register' is 'blot', but no [register.blot] is in this file (did you mean "
               "'bolt'?)",
        file + ":9: '1' = 'lokced' is not a value of bolt; allowed: "}) {
    CHECK_MESSAGE(log.find(mistake) != std::string::npos, mistake);
  }
  for (std::size_t at = log.find(file); at != std::string::npos; at = log.find(file, at + 1)) {
    MESSAGE(log.substr(at + more.string().size() + 1, log.find('\n', at) - at));
  }
  const std::string models = gateway.api("GET", "/v1/models").body;
  CHECK(models.find("\"el-100\"") != std::string::npos);
  CHECK(models.find("\"el-102\"") != std::string::npos);
  CHECK(models.find("\"el-101\"") == std::string::npos);
  gateway.wait_fresh(20s);
  CHECK(changes(before, gateway, house.building) == "");
  CHECK(obeys(gateway, "lock-101", "unlock"));

  // A profile that breaks under a device in use: that device says so, the others work.
  gateway.import_site(replaced(house.building.site(), "model = \"el-100\"", "model = \"el-102\""));
  write_file(more / "good.toml", bad);
  house.restart_with(read_file(house.settings_file()));
  const json::object lost = gateway.device("lock-101");
  CHECK(json::serialize(lost.at("troubles")).find("there is no profile for model 'el-102'") !=
        std::string::npos);
  for (const auto& [method, target, body] :
       {std::tuple("POST", lock_101, R"({"command":"lock"})"),
        std::tuple("GET", std::string("/v1/devices/lock-101?refresh=1"), "")}) {
    const ApiAnswer answer = gateway.api(method, target, body);
    CHECK(answer.status == 409);
    CHECK(sentence_of(answer) ==
          "Front door 101 cannot be reached: there is no profile for model 'el-102'");
  }
  CHECK(wait_until([&] { return text_at(gateway.device("lock-102"), "link") == "fresh"; }, 10s));
  CHECK(obeys(gateway, "lock-102", "unlock"));
}

TEST_CASE("bad settings: every mistake with its line, exit 2, and nothing is begun") {
  TempDir folder;
  const std::filesystem::path file = folder.path() / "genkan.toml";
  const std::string database = (folder.path() / "state" / "genkan.db").string();
  const std::string socket = (folder.path() / "api.sock").string();
  write_file(file, cat("[gateway]\nid = 7\nclock = \"sytem\"\n[storage]\ndatabase = \"", database,
                       "\"\njournal_days = \"400\"\njournal_mib = 0\n[api]\nsocket = \"", socket,
                       "\"\n[[api.role]]\nuser = \"root\"\nrole = \"admin\"\n[drivers]\n"
                       "profiles = \"/tmp\"\n[security]\nremote_disarm = \"no\"\n[logg]\n"));
  const std::string expected = cat(
      file.string(), ":2: 'id' must be text in quotes, not a whole number\n", file.string(),
      ":3: 'clock' is 'sytem'; allowed: system or assume_trusted (did you mean 'system'?)\n",
      file.string(), ":6: 'journal_days' must be a whole number from 1 to 3650\n", file.string(),
      ":7: 'journal_mib' must be a whole number from 1 to 65536\n", file.string(),
      ":12: 'role' is 'admin'; allowed: viewer, operator, cloud, installer or "
      "administrator\n",
      file.string(), ":14: 'profiles' must be a list of at most 16 texts of at most 512 bytes\n",
      file.string(), ":16: 'remote_disarm' must be true or false, not text\n", file.string(),
      ":17: 'logg' is not known here; did you mean 'log'?\n");
  for (const bool check : {true, false}) {
    std::vector<std::string> command{genkand_program(), "--config", file.string()};
    if (check) command.emplace_back("--check");
    const std::filesystem::path output = folder.path() / (check ? "check" : "start");
    Process process(command, output);
    CHECK(process.wait(10s) == 2);
    CHECK(process.output() == expected);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "state"));
    CHECK_FALSE(std::filesystem::exists(socket));
  }
  Process absent({genkand_program(), "--config", "/nowhere/genkan.toml"}, folder.path() / "absent");
  CHECK(absent.wait(10s) == 2);
  CHECK(absent.output() ==
        "/nowhere/genkan.toml: cannot be read: No such file or directory; --config names another "
        "file\n");
  write_file(file, "[gateway\nid = 7\n");
  Process broken({genkand_program(), "--check", "--config", file.string()},
                 folder.path() / "broken");
  CHECK(broken.wait(10s) == 2);
  CHECK_MESSAGE(broken.output().starts_with(file.string() + ":1: not TOML: "), broken.output());
}

TEST_CASE("bad site files: all mistakes with their lines, nothing half-loaded") {
  House house;
  Gateway& gateway = house.gateway;
  const Present before = present(gateway, house.building);
  const auto journal = quiet_head(gateway);
  const std::string good = house.building.site();
  const std::filesystem::path file = house.folder.path() / "mine.toml";

  const auto place = [](std::size_t line, std::string_view message) {
    return cat(":", line, ": ", message, "\n");
  };
  const auto refused = [&](const std::string& text, const std::vector<std::string>& mistakes) {
    write_file(file, text);
    std::string expected;
    for (const std::string& mistake : mistakes) expected += file.string() + mistake;
    expected += cat("genkan: the site file has ", mistakes.size(),
                    mistakes.size() == 1 ? " mistake" : " mistakes", "; nothing was changed\n");
    for (const char* verb : {"check", "import"}) {
      const CliAnswer answer = cli(gateway, {"site", verb, file.string()});
      CHECK(answer.code == 1);
      CHECK(answer.output == expected);
    }
    CHECK(changes(before, gateway, house.building) == "");
    CHECK(quiet_head(gateway) == journal);
  };

  {
    INFO("one bad line in a file that renames and drops much else");
    std::string text = replaced(good, "name = \"Front door 101\"", "name = \"Somebody else\"");
    const auto last = text.rfind("[[device]]");
    text = text.substr(0, last);
    const std::string lock =
        "id = \"lock-203\"\nname = \"Front door 203\"\nmodel = \"el-100\"\n"
        "bus = \"line-a\"\nunit = 7\n";
    text = replaced(text, lock, replaced(lock, "unit = 7", "unit = \"7\""));
    refused(text,
            {place(line_of(text, "unit = \"7\""), "'unit' must be a whole number from 0 to 255")});
  }
  {
    INFO("many mistakes at once");
    std::string text = replaced(good, "unit = 16\n", "unit = 16\nchanel = 2\n");
    text = replaced(text, "number = 104", "number = 103");
    text = replaced(text, "rooms = [\"r601\"]", "rooms = [\"r701\"]");
    text = replaced(text, "model = \"ic-1\"", "model = \"ic-l\"");
    const auto entry = [&](std::string_view kind, std::string_view id) {
      return line_of(text, cat("[[", kind, "]]\nid = \"", id, "\""));
    };
    refused(text,
            {place(line_of(text, "chanel"), "'chanel' is not known here; did you mean 'channel'?"),
             place(entry("room", "r104"), "room 'r104': number 103 is room 'r103' already"),
             place(entry("device", "lock-601"), "device 'lock-601': there is no room 'r701'"),
             place(entry("device", "intercom"),
                   "device 'intercom': there is no model 'ic-l'; did you mean 'ic-1'?")});
  }
  {
    INFO("overlapping addresses");
    const std::string more =
        "\n[[device]]\nid = \"twin\"\nname = \"Twin of 101\"\nmodel = \"el-100\"\n"
        "bus = \"line-a\"\nunit = 1\n"
        "\n[[device]]\nid = \"other\"\nname = \"Other board\"\nmodel = \"sb-8\"\n"
        "bus = \"line-a\"\nunit = 2\n"
        "\n[[device]]\nid = \"lamp\"\nname = \"Lamp at the garage's relay\"\n"
        "model = \"ws-relay-16-light\"\nbus = \"line-b\"\nunit = 13\nchannel = 1\n";
    const std::string text = replaced(good, cat("serial = \"", house.building.line("line-b"), "\""),
                                      cat("serial = \"", house.building.line("line-a"), "\"")) +
                             replaced(more, "garage's", "garage");
    const auto entry = [&](std::string_view id) {
      return line_of(text, cat("[[device]]\nid = \"", id, "\""));
    };
    refused(
        text,
        {place(line_of(text, "[[bus]]\nid = \"line-b\""),
               cat("bus 'line-b': ", house.building.line("line-a"), " is taken by bus 'line-a'")),
         place(entry("twin"),
               "device 'twin': unit 1 channel 1 of bus 'line-a' is 'lock-101' "
               "already"),
         place(entry("other"),
               "device 'other': unit 2 of bus 'line-a' is 'lock-102' already "
               "(el-100)"),
         place(entry("lamp"),
               "device 'lamp': coil 0 of unit 13 of bus 'line-b' belongs to "
               "'garage' already (ws-relay-16-entrance channel 1)")});
  }
  {
    INFO("no TOML");
    const std::string text = good + "\n[[device]\n";
    write_file(file, text);
    const CliAnswer answer = cli(gateway, {"site", "import", file.string()});
    CHECK(answer.code == 1);
    CHECK_MESSAGE(answer.output.starts_with(
                      cat(file.string(), ":", line_of(text, "[[device]\n"), ": not TOML: ")),
                  answer.output);
    CHECK(changes(before, gateway, house.building) == "");
  }
  CHECK(obeys(gateway, "lock-101", "unlock"));
  CHECK(obeys(gateway, "lock-501", "unlock"));
}

}  // namespace
}  // namespace genkan::test
