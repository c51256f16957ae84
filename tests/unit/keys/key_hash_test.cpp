#include "firmware/domain/keys/key_hash.hpp"

#include <array>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "firmware/base/cipher.hpp"
#include "firmware/domain/keys/key_ref.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

std::array<std::uint8_t, 32> key(std::uint8_t fill) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(fill);
  return bytes;
}

}  // namespace

TEST_CASE("KEY-24: equal secrets have equal hashes; another key, sort or secret another one") {
  const KeyHasher hasher(key(1));
  const KeyHasher other(key(2));
  const Code code = *Code::parse("4821");
  CHECK(hasher.of(code) == hasher.of(*Code::parse("4821")));
  CHECK(hasher.of(code) == hasher.of(Credential::code, "4821"));
  CHECK(hasher.of(code) != other.of(code));
  CHECK(hasher.of(code) != hasher.of(*Code::parse("48210")));

  std::set<KeyHash> hashes;
  for (int sort = 0; sort <= static_cast<int>(Credential::remote); ++sort) {
    hashes.insert(hasher.of(static_cast<Credential>(sort), "4821"));
  }
  CHECK(hashes.size() == 9);
}

TEST_CASE("KEY-24: the hash is HMAC-SHA-256 over sort and secret, cut to 128 bits") {
  const KeyHasher hasher(key(3));
  const std::array<std::uint8_t, 5> said{1, 0xDE, 0xAD, 0xBE, 0xEF};  // 1: card
  const Digest digest = hmac_sha256(key(3), {said});
  const auto hash = hasher.of(*CardNumber::parse("DE:AD:BE:EF"));
  CHECK(std::equal(hash.bytes.begin(), hash.bytes.end(), digest.begin()));
}

TEST_CASE("keys: every sort and owner has a name of its own, and the journal's form") {
  std::set<std::string_view> names;
  for (int sort = 0; sort <= static_cast<int>(Credential::remote); ++sort) {
    names.insert(name_of(static_cast<Credential>(sort)));
  }
  CHECK(names.size() == 9);
  names.clear();
  for (int owner = 0; owner <= static_cast<int>(KeyOwner::resident); ++owner) {
    names.insert(name_of(static_cast<KeyOwner>(owner)));
  }
  CHECK(names.size() == 5);
  CHECK(actor_of({KeyOwner::reservation, "r-7k2", false}) == "reservation:r-7k2");
  CHECK(actor_of({KeyOwner::holder, "h-12", true}) == "holder:h-12");
}
