#include "firmware/base/p256.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/base/base64url.hpp"
#include "firmware/base/text.hpp"

using namespace genkan;

namespace {

ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// RFC 6979, A.2.5, as SEC 1.
constexpr std::string_view rfc6979_key =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
    "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n"
    "maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
    "-----END EC PRIVATE KEY-----\n";

json::object rfc7515_jwk() {
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
          {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
}

P256Signature as_signature(std::string_view text) {
  const auto bytes = base64url_decoded(text);
  P256Signature signature{};
  if (bytes && bytes->size() == signature.size()) std::ranges::copy(*bytes, signature.begin());
  return signature;
}

bool begins(std::string_view text, std::string_view with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("P256Key::sign: the vectors of RFC 6979, A.2.5, with SHA-256") {
  const auto key = P256Key::from_pem(rfc6979_key);
  REQUIRE(key);
  CHECK(hex(key->sign(view("sample"))) ==
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  CHECK(hex(key->sign(view("test"))) ==
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
        "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083");
  CHECK(key->public_key().verify(view("sample"), key->sign(view("sample"))));
  CHECK_FALSE(key->public_key().verify(view("sampl"), key->sign(view("sample"))));
}

TEST_CASE("P256Public::verify: the vector of RFC 7515, A.3") {
  const auto key = P256Public::from_jwk(rfc7515_jwk());
  REQUIRE(key);
  constexpr std::string_view input =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
      "LmNvbS9pc19yb290Ijp0cnVlfQ";
  auto signature = as_signature(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  CHECK(key->verify(view(input), signature));
  for (const std::size_t at : {0U, 31U, 32U, 63U}) {
    auto other = signature;
    other[at] ^= 1;
    CHECK_FALSE(key->verify(view(input), other));
  }
  CHECK_FALSE(key->verify(view(input), P256Signature{}));
  P256Signature full{};
  full.fill(0xFF);
  CHECK_FALSE(key->verify(view(input), full));
}

TEST_CASE("P256Key: a new one signs, goes through PEM, and is not another's") {
  auto key = P256Key::make();
  const auto other = P256Key::make();
  CHECK(key.public_key() != other.public_key());
  const auto again = P256Key::from_pem(key.to_pem());
  REQUIRE(again);
  CHECK(again->public_key() == key.public_key());
  CHECK(again->sign(view("door")) == key.sign(view("door")));
  CHECK_FALSE(other.public_key().verify(view("door"), key.sign(view("door"))));
  const auto expected = key.sign(view("door"));
  const P256Key moved = std::move(key);
  CHECK(moved.sign(view("door")) == expected);
}

TEST_CASE("P256Public: PEM, JWK and point tell the same key") {
  const auto key = P256Key::make().public_key();
  const auto pem = P256Public::from_pem(key.to_pem());
  REQUIRE(pem);
  CHECK(*pem == key);
  const auto jwk = P256Public::from_jwk(key.to_jwk());
  REQUIRE(jwk);
  CHECK(*jwk == key);
  const auto point = P256Public::from_point(key.point());
  REQUIRE(point);
  CHECK(*point == key);
  auto adorned = key.to_jwk();
  adorned["kid"] = "k-1";
  adorned["use"] = "sig";
  adorned["alg"] = "ES256";
  CHECK(P256Public::from_jwk(adorned));
}

TEST_CASE("P256Public::from_jwk: refuses what is not exactly a public P-256 key") {
  struct Case {
    std::string_view name;
    json::value value;  // null: the member is taken out
    std::string_view says;
  };
  const Case cases[] = {
      {"d", "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", "the key: 'd' is a private key"},
      {"kty", "RSA", "the key: 'kty' must be \"EC\""},
      {"kty", nullptr, "the key: 'kty' is missing"},
      {"crv", "P-384", "the key: 'crv' must be \"P-256\""},
      {"crv", nullptr, "the key: 'crv' is missing"},
      {"alg", "HS256", "the key: 'alg' must be \"ES256\""},
      {"use", "enc", "the key: 'use' must be \"sig\""},
      {"k", "c2VjcmV0", "the key: 'k' is not known"},
      {"x", nullptr, "the key: 'x' is missing"},
      {"y", 7, "the key: 'y' must be text"},
      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVE", "the key: 'x' must be base64url of 32"},
      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU=", "the key: 'x' must be base64url of 32"},
      {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4", "the key: is not a point"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    auto jwk = rfc7515_jwk();
    if (c.value.is_null()) {
      jwk.erase(json::string_view(c.name.data(), c.name.size()));
    } else {
      jwk[json::string_view(c.name.data(), c.name.size())] = c.value;
    }
    const auto key = P256Public::from_jwk(jwk);
    REQUIRE_FALSE(key);
    CHECK(begins(key.error().message(), c.says));
  }
}

TEST_CASE("P256: PEM of anything else is refused with what it is") {
  constexpr std::string_view p384 =
      "-----BEGIN PUBLIC KEY-----\n"
      "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEAauad4LzkXWftZy2vCMtlPItjWMWWitn\n"
      "Drpl+wCkJgu2a5U/hWYIHw1f9AYwPeqjWGNJIT7tL5F/latSlg6Efn15gadBEey1\n"
      "USv5tGhFlukcVuUsekAClf/1L56m4iMZ\n"
      "-----END PUBLIC KEY-----\n";
  const auto key = P256Key::make();
  const auto says = [](const auto& result, std::string_view what) {
    REQUIRE_FALSE(result);
    CHECK(begins(result.error().message(), what));
  };
  says(P256Public::from_pem(p384), "the public key: must be on the curve P-256");
  says(P256Public::from_pem(key.to_pem()), "the public key: the PEM block is a EC PRIVATE KEY");
  says(P256Public::from_pem(""), "the public key: no PEM block");
  says(P256Public::from_pem(cat(key.public_key().to_pem(), key.public_key().to_pem())),
       "the public key: more than one PEM block");
  says(P256Public::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
       "the public key: the PEM block does not hold");
  says(P256Key::from_pem(key.public_key().to_pem()), "the private key: the PEM block is a PUBLIC");
  says(P256Key::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
       "the private key: the PEM block does not hold");
}

TEST_CASE("P256Public::thumbprint: RFC 7638, of the key in RFC 7517 A.1") {
  const json::object jwk{{"kty", "EC"},
                         {"crv", "P-256"},
                         {"x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"},
                         {"y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
                         {"use", "sig"},
                         {"kid", "1"}};
  const auto key = P256Public::from_jwk(jwk);
  REQUIRE(key);
  CHECK(key->thumbprint() == "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
  CHECK(P256Key::make().public_key().thumbprint().size() == 43);
}

TEST_CASE("P256Public::from_point: only uncompressed points of the curve") {
  auto point = P256Key::make().public_key().point();
  CHECK(P256Public::from_point(point));
  CHECK_FALSE(P256Public::from_point(ByteView(point).first(64)));
  auto other = point;
  other[0] = 2;
  CHECK_FALSE(P256Public::from_point(other));
  other = point;
  other[64] ^= 1;
  CHECK_FALSE(P256Public::from_point(other));
  const Bytes infinity{0};
  CHECK_FALSE(P256Public::from_point(infinity));
  P256Point zero{4};
  CHECK_FALSE(P256Public::from_point(zero));
}

TEST_CASE("P256Key::agree: both sides come to the same, a third to another") {
  const auto one = P256Key::make();
  const auto other = P256Key::make();
  CHECK(one.agree(other.public_key()) == other.agree(one.public_key()));
  CHECK(one.agree(other.public_key()) != P256Key::make().agree(one.public_key()));
}

TEST_CASE("P256Key::derived: the same from the same secret, another for another end") {
  constexpr std::array<std::uint8_t, 32> secret{1, 2, 3};
  constexpr std::array<std::uint8_t, 32> another{1, 2, 4};
  const auto key = P256Key::derived(secret, "test 1");
  CHECK(P256Key::derived(secret, "test 1").public_key() == key.public_key());
  CHECK_FALSE(P256Key::derived(secret, "test 2").public_key() == key.public_key());
  CHECK_FALSE(P256Key::derived(another, "test 1").public_key() == key.public_key());
  CHECK(key.public_key().verify(view("sample"), key.sign(view("sample"))));
  // That it stays the same over versions: gateways were enrolled with it.
  CHECK(key.public_key().thumbprint() == "4mj2TclA-uUKzqYHEzy_5RFQCemQGc-g8ZEGGHXL-ds");
}

TEST_CASE("P256: several threads sign and check with one key, from their first use on") {
  const auto key = P256Key::make();
  const auto expected = key.sign(view("sample"));
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        const bool same = key.sign(view("sample")) == expected;
        const bool holds = key.public_key().verify(view("sample"), expected);
        const bool other = key.public_key().verify(view("simple"), expected);
        if (same && holds && !other) ++right;
      }
    });
  }
  threads.clear();
  CHECK(right == 20);
}
