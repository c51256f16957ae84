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
  // What moves something though its right does not say so: a register written raw.
  const auto moves = [&key](std::chrono::seconds life) {
    return check(envelope_of(0s, life), {"gw-1", now, ClockTrust::trusted, key, Right::keys, true});
  };
  CHECK(moves(60s) == std::nullopt);
  CHECK(moves(61s) == EnvelopeRefusal::lives_too_long);
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

TEST_CASE("REM-4: a call has a body or a text, or neither") {
  const auto with = [](const json::object& members) {
    json::object request{{"method", "PUT"}, {"path", "/v1/site"}};
    for (const auto& member : members) request.insert(member);
    auto claims = test::claims("12345678", now, "PUT", "/v1/site");
    claims["req"] = std::move(request);
    return read_envelope(json::serialize(claims));
  };
  const auto text = with({{"text", "[[bus]]\n"}});
  REQUIRE(text);
  CHECK(text->request.text == "[[bus]]\n");
  CHECK_FALSE(text->request.body);
  CHECK(with({{"text", ""}})->request.text == "");
  CHECK_FALSE(with({})->request.text);
  CHECK_FALSE(with({{"text", json::object{}}}));
  CHECK_FALSE(with({{"text", nullptr}}));
  const auto both = with({{"text", ""}, {"body", json::object{}}});
  REQUIRE_FALSE(both);
  CHECK(both.error().message() ==
        "the claims: 'req': a call takes one of 'body', 'text' and 'sealed' at most");
  CHECK_FALSE(with({{"sealed", "a..b.c.d"}, {"body", json::object{}}}));
  CHECK_FALSE(with({{"sealed", "a..b.c.d"}, {"text", ""}}));
  CHECK_FALSE(with({{"sealed", json::object{}}}));
  const auto sealed = with({{"sealed", "a..b.c.d"}});
  REQUIRE(sealed);
  CHECK(sealed->request.sealed == "a..b.c.d");
  CHECK_FALSE(sealed->request.body);
}

TEST_CASE("REM-4: what was sealed takes its place, if it was sealed for this envelope") {
  auto claims = test::claims("12345678", now, "POST", "/v1/holders");
  claims["req"].as_object()["sealed"] = "a..b.c.d";
  const auto take = [&claims](std::string_view plain, Envelope* into = nullptr) {
    auto envelope = read_envelope(json::serialize(claims)).value();
    const auto taken = take_sealed(envelope, plain, "k1");
    CHECK(envelope.request.sealed.has_value() != taken.has_value());
    if (into != nullptr) *into = envelope;
    return taken;
  };
  Envelope envelope;
  REQUIRE(take(R"({"jti":"12345678","aud":"gw-1","signed_by":"k1","body":{"code":"4829"}})",
               &envelope));
  REQUIRE(envelope.request.body);
  CHECK(*envelope.request.body == json::object{{"code", "4829"}});
  CHECK_FALSE(envelope.request.text);
  REQUIRE(take(R"({"jti":"12345678","aud":"gw-1","signed_by":"k1","text":"id,code"})", &envelope));
  CHECK(envelope.request.text == "id,code");
  CHECK_FALSE(envelope.request.body);

  struct Case {
    std::string_view plain, says;
  };
  constexpr std::string_view wrong = "'sealed': must hold ";
  constexpr std::string_view lifted = "'sealed': was sealed for another envelope";
  const Case cases[] = {
      {"", wrong},
      {"4829", wrong},
      {R"(["4829"])", wrong},
      {R"({"code":"4829"})", wrong},
      {R"({"jti":"12345678","aud":"gw-1","signed_by":"k1"})", wrong},
      {R"({"jti":"12345678","aud":"gw-1","signed_by":"k1","body":"4829"})", wrong},
      {R"({"jti":"12345678","aud":"gw-1","signed_by":"k1","body":{},"text":""})", wrong},
      {R"({"jti":"12345678","aud":"gw-1","signed_by":"k1","body":{},"4829":1})", wrong},
      {R"({"jti":"12345678","aud":"gw-1","signed_by":"k1","body":{},"body":{"4829":1}})", wrong},
      {R"({"jti":"12345678","aud":"gw-1","body":{"code":"4829"}})", wrong},
      {R"({"jti":"12345679","aud":"gw-1","signed_by":"k1","body":{"code":"4829"}})", lifted},
      {R"({"jti":"12345678","aud":"gw-2","signed_by":"k1","body":{"code":"4829"}})", lifted},
      {R"({"jti":"12345678","aud":"gw-1","signed_by":"k2","body":{"code":"4829"}})", lifted},
  };
  for (const auto& c : cases) {
    CAPTURE(c.plain);
    const auto taken = take(c.plain);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().message().starts_with(c.says));
    CHECK(taken.error().message().find("4829") == std::string::npos);
  }
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
  CHECK(spec(EnvelopeRefusal::sealed_for_another).status == 403);
  CHECK(spec(EnvelopeRefusal::sealed_for_another).name == "sealed_for_another");
  CHECK(spec(EnvelopeRefusal::not_allowed).status == 403);
  CHECK(spec(EnvelopeRefusal::expired).status == 403);
  CHECK(spec(EnvelopeRefusal::issued_in_future).status == 403);
  CHECK(spec(EnvelopeRefusal::lives_too_long).status == 403);
  CHECK(spec(EnvelopeRefusal::clock_untrusted).status == 403);
  CHECK(spec(EnvelopeRefusal::already_used).status == 409);
  CHECK(spec(EnvelopeRefusal::too_many).status == 429);
  CHECK(spec(EnvelopeRefusal::too_many).name == "too_many");
}
