// Who can write where the cloud can (the broker itself, or who took it over) sends requests that
// are not the cloud's: each is refused, told in the journal, and moves nothing.
//
// Every attack that the cloud contract speaks of, and where it is tried:
//
//   unsigned; wrong key; another gateway's; expired; issued in the    attack_signed_test
//   future; lives too long; changed body; alg none; HS256 with the
//   public key; a key or an extension in the header; wrong schema
//   replayed: at once, after kill -9, after the ledger forgot it,     attack_replay_test
//   with the clock set back
//   wildcards in paths and topics; no or odd response topic;          attack_broker_test
//   retained on connect; 10 MB, with and without the broker's limit;
//   another gateway's certificate
//   a client's certificate of another authority, expired, none, for   attack_tls_test
//   the other door; TCP where TLS is set, from either side
//   the broker's certificate of another authority, ended, not yet     agent_tls_test
//   valid, of another name; the gateway's ended, or of an authority
//   that the broker does not know; a claim or settings in clear
//   an unsigned command twice; waiting at the broker for a day        agent_broker_test
//   all checks of an envelope, at their edges                         unit_domain, unit_services,
//                                                                     unit_base (jws), fuzz
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/base/base64url.hpp"
#include "firmware/base/cipher.hpp"
#include "firmware/base/text.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/siege.hpp"
#include "tests/integration/signer.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string part(std::string_view text) { return base64url(bytes_of(text)); }

std::int64_t now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
      .time_since_epoch()
      .count();
}

struct Attack {
  std::string name;
  std::string envelope;
  std::string status, code;  // of the answer; the code is the journal's reason
};

// The seat of who attacks: a client with the cloud's own rights at the broker, and without its
// command key. (The test has the key, for what a mistaken cloud would sign.)
struct Seat {
  Gateway& gateway() { return siege.gateway(); }

  json::object claims() const {
    return {{"jti", fresh_jti()},
            {"aud", siege.estate.house.gateway.id()},
            {"iat", now()},
            {"exp", now() + 30},
            {"sub", "anna"},
            {"req", json::object{{"method", "POST"},
                                 {"path", "/v1/devices/lock-101/commands"},
                                 {"body", json::object{{"command", "unlock"}}}}}};
  }
  json::object claims_with(std::string_view name, const json::value& value) const {
    json::object changed = claims();
    changed[name] = value;
    return changed;
  }
  json::object claims_without(std::string_view name) const {
    json::object changed = claims();
    changed.erase(name);
    return changed;
  }
  json::object request_with(std::string_view name, const json::value& value) const {
    json::object changed = claims();
    changed.at("req").as_object()[name] = value;
    return changed;
  }

  std::optional<MqttMessage> ask(const std::string& path, const std::string& body) {
    MqttRequest request;
    request.path = path;
    request.body = body;
    return client.ask(gateway().id(), request, soon);
  }
  void is_refused(const Attack& attack) {
    CAPTURE(attack.name);
    const auto head = siege.estate.head();
    const auto answer = ask("/v1/signed", attack.envelope);
    REQUIRE(answer);
    CHECK_MESSAGE(answer->status == attack.status, answer->payload);
    const auto error = ApiAnswer{0, answer->payload}.json();
    REQUIRE(error.contains("error"));
    CHECK_MESSAGE(text_at(error.at("error").as_object(), "code") == attack.code, answer->payload);
    CHECK(siege.recorded(head, "request_refused", attack.code));
    CHECK(siege.moved() == "");
  }

  Siege siege;
  MqttClient client{siege.estate.cloud.own_port(), "intruder", siege.estate.cloud.tls()};
  P256Key key = P256Key::from_pem(read_file(siege.command_key())).value();
  std::string kid = siege.estate.cloud.kid();
  RequestSigner cloud = siege.signer();
};

std::string header(std::string_view alg, std::string_view kid, std::string_view more = {}) {
  return cat(R"({"alg":")", alg, R"(","kid":")", kid, "\"", more, "}");
}

// Header and payload, as they are signed.
std::string input(std::string_view header, const json::object& claims) {
  return cat(part(header), ".", part(json::serialize(claims)));
}

std::string signed_by(const P256Key& key, const std::string& input) {
  return cat(input, ".", base64url(key.sign(bytes_of(input))));
}

// HS256 (RFC 7518, 3.2) with a secret that everybody may know.
std::string mac_by(std::string_view secret, const std::string& input) {
  return cat(input, ".", base64url(hmac_sha256(bytes_of(secret), {bytes_of(input)})));
}

