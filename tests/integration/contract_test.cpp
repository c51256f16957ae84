// The real programs against their descriptions: what genkand answers against openapi.json, what
// genkan-agent says through a real broker against the cloud contract. This gathers; the schemas are
// held against it by check_contract.py.
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/unit/envelopes.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

// JSON objects, one a line.
class Material {
 public:
  explicit Material(const std::filesystem::path& file) : out_(file) {}
  void add(const json::object& line) { out_ << json::serialize(line) << std::endl; }

 private:
  std::ofstream out_;
};

// A connection on which requests are sent that the client would never send.
class RawConnection {
 public:
  explicit RawConnection(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    constexpr timeval within{20, 0};  // genkand closes what does not come within 10 s
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &within, sizeof within);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(const std::string& text) const {
    REQUIRE(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  // The answer on a connection that genkand closes behind it.
  ApiAnswer answer() const {
    std::string all;
    char part[4096];
    for (ssize_t got = 1; got > 0;) {
      got = ::read(socket_, part, sizeof part);
      if (got > 0) all.append(part, static_cast<std::size_t>(got));
    }
    const auto body = all.find("\r\n\r\n");
    REQUIRE(all.starts_with("HTTP/1.1 "));
    REQUIRE(body != std::string::npos);
    return {std::stoi(all.substr(9, 3)), all.substr(body + 4)};
  }

 private:
  int socket_;
};

// The building, genkand, broker and agent, and what they said.
class Stage {
 public:
  Stage()
      : building(folder.path() / "building", Building::Scene::sample),
        gateway(folder.path() / "gateway", {.id = "gw-1"}),
        agent(folder.path() / "agent", gateway, broker.port(),
              "[home_assistant]\nenabled = true\n"),
        cloud(broker.port(), "contract-cloud"),
        http_(folder.path() / "http.jsonl"),
        mqtt_(folder.path() / "mqtt.jsonl") {
    gateway.start();
    const ApiAnswer imported = ask("PUT", "/v1/site", building.site());
    REQUIRE_MESSAGE(imported.status == 200, imported.body);
    gateway.wait_fresh(30s);
    cloud.subscribe(prefix() + "presence");
    cloud.subscribe(prefix() + "device/+/state");
    cloud.subscribe(prefix() + "event/#");
    cloud.subscribe(prefix() + "ha/+/set");
    cloud.subscribe(home);
    agent.start();
    stream = std::make_unique<Process>(
        std::vector<std::string>{cli_program(), "--socket", gateway.socket(), "--json", "watch"},
        folder.path() / "stream.jsonl");
  }

  std::string prefix() const { return "genkan/1/" + gateway.id() + "/"; }

  // Asks over HTTP and keeps the answer. `route`: the target's; the target itself if it is empty.
  ApiAnswer ask(const std::string& method, const std::string& target, const std::string& body = "",
                const std::string& route = "") {
    const ApiAnswer answer = gateway.api(method, target, body);
    keep(method, route.empty() ? target : route, answer, body);
    return answer;
  }
  void keep(const std::string& method, const std::string& route, const ApiAnswer& answer,
            const std::string& body = "") {
    json::object line{
        {"method", method}, {"route", route}, {"status", answer.status}, {"body", answer.body}};
    if (!body.empty()) line["request"] = body;
    http_.add(line);
  }
  ApiAnswer command(const std::string& device, const std::string& body) {
    return ask("POST", "/v1/devices/" + device + "/commands", body, "/v1/devices/{id}/commands");
  }

  // The same over MQTT.
  MqttMessage cloud_asks(const std::string& method, const std::string& path,
                         const std::string& route, const std::string& body = "") {
    MqttRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    const auto answer = cloud.ask(gateway.id(), request, 20s);
    REQUIRE_MESSAGE(answer.has_value(), "no answer to " << method << " " << path);
    mqtt_.add({{"topic", answer->topic},
               {"payload", answer->payload},
               {"status", answer->status},
               {"method", method},
               {"route", route}});
    return *answer;
  }
  void keep_messages() {
    for (const auto& message : cloud.messages()) {
      if (!message.topic.starts_with(prefix()) && !message.topic.starts_with("homeassistant/")) {
        continue;
      }
      mqtt_.add({{"topic", message.topic}, {"payload", message.payload}});
    }
  }

  void await_record(const std::string& kind) {
    const auto there = [this, &kind] {
      for (const auto& record : gateway.journal()) {
        if (record.at("kind").as_string() == kind) return true;
      }
      return false;
    };
    REQUIRE_MESSAGE(wait_until(there, 15s), "no record " << kind);
  }
  void await_message(const std::string& topic, const std::string& part) {
    await_at(prefix() + topic, part);
  }
  void await_at(const std::string& topic, const std::string& part) {
    const auto matches = [&topic, &part](const MqttMessage& message) {
      return message.topic == topic && message.payload.contains(part);
    };
    REQUIRE_MESSAGE(cloud.wait_for(matches, 15s).has_value(), "no " << part << " at " << topic);
  }

  static constexpr const char* home = "homeassistant/device/gw-1/+/config";

  TempDir folder;
  MosquittoBroker broker;
  Building building;
  Gateway gateway;
  Agent agent;
  MqttClient cloud;
  std::unique_ptr<Process> stream;

 private:
  Material http_;
  Material mqtt_;
};

// Something of all that can happen, so that every kind of record and state is there.
void let_things_happen(Stage& stage) {
  struct Act {
    const char* command;
    const char* record;
  };
  const Act acts[] = {
      {"hand lock-203 unlock", "unlocked"},
      {"door lock-203 open", "door_opened"},
      {"door lock-203 close", "door_closed"},
      {"hand lock-203 lock", "locked"},
      {"force lock-204", "forced_open"},
      {"deposit 3 203", "deposited"},
      {"zone 5 active", "zone_active"},
      {"zone 5 normal", "zone_normal"},
      {"input 1 on", "sensor_call"},
      {"call 302", "call_started"},
      {"cancel", "call_ended"},
      {"press 1 double", "pressed"},
      {"elevator 1 trapped on", "elevator_trapped"},
      {"elevator 2 mode fire", "elevator_fire"},
      {"battery lock-102 5", "trouble"},
  };
  for (const Act& act : acts) {
    stage.building.control(act.command);
    stage.await_record(act.record);
  }
  const auto shut = [&stage] {
    const json::object boxes = stage.gateway.device("boxes");
    return boxes.at("state").at("compartment_door").at("3").as_string() == "closed";
  };
  REQUIRE(wait_until(shut, 5s));
  stage.building.control("pry 3");
  stage.await_record("compartment_forced");
  CHECK(stage.command("panel", R"({"command":"arm_away"})").json().at("verdict") == "done");
  stage.building.control("zone 6 active");
  stage.await_record("alarm");
  stage.building.control("unplug line-b");
  stage.await_message("device/lock-501/state", "\"stale\"");
  stage.building.control("plug line-b");
  stage.await_record("trouble_cleared");
}

void ask_everything(Stage& stage) {
  for (const char* target : {"/v1/status", "/v1/devices", "/v1/troubles", "/v1/buses", "/v1/site",
                             "/v1/models", "/v1/openapi.json"}) {
    CHECK_MESSAGE(stage.ask("GET", target).status == 200, target);
  }
  CHECK(stage.ask("GET", "/v1/devices/lock-203?refresh=1", "", "/v1/devices/{id}").status == 200);
  CHECK(stage.ask("GET", "/v1/journal?limit=1000", "", "/v1/journal").status == 200);
  CHECK(stage.ask("PUT", "/v1/readers/contract", R"({"seq":3})", "/v1/readers/{name}").status ==
        200);
  CHECK(stage.ask("GET", "/v1/readers/contract", "", "/v1/readers/{name}").status == 200);
  const std::string bus = "/v1/buses/line-a/";
  CHECK(stage
            .ask("POST", bus + "read", R"({"unit":1,"table":"input","address":0,"count":4})",
                 "/v1/buses/{id}/read")
            .status == 200);
  CHECK(stage
            .ask("POST", bus + "write", R"({"unit":1,"table":"coil","address":0,"values":[1]})",
                 "/v1/buses/{id}/write")
            .status == 200);
  CHECK(stage.ask("POST", bus + "scan", R"({"first":1,"last":3})", "/v1/buses/{id}/scan").status ==
        200);
}

void command_doors(Stage& stage) {
  CHECK(stage.command("lock-301", R"({"command":"unlock"})").json().at("verdict") == "done");
  stage.building.control("door lock-301 open");
  CHECK(stage.command("lock-301", R"({"command":"lock","timeout_ms":5000})").json().at("reason") ==
        "door_open");
  const ApiAnswer part = stage.command("boxes", R"({"command":"release_compartment","part":7})");
  CHECK(part.json().at("verdict") == "done");
  CHECK(stage.command("zone-9", R"({"command":"bypass"})").status == 200);
  CHECK(stage.command("lobby-light", R"({"command":"lock"})").json().at("verdict") == "refused");
}

void go_wrong(Stage& stage) {
  CHECK(stage.ask("GET", "/v1/journal?limit=0", "", "/v1/journal").status == 400);
  CHECK(stage.command("lock-203", "{").status == 400);
  CHECK(stage.command("lock-999", R"({"command":"lock"})").status == 404);
  CHECK(stage.ask("PUT", "/v1/site?check=1", "contract = 7\n[[bus]]\n", "/v1/site").status == 400);
  CHECK(stage.command("lock-203", std::string(70'000, ' ')).status == 413);
  const std::string read = "/v1/buses/line-a/read";
  const std::string route = "/v1/buses/{id}/read";
  CHECK(stage.ask("POST", read, R"({"unit":1,"table":"input","address":900})", route).status ==
        409);
  CHECK(stage.ask("POST", read, R"({"unit":99,"table":"input","address":0})", route).status == 503);
  const ApiAnswer method = stage.gateway.api("PUT", "/v1/status", "{}");
  CHECK(method.status == 405);
  stage.keep("PUT", "", method);
  const ApiAnswer path = stage.gateway.api("GET", "/v1/nothing");
  CHECK(path.status == 404);
  stage.keep("GET", "", path);
}

void ask_badly(Stage& stage) {
  struct Case {
    const char* method;
    const char* route;
    std::string request;
    int status;
  };
  const std::string host = " HTTP/1.1\r\nHost: genkan\r\nConnection: close\r\n";
  const std::string commands = "/v1/devices/{id}/commands";
  const Case cases[] = {
      {"GET", "/v1/status", "GET /v1/status HTTP/9\r\n\r\n", 400},
      {"PUT", "/v1/readers/{name}",
       cat("PUT /v1/readers/contract", host, "Content-Type: application/json\r\n",
           "Content-Length: 9\r\nExpect: wonders\r\n\r\n"),
       417},
      {"GET", "/v1/status", cat("GET /v1/status", host, "A: ", std::string(9'000, 'a')), 413},
      {"POST", commands.c_str(),
       cat("POST /v1/devices/lock-203/commands", host,
           "Content-Type: text/html\r\nContent-Length: 1\r\n\r\nx"),
       415},
  };
  for (const Case& each : cases) {
    const RawConnection connection(stage.gateway.socket());
    connection.send(each.request);
    const ApiAnswer answer = connection.answer();
    CHECK(answer.status == each.status);
    stage.keep(each.method, each.route, answer);
  }
}

// Opens connections until genkand has no room for one more.
void fill_up(Stage& stage) {
  std::vector<std::unique_ptr<RawConnection>> open;
  for (int i = 0; i < 64; ++i) {
    open.push_back(std::make_unique<RawConnection>(stage.gateway.socket()));
  }
  const RawConnection refused(stage.gateway.socket());
  const ApiAnswer answer = refused.answer();
  CHECK(answer.status == 503);
  stage.keep("GET", "/v1/status", answer);
}

void ask_without_the_right(Stage& stage) {
  const passwd* self = ::getpwuid(::geteuid());
  REQUIRE(self != nullptr);
  Gateway viewer(
      stage.folder.path() / "viewer",
      {.id = "gw-viewer",
       .more_settings = cat("[[api.role]]\nuser = \"", self->pw_name, "\"\nrole = \"viewer\"\n")});
  viewer.start();
  stage.keep("GET", "/v1/status", viewer.api("GET", "/v1/status"));
  const ApiAnswer command =
      viewer.api("POST", "/v1/devices/lock-203/commands", R"({"command":"lock"})");
  CHECK(command.status == 403);
  stage.keep("POST", "/v1/devices/{id}/commands", command);
  const ApiAnswer site = viewer.api("PUT", "/v1/site", "contract = \"SPID-0001\"\n");
  CHECK(site.status == 403);
  stage.keep("PUT", "/v1/site", site);
}

void ask_as_the_cloud(Stage& stage) {
  for (const char* route : {"/v1/status", "/v1/troubles", "/v1/buses", "/v1/site", "/v1/models"}) {
    CHECK_MESSAGE(stage.cloud_asks("GET", route, route).status == "200", route);
  }
  CHECK(stage.cloud_asks("GET", "/v1/devices/lock-203", "/v1/devices/{id}").status == "200");
  CHECK(stage.cloud_asks("GET", "/v1/journal?limit=20", "/v1/journal").status == "200");
  const std::string route = "/v1/devices/{id}/commands";
  const auto command = [&stage, &route](const std::string& device, const std::string& body) {
    return stage.cloud_asks("POST", "/v1/devices/" + device + "/commands", route, body).status;
  };
  CHECK(command("lock-203", R"({"command":"lock"})") == "200");
  CHECK(command("lock-301", R"({"command":"lock"})") == "200");  // its door is open
  CHECK(command("lock-999", R"({"command":"lock"})") == "404");
  CHECK(command("lock-203", "lock, please") == "400");
  CHECK(stage.cloud_asks("PUT", "/v1/site", "/v1/site", "{}").status == "403");
}

// What Home Assistant is told, and wishes as it sends them.
void wish(Stage& stage) {
  for (const char* device : {"lock-203", "boxes", "panel", "zone-5", "lobby-door"}) {
    stage.await_at(cat("homeassistant/device/gw-1/genkan-", device, "/config"), "\"components\"");
  }
  stage.await_at("homeassistant/device/gw-1/genkan_gateway/config", "\"components\"");
  for (const auto& [device, words] :
       {std::pair("corridor-light", "off"), std::pair("boxes", "release_compartment 3")}) {
    stage.cloud.publish(cat(stage.prefix(), "ha/", device, "/set"), words);
    stage.await_message(cat("ha/", device, "/set"), words);
  }
}

// The table of holidays, all keys for another gateway and from one, and the key behind them.
void ask_about_transfer(Stage& stage) {
  stage.ask("PUT", "/v1/holidays", "2027/1/1,A\r\n2027/11/23,B\r\n");
  const ApiAnswer receiver = stage.ask("GET", "/v1/receiver");
  REQUIRE_MESSAGE(receiver.status == 200, receiver.body);
  const std::string to(receiver.json().at("receiver").as_string());
  const ApiAnswer document = stage.ask("GET", "/v1/export?to=" + to, "", "/v1/export");
  CHECK_MESSAGE(document.status == 200, document.body);
  const ApiAnswer brings = stage.ask("PUT", "/v1/import?check=1", document.body, "/v1/import");
  CHECK_MESSAGE(brings.status == 200, brings.body);
  stage.ask("PUT", "/v1/import", "{}");  // 400, with its mistakes
  CHECK(stage.ask("POST", "/v1/secrets/rotate").status == 200);
  stage.ask("DELETE", "/v1/holidays");
}

// An id that an answer gave.
std::string id_of(const ApiAnswer& answer) {
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  return std::string(answer.json().at("id").as_string());
}

void ask_about_reservations(Stage& stage) {
  const std::string anna =
      R"({"name":"Anna","device":"lock-203","kind":"code","code":"482913",)"
      R"("card":{"number":"0123456789ABCDEF"},"start":"2026-01-01 00:00","end":"2098-01-01 00:00"})";
  stage.ask("POST", "/v1/reservations/preview", anna);
  const std::string id = id_of(stage.ask("POST", "/v1/reservations", anna));
  const std::string one = "/v1/reservations/" + id;
  stage.ask("GET", "/v1/reservations?past=1&secrets=1", "", "/v1/reservations");
  stage.ask("GET", one, "", "/v1/reservations/{id}");
  stage.ask("PUT", one + "?secrets=1", R"({"name":"Anna B"})", "/v1/reservations/{id}");
  stage.ask("POST", one + "/preview", R"({"name":"Anna C"})", "/v1/reservations/{id}/preview");
  stage.ask("GET", "/v1/calendar");
  stage.ask("GET", "/v1/holidays?year=2026", "", "/v1/holidays");
  stage.ask("GET", "/v1/devices/lock-203/keys", "", "/v1/devices/{id}/keys");
  stage.ask("POST", "/v1/devices/lock-203/keys/check", "", "/v1/devices/{id}/keys/check");
  stage.ask("POST", "/v1/devices/lock-203/decision", R"({"code":"482913"})",
            "/v1/devices/{id}/decision");
  stage.ask("POST", "/v1/devices/lock-203/entries", R"({"code":"482913"})",
            "/v1/devices/{id}/entries");
  stage.ask("DELETE", one, "", "/v1/reservations/{id}");
}

void ask_about_holders(Stage& stage) {
  const auto group = id_of(
      stage.ask("POST", "/v1/key-groups", R"({"name":"Staff","devices":["lock-101","lock-102"]})"));
  stage.ask("PUT", "/v1/key-groups/" + group, R"({"name":"All staff"})", "/v1/key-groups/{id}");
  stage.ask("GET", "/v1/key-groups");
  const auto validity = id_of(
      stage.ask("POST", "/v1/validity-groups",
                R"({"name":"Days","weekly":{"from":"9:00","to":"17:30","weekdays":["mon"]}})"));
  stage.ask("PUT", "/v1/validity-groups/" + validity, R"({"name":"Mondays"})",
            "/v1/validity-groups/{id}");
  stage.ask("GET", "/v1/validity-groups");
  const auto ben =
      id_of(stage.ask("POST", "/v1/holders?secrets=1",
                      cat(R"({"name":"Ben","key_group":")", group, R"(","validity_group":")",
                          validity, R"(","code":"**12**"})"),
                      "/v1/holders"));
  stage.ask("PUT", "/v1/holders/" + ben, R"({"enabled":false})", "/v1/holders/{id}");
  stage.ask("GET", "/v1/holders/" + ben, "", "/v1/holders/{id}");
  stage.ask("GET", "/v1/holders");
  const std::string rows =
      "id,name,key_group,validity_group,code,card,card_name,enabled,mail\r\n"
      "1001,Cleo,Nobody,,4829,,,yes,\r\n";
  stage.ask("POST", "/v1/holders/import?preview=1", rows, "/v1/holders/import");
  stage.ask("GET", "/v1/holders/sample.csv");
  stage.ask("DELETE", "/v1/key-groups/" + group, "", "/v1/key-groups/{id}");  // 409: Ben
  stage.ask("DELETE", "/v1/holders/" + ben, "", "/v1/holders/{id}");
  stage.ask("DELETE", "/v1/validity-groups/" + validity, "", "/v1/validity-groups/{id}");
  stage.ask("DELETE", "/v1/key-groups/" + group, "", "/v1/key-groups/{id}");
}

void ask_about_visitors(Stage& stage) {
  const auto ken = id_of(stage.ask(
      "POST", "/v1/temporary-keys",
      R"({"name":"Ken","id_number":"17","room":"r101","daily":{"from":"9:00","to":"18:00"}})"));
  stage.ask("GET", "/v1/temporary-keys");
  stage.ask("GET", "/v1/temporary-keys/" + ken + "/qr?form=svg", "", "/v1/temporary-keys/{id}/qr");
  stage.ask("POST", "/v1/temporary-keys/" + ken + "/revoke", "", "/v1/temporary-keys/{id}/revoke");
  stage.ask("PUT", "/v1/rooms/r101/code?secrets=1", R"({"code":"918273"})", "/v1/rooms/{id}/code");
  stage.ask("GET", "/v1/rooms/r101/code", "", "/v1/rooms/{id}/code");
  stage.ask("DELETE", "/v1/rooms/r101/code", "", "/v1/rooms/{id}/code");
}

// Whose gateway this is, who is believed, and a signed request. Afterwards it is nobody's again.
void ask_about_the_cloud(Stage& stage) {
  const auto now = SystemClock(true).wall();
  const Enrolling cloud(now);
  const Signer signer("owner", {domain::Scope::read, domain::Scope::trust});
  const Signer other("other", {domain::Scope::read});
  const auto text = [](const json::object& body) { return json::serialize(body); };
  stage.ask("PUT", "/v1/identity", text({{"csr", cloud.csr}}));
  stage.ask("GET", "/v1/identity");
  const auto claimed = stage.ask("PUT", "/v1/claim", text(cloud.file({signer.entry()})));
  CHECK_MESSAGE(claimed.status == 200, claimed.body);
  stage.ask("PUT", "/v1/claim", "{}");  // 400, with its mistakes
  stage.ask("GET", "/v1/claim");
  stage.ask("GET", "/v1/trust");
  stage.ask("POST", "/v1/trust/keys", text(other.entry()));
  stage.ask("DELETE", "/v1/trust/keys/other", "", "/v1/trust/keys/{kid}");
  const auto renewal = text({{"certificate", cloud.certificate(std::chrono::days(500))}});
  stage.ask("PUT", "/v1/claim/certificate", renewal);
  const auto signed_status = signer.sign(claims("contract-1", now, "GET", "/v1/status"));
  const auto answered = stage.ask("POST", "/v1/signed", signed_status);
  CHECK_MESSAGE(answered.status == 200, answered.body);
  stage.ask("POST", "/v1/signed", "a.b.c");
  stage.ask("PUT", "/v1/cloud/link", R"({"connected":true,"why":"","counts":{"connects":1}})");
  stage.ask("GET", "/v1/status");
  stage.ask("GET", "/metrics");
  stage.ask("DELETE", "/v1/claim");
}

}  // namespace

TEST_CASE("API-4: live answers and messages are as openapi.json and the cloud contract say") {
  Stage stage;
  const RawConnection slow(stage.gateway.socket());
  slow.send("GET /v1/status HTTP/1.1\r\n");  // and no more: answered after 10 s
  stage.await_message("presence", "\"online\"");
  let_things_happen(stage);
  command_doors(stage);
  ask_everything(stage);
  ask_about_reservations(stage);
  ask_about_holders(stage);
  ask_about_transfer(stage);
  ask_about_visitors(stage);
  go_wrong(stage);
  ask_badly(stage);
  ask_without_the_right(stage);
  ask_as_the_cloud(stage);
  wish(stage);
  const ApiAnswer late = slow.answer();
  CHECK(late.status == 408);
  stage.keep("GET", "/v1/status", late);
  fill_up(stage);

  stage.agent.stop();
  stage.await_message("presence", "\"offline\"");
  stage.keep_messages();
  ask_about_the_cloud(stage);
  stage.stream->stop();
  const auto script = source_folder() / "tests" / "integration" / "check_contract.py";
  Process check(
      {script.string(), (source_folder() / "firmware" / "api" / "openapi.json").string(),
       (source_folder() / "cloud-agent" / "contract").string(), stage.folder.path().string()},
      stage.folder.path() / "check.log");
  const auto code = check.wait(60s);
  MESSAGE(check.output());
  CHECK_MESSAGE(code == 0, check.output());
}

}  // namespace genkan::test
