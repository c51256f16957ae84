#include "firmware/base/key_agreement.hpp"

#include <doctest/doctest.h>

#include "firmware/base/digest.hpp"
#include "firmware/base/random.hpp"

using namespace genkan;

namespace {

AgreementKey bytes(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  AgreementKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<std::uint8_t>(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
  }
  return key;
}

}  // namespace

TEST_CASE("RFC 7748, 5.2: X25519 gives what the standard says") {
  struct Row {
    std::string_view secret;
    std::string_view other;
    std::string_view shared;
  };
  const Row table[] = {
      {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
       "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
       "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
      // The other's highest bit is set, and does not count.
      {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
       "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
       "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
  };
  for (const auto& row : table) {
    const auto shared = agree(bytes(row.secret), bytes(row.other));
    REQUIRE(shared.has_value());
    CHECK(hex(*shared) == row.shared);
  }
}

TEST_CASE("RFC 7748, 5.2: a hundred times over, each result the next secret") {
  AgreementKey secret{9};
  AgreementKey other{9};
  CHECK(hex(public_key_of(secret)) ==
        "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  for (int i = 0; i < 100; ++i) {
    const auto next = agree(secret, other);
    REQUIRE(next.has_value());
    other = secret;
    secret = *next;
  }
  CHECK(hex(secret) == "b1a5a73158904c020866c13939dd7e1aa26852ee1d2609c92e5a8f1debe2150a");
}

TEST_CASE("X25519: both sides have the same secret, a third has another") {
  AgreementKey one{};
  AgreementKey two{};
  AgreementKey three{};
  for (auto* secret : {&one, &two, &three}) fill_random(*secret);
  const auto here = agree(one, public_key_of(two));
  REQUIRE(here.has_value());
  CHECK(agree(two, public_key_of(one)).value() == *here);
  CHECK_FALSE(agree(three, public_key_of(one)).value() == *here);
}

TEST_CASE("X25519: public keys that give the same to everybody are refused") {
  const AgreementKey secret{1, 2, 3};
  const std::string_view small_order[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  for (const auto text : small_order) {
    CAPTURE(std::string(text));
    const auto shared = agree(secret, bytes(text));
    REQUIRE_FALSE(shared.has_value());
    CHECK(shared.error().code() == ErrorCode::invalid);
  }
}
