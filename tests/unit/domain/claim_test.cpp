#include "firmware/domain/cloud/claim.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/unit/envelopes.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

const WallTime now = *parse_time("2026-11-20T12:00:00Z");

bool has(const std::vector<std::string>& faults, std::string_view part) {
  return std::ranges::any_of(
      faults, [part](const auto& fault) { return fault.find(part) != std::string::npos; });
}

json::object consent(std::string_view contract, std::chrono::seconds issued,
                     std::chrono::seconds life) {
  const auto at = std::chrono::floor<std::chrono::seconds>(now + issued).time_since_epoch().count();
  return {{"aud", "gw-1"},
          {"iat", at},
          {"exp", at + life.count()},
          {"jti", "consent-1"},
          {"release", contract}};
}

}  // namespace

TEST_CASE("SITE-1: an enrolment file that fits") {
  const test::Enrolling cloud(now);
  const test::Signer signer("k1", {Scope::read, Scope::command});
  const auto enrolment = read_enrolment(cloud.file({signer.entry()}));
  REQUIRE(enrolment);
  CHECK(enrolment->claim.contract == "SPID-1");
  CHECK(enrolment->command_keys.size() == 1);
  CHECK(enrolment_faults(*enrolment, {"gw-1", cloud.csr, now, ClockTrust::trusted}).empty());
  CHECK(certificate_end(enrolment->claim) == now + std::chrono::days(365));
}

TEST_CASE("SITE-1: all mistakes of form are told at once") {
  const test::Enrolling cloud(now);
  const test::Signer signer("k1", {Scope::read});
  auto file = cloud.file({signer.entry(), signer.entry()});
  file["genkan"] = "enrolment 2";
  file["contract"] = "";
  file["broker"] = json::object{{"uri", ""}, {"more", json::array()}};
  file["command_keys"].as_array().emplace_back("text");
  const auto wrong = read_enrolment(file);
  REQUIRE_FALSE(wrong);
  for (const auto* part : {"'genkan' must be", "'contract'", "'uri' is missing", "must hold texts",
                           "'command_keys' 2: the id k1 is there twice", "'command_keys' 3: "}) {
    CAPTURE(part);
    CHECK(wrong.error().message().find(part) != std::string::npos);
  }
  auto more = cloud.file({});
  more["surprise"] = 1;
  CHECK_FALSE(read_enrolment(more));
}

TEST_CASE("SITE-1: another gateway's file, key, authority; certificates that ended") {
  const test::Enrolling cloud(now);
  const test::Enrolling other(now);
  const auto faults = [&](const json::object& file, std::string_view csr, WallTime at,
                          ClockTrust clock = ClockTrust::trusted) {
    const auto enrolment = read_enrolment(file);
    REQUIRE(enrolment);
    return enrolment_faults(*enrolment, {"gw-1", csr, at, clock});
  };
  auto file = cloud.file({});
  CHECK(has(faults(file, other.csr, now), "belongs to another key"));
  CHECK(has(faults(file, "", now), "the agent has not told its key yet"));
  const auto late = now + std::chrono::days(366);
  CHECK(has(faults(file, cloud.csr, late), "'certificate' ended at"));
  CHECK(faults(file, cloud.csr, late, ClockTrust::untrusted).empty());
  CHECK(has(faults(file, cloud.csr, now - std::chrono::days(1)), "'certificate' begins at"));
  file["gateway"] = "gw-2";
  file["ca"] = other.ca;
  const auto several = faults(file, cloud.csr, now);
  CHECK(has(several, "'gateway' is gw-2, this gateway is gw-1"));
  CHECK(has(several, "is not signed by any certificate of 'ca'"));
  // The cloud's own authority and that of a public broker, in one text.
  file["gateway"] = "gw-1";
  file["ca"] = other.ca + cloud.ca;
  CHECK(faults(file, cloud.csr, now).empty());
  file["certificate"] = cloud.csr;
  CHECK(has(faults(file, cloud.csr, now), "'certificate'"));
}

TEST_CASE("API-3: a consent must be the owner's, for this gateway and contract, and of now") {
  const test::Signer owner("owner", {Scope::trust});
  const test::Signer commander("k1", {Scope::command});
  const test::Signer stranger("owner", {Scope::trust});
  TrustList trust;
  trust.put(owner.trusted());
  trust.put(commander.trusted());
  const auto since = now - std::chrono::days(3);
  const auto given = [&](const test::Signer& by, const json::object& claims,
                         ClockTrust clock = ClockTrust::trusted) {
    return check_consent(by.sign(claims), {"gw-1", "SPID-1", since, trust, now, clock}).has_value();
  };
  const auto week = std::chrono::days(7);
  CHECK(given(owner, consent("SPID-1", 0s, week)));
  CHECK_FALSE(given(owner, consent("SPID-2", 0s, week)));
  CHECK_FALSE(given(owner, consent("SPID-1", 0s, week + 1s)));
  CHECK_FALSE(given(owner, consent("SPID-1", -week, week)));
  CHECK_FALSE(given(owner, consent("SPID-1", 31s, week)));
  // Of an earlier time of the same contract; clocks may be 30 s apart.
  CHECK(given(owner, consent("SPID-1", -std::chrono::days(3) - 30s, week)));
  CHECK_FALSE(given(owner, consent("SPID-1", -std::chrono::days(3) - 31s, week)));
  CHECK_FALSE(given(owner, consent("SPID-1", 0s, week), ClockTrust::untrusted));
  CHECK_FALSE(given(commander, consent("SPID-1", 0s, week)));
  CHECK_FALSE(given(stranger, consent("SPID-1", 0s, week)));
  auto elsewhere = consent("SPID-1", 0s, week);
  elsewhere["aud"] = "gw-2";
  CHECK_FALSE(given(owner, elsewhere));
  auto more = consent("SPID-1", 0s, week);
  more["sub"] = "anna";
  CHECK_FALSE(given(owner, more));
  CHECK_FALSE(check_consent("no jws", {"gw-1", "SPID-1", since, trust, now, ClockTrust::trusted}));
}
