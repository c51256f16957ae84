// The cloud contract's schemas against its examples and against what the agent really says.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "cloud-agent/agent/claim.hpp"
#include "cloud-agent/agent/home_assistant/discovery.hpp"
#include "cloud-agent/agent/lane.hpp"
#include "cloud-agent/agent/presence.hpp"
#include "cloud-agent/agent/request.hpp"
#include "cloud-agent/agent/state_mirror.hpp"
#include "firmware/base/certificate.hpp"
#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"
#include "tests/unit/agent/schema.hpp"

namespace genkan::agent {

namespace {

const std::filesystem::path contract =
    std::filesystem::path(GENKAN_SOURCE_DIR) / "cloud-agent/contract";
const test::Schemas schemas(contract / "schemas");

json::value example(const std::string& name) {
  return test::read_json(contract / "examples" / (name + ".json"));
}

json::object properties_of(const mqtt::Message& message) {
  json::object object;
  for (const auto& [name, value] : message.user_properties) object[name] = value;
  return object;
}

}  // namespace

TEST_CASE("contract: every example keeps its schema") {
  struct Case {
    const char* example;
    const char* schema;
  };
  const Case cases[] = {
      {"presence-online", "presence"},
      {"presence-offline", "presence"},
      {"state-lock", "state"},
      {"state-stale", "state"},
      {"alarm", "alarm"},
      {"activity", "activity"},
      {"request-command", "request"},
      {"request-journal", "request"},
      {"answer", "answer"},
      {"command", "command"},
      {"command-result", "command-result"},
      {"error", "error"},
      {"request-signed", "request"},
      {"envelope", "envelope"},
      {"envelope-header", "envelope-header"},
      {"envelope-claims", "envelope-claims"},
      {"envelope-claims-renewal", "envelope-claims"},
      {"envelope-claims-file", "envelope-claims"},
      {"envelope-claims-sealed", "envelope-claims"},
      {"sealed-content", "sealed-content"},
      {"refusal", "refusal"},
      {"command-key", "command-key"},
      {"enrolment", "enrolment"},
      {"consent", "consent"},
      {"claim", "claim"},
      {"wish", "wish"},
      {"wish-part", "wish"},
      {"discovery-lock", "discovery"},
      {"discovery-gateway", "discovery"},
  };
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(contract / "examples")) {
    if (file.is_regular_file()) ++files;
  }
  CHECK(files == std::size(cases));
  for (const Case& each : cases) {
    CAPTURE(each.example);
    CHECK(schemas.fault(each.schema, example(each.example)) == "");
  }
}

