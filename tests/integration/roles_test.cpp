// Who may do what, with real peers on the real socket and a real broker.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

const std::string lock_101 = "/v1/devices/lock-101/commands";
const std::string unlock = R"({"command":"unlock"})";

std::string refusing(const std::string& settings) {
  return replaced(settings, "unsigned_commands = \"allow\"", "unsigned_commands = \"refuse\"");
}

std::string request(const std::string& method, const std::string& target, const std::string& body,
                    const std::string& subject) {
  return cat(method, " ", target, " HTTP/1.1\r\nConnection: close\r\n",
             body.empty() ? "" : "Content-Type: application/json\r\n",
             subject.empty() ? "" : cat("Genkan-Subject: ", subject, "\r\n"),
             "Content-Length: ", body.size(), "\r\n\r\n", body);
}

struct Row {
  std::string method;
  std::string target;
  std::string body;
  int status;
  std::string sentence;
};

// The sentences, and that nothing moved and no site changed.
void check_rows(House& house, const std::vector<Row>& rows) {
  const Present before = present(house.gateway, house.building);
  for (const Row& row : rows) {
    CAPTURE(row.target);
    CAPTURE(row.body);
    const ApiAnswer answer = house.gateway.api(row.method, row.target, row.body);
    CHECK(answer.status == row.status);
    CHECK(sentence_of(answer) == row.sentence);
  }
  CHECK(changes(before, house.gateway, house.building) == "");
}

std::vector<json::object> since(House& house, std::int64_t seq) {
  quiet_head(house.gateway);
  return house.gateway.journal(seq);
}

TEST_CASE("roles: what a viewer and an operator may, and the sentence for what they may not") {
  House house;
  const std::string settings = read_file(house.settings_file());
  const std::string who = "user:" + me();

  house.restart_with(as(settings, me(), "viewer"));
  house.gateway.wait_fresh(20s);
  auto head = quiet_head(house.gateway);
  const auto no = [&who](const std::string& what) {
    return cat(who, " has the role viewer, which may not ", what);
  };
  check_rows(house, {{"POST", lock_101, unlock, 403, no("command devices")},
                     {"POST", "/v1/devices/panel/commands", R"({"command":"disarm"})", 403,
                      no("command devices")},
                     {"PUT", "/v1/site", house.building.site(), 403, no("install")},
                     {"PUT", "/v1/site?check=1", house.building.site(), 403, no("install")},
                     {"POST", "/v1/buses/line-a/write",
                      R"({"unit":1,"table":"coil","address":0,"values":[0]})", 403, no("install")},
                     {"POST", "/v1/buses/line-a/scan", "{}", 403, no("install")}});
  const ApiAnswer subject =
      raw_http(house.gateway.socket(), request("GET", "/v1/status", "", "anna"));
  CHECK(subject.status == 403);
  CHECK(sentence_of(subject) ==
        cat("the header Genkan-Subject is for the role cloud; ", who, " is viewer"));
  CHECK(house.gateway.api("GET", "/v1/status").status == 200);
  const CliAnswer typed = cli(house.gateway, {"unlock", "lock-101"});
  CHECK(typed.code == 4);
  CHECK(typed.output == cat("genkan: ", no("command devices"), "\n"));

  house.restart_with(as(settings, me(), "operator"));
  house.gateway.wait_fresh(20s);
  head = quiet_head(house.gateway);
  check_rows(house, {{"POST", "/v1/devices/panel/commands", R"({"command":"disarm"})", 403,
                      "the role operator may not disarm"},
                     {"PUT", "/v1/site", house.building.site(), 403,
                      who + " has the role operator, which may not install"}});
  CHECK(obeys(house.gateway, "lock-101", "unlock"));
  const auto records = since(house, head);
  REQUIRE(records.size() == 2);
  CHECK(text_at(records[0], "kind") == "command_refused");
  CHECK(text_at(records[0], "actor") == who);
  CHECK(text_at(records[1], "kind") == "unlocked");
  CHECK(text_at(records[1], "actor") == who);
}

