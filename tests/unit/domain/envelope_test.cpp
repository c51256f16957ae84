#include "firmware/domain/cloud/envelope.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/unit/envelopes.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

const WallTime now = *parse_time("2026-11-20T12:00:00Z");

Envelope envelope_of(std::chrono::seconds issued, std::chrono::seconds life) {
  Envelope envelope;
  envelope.jti = "12345678";
  envelope.aud = "gw-1";
  envelope.sub = "anna";
  envelope.issued = std::chrono::floor<std::chrono::seconds>(now) + issued;
  envelope.expires = envelope.issued + life;
  return envelope;
}

TrustKey commander() {
  return test::Signer("k1", {Scope::read, Scope::command, Scope::keys}).trusted();
}

}  // namespace

TEST_CASE("REM-4: the checks of an envelope, at their edges") {
  struct Case {
    std::chrono::seconds issued, life;
    Right needs;
    std::optional<EnvelopeRefusal> refusal;
  };
  const Case cases[] = {
      {0s, 60s, Right::command, {}},
      {0s, 61s, Right::command, EnvelopeRefusal::lives_too_long},
      {0s, 61s, Right::keys, {}},
      {0s, std::chrono::hours(24), Right::read, {}},
      {0s, std::chrono::hours(24) + 1s, Right::read, EnvelopeRefusal::lives_too_long},
      {30s, 10s, Right::command, {}},
      {31s, 10s, Right::command, EnvelopeRefusal::issued_in_future},
      {-59s, 60s, Right::command, {}},
      {-60s, 60s, Right::command, EnvelopeRefusal::expired},  // no grace
      {-61s, 60s, Right::command, EnvelopeRefusal::expired},
      {0s, 10s, Right::disarm, EnvelopeRefusal::not_allowed},
      {0s, 10s, Right::install, EnvelopeRefusal::not_allowed},
      {0s, 10s, Right::trust, EnvelopeRefusal::not_allowed},
      {0s, 10s, Right::claim, EnvelopeRefusal::not_allowed},
      {0s, 10s, Right::report, EnvelopeRefusal::not_allowed},
  };
  const auto key = commander();
  for (const auto& c : cases) {
    CAPTURE(c.issued.count());
    CAPTURE(c.life.count());
    CAPTURE(name_of(c.needs));
    CHECK(check(envelope_of(c.issued, c.life), {"gw-1", now, ClockTrust::trusted, key, c.needs}) ==
          c.refusal);
  }
}

TEST_CASE("REM-4: another gateway's envelope, an ended key, a clock that is not trusted") {
  auto key = commander();
  const auto envelope = envelope_of(0s, 30s);
  const auto with = [&](std::string_view gateway, ClockTrust clock) {
    return check(envelope, {gateway, now, clock, key, Right::command});
  };
  CHECK(with("gw-2", ClockTrust::trusted) == EnvelopeRefusal::wrong_gateway);
  CHECK(with("gw-1", ClockTrust::untrusted) == EnvelopeRefusal::clock_untrusted);
  key.not_after = now;
  CHECK(with("gw-1", ClockTrust::trusted) == std::nullopt);
  key.not_after = now - 1ms;
  CHECK(with("gw-1", ClockTrust::trusted) == EnvelopeRefusal::key_ended);
}

TEST_CASE("REM-4: what is left until an envelope expires") {
  CHECK(time_left(envelope_of(0s, 30s), now) == 30s);
  CHECK(time_left(envelope_of(0s, 30s), now + 29'999ms) == 1ms);
  CHECK(time_left(envelope_of(0s, 30s), now + 30s) == 0ms);
  CHECK(time_left(envelope_of(0s, 30s), now + 31s) == 0ms);
}

TEST_CASE("REM-4: the claims are read strictly") {
  const auto good = test::command_claims("12345678", now, "lock-101", "lock");
  const auto read = read_envelope(json::serialize(good));
  REQUIRE(read);
  CHECK(read->jti == "12345678");
  CHECK(read->aud == "gw-1");
  CHECK(read->sub == "anna");
  CHECK(read->issued == now);
  CHECK(read->expires == now + 30s);
  CHECK(read->request.method == "POST");
  CHECK(read->request.path == "/v1/devices/lock-101/commands");
  REQUIRE(read->request.body);
  CHECK(read->request.body->at("command") == "lock");

  struct Case {
    std::string_view member;
    json::value value;  // null: the member is taken out
  };
  const Case cases[] = {
      {"jti", nullptr},
      {"jti", "1234567"},
      {"jti", json::string(65, 'a')},
      {"jti", "1234 5678"},
      {"jti", 12345678},
      {"aud", nullptr},
      {"aud", json::array{"gw-1"}},
      {"iat", nullptr},
      {"iat", "now"},
      {"iat", 1.5},
      {"iat", -1},
      {"exp", nullptr},
      {"exp", 253'402'300'800},
      {"exp", good.at("iat")},
      {"sub", nullptr},
      {"sub", ""},
      {"sub", json::string(65, 'a')},
      {"sub", "anna\n"},
      {"nbf", 1},
      {"iss", "cloud"},
      {"req", nullptr},
      {"req", "GET /v1/status"},
      {"req", json::object{{"method", "PATCH"}, {"path", "/v1/status"}}},
      {"req", json::object{{"method", "GET"}}},
      {"req", json::object{{"method", "GET"}, {"path", "status"}}},
      {"req", json::object{{"method", "GET"}, {"path", "/v2/status"}}},
      {"req", json::object{{"method", "GET"}, {"path", "/v1/status"}, {"headers", json::object()}}},
      {"req", json::object{{"method", "PUT"}, {"path", "/v1/site"}, {"body", "text"}}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.member);
    CAPTURE(json::serialize(c.value));
    json::object changed = good;
    const json::string_view name(c.member.data(), c.member.size());
    if (c.value.is_null()) {
      changed.erase(name);
    } else {
      changed[name] = c.value;
    }
    CHECK_FALSE(read_envelope(json::serialize(changed)));
  }
  CHECK_FALSE(read_envelope(""));
  CHECK_FALSE(read_envelope("[]"));
  // A member twice: another reader may believe the other one.
  std::string twice = json::serialize(good);
  twice.insert(1, R"("aud":"gw-2",)");
  CHECK_FALSE(read_envelope(twice));
  std::string inside = json::serialize(good);
  inside.insert(inside.find("\"command\""), R"("command":"unlock",)");
  CHECK_FALSE(read_envelope(inside));
}

TEST_CASE("REM-4: every refusal has its name, and the status that clients branch on") {
  CHECK(spec(EnvelopeRefusal::malformed).status == 400);
  CHECK(spec(EnvelopeRefusal::unknown_key).status == 401);
  CHECK(spec(EnvelopeRefusal::bad_signature).status == 401);
  CHECK(spec(EnvelopeRefusal::key_ended).status == 401);
  CHECK(spec(EnvelopeRefusal::wrong_gateway).status == 403);
  CHECK(spec(EnvelopeRefusal::not_allowed).status == 403);
  CHECK(spec(EnvelopeRefusal::expired).status == 403);
  CHECK(spec(EnvelopeRefusal::issued_in_future).status == 403);
  CHECK(spec(EnvelopeRefusal::lives_too_long).status == 403);
  CHECK(spec(EnvelopeRefusal::clock_untrusted).status == 403);
  CHECK(spec(EnvelopeRefusal::already_used).status == 409);
  CHECK(spec(EnvelopeRefusal::too_many).status == 429);
  CHECK(spec(EnvelopeRefusal::too_many).name == "too_many");
}
