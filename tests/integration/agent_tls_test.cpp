// genkan-agent and a broker with TLS: claimed, renewed, refused, never in clear.
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"
#include "tests/integration/authority.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/fake_genkand.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/process.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;
const std::string prefix = "genkan/1/gw-1/";

// A broker with two doors: one in clear, by which the test looks on, and one with TLS and client
// certificates for the gateway. Its files are put before it starts.
struct Stage {
  explicit Stage(const std::string& broker_settings = {}) : genkand(socket()) {
    tls_port = free_port();
    write_file(path("gateways-ca.pem"), gateways.pem());
    authority.put_server(folder.path(), "broker");
    settings(broker_settings);
    genkand.set_answer("/v1/claim", 404, "{}");
    genkand.set_answer("/v1/identity", 200, "{}");
    genkand.set_answer("/v1/cloud/link", 200, "{}");
    std::filesystem::create_directory(path("identity"));
  }

  std::filesystem::path path(const std::string& file) const { return folder.path() / file; }
  std::string socket() const { return path("api.sock").string(); }
  std::string uri(const std::string& host = "127.0.0.1") const {
    return "ssl://" + host + ":" + std::to_string(tls_port);
  }
  void settings(const std::string& more) {
    write_file(path("agent.toml"), "[gateway]\nid = \"gw-1\"\nsocket = \"" + socket() +
                                       "\"\n[identity]\nfolder = \"" + path("identity").string() +
                                       "\"\n" + more);
  }
  void start_broker() {
    broker = std::make_unique<MosquittoBroker>(MosquittoBroker::Options{
        .more_settings = "listener " + std::to_string(tls_port) + " 127.0.0.1\ncafile " +
                         path("gateways-ca.pem").string() + "\ncertfile " +
                         path("broker.pem").string() + "\nkeyfile " + path("broker.key").string() +
                         "\nrequire_certificate true\nuse_identity_as_username true\n"
                         "tls_version tlsv1.2\n",
        .persistent = false});
  }
  void start_agent() {
    agent.reset();
    agent = std::make_unique<Process>(
        std::vector<std::string>{GENKAN_AGENT, "--config", path("agent.toml").string()},
        path("agent.log"));
  }
  std::string log() const { return read_file(path("agent.log")); }

  // The key of the request that the agent put to genkand.
  P256Public key() {
    std::string csr;
    REQUIRE(wait_until(
        [this, &csr] {
          for (const auto& put : genkand.puts()) {
            if (put.path == "/v1/identity") {
              csr = std::string(json::parse(put.body).at("csr").as_string());
            }
          }
          return !csr.empty();
        },
        soon));
    return read_csr(csr)->key;
  }
  void claim(const std::string& certificate, const std::string& broker_uri) {
    json::object claim;
    claim["contract"] = "SPID-0001";
    claim["cloud"] = "trial";
    claim["broker"] = json::object{{"uri", broker_uri}};
    claim["ca"] = authority.pem();
    claim["certificate"] = certificate;
    genkand.set_answer("/v1/claim", 200, json::serialize(claim));
    genkand.commit("activity", "claimed");
  }
  // Whether genkand was told so of the line.
  bool told(const std::string& part) const {
    for (const auto& put : genkand.puts()) {
      if (put.path == "/v1/cloud/link" && put.body.find(part) != std::string::npos) return true;
    }
    return false;
  }
  bool comes_to_tell(const std::string& part) const {
    const bool so = wait_until([this, &part] { return told(part); }, soon);
    if (!so) MESSAGE("not told: ", part, "\n", log());
    return so;
  }

  TempDir folder;
  Authority authority{"Brokers"};
  Authority gateways{"Gateways"};
  FakeGenkand genkand;
  int tls_port = 0;
  std::unique_ptr<MosquittoBroker> broker;
  std::unique_ptr<Process> agent;
};

auto presence_is(const std::string& word) {
  return [word](const MqttMessage& message) {
    return message.topic == prefix + "presence" &&
           message.payload.find("\"presence\":\"" + word + "\"") != std::string::npos;
  };
}

