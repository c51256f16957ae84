#include "firmware/base/jws.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "firmware/base/base64url.hpp"
#include "firmware/base/text.hpp"

using namespace genkan;

namespace {

std::string coded(std::string_view text) {
  return base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// A JWS with this header and an honest length of signature.
std::string with_header(std::string_view header) {
  return cat(coded(header), '.', coded("{}"), '.', base64url(P256Signature{}));
}

}  // namespace

TEST_CASE("jws_sign, jws_read, jws_holds: what is signed is read, and holds for its key alone") {
  const auto key = P256Key::make();
  const auto compact = jws_sign(key, "cloud-2026", R"({"jti":"12345678"})");
  const auto jws = jws_read(compact);
  REQUIRE(jws);
  CHECK(jws->kid == "cloud-2026");
  CHECK(jws->payload == R"({"jti":"12345678"})");
  CHECK(jws_holds(*jws, key.public_key()));
  CHECK_FALSE(jws_holds(*jws, P256Key::make().public_key()));
  CHECK(compact.find('=') == std::string::npos);
}

TEST_CASE("jws_holds: a changed payload, header or signature does not hold") {
  const auto key = P256Key::make();
  const auto compact = jws_sign(key, "k1", R"({"door":"lock-101"})");
  const auto first = compact.find('.');
  const auto second = compact.find('.', first + 1);
  const auto tail = compact.substr(second);
  const auto changed =
      jws_read(cat(compact.substr(0, first), '.', coded(R"({"door":"lock-102"})"), tail));
  REQUIRE(changed);
  CHECK_FALSE(jws_holds(*changed, key.public_key()));
  const auto typed =
      jws_read(cat(coded(R"({"alg":"ES256","kid":"k1","typ":"JOSE"})"), compact.substr(first)));
  REQUIRE(typed);
  CHECK_FALSE(jws_holds(*typed, key.public_key()));
  // A header that only looks the same is not the one that was signed.
  const auto spaced =
      jws_read(cat(coded(R"({"alg": "ES256", "kid": "k1"})"), compact.substr(first)));
  REQUIRE(spaced);
  CHECK_FALSE(jws_holds(*spaced, key.public_key()));
}

TEST_CASE("jws_read: each mistake of the header has its own word") {
  struct Case {
    std::string_view header, says;
  };
  const Case cases[] = {
      {R"({"alg":"none","kid":"k1"})", "alg: must be \"ES256\", not \"none\""},
      {R"({"alg":"None","kid":"k1"})", "alg: must be \"ES256\""},
      {R"({"alg":"HS256","kid":"k1"})", "alg: must be \"ES256\", not \"HS256\""},
      {R"({"alg":"ES384","kid":"k1"})", "alg: must be"},
      {R"({"alg":"es256","kid":"k1"})", "alg: must be"},
      {R"({"alg":["ES256"],"kid":"k1"})", "alg: must be text"},
      {R"({"kid":"k1"})", "alg: is missing"},
      {R"({"alg":"ES256"})", "kid: is missing"},
      {R"({"alg":"ES256","kid":7})", "kid: must be text"},
      {R"({"alg":"ES256","kid":""})", "kid: must be 1 to 64"},
      {R"({"alg":"ES256","kid":"../k1"})", "kid: must be 1 to 64"},
      {R"({"alg":"ES256","kid":"k 1"})", "kid: must be 1 to 64"},
      {R"({"alg":"ES256","kid":"k1","crit":["exp"]})", "crit: "},
      {R"({"alg":"ES256","kid":"k1","jwk":{"kty":"EC"}})", "jwk: "},
      {R"({"alg":"ES256","kid":"k1","jku":"https://a.example/k"})", "jku: "},
      {R"({"alg":"ES256","kid":"k1","x5u":"https://a.example/k"})", "x5u: "},
      {R"({"alg":"ES256","kid":"k1","x5c":[]})", "x5c: "},
      {R"({"alg":"ES256","kid":"k1","b64":false})", "b64: "},
      {R"({"alg":"ES256","kid":"k1","zip":"DEF"})", "zip: "},
      {R"({"alg":"ES256","kid":"k1","typ":"JWT"})", "typ: must be \"JOSE\" or absent"},
      {R"({"alg":"ES256","kid":"k1","cty":"x"})", "header: 'cty' is not known"},
      {R"({"alg":"none","kid":"k1","alg":"ES256"})", "header: not unambiguous"},
      {R"({"alg":"ES256","kid":"k1","\u0061lg":"ES256"})", "header: not unambiguous"},
      {R"(["ES256"])", "header: must be an object"},
      {R"({"alg":"ES256","kid":"k1"} )", ""},  // blanks around are JSON
      {R"({"alg":"ES256","kid":"k1"}x)", "header: not JSON"},
      {R"({"alg":"ES256",)", "header: not JSON"},
      {"", "header: not JSON"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.header);
    const auto jws = jws_read(with_header(c.header));
    REQUIRE(jws.has_value() == c.says.empty());
    if (jws) continue;
    CHECK(jws.error().code() == ErrorCode::invalid);
    CHECK(jws.error().message().starts_with(c.says));
  }
  CHECK(jws_read(with_header(cat(R"({"alg":"ES256","kid":")", std::string(64, 'k'), "\"}"))));
  CHECK_FALSE(jws_read(with_header(cat(R"({"alg":"ES256","kid":")", std::string(65, 'k'), "\"}"))));
}

TEST_CASE("jws_read: parts, base64url and lengths") {
  const std::string head = coded(R"({"alg":"ES256","kid":"k1"})");
  const std::string body = coded("{}");
  const std::string tail = base64url(P256Signature{});
  struct Case {
    std::string compact, says;
  };
  const Case cases[] = {
      {"", "parts: "},
      {"a.b", "parts: "},
      {cat(head, '.', body, '.', tail, '.', tail), "parts: "},
      {cat(head, '.', body, '.', tail, '='), "base64url: "},
      {cat(head, "=.", body, '.', tail), "base64url: "},
      {cat(head, '.', body, "=.", tail), "base64url: "},
      {cat(head, '.', body, '.', tail, '\n'), "base64url: "},
      {cat(' ', head, '.', body, '.', tail), "base64url: "},
      {cat(head, '.', body, ".+", tail.substr(1)), "base64url: "},
      {cat(head, '.', body, '.'), "signature: must be 64 bytes (r and s), not 0"},
      {cat(head, '.', body, '.', base64url(Bytes(63))), "signature: must be 64"},
      {cat(head, '.', body, '.', base64url(Bytes(65))), "signature: must be 64"},
      {cat(head, '.', body, '.', base64url(Bytes(72))), "signature: must be 64"},  // DER
      {std::string(max_jws + 1, 'a'), "length: "},
  };
  for (const auto& c : cases) {
    CAPTURE(c.says);
    const auto jws = jws_read(c.compact);
    REQUIRE_FALSE(jws);
    CHECK(jws.error().message().starts_with(c.says));
  }
  CHECK(jws_read(cat(head, '.', body, '.', tail)));
  CHECK(jws_read(cat(head, "..", tail)));  // an empty payload is a payload
}
