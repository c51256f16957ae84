#include "cloud-agent/agent/request.hpp"

#include <functional>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"

namespace genkan::agent {

namespace {

constexpr SteadyTime now{1h};

mqtt::Inbound good() {
  mqtt::Inbound message;
  message.topic = "genkan/1/gw-1/request";
  message.payload = R"({"command":"lock"})";
  message.response_topic = "cloud/answers";
  message.correlation = "c-1";
  message.arrived = now;
  message.user_properties = {{"method", "POST"}, {"path", "/v1/devices/lock-101/commands"}};
  return message;
}

std::int64_t timeout_of(const CloudRequest& request) {
  return json::parse(request.api.body).at("timeout_ms").to_number<std::int64_t>();
}

}  // namespace

TEST_CASE("requests: a good one becomes a request of the API") {
  mqtt::Inbound message = good();
  message.user_properties.emplace_back("subject", "anna of r101");
  const auto request = check_request(message, now);
  REQUIRE(request);
  CHECK(request->api.method == "POST");
  CHECK(request->api.target == "/v1/devices/lock-101/commands");
  CHECK(request->api.body == message.payload);
  REQUIRE(request->api.headers.size() == 1);
  CHECK(request->api.headers[0] ==
        std::pair<std::string, std::string>("Genkan-Subject", "anna of r101"));
  CHECK(request->address.topic == "cloud/answers");
  CHECK(request->address.correlation == "c-1");
  CHECK(request->within >= most_request_time);
}

TEST_CASE("requests: what is refused, with which status, and whether anybody is told") {
  struct Case {
    const char* what;
    std::function<void(mqtt::Inbound&)> spoil;
    int status;
    bool told;
    const char* says;
  };
  const auto property = [](std::size_t index, std::string value) {
    return
        [index, value](mqtt::Inbound& message) { message.user_properties[index].second = value; };
  };
  const auto more = [](std::string name, std::string value) {
    return [name, value](mqtt::Inbound& message) {
      message.user_properties.emplace_back(name, value);
    };
  };
  const Case cases[] = {
      {"no response topic", [](mqtt::Inbound& m) { m.response_topic.reset(); }, 400, false,
       "response topic"},
      {"wildcard", [](mqtt::Inbound& m) { m.response_topic = "a/#"; }, 400, false, "wildcards"},
      {"broker's topic", [](mqtt::Inbound& m) { m.response_topic = "$SYS/a"; }, 400, false, "'$'"},
      {"correlation", [](mqtt::Inbound& m) { m.correlation = std::string(257, 'c'); }, 400, true,
       "256"},
      {"retained", [](mqtt::Inbound& m) { m.retained = true; }, 400, true, "retained"},
      {"long", [](mqtt::Inbound& m) { m.payload = std::string(65537, 'x'); }, 413, true, "65536"},
      {"no properties", [](mqtt::Inbound& m) { m.user_properties.clear(); }, 400, true,
       "'method', not 0"},
      {"two methods", more("method", "GET"), 400, true, "'method', not 2"},
      {"two paths", more("path", "/v1/status"), 400, true, "'path', not 2"},
      {"other property", more("role", "administrator"), 400, true, "'role'"},
      {"empty subject", more("subject", ""), 400, true, "subject"},
      {"long subject", more("subject", std::string(65, 's')), 400, true, "subject"},
      {"header in subject", more("subject", "a\r\nX: y"), 400, true, "subject"},
      {"method", property(0, "DELETE"), 403, true, "'DELETE' is no method"},
      {"method and line end", property(0, "GET / HTTP/1.1\r\n"), 403, true, "is no method"},
      {"route", property(1, "/v1/readers/agent-alarm"), 403, true, "not open to the cloud"},
      {"path with a line end", property(1, "/v1/status\r\nX: y"), 403, true, "visible ASCII"},
      {"expired",
       [](mqtt::Inbound& m) {
         m.expiry = 2s;
         m.arrived = now - 3s;
       },
       408, true, "expired"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    mqtt::Inbound message = good();
    each.spoil(message);
    const auto request = check_request(message, now);
    REQUIRE_FALSE(request);
    CHECK(request.error().answer.status == each.status);
    CHECK(request.error().address.has_value() == each.told);
    CHECK(request.error().reason.find(each.says) != std::string::npos);
    const json::value body = json::parse(request.error().answer.body);
    CHECK(body.at("error").at("message").as_string() == request.error().reason);
  }
}

TEST_CASE("requests: routes open to the cloud") {
  struct Case {
    const char* method;
    const char* path;
    bool open;
  };
  const Case cases[] = {
      {"GET", "/v1/status", true},
      {"GET", "/v1/devices", true},
      {"GET", "/v1/devices/lock-101", true},
      {"GET", "/v1/devices/lock-101?refresh=1", true},
      {"POST", "/v1/devices/lock-101/commands", true},
      {"GET", "/v1/journal?after=7&limit=50&lane=alarm", true},
      {"GET", "/v1/troubles", true},
      {"GET", "/v1/buses", true},
      {"GET", "/v1/site", true},
      {"GET", "/v1/models", true},
      {"GET", "/v1/openapi.json", true},
      {"GET", "/v1/stream", false},
      {"GET", "/v1/stream?kinds=record", false},
      {"GET", "/v1/readers/agent-alarm", false},
      {"PUT", "/v1/readers/agent-alarm", false},
      {"PUT", "/v1/site", false},
      {"POST", "/v1/buses/line-a/write", false},
      {"POST", "/v1/buses/line-a/read", false},
      {"POST", "/v1/buses/line-a/scan", false},
      {"POST", "/v1/status", false},
      {"GET", "/v1/devices/lock-101/commands", false},
      {"GET", "/v1/devices/", false},
      {"GET", "/v1/devices/../readers/x", false},
      {"GET", "/v1/devices/%2e%2e", false},
      {"GET", "/v1//devices", false},
      {"GET", "/v1/devices/lock-101/", false},
      {"GET", "//v1/devices", false},
      {"GET", "v1/devices", false},
      {"GET", "http://elsewhere/v1/devices", false},
      {"GET", "/v1/devices#x", false},
      {"GET", "", false},
      {"get", "/v1/status", false},
      {"GET", "/v1/journal?wait=60", false},
      {"GET", "/v1/journal?after=1&wait=60", false},
      {"GET", "/v1/journal?waiting=60", true},
  };
  for (const Case& each : cases) {
    CAPTURE(each.method);
    CAPTURE(each.path);
    CHECK(route_fault(each.method, each.path).empty() == each.open);
  }
}

TEST_CASE("requests: what is left of a message's lifetime bounds the command") {
  struct Case {
    const char* body;
    std::chrono::seconds expiry;
    std::chrono::milliseconds waited;
    std::int64_t timeout_ms;
  };
  const Case cases[] = {
      {R"({"command":"lock"})", 3s, 0ms, 3000},
      {R"({"command":"lock"})", 3s, 1200ms, 1800},
      {R"({"command":"lock","timeout_ms":60000})", 5s, 0ms, 5000},
      {R"({"command":"lock","timeout_ms":2000})", 5s, 0ms, 2000},
  };
  for (const Case& each : cases) {
    CAPTURE(each.body);
    mqtt::Inbound message = good();
    message.payload = each.body;
    message.expiry = each.expiry;
    message.arrived = now - each.waited;
    const auto request = check_request(message, now);
    REQUIRE(request);
    CHECK(timeout_of(*request) == each.timeout_ms);
    CHECK(request->within == each.expiry - each.waited + 500ms);
  }
}

TEST_CASE("requests: a body that is no command passes as it is; genkand says what is wrong") {
  for (const char* body : {"", "{", "[1]", "\"text\"", R"({"timeout_ms":"soon"})",
                           R"({"command":"lock","timeout_ms":1.5})", R"({"command":"lock"})"}) {
    CAPTURE(body);
    mqtt::Inbound message = good();
    message.payload = body;
    message.expiry = 60s;  // more than a command's own limit: nothing to bound
    const auto request = check_request(message, now);
    REQUIRE(request);
    CHECK(request->api.body == body);
  }
}

TEST_CASE("answers: status and correlation travel, and one too long becomes a sentence") {
  const AnswerAddress address{"cloud/answers", std::string("\0\xff", 2)};
  const mqtt::Message fits = answer_message(address, Answer{404, "{}"}, 100);
  CHECK(fits.topic == "cloud/answers");
  CHECK(fits.correlation == address.correlation);
  CHECK(fits.retain == mqtt::Retain::no);
  CHECK(fits.user_properties == mqtt::UserProperties{{"status", "404"}});
  CHECK(fits.payload == "{}");

  const mqtt::Message long_one = answer_message(address, Answer{200, std::string(101, 'x')}, 100);
  CHECK(long_one.user_properties == mqtt::UserProperties{{"status", "413"}});
  CHECK(json::parse(long_one.payload).at("error").at("code").as_string() == "invalid");
}

TEST_CASE("requests: a signed one passes as it is, under its own type, and says itself who asks") {
  mqtt::Inbound message = good();
  message.payload = "eyJ.eyJ.c2ln";
  message.expiry = 20s;
  message.user_properties = {{"method", "POST"}, {"path", "/v1/signed"}, {"subject", "mallory"}};
  const auto request = check_request(message, now);
  REQUIRE(request);
  CHECK(request->is_signed);
  CHECK(request->api.content_type == "application/jose");
  CHECK(request->api.body == message.payload);
  CHECK(request->api.headers.empty());
  // Nor may its body be changed because it looks like a command.
  message.payload = R"({"command":"lock"})";
  CHECK(check_request(message, now)->api.body == message.payload);
  message.user_properties[1].second = "/v1/signed?x=1";
  CHECK(check_request(message, now)->is_signed);
}

TEST_CASE("requests: what trust and claim are can be read; they change only in an envelope") {
  for (const char* path : {"/v1/identity", "/v1/claim", "/v1/trust"}) {
    CAPTURE(path);
    CHECK(route_fault("GET", path).empty());
    CHECK_FALSE(route_fault("PUT", path).empty());
    CHECK_FALSE(route_fault("POST", path).empty());
  }
  for (const char* path : {"/v1/trust/keys", "/v1/claim/certificate", "/v1/cloud/link"}) {
    CAPTURE(path);
    CHECK_FALSE(route_fault("POST", path).empty());
    CHECK_FALSE(route_fault("PUT", path).empty());
  }
  CHECK_FALSE(route_fault("GET", "/v1/signed").empty());
}

}  // namespace genkan::agent