TEST_CASE("contract: what the AsyncAPI file names is there") {
  std::ifstream file(contract / "asyncapi.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::set<std::string> named;
  const std::regex reference(R"(\$ref: '\./([^']+)')");
  for (std::sregex_iterator each(text.begin(), text.end(), reference), end; each != end; ++each) {
    named.insert((*each)[1]);
    CAPTURE((*each)[1].str());
    CHECK(std::filesystem::is_regular_file(contract / (*each)[1].str()));
  }
  CHECK(named.size() > 10);
}

TEST_CASE("contract: what is no message is told apart") {
  struct Case {
    const char* schema;
    const char* text;
  };
  const Case cases[] = {
      {"presence", R"({"presence":"away"})"},
      {"presence", R"({"presence":"online","boot":"b"})"},
      {"presence", R"({"presence":"offline","reason":"tired"})"},
      {"state", R"({"state":{},"link":"fresh","read_at":null})"},
      {"state", R"({"state":[],"link":"fresh","read_at":null,"troubles":[]})"},
      {"state", R"({"state":{},"link":"wet","read_at":null,"troubles":[]})"},
      {"state", R"({"state":{},"link":"fresh","read_at":null,"troubles":[{}]})"},
      {"alarm",
       R"({"seq":0,"boot":"b","time":"t","clock":"trusted","kind":"k","lane":"alarm","body":{}})"},
      {"activity", R"({"records":[]})"},
      {"activity", R"({"records":[7]})"},
      {"request", R"({"method":"DELETE","path":"/v1/status"})"},
      {"request", R"({"method":"GET"})"},
      {"answer", R"({"status":200})"},
      {"presence",
       R"({"presence":"online","boot":"b","version":"1","clock":"trusted","journal":"7","head":1})"},
      {"envelope", R"("e30.e30.")"},
      {"envelope", R"({"jws":"a.b.c"})"},
      {"envelope-header", R"({"alg":"none","kid":"k"})"},
      {"envelope-header", R"({"alg":"HS256","kid":"k"})"},
      {"envelope-header", R"({"alg":"ES256","kid":"k","jwk":{}})"},
      {"envelope-header", R"({"alg":"ES256","kid":"a b"})"},
      {"refusal", R"({"error":{"code":"tired","message":"m"}})"},
      {"claim", R"({"contract":"c"})"},
      {"wish", R"("UNLOCK")"},
      {"wish", R"("unlock 1000")"},
      {"wish", R"({"command":"unlock"})"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(schemas.fault(each.schema, json::parse(each.text)) != "");
  }
}

TEST_CASE("contract: claims lacking a member, or with one more, are none") {
  const json::object claims = example("envelope-claims").as_object();
  for (const char* member : {"jti", "aud", "iat", "exp", "sub", "req"}) {
    CAPTURE(member);
    json::object less = claims;
    less.erase(member);
    CHECK(schemas.fault("envelope-claims", less) != "");
  }
  json::object more = claims;
  more["role"] = "administrator";
  CHECK(schemas.fault("envelope-claims", more) != "");
  json::object short_id = claims;
  short_id["jti"] = "1234567";
  CHECK(schemas.fault("envelope-claims", short_id) != "");
  json::object both = claims;
  both["req"].as_object()["text"] = "a";
  CHECK(schemas.fault("envelope-claims", both) != "");
}

TEST_CASE("contract: the example of a signed request is what its header, claims and key say") {
  const auto jws = jws_read(std::string_view(example("envelope").as_string()));
  REQUIRE(jws);
  CHECK(jws->kid == example("envelope-header").at("kid").as_string());
  CHECK(json::parse(jws->payload) == example("envelope-claims"));
  const json::value command_key = example("command-key");
  const auto key = P256Public::from_jwk(command_key.at("key").as_object());
  REQUIRE(key);
  CHECK(command_key.at("kid").as_string() == jws->kid);
  CHECK(jws_holds(*jws, *key));
  CHECK_FALSE(jws_holds(*jws, P256Key::make().public_key()));
}

TEST_CASE("contract: the example of what is sealed opens with its key, and is the envelope's own") {
  // Bob's of RFC 7518, appendix C.
  const auto receiver = P256Key::from_pem(
      "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIFRJg2aQ11yvKfDdAp3bMbPduKup0tUVxQEkZegX1KncoAoGCCqGSM49\n"
      "AwEHoUQDQgAEweNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF/PxMR7yWcI74CV\n"
      "K1P40lVf5yuEHtBFiGKLHTeKWUk5UA7JyQ==\n"
      "-----END EC PRIVATE KEY-----\n");
  REQUIRE(receiver);
  const json::value claims = example("envelope-claims-sealed");
  const auto plain =
      jwe_open(*receiver, std::string_view(claims.at("req").at("sealed").as_string()));
  REQUIRE(plain);
  CHECK(json::parse(*plain) == example("sealed-content"));
  CHECK(example("sealed-content").at("jti") == claims.at("jti"));
  CHECK(example("sealed-content").at("aud") == claims.at("aud"));
  CHECK(example("sealed-content").at("signed_by") == example("envelope-header").at("kid"));
  json::object both = example("sealed-content").as_object();
  both["text"] = "a";
  CHECK(schemas.fault("sealed-content", both) != "");
  json::object neither = example("sealed-content").as_object();
  neither.erase("body");
  CHECK(schemas.fault("sealed-content", neither) != "");
  json::object in_clear_too = claims.as_object();
  in_clear_too["req"].as_object()["body"] = json::object();
  CHECK(schemas.fault("envelope-claims", in_clear_too) != "");
}

TEST_CASE(
    "contract: the example of an enrolment file holds together, and its claim is ours to use") {
  const json::value enrolment = example("enrolment");
  const auto text = [&enrolment](std::string_view key) {
    return std::string(enrolment.as_object().at(key).as_string());
  };
  const auto ca = Certificate::from_pem(text("ca"));
  const auto certificate = Certificate::from_pem(text("certificate"));
  REQUIRE(ca);
  REQUIRE(certificate);
  CHECK(certificate->signed_by(*ca));
  CHECK(certificate->common_name() == text("gateway"));
  const auto consent = jws_read(text("consent"));
  REQUIRE(consent);
  CHECK(json::parse(consent->payload) == example("consent"));
  const json::object& key = enrolment.at("command_keys").as_array()[0].as_object();
  CHECK(jws_holds(*consent, P256Public::from_jwk(key.at("key").as_object()).value()));

  const auto claim = read_claim(json::serialize(example("claim")));
  REQUIRE(claim);
  REQUIRE(*claim);
  CHECK((*claim)->certificate == text("certificate"));
  CHECK((*claim)->uri == std::string(enrolment.at("broker").at("uri").as_string()));
}

TEST_CASE(
    "contract: what is announced to Home Assistant is the example, and each keeps the schema") {
  const Topics topics("gw-1");
  const home_assistant::Names names("homeassistant", "gw-1");
  const json::object device =
      json::parse(R"({"id":"lock-101","name":"Door of room 101","kind":"lock","model":"el-100",
                      "cloud_commands":["lock","unlock"]})")
          .as_object();
  json::object fields;
  home_assistant::note_fields(fields, example("state-lock").at("state").as_object());
  const json::value lock =
      home_assistant::device_message(device, fields, "gw-1", topics, names, "0.1.0");
  CHECK(schemas.fault("discovery", lock) == "");
  CHECK(lock == example("discovery-lock"));
  const json::value gateway = home_assistant::gateway_message("gw-1", topics, names, "0.1.0");
  CHECK(schemas.fault("discovery", gateway) == "");
  CHECK(gateway == example("discovery-gateway"));
}

TEST_CASE("contract: what we read as a wish is what the schema calls one") {
  for (const char* text :
       {"unlock", "release_compartment 3", "UNLOCK", "", "unlock  3", "lock 0"}) {
    CAPTURE(text);
    CHECK(home_assistant::read_wish(text).has_value() == (schemas.fault("wish", text) == ""));
  }
}

TEST_CASE("contract: presence as the agent says it") {
  Presence presence;
  presence.online(
      json::parse(
          R"({"boot":"b","version":"1","clock":"trusted","journal":{"id":"j-0a1b2c3d","head":7},
                      "cloud":{"certificate_ends":"2027-11-20T09:05:07.000Z"}})")
          .as_object());
  CHECK(schemas.fault("presence", json::parse(presence.next(SteadyTime{1h}).value())) == "");
  presence.daemon_away();
  CHECK(schemas.fault("presence", json::parse(presence.next(SteadyTime{1h}).value())) == "");
  for (const char* reason : {"lost", "stopped"}) {
    CHECK(schemas.fault("presence", json::parse(Presence::offline(reason))) == "");
  }
}