TEST_CASE("roles: the cloud's subject is the actor in the journal") {
  House house;
  house.restart_with(as(read_file(house.settings_file()), me(), "cloud"));
  house.gateway.wait_fresh(20s);
  const auto head = quiet_head(house.gateway);

  CHECK(raw_http(house.gateway.socket(), request("POST", lock_101, unlock, "anna")).status == 200);
  CHECK(raw_http(house.gateway.socket(), request("POST", lock_101, R"({"command":"lock"})", ""))
            .status == 200);
  const auto records = since(house, head);
  REQUIRE(records.size() == 2);
  CHECK(text_at(records[0], "kind") == "unlocked");
  CHECK(text_at(records[0], "actor") == "cloud:anna");
  CHECK(text_at(records[1], "kind") == "locked");
  CHECK(text_at(records[1], "actor") == "cloud");

  const Present before = present(house.gateway, house.building);
  for (const std::string& wrong : {std::string(129, 'a'), std::string("an\x01na")}) {
    const ApiAnswer answer =
        raw_http(house.gateway.socket(), request("POST", lock_101, unlock, wrong));
    CHECK(answer.status == 400);
    CHECK_MESSAGE((sentence_of(answer) ==
                       "the header Genkan-Subject must be plain text of at most 128 bytes" ||
                   sentence_of(answer).starts_with("this is no HTTP request: ")),
                  sentence_of(answer));
  }
  check_rows(house, {{"PUT", "/v1/site", house.building.site(), 403,
                      "cloud has the role cloud, which may not install"},
                     {"POST", "/v1/devices/panel/commands", R"({"command":"disarm"})", 403,
                      "the role cloud may not disarm"}});
  CHECK(changes(before, house.gateway, house.building) == "");
}

TEST_CASE(
    "roles: unsigned commands over MQTT are refused where they must be signed, and recorded") {
  House house;
  const std::string settings = as(read_file(house.settings_file()), me(), "cloud");
  house.restart_with(refusing(settings));
  house.gateway.wait_fresh(20s);
  MosquittoBroker broker;
  Agent agent(house.folder.path() / "agent", house.gateway, broker.port());
  MqttClient cloud(broker.port(), "cloud");
  const std::string prefix = "genkan/1/" + house.gateway.id();
  cloud.subscribe(prefix + "/presence");
  cloud.subscribe(prefix + "/event/#");
  agent.start();
  const auto online = [](const MqttMessage& message) {
    return message.payload.find("\"online\"") != std::string::npos;
  };
  REQUIRE(cloud.wait_for(online, 15s));
  const auto head = quiet_head(house.gateway);
  const Present before = present(house.gateway, house.building);

  const auto refused = cloud.ask(house.gateway.id(), {"POST", lock_101, unlock, "anna", {}}, 15s);
  REQUIRE(refused);
  CHECK(refused->status == "403");
  CHECK(sentence_of({0, refused->payload}) ==
        "commands from the cloud must be signed; unsigned ones are refused here");
  CHECK(changes(before, house.gateway, house.building) == "");
  const auto records = since(house, head);
  REQUIRE(records.size() == 1);
  CHECK(text_at(records[0], "kind") == "command_refused");
  CHECK(text_at(records[0], "device") == "lock-101");
  CHECK(text_at(records[0], "actor") == "cloud:anna");
  CHECK(text_at(records[0].at("body").as_object(), "reason") == "not_allowed");
  CHECK(cloud.wait_for(
      [](const MqttMessage& message) {
        return message.topic.ends_with("/event/activity") &&
               message.payload.find("command_refused") != std::string::npos;
      },
      10s));
  // Reading is no command.
  const auto read = cloud.ask(house.gateway.id(), {"GET", "/v1/devices/lock-101", "", "", {}}, 15s);
  REQUIRE(read);
  CHECK(read->status == "200");

  // The same with the word that allows it: the bolt moves, and the journal says who.
  house.restart_with(settings);
  house.gateway.wait_fresh(20s);
  cloud.forget();
  REQUIRE(wait_until(
      [&] {
        const auto asked = cloud.ask(house.gateway.id(), {"GET", "/v1/status", "", "", {}}, 5s);
        return asked && asked->status == "200";
      },
      15s));
  const auto later = quiet_head(house.gateway);
  const auto done = cloud.ask(house.gateway.id(), {"POST", lock_101, unlock, "anna", {}}, 15s);
  REQUIRE(done);
  CHECK(done->status == "200");
  CHECK(text_at(json::parse(done->payload).as_object(), "verdict") == "done");
  const auto moved = since(house, later);
  REQUIRE(moved.size() == 1);
  CHECK(text_at(moved[0], "kind") == "unlocked");
  CHECK(text_at(moved[0], "actor") == "cloud:anna");
}

