#include "firmware/base/jwe.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "firmware/base/base64url.hpp"
#include "firmware/base/text.hpp"

using namespace genkan;

namespace {

// RFC 7518, C: Alice's key of the moment and Bob's, as SEC 1.
constexpr std::string_view alice_key =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEINPzcWkT1DEKACbedBs/GIk6/IEU8MhGgrpnfjE6E5iKoAoGCCqGSM49\n"
    "AwEHoUQDQgAEgI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV1Itb/FJ9/O\n"
    "U9ascRUjfQMcz/h6BXC3c1Cp5QPucwWmmw==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr std::string_view bob_key =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIFRJg2aQ11yvKfDdAp3bMbPduKup0tUVxQEkZegX1KncoAoGCCqGSM49\n"
    "AwEHoUQDQgAEweNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF/PxMR7yWcI74CV\n"
    "K1P40lVf5yuEHtBFiGKLHTeKWUk5UA7JyQ==\n"
    "-----END EC PRIVATE KEY-----\n";

// Made by jwcrypto 1.1.0 for Bob.
constexpr std::string_view of_jwcrypto =
    "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6"
    "IlZTajBvOEVxN1pmMWNBZU0tTzFPbzRhYkdqSEFnNzFudTBleE91S2t2dHciLCJ5IjoiQlhudUN5Y0VCQ0dHN1Y4WEZH"
    "THJJWVQwQm42alJuNEphQllZZU8ycWxZSSJ9LCJraWQiOiJWeTU3WHJBclVyVzBOYnBJMTJ0RXpESEFCeE13clRoNkhI"
    "WFJlblNwbkNvIn0..72b574a2-Hprx9xQ.iO44QZm9wVqhzUDcqILTY-eFclVOqhQa62G14FSkj1szrfG7XvOBMYyG41"
    "nreGRyPJxZ0BQ9ji_C5a16561PFuVbGfOhEaptQQ6nhg.sONbj_q6lexvEyU4xn8Q6g";

std::string coded(std::string_view text) {
  return base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// The parts of a sound JWE for `receiver`, to spoil one by one.
struct Parts {
  explicit Parts(const P256Public& receiver) {
    std::string_view rest = compact = jwe_seal(receiver, "the code");
    for (auto* part : {&head, &wrapped, &nonce, &hidden, &tag}) {
      const auto end = rest.find('.');
      *part = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  std::string joined() const { return cat(head, '.', wrapped, '.', nonce, '.', hidden, '.', tag); }
  json::object header() const {
    const auto bytes = base64url_decoded(head).value();
    return json::parse(std::string(bytes.begin(), bytes.end())).as_object();
  }

  std::string compact, head, wrapped, nonce, hidden, tag;
};

ErrorCode code_of(const Result<std::string>& opened) {
  REQUIRE_FALSE(opened);
  return opened.error().code();
}

}  // namespace

TEST_CASE("jwe_content_key: the vector of RFC 7518, appendix C") {
  const auto alice = P256Key::from_pem(alice_key).value();
  const auto bob = P256Key::from_pem(bob_key).value();
  const auto shared = alice.agree(bob.public_key());
  CHECK(hex(shared) == "9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4");
  CHECK(bob.agree(alice.public_key()) == shared);
  const auto key = jwe_content_key(shared, "A128GCM", "Alice", "Bob", 128);
  CHECK(base64url(std::span(key).first(16)) == "VqqN6vgjbSBcIijNcacQGg");
}

TEST_CASE("jwe_open: what another library sealed opens") {
  const auto bob = P256Key::from_pem(bob_key).value();
  CHECK(bob.public_key().thumbprint() == "Vy57XrArUrW0NbpI12tEzDHABxMwrTh6HHXRenSpnCo");
  CHECK(jwe_open(bob, of_jwcrypto).value() ==
        R"({"jti":"12345678","aud":"gw-1","signed_by":"cloud-1","body":{"code":"4829"}})");
}

TEST_CASE("jwe_seal: opens for its receiver alone, another each time, and shows nothing") {
  const auto key = P256Key::make();
  const auto sealed = jwe_seal(key.public_key(), R"({"code":"482913"})");
  CHECK(jwe_open(key, sealed).value() == R"({"code":"482913"})");
  CHECK(code_of(jwe_open(P256Key::make(), sealed)) == ErrorCode::unknown);
  CHECK(jwe_seal(key.public_key(), R"({"code":"482913"})") != sealed);
  CHECK(sealed.find(coded(R"({"code":"482913"})")) == std::string::npos);
  CHECK(jwe_open(key, jwe_seal(key.public_key(), "")).value().empty());
  const std::string large(40'000, 'x');
  CHECK(jwe_open(key, jwe_seal(key.public_key(), large)).value() == large);
}

TEST_CASE("jwe_open: whatever is changed, it does not open") {
  const auto key = P256Key::make();
  const Parts good(key.public_key());
  REQUIRE(jwe_open(key, good.joined()).value() == "the code");
  struct Case {
    std::string_view what;
    std::string Parts::* part;
  };
  for (const Case& c :
       {Case{"nonce", &Parts::nonce}, Case{"text", &Parts::hidden}, Case{"tag", &Parts::tag}}) {
    CAPTURE(c.what);
    Parts spoiled = good;
    auto& part = spoiled.*c.part;
    part.front() = part.front() == 'A' ? 'B' : 'A';
    CHECK(code_of(jwe_open(key, spoiled.joined())) == ErrorCode::corrupt);
  }
  // The same header in other words is not the one that was sealed with.
  Parts spaced = good;
  spaced.head = coded(cat(json::serialize(good.header()), ' '));
  CHECK(code_of(jwe_open(key, spaced.joined())) == ErrorCode::corrupt);
  Parts other = good;
  auto header = good.header();
  header["epk"] = P256Key::make().public_key().to_jwk();
  other.head = coded(json::serialize(header));
  CHECK(code_of(jwe_open(key, other.joined())) == ErrorCode::corrupt);
}

TEST_CASE("jwe_open: each mistake of the header has its own word") {
  const auto key = P256Key::make();
  const Parts good(key.public_key());
  const json::object epk = good.header().at("epk").as_object();
  json::object no_point = epk;
  no_point["y"] = epk.at("x");
  json::object with_d = epk;
  with_d["d"] = epk.at("x");
  json::object with_use = epk;
  with_use["use"] = "sig";
  json::object other_curve = epk;
  other_curve["crv"] = "P-384";
  struct Case {
    std::string_view name;
    json::value value;  // null: the member is taken out
    std::string_view says;
  };
  const Case cases[] = {
      {"alg", nullptr, "alg: is missing"},
      {"alg", "none", "alg: must be \"ECDH-ES\", not \"none\""},
      {"alg", "dir", "alg: must be"},
      {"alg", "ECDH-ES+A256KW", "alg: must be"},
      {"alg", json::array{"ECDH-ES"}, "alg: must be text"},
      {"enc", nullptr, "enc: is missing"},
      {"enc", "A128GCM", "enc: must be \"A256GCM\""},
      {"enc", "A256CBC-HS512", "enc: must be"},
      {"kid", nullptr, "kid: is missing"},
      {"kid", 7, "kid: is missing"},
      {"epk", nullptr, "epk: is missing"},
      {"epk", "AAAA", "epk: is missing"},
      {"epk", no_point, "epk: the key: is not a point"},
      {"epk", with_d, "epk: must have"},
      {"epk", with_use, "epk: must have"},
      {"epk", other_curve, "epk: the key: 'crv'"},
      {"zip", "DEF", "header: 'zip' is not taken"},
      {"crit", json::array{"exp"}, "header: 'crit' is not taken"},
      {"apu", "QWxpY2U", "header: 'apu' is not taken"},
      {"apv", "Qm9i", "header: 'apv' is not taken"},
      {"typ", "JOSE", "header: 'typ' is not taken"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CAPTURE(json::serialize(c.value));
    auto header = good.header();
    const json::string_view name(c.name.data(), c.name.size());
    if (c.value.is_null()) {
      header.erase(name);
    } else {
      header[name] = c.value;
    }
    Parts spoiled = good;
    spoiled.head = coded(json::serialize(header));
    const auto opened = jwe_open(key, spoiled.joined());
    CHECK(code_of(opened) == ErrorCode::invalid);
    CHECK_MESSAGE(opened.error().message().starts_with(c.says), opened.error().message());
  }
  for (const std::string_view text : {"[]", "{", "", R"({"alg":"dir","alg":"ECDH-ES"})"}) {
    Parts spoiled = good;
    spoiled.head = coded(text);
    const auto opened = jwe_open(key, spoiled.joined());
    CHECK(code_of(opened) == ErrorCode::invalid);
    CHECK(opened.error().message().starts_with("header: "));
  }
}

TEST_CASE("jwe_open: parts, base64url and lengths") {
  const auto key = P256Key::make();
  const Parts good(key.public_key());
  const auto with = [&good](std::string Parts::* part, std::string text) {
    Parts spoiled = good;
    spoiled.*part = std::move(text);
    return spoiled.joined();
  };
  struct Case {
    std::string compact, says;
  };
  const Case cases[] = {
      {"", "parts: must be five"},
      {"a.b.c", "parts: must be five"},
      {cat(good.head, '.', good.nonce, '.', good.hidden, '.', good.tag), "parts: must be five"},
      {cat(good.joined(), '.'), "parts: must be five"},
      {with(&Parts::wrapped, "AAAA"), "parts: the second"},
      {with(&Parts::head, good.head + "="), "base64url: "},
      {with(&Parts::nonce, good.nonce + "\n"), "base64url: "},
      {with(&Parts::tag, " " + good.tag), "base64url: "},
      {with(&Parts::nonce, coded("eleven bytes plus")), "parts: the third"},
      {with(&Parts::nonce, ""), "parts: the third"},
      {with(&Parts::tag, coded("short")), "parts: the third"},
      {with(&Parts::head, coded(std::string(1025, ' '))), "header: "},
      {std::string(max_jwe + 1, 'A'), "length: "},
  };
  for (const auto& c : cases) {
    CAPTURE(c.says);
    const auto opened = jwe_open(key, c.compact);
    CHECK(code_of(opened) == ErrorCode::invalid);
    CHECK_MESSAGE(opened.error().message().starts_with(c.says), opened.error().message());
  }
}
