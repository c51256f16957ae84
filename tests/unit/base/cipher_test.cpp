#include "firmware/base/cipher.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace genkan;

namespace {

Bytes from_hex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(digits.find(text[at]) << 4 | digits.find(text[at + 1])));
  }
  return bytes;
}

ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

CipherKey as_key(const Bytes& bytes) { return CipherKey(bytes.data(), 32); }

}  // namespace

TEST_CASE("unseal: AES-256-GCM test cases 13, 14 and 16 of the GCM specification") {
  struct Case {
    std::string key, nonce, plain, associated, hidden, tag;
  };
  const std::string zeroes(64, '0');
  const std::string long_key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
  const Case cases[] = {
      {zeroes, zeroes.substr(0, 24), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {zeroes, zeroes.substr(0, 24), zeroes.substr(0, 32), "", "cea7403d4d606b6e074ec5d3baf39d18",
       "d0d1c8a799996bf0265b98b5d48ab919"},
      {long_key, "cafebabefacedbaddecaf888",
       "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449"
       "a6b525b16aedf5aa0de657ba637b39",
       "feedfacedeadbeeffeedfacedeadbeefabaddad2",
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056"
       "828838c5f61e6393ba7a0abcc9f662",
       "76fc6ece0f4e1768cddf8853bb2d551b"}};
  for (const auto& c : cases) {
    const Bytes key = from_hex(c.key);
    const auto plain =
        unseal(as_key(key), from_hex(c.nonce + c.hidden + c.tag), from_hex(c.associated));
    REQUIRE(plain);
    CHECK(hex(*plain) == c.plain);
  }
}

TEST_CASE("KEY-24: what is sealed opens with its key and its place, and with nothing else") {
  const Bytes key = from_hex(std::string(64, '7'));
  const Bytes sealed = seal(as_key(key), view("4821"), view("reservation r-1 code"));
  CHECK(sealed.size() == nonce_size + 4 + tag_size);
  CHECK(std::ranges::search(sealed, view("4821")).empty());
  const auto plain = unseal(as_key(key), sealed, view("reservation r-1 code"));
  REQUIRE(plain);
  CHECK(std::ranges::equal(*plain, view("4821")));

  SUBCASE("twice the same is not the same") {
    CHECK(seal(as_key(key), view("4821"), view("reservation r-1 code")) != sealed);
  }
  SUBCASE("nothing can be sealed too") {
    const auto empty = unseal(as_key(key), seal(as_key(key), {}, {}), {});
    REQUIRE(empty);
    CHECK(empty->empty());
  }
  SUBCASE("another place") {
    const auto moved = unseal(as_key(key), sealed, view("reservation r-2 code"));
    REQUIRE(!moved);
    CHECK(moved.error().code() == ErrorCode::corrupt);
  }
  SUBCASE("another key") {
    const Bytes other = from_hex(std::string(64, '8'));
    CHECK(!unseal(as_key(other), sealed, view("reservation r-1 code")));
  }
  SUBCASE("any bit changed") {
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
      Bytes changed = sealed;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << bit % 8));
      CHECK(!unseal(as_key(key), changed, view("reservation r-1 code")));
    }
  }
  SUBCASE("cut short anywhere") {
    for (std::size_t size = 0; size < sealed.size(); ++size) {
      CHECK(!unseal(as_key(key), ByteView(sealed).first(size), view("reservation r-1 code")));
    }
  }
}

TEST_CASE("hmac_sha256: RFC 4231, cases 1, 2 and 6") {
  struct Case {
    Bytes key;
    std::string_view said;
    std::string_view digest;
  };
  const Case cases[] = {{Bytes(20, 0x0B), "Hi There",
                         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
                        {Bytes{'J', 'e', 'f', 'e'}, "what do ya want for nothing?",
                         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                        {Bytes(131, 0xAA), "Test Using Larger Than Block-Size Key - Hash Key First",
                         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"}};
  for (const auto& c : cases) {
    CHECK(hex(hmac_sha256(c.key, {view(c.said)})) == c.digest);
    // Parts are one behind the other.
    CHECK(hex(hmac_sha256(c.key, {view(c.said.substr(0, 3)), {}, view(c.said.substr(3))})) ==
          c.digest);
  }
}

TEST_CASE("hkdf_sha256: RFC 5869, cases 1 and 3") {
  std::array<std::uint8_t, 42> out{};
  hkdf_sha256(Bytes(22, 0x0B), from_hex("000102030405060708090a0b0c"),
              from_hex("f0f1f2f3f4f5f6f7f8f9"), out);
  CHECK(hex(out) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  hkdf_sha256(Bytes(22, 0x0B), {}, {}, out);
  CHECK(hex(out) ==
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("equal_in_constant_time: equal is equal, and nothing else") {
  CHECK(equal_in_constant_time(view("abc"), view("abc")));
  CHECK(equal_in_constant_time({}, {}));
  CHECK(!equal_in_constant_time(view("abc"), view("abd")));
  CHECK(!equal_in_constant_time(view("bbc"), view("abc")));
  CHECK(!equal_in_constant_time(view("abc"), view("abcd")));
  CHECK(!equal_in_constant_time(view("abc"), {}));
}

TEST_CASE("wipe: leaves zeroes") {
  Bytes secret(33, 0x5A);
  wipe(secret);
  CHECK(secret == Bytes(33, 0));
  wipe({});
}