TEST_CASE("contract: states, alarms and activity as the agent says them") {
  json::object device = example("state-stale").as_object();
  device["id"] = "lock-604";
  device["name"] = "604";
  CHECK(schemas.fault("state", state_payload(device)) == "");

  const std::string record = json::serialize(example("alarm"));
  Lane alarms({"alarm", "agent-alarm", 1, 4, 20});
  alarms.start(4710);
  REQUIRE(alarms.committed(4711, record));
  CHECK(schemas.fault("alarm", json::parse(alarms.payload(*alarms.next(mqtt::most_payload)))) ==
        "");
  Lane activity({"activity", "agent-activity", 100, 4, 300});
  activity.start(4710);
  REQUIRE(activity.committed(4711, record));
  REQUIRE(activity.committed(4712, record));
  const json::value batch = json::parse(activity.payload(*activity.next(mqtt::most_payload)));
  CHECK(schemas.fault("activity", batch) == "");
  CHECK(batch.at("records").as_array().size() == 2);
}

TEST_CASE("contract: its example of a request is carried out, its answers are as it says") {
  mqtt::Inbound message;
  message.response_topic = "cloud/answers";
  message.payload = json::serialize(example("command"));
  for (const auto& [name, value] : example("request-command").as_object()) {
    message.user_properties.emplace_back(name, std::string(value.as_string()));
  }
  CHECK(check_request(message, SteadyTime{1h}));
  mqtt::Inbound sealed = message;
  sealed.user_properties.clear();
  sealed.payload = std::string(example("envelope").as_string());
  for (const auto& [name, value] : example("request-signed").as_object()) {
    sealed.user_properties.emplace_back(name, std::string(value.as_string()));
  }
  REQUIRE(check_request(sealed, SteadyTime{1h}));
  CHECK(check_request(sealed, SteadyTime{1h})->is_signed);

  const mqtt::Message answer = answer_message({"t", ""}, {200, "{}"}, mqtt::most_payload);
  CHECK(schemas.fault("answer", properties_of(answer)) == "");
  message.user_properties.clear();
  const auto refused = check_request(message, SteadyTime{1h});
  REQUIRE_FALSE(refused);
  CHECK(schemas.fault("error", json::parse(refused.error().answer.body)) == "");
}

}  // namespace genkan::agent
