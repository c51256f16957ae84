#include "cloud-agent/relay/envelope.hpp"

#include <set>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"
#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"
#include "tests/fakes/clock.hpp"

namespace genkan::relay {

TEST_CASE("envelope: claims exactly as the contract has them, signed") {
  const fakes::FakeClock clock;
  const auto key = P256Key::make();
  const Order order{"gw-1", "POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})",
                    "anna"};
  const auto jws = jws_read(seal_order(order, key, "demo-1", clock.wall()).value()).value();
  CHECK(jws.kid == "demo-1");
  CHECK(jws_holds(jws, key.public_key()));
  const auto claims = json::parse(jws.payload).as_object();
  CHECK(claims.size() == 6);
  CHECK(claims.at("aud") == "gw-1");
  CHECK(claims.at("sub") == "anna");
  CHECK(claims.at("exp").as_int64() - claims.at("iat").as_int64() == 60);
  CHECK(claims.at("jti").as_string().size() == 22);
  CHECK(json::serialize(claims.at("req")) ==
        R"({"method":"POST","path":"/v1/devices/lock-101/commands","body":{"command":"lock"}})");
}

TEST_CASE("envelope: no id is used twice") {
  const fakes::FakeClock clock;
  const auto key = P256Key::make();
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    const auto text =
        seal_order({"gw-1", "GET", "/v1/status", {}, "anna"}, key, "k", clock.wall()).value();
    ids.insert(std::string(json::parse(jws_read(text)->payload).at("jti").as_string()));
  }
  CHECK(ids.size() == 50);
}

TEST_CASE("envelope: what no gateway would take is not signed") {
  const fakes::FakeClock clock;
  const auto key = P256Key::make();
  const auto seal = [&](std::string body, std::string subject) {
    return seal_order({"gw-1", "POST", "/x", std::move(body), std::move(subject)}, key, "k",
                      clock.wall())
        .has_value();
  };
  CHECK(seal("{}", "anna"));
  CHECK_FALSE(seal("[1]", "anna"));
  CHECK_FALSE(seal("{", "anna"));
  CHECK_FALSE(seal("{}", ""));
  CHECK_FALSE(seal("{}", "日本"));
  CHECK_FALSE(seal("{}", std::string(65, 'a')));
}

TEST_CASE("envelope: a file goes as text, as large as a message lets it be") {
  const fakes::FakeClock clock;
  const auto key = P256Key::make();
  const auto seal = [&](std::string text, std::string body = {}) {
    return seal_order({"gw-1", "PUT", "/v1/site", std::move(body), "anna", std::move(text)}, key,
                      "k", clock.wall());
  };
  const auto claims = json::parse(jws_read(seal("[[bus]]\n").value())->payload).as_object();
  CHECK(claims.at("req") ==
        json::value{{"method", "PUT"}, {"path", "/v1/site"}, {"text", "[[bus]]\n"}});
  CHECK(seal(std::string(45 * 1024, 'a')).value().size() <= max_jws);
  const auto large = seal(std::string(49 * 1024, 'a'));
  REQUIRE_FALSE(large);
  CHECK(large.error().message().starts_with("the request is too large for one message"));
  CHECK_FALSE(seal("a", "{}"));
}

TEST_CASE("envelope: what it brings is sealed for the receiver, and bound to the envelope") {
  const fakes::FakeClock clock;
  const auto key = P256Key::make();
  const auto receiver = P256Key::make();
  const auto open = [&](Order order) {
    order.receiver = receiver.public_key();
    const auto text = seal_order(order, key, "demo-1", clock.wall()).value();
    const auto claims = json::parse(jws_read(text)->payload).as_object();
    const auto& request = claims.at("req").as_object();
    CHECK(request.size() == 3);
    const auto plain =
        jwe_open(receiver, std::string_view(request.at("sealed").as_string())).value();
    auto content = json::parse(plain).as_object();
    CHECK(content.at("jti") == claims.at("jti"));
    CHECK(content.at("aud") == "gw-1");
    CHECK(content.at("signed_by") == "demo-1");
    CHECK(content.size() == 4);
    return content;
  };
  CHECK(open({"gw-1", "POST", "/v1/holders", R"({"code":"4829"})", "anna"}).at("body") ==
        json::value{{"code", "4829"}});
  CHECK(open({"gw-1", "POST", "/v1/holders/import", {}, "anna", "id,code"}).at("text") ==
        "id,code");
  Order nothing{"gw-1", "GET", "/v1/status", {}, "anna"};
  nothing.receiver = receiver.public_key();
  const auto text = seal_order(nothing, key, "k", clock.wall()).value();
  CHECK(json::parse(jws_read(text)->payload).at("req").as_object().size() == 2);
  Order large{"gw-1", "PUT", "/v1/site", {}, "anna", std::string(35 * 1024, 'a')};
  large.receiver = receiver.public_key();
  CHECK(seal_order(large, key, "k", clock.wall()));
  large.text = std::string(37 * 1024, 'a');
  CHECK_FALSE(seal_order(large, key, "k", clock.wall()));
}

TEST_CASE("envelope: worth sealing is what may have a code in it") {
  struct Case {
    std::string_view path, body;
    bool worth;
  };
  const Case cases[] = {
      {"/v1/holders", "{}", true},
      {"/v1/reservations/r-1", "{}", true},
      {"/v1/devices/entrance-1/entries", "{}", true},
      {"/v1/buses/line-a/write", "{}", true},
      {"/v1/devices/lock-101/commands", "{}", false},
      {"/v1/trust/keys", "{}", false},
      {"/v1/claim/certificate", "{}", false},
      {"/v1/holders", "", false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.path);
    CHECK(is_worth_sealing({"gw-1", "POST", std::string(c.path), std::string(c.body), "anna"}) ==
          c.worth);
  }
  CHECK(is_worth_sealing({"gw-1", "PUT", "/v1/site", {}, "anna", ""}));
}

}  // namespace genkan::relay
