#include "cloud-agent/relay/renewal.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST_CASE("renewal: 30 days before the end a new certificate comes over the line, not earlier") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto first = gateway.certificate.value();
  town.clock.pass(days(334));
  town.pass(minutes(1));
  CHECK(gateway.done.empty());
  town.clock.pass(days(1));
  town.pass(minutes(1));
  CHECK(gateway.done == std::vector<std::string>{"GET /v1/identity by demo-1",
                                                 "PUT /v1/claim/certificate by demo-1"});
  const auto& second = gateway.certificate.value();
  CHECK(second.not_after() > first.not_after() + days(300));
  CHECK(second.signed_by(town.authority().certificate()));
  CHECK(second.public_key().value() == gateway.identity.public_key());
  CHECK(town.cloud().registry.find("gw-1").value()->ends == second.not_after());
  town.pass(hours(1));
  CHECK(gateway.done.size() == 2);
}

TEST_CASE("renewal: another key than the enrolled one is not certified") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto first = gateway.certificate.value();
  gateway.identity = P256Key::make();  // or somebody on the broker who answers in its place
  town.clock.pass(days(340));
  town.pass(minutes(5));
  CHECK(gateway.certificate.value() == first);
  CHECK(gateway.done == std::vector<std::string>{"GET /v1/identity by demo-1"});
}

TEST_CASE("renewal: one that failed is tried again after an hour, and one that was away later") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto first = gateway.certificate.value();
  town.clock.pass(days(340));
  gateway.answers = false;
  town.pass(minutes(30));
  gateway.answers = true;
  town.pass(minutes(20));
  CHECK(gateway.certificate.value() == first);
  town.pass(minutes(30));
  CHECK_FALSE(gateway.certificate.value() == first);

  auto& away = town.add("gw-2");
  const auto old = away.certificate.value();
  town.deliver(away.presence(false));
  town.clock.pass(days(360));
  town.pass(minutes(5));
  CHECK(away.certificate.value() == old);
  town.deliver(away.presence());
  town.pass(minutes(5));
  CHECK_FALSE(away.certificate.value() == old);
}

TEST_CASE("renewal: a gateway that was released is not certified any longer") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto first = gateway.certificate.value();
  REQUIRE(release(town.office(), "gw-1", town.clock.wall()).has_value());
  town.clock.pass(days(350));
  town.pass(minutes(5));
  CHECK(gateway.certificate.value() == first);
}

TEST_CASE("renewal: those that cannot be renewed do not keep others from it") {
  Town town;
  for (int i = 0; i < 40; ++i) town.add(cat("gw-", i)).answers = false;
  auto& last = town.add("gw-last");
  const auto first = last.certificate.value();
  town.clock.pass(days(340));
  town.pass(minutes(15));
  CHECK_FALSE(last.certificate.value() == first);
}

}  // namespace genkan::relay
