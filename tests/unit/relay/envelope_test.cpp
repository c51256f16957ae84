#include "cloud-agent/relay/envelope.hpp"

#include <set>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"
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

}  // namespace genkan::relay