// What who has no key can make of what he saw.
std::vector<Attack> forgeries(const Seat& seat) {
  const P256Key own = P256Key::make();
  const auto& gateway = seat.siege.estate.house.gateway.id();
  const RequestSigner stranger(P256Key::make(), "stranger-1", gateway);
  const RequestSigner impostor(P256Key::make(), seat.kid, gateway);
  const std::string good = seat.cloud.command("lock-101", "lock");
  const auto first = good.find('.');
  const auto second = good.find('.', first + 1);
  const std::string changed =
      cat(good.substr(0, first + 1), part(json::serialize(seat.claims())), good.substr(second));
  const auto none = input(header("none", seat.kid), seat.claims());
  const auto mac = input(header("HS256", seat.kid), seat.claims());
  const auto mac_as_es256 = input(header("ES256", seat.kid), seat.claims());
  const auto shown = seat.key.public_key();
  const std::string point(shown.point().begin(), shown.point().end());
  const auto jwk = cat(R"(,"jwk":)", json::serialize(own.public_key().to_jwk()));
  return {
      {"not signed", R"({"command":"unlock"})", "400", "malformed"},
      {"an unknown key", stranger.command("lock-101", "unlock"), "401", "unknown_key"},
      {"a known name, another key", impostor.command("lock-101", "unlock"), "401", "bad_signature"},
      {"a changed body", changed, "401", "bad_signature"},
      {"alg none, no signature", none + ".", "400", "malformed"},
      {"alg none, a good one's signature", none + good.substr(second), "400", "malformed"},
      {"HS256, the public key's PEM", mac_by(shown.to_pem(), mac), "400", "malformed"},
      {"HS256, the public key's point", mac_by(point, mac), "400", "malformed"},
      {"HS256, the public key's JWK", mac_by(json::serialize(shown.to_jwk()), mac), "400",
       "malformed"},
      {"a MAC said to be ES256", mac_by(shown.to_pem(), mac_as_es256), "400", "malformed"},
      {"a key in the header", signed_by(own, input(header("ES256", seat.kid, jwk), seat.claims())),
       "400", "malformed"},
      {"an extension",
       signed_by(seat.key, input(header("ES256", seat.kid, R"(,"crit":["exp"])"), seat.claims())),
       "400", "malformed"},
      {"two of them", cat(good, ".", good), "400", "malformed"},
  };
}

// Signed with the right key, and still not to be carried out.
std::vector<Attack> misfits(const Seat& seat) {
  const auto sign = [&seat](const json::object& claims) { return seat.cloud.sign_claims(claims); };
  const auto times = [&](std::int64_t issued, std::int64_t life) {
    json::object claims = seat.claims_with("iat", now() + issued);
    claims["exp"] = now() + issued + life;
    return sign(claims);
  };
  std::string twice = json::serialize(seat.claims());
  twice.insert(1, R"("aud":"gw-2",)");
  const auto twice_input = cat(part(header("ES256", seat.kid)), ".", part(twice));
  std::vector<Attack> attacks{
      {"another gateway's", sign(seat.claims_with("aud", "gw-2")), "403", "wrong_gateway"},
      {"expired", times(-90, 60), "403", "expired"},
      {"issued in the future", times(60, 30), "403", "issued_in_future"},
      {"good for too long", times(0, 61), "403", "lives_too_long"},
      {"one more claim", sign(seat.claims_with("nbf", 1)), "400", "malformed"},
      {"a time as text", sign(seat.claims_with("iat", "1795165500")), "400", "malformed"},
      {"a time with a fraction", sign(seat.claims_with("exp", 1.5)), "400", "malformed"},
      {"too short an id", sign(seat.claims_with("jti", "1234567")), "400", "malformed"},
      {"a body that is no object", sign(seat.request_with("body", json::array{"unlock"})), "400",
       "malformed"},
      {"a call outside the API", sign(seat.request_with("path", "/../v1/status")), "400",
       "malformed"},
      {"a claim twice", signed_by(seat.key, twice_input), "400", "malformed"},
  };
  for (const char* name : {"jti", "aud", "iat", "exp", "sub", "req"}) {
    attacks.push_back({cat("without ", name), sign(seat.claims_without(name)), "400", "malformed"});
  }
  return attacks;
}

}  // namespace

TEST_CASE("REM-4: what is not signed as it must be moves nothing, and is in the journal") {
  Seat seat;
  Siege& siege = seat.siege;

  // Not in an envelope at all.
  const auto head = siege.estate.head();
  const auto answer = seat.ask("/v1/devices/lock-101/commands", R"({"command":"unlock"})");
  REQUIRE(answer);
  CHECK_MESSAGE(answer->status == "403", answer->payload);
  CHECK(siege.recorded(head, "command_refused", "not_allowed"));
  CHECK(siege.moved() == "");

  for (const auto& attack : forgeries(seat)) seat.is_refused(attack);

  // Past 20 a minute there is one record for all: a gateway that begins anew counts anew.
  siege.gateway().kill();
  siege.gateway().start();
  siege.wait_until_back();
  for (const auto& attack : misfits(seat)) seat.is_refused(attack);

  // All of that was refused for what it was: a good one is carried out.
  const auto good = seat.ask("/v1/signed", seat.cloud.sign_claims(seat.claims()));
  REQUIRE(good);
  CHECK_MESSAGE(good->status == "200", good->payload);
  CHECK(siege.estate.bolt("lock-101") == "unlocked");
}

}  // namespace genkan::test