int times(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("claim: quiet until it comes, then connected without a restart, and again when renewed") {
  Stage stage;
  stage.start_broker();
  MqttClient cloud(stage.broker->port(), "cloud");
  cloud.subscribe(prefix + "presence");
  stage.start_agent();
  const P256Public key = stage.key();
  REQUIRE(stage.comes_to_tell("the gateway is not claimed yet"));
  CHECK(stage.log().find("<3>") == std::string::npos);  // nothing is wrong
  CHECK(stage.log().find("<4>") == std::string::npos);

  stage.claim(stage.gateways.issue({.name = "gw-1", .key = key, .names = {}}), stage.uri());
  REQUIRE(cloud.wait_for(presence_is("online"), soon));
  CHECK(stage.comes_to_tell(R"("connected":true)"));

  const auto before = times(stage.log(), "connected to the broker");
  stage.claim(stage.gateways.issue({.name = "gw-1", .key = key, .names = {}}), stage.uri());
  CHECK(wait_until([&] { return times(stage.log(), "connected to the broker") > before; }, soon));

  // Released: it leaves, and the broker says so once the will's delay is over.
  stage.genkand.set_answer("/v1/claim", 404, "{}");
  stage.genkand.commit("activity", "released");
  CHECK(stage.comes_to_tell(R"("connected":false,"why":"the gateway is not claimed yet")"));
}

TEST_CASE("claim: it is kept over a restart while genkand is away") {
  Stage stage;
  stage.start_broker();
  stage.start_agent();
  stage.claim(stage.gateways.issue({.name = "gw-1", .key = stage.key(), .names = {}}), stage.uri());
  REQUIRE(stage.comes_to_tell(R"("connected":true)"));
  stage.agent->stop();
  stage.genkand.stop();
  MqttClient cloud(stage.broker->port(), "cloud");
  cloud.subscribe(prefix + "presence");
  stage.start_agent();
  CHECK(cloud.wait_for(
      [](const MqttMessage& message) {
        return message.payload.find("daemon_away") != std::string::npos;
      },
      soon));
}

TEST_CASE(
    "TLS: each refusal has its sentence, in the log and for genkand, and nothing gets through") {
  Stage stage;
  std::string host = "127.0.0.1";
  std::chrono::hours to{24};
  bool known = true;
  std::string says;
  SUBCASE("the broker's certificate is of another authority") {
    Authority("Others").put_server(stage.folder.path(), "broker");
    says = "is not signed by the authority in";
  }
  SUBCASE("it has ended") {
    stage.authority.put_server(stage.folder.path(), "broker", -48h, -24h);
    says = "ended on";
  }
  SUBCASE("it is not yet valid") {
    stage.authority.put_server(stage.folder.path(), "broker", 24h, 48h);
    says = "is not valid before";
  }
  SUBCASE("it has another name") {
    stage.authority.put_server(stage.folder.path(), "broker", -24h, 24h, {"broker.example"});
    says = "does not have this name in it";
  }
  SUBCASE("ours has ended") {
    to = -1h;
    says = "our certificate has ended";
  }
  SUBCASE("ours is of an authority that the broker does not know") {
    known = false;
    says = "refuses us";
  }
  stage.start_broker();
  MqttClient cloud(stage.broker->port(), "cloud");
  cloud.subscribe(prefix + "#");
  stage.start_agent();
  const Authority other("Others");
  stage.claim((known ? stage.gateways : other)
                  .issue({.name = "gw-1", .key = stage.key(), .to = to, .names = {}}),
              stage.uri(host));
  CHECK(stage.comes_to_tell(says));
  CHECK(wait_until([&] { return stage.log().find(says) != std::string::npos; }, soon));
  CHECK_FALSE(stage.told(R"("connected":true)"));
  CHECK(cloud.messages().empty());
}

TEST_CASE(
    "TLS: a claimed gateway does not connect in clear, whatever the settings or the claim say") {
  Stage stage;
  stage.start_broker();
  MqttClient cloud(stage.broker->port(), "cloud");
  cloud.subscribe(prefix + "presence");
  SUBCASE("the settings name a broker in clear") {
    stage.settings("[broker]\nuri = \"" + stage.broker->uri() + "\"\n");
    stage.start_agent();
    const P256Public key = stage.key();
    REQUIRE(cloud.wait_for(presence_is("online"), soon));
    stage.claim(stage.gateways.issue({.name = "gw-1", .key = key, .names = {}}), stage.uri());
    CHECK(stage.comes_to_tell("does not connect in clear"));
    stage.agent->stop();
    const int before = times(stage.log(), "connected to the broker");
    const auto seen = stage.genkand.puts().size();
    stage.start_agent();
    CHECK(wait_until([&] { return stage.genkand.puts().size() > seen; }, soon));
    CHECK(times(stage.log(), "connected to the broker") == before);
  }
  SUBCASE("the claim does") {
    stage.start_agent();
    stage.claim(stage.gateways.issue({.name = "gw-1", .key = stage.key(), .names = {}}),
                stage.broker->uri());
    CHECK(stage.comes_to_tell("in clear"));
    CHECK(cloud.messages().empty());
  }
}

TEST_CASE("a signed request passes through as it is, each time that it is sent") {
  Stage stage;
  stage.start_broker();
  MqttClient cloud(stage.broker->port(), "cloud");
  stage.start_agent();
  stage.claim(stage.gateways.issue({.name = "gw-1", .key = stage.key(), .names = {}}), stage.uri());
  REQUIRE(stage.comes_to_tell(R"("connected":true)"));
  stage.genkand.set_answer("/v1/signed", 409, R"({"error":{"code":"already_used","message":"m"}})");
  MqttRequest request;
  request.path = "/v1/signed";
  request.body = "a.b.c";
  for (int i = 0; i < 2; ++i) {
    const auto answer = cloud.ask("gw-1", request, soon);
    REQUIRE(answer);
    CHECK(answer->status == "409");
  }
  int came = 0;
  for (const auto& put : stage.genkand.puts()) {
    if (put.path != "/v1/signed") continue;
    ++came;
    CHECK(put.body == "a.b.c");
    CHECK(put.content_type == "application/jose");
  }
  CHECK(came == 2);
}

}  // namespace genkan::test