// A request by another user of this machine; status 0 if that user cannot be.
ApiAnswer ask_as(uid_t user, const std::string& socket, const std::string& bytes) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string text = "0";
    if (::setgid(static_cast<gid_t>(user)) == 0 && ::setuid(user) == 0) {
      const ApiAnswer answer = raw_http(socket, bytes);
      text = cat(answer.status, answer.body);
    }
    [[maybe_unused]] const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char piece[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], piece, sizeof piece)) > 0;) {
    text.append(piece, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (text.size() < 3) return {0, text};
  return {std::stoi(text.substr(0, 3)), text.substr(3)};
}

TEST_CASE("roles: a stranger on the socket is told who would let him in") {
  if (::geteuid() != 0) {
    MESSAGE("left out: only root can be somebody else");
    return;
  }
  constexpr uid_t stranger = 61'234;  // of no account
  House house;
  const Present before = present(house.gateway, house.building);
  ::chmod(house.folder.path().c_str(), 0755);
  ::chmod((house.folder.path() / "gateway").c_str(), 0755);
  const auto ask = [&](const std::string& target, const std::string& body) {
    return ask_as(stranger, house.gateway.socket(),
                  request(body.empty() ? "GET" : "POST", target, body, ""));
  };
  CHECK(ask("/v1/status", "").status == 0);  // the socket's mode keeps him out
  REQUIRE(::chmod(house.gateway.socket().c_str(), 0666) == 0);
  for (const std::string& body : {std::string(), unlock}) {
    const ApiAnswer answer = ask(body.empty() ? "/v1/status" : lock_101, body);
    CHECK(answer.status == 403);
    CHECK(sentence_of(answer) ==
          "uid:61234 has no role here; an [[api.role]] in the gateway's settings gives one");
  }
  house.restart_with(as(read_file(house.settings_file()), "*", "viewer"));
  REQUIRE(::chmod(house.gateway.socket().c_str(), 0666) == 0);
  CHECK(ask("/v1/status", "").status == 200);
  const ApiAnswer answer = ask(lock_101, unlock);
  CHECK(answer.status == 403);
  CHECK(sentence_of(answer) == "uid:61234 has the role viewer, which may not command devices");
  house.gateway.wait_fresh(20s);
  CHECK(changes(before, house.gateway, house.building) == "");
}

TEST_CASE("roles: settings that name nobody of this machine stop the start") {
  TempDir folder;
  Gateway gateway(
      folder.path(),
      {.more_settings = "[[api.role]]\nuser = \"no-such-user\"\nrole = \"viewer\"\n"
                        "[[api.role]]\ngroup = \"no-such-group\"\nrole = \"viewer\"\n"});
  gateway.start_without_waiting();
  CHECK(gateway.process().wait(10s) == 1);
  CHECK_MESSAGE(gateway.log().ends_with("genkand: API: api.role: this system has no user "
                                        "'no-such-user', group 'no-such-group'\n"),
                gateway.log());
  CHECK_FALSE(std::filesystem::exists(gateway.socket()));
}

}  // namespace
}  // namespace genkan::test
