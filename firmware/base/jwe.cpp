#include "firmware/base/jwe.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "firmware/base/base64url.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::size_t max_header = 1024;
constexpr std::string_view algorithm = "ECDH-ES";
constexpr std::string_view encryption = "A256GCM";

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::invalid, std::move(message));
}

ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void append(std::string& to, std::uint32_t big_endian) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    to += static_cast<char>(static_cast<std::uint8_t>(big_endian >> shift));
  }
}

void append(std::string& to, std::string_view counted) {
  append(to, static_cast<std::uint32_t>(counted.size()));
  to += counted;
}

Digest content_key(const P256Key& ours, const P256Public& theirs) {
  auto shared = ours.agree(theirs);
  const auto key = jwe_content_key(shared, encryption, {}, {}, 256);
  wipe(shared);
  return key;
}

Result<> expect(const json::object& header, std::string_view name, std::string_view only) {
  const auto* value = header.if_contains(name);
  if (value == nullptr) return bad(cat(name, ": is missing in the header"));
  if (!value->is_string()) return bad(cat(name, ": must be text"));
  const std::string_view text = value->get_string();
  if (text == only) return {};
  return bad(cat(name, ": must be \"", only, "\", not \"", printable(text, 16), '"'));
}

// The sender's key of the moment.
Result<P256Public> read_header(std::string_view text, const P256Public& receiver) {
  constexpr std::array<std::string_view, 4> names{"alg", "enc", "kid", "epk"};
  const auto parsed = parse_unambiguous_json(text, max_header);
  if (!parsed) return bad(cat("header: ", parsed.error().message()));
  const auto* header = parsed->if_object();
  if (header == nullptr) return bad("header: must be an object");
  for (const auto& member : *header) {
    if (std::ranges::find(names, std::string_view(member.key())) != names.end()) continue;
    return bad(cat("header: '", printable(member.key(), 40),
                   "' is not taken; there are alg, enc, kid and epk"));
  }
  if (auto alg = expect(*header, "alg", algorithm); !alg) return fail(alg.error());
  if (auto enc = expect(*header, "enc", encryption); !enc) return fail(enc.error());
  const auto* epk = header->if_contains("epk");
  if (epk == nullptr || !epk->is_object()) return bad("epk: is missing in the header (a JWK)");
  if (epk->get_object().size() != 4) return bad("epk: must have kty, crv, x and y alone");
  auto key = P256Public::from_jwk(epk->get_object());
  if (!key) return fail(key.error().in("epk"));
  const auto* kid = header->if_contains("kid");
  if (kid == nullptr || !kid->is_string()) return bad("kid: is missing in the header");
  if (std::string_view(kid->get_string()) != receiver.thumbprint()) {
    return fail(ErrorCode::unknown, "kid: it was sealed for another key");
  }
  return key;
}

using Parts = std::array<std::string_view, 5>;

// Nothing if there are fewer or more.
std::optional<Parts> parts_of(std::string_view compact) {
  Parts parts;
  for (auto& part : parts) {
    const bool last = &part == &parts.back();
    const auto end = compact.find('.');
    if (last != (end == std::string_view::npos)) return std::nullopt;
    part = compact.substr(0, end);
    compact.remove_prefix(last ? compact.size() : end + 1);
  }
  return parts;
}

}  // namespace

Digest jwe_content_key(ByteView shared, std::string_view its_algorithm, std::string_view apu,
                       std::string_view apv, std::uint32_t bits) {
  std::string input;
  append(input, std::uint32_t{1});  // the first round, which is the only one
  input += text_of(shared);
  append(input, its_algorithm);
  append(input, apu);
  append(input, apv);
  append(input, bits);
  const auto key = sha256(input);
  wipe({reinterpret_cast<std::uint8_t*>(input.data()), input.size()});
  return key;
}

std::string jwe_seal(const P256Public& receiver, std::string_view plain) {
  const auto ours = P256Key::make();
  const json::object header{{"alg", algorithm},
                            {"enc", encryption},
                            {"kid", receiver.thumbprint()},
                            {"epk", ours.public_key().to_jwk()}};
  const std::string head = base64url(view(json::serialize(header)));
  auto key = content_key(ours, receiver);
  const Bytes sealed = seal(key, view(plain), view(head));
  wipe(key);
  const std::span bytes(sealed);
  return cat(head, "..", base64url(bytes.first(nonce_size)), '.',
             base64url(bytes.subspan(nonce_size, plain.size())), '.',
             base64url(bytes.last(tag_size)));
}

Result<std::string> jwe_open(const P256Key& receiver, std::string_view compact) {
  if (compact.size() > max_jwe) {
    return bad(cat("length: ", compact.size(), " bytes; at most ", max_jwe, " are taken"));
  }
  const auto parts = parts_of(compact);
  if (!parts) return bad("parts: must be five, with a '.' between them");
  const auto& [head, wrapped, nonce, hidden, tag] = *parts;
  if (!wrapped.empty()) return bad("parts: the second, a wrapped key, must be empty");
  const auto header = base64url_decoded(head);
  const auto nonce_bytes = base64url_decoded(nonce);
  const auto hidden_bytes = base64url_decoded(hidden);
  const auto tag_bytes = base64url_decoded(tag);
  if (!header || !nonce_bytes || !hidden_bytes || !tag_bytes) {
    return bad("base64url: each part must be base64url without padding or blanks");
  }
  const auto theirs = read_header(text_of(*header), receiver.public_key());
  if (!theirs) return fail(theirs.error());
  if (nonce_bytes->size() != nonce_size || tag_bytes->size() != tag_size) {
    return bad(cat("parts: the third must be ", nonce_size, " bytes, the fifth ", tag_size));
  }
  Bytes sealed = *nonce_bytes;
  sealed.insert(sealed.end(), hidden_bytes->begin(), hidden_bytes->end());
  sealed.insert(sealed.end(), tag_bytes->begin(), tag_bytes->end());
  auto key = content_key(receiver, *theirs);
  auto plain = unseal(key, sealed, view(head));
  wipe(key);
  if (!plain) return fail(ErrorCode::corrupt, "it does not open: it was changed");
  std::string text(text_of(*plain));
  wipe(*plain);
  return text;
}

}  // namespace genkan
