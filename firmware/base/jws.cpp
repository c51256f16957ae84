#include "firmware/base/jws.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "firmware/base/base64url.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::size_t max_header = 1024;
constexpr std::size_t max_kid = 64;

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::invalid, std::move(message));
}

ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

struct Header {
  std::string_view name, sentence;
};

// Headers that others use and we refuse: why, for who made the JWS.
constexpr Header refused[] = {
    {"crit", "crit: extensions are not taken"},
    {"jwk", "jwk: a key in the header is not looked at; name a trusted one in kid"},
    {"jku", "jku: keys are not fetched; name a trusted one in kid"},
    {"x5c", "x5c: a certificate in the header is not looked at; name a trusted key in kid"},
    {"x5u", "x5u: certificates are not fetched; name a trusted key in kid"},
    {"b64", "b64: the payload must be encoded"},
    {"zip", "zip: compressed payloads are not taken"}};

Result<std::string> header_text(const json::object& header, std::string_view name) {
  const auto* value = header.if_contains(name);
  if (value == nullptr) return bad(cat(name, ": is missing in the header"));
  if (!value->is_string()) return bad(cat(name, ": must be text"));
  return std::string(value->get_string());
}

Result<> check_names(const json::object& header) {
  for (const auto& member : header) {
    const std::string_view name = member.key();
    const auto* known = std::ranges::find(refused, name, &Header::name);
    if (known != std::end(refused)) return bad(std::string(known->sentence));
    if (name != "alg" && name != "kid" && name != "typ") {
      return bad(cat("header: '", printable(name, 40), "' is not known; there are alg, kid, typ"));
    }
  }
  return {};
}

Result<std::string> read_header(std::string_view text) {
  const auto parsed = parse_unambiguous_json(text, max_header);
  if (!parsed) return bad(cat("header: ", parsed.error().message()));
  const auto* header = parsed->if_object();
  if (header == nullptr) return bad("header: must be an object");
  if (auto names = check_names(*header); !names) return fail(names.error());
  auto alg = header_text(*header, "alg");
  if (!alg) return alg;
  if (*alg != "ES256") {
    return bad(cat("alg: must be \"ES256\", not \"", printable(*alg, 16), '"'));
  }
  if (header->contains("typ")) {
    const auto typ = header_text(*header, "typ");
    if (!typ) return typ;
    if (*typ != "JOSE") {
      return bad(cat("typ: must be \"JOSE\" or absent, not \"", printable(*typ, 16), '"'));
    }
  }
  auto kid = header_text(*header, "kid");
  if (!kid) return kid;
  if (!is_kid(*kid)) return bad("kid: must be 1 to 64 letters, digits, '.', '_' or '-'");
  return kid;
}

// The three parts; nothing if there are fewer or more.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view compact) {
  const auto first = compact.find('.');
  const auto second = compact.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (compact.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return std::array{compact.substr(0, first), compact.substr(first + 1, second - first - 1),
                    compact.substr(second + 1)};
}

}  // namespace

bool is_kid(std::string_view kid) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !kid.empty() && kid.size() <= max_kid &&
         kid.find_first_not_of(allowed) == std::string_view::npos;
}

std::string jws_sign(const P256Key& key, std::string_view kid, std::string_view payload) {
  std::string compact = cat(base64url(view(cat(R"({"alg":"ES256","kid":")", kid, R"("})"))), '.',
                            base64url(view(payload)));
  const auto signature = key.sign(view(compact));
  return cat(compact, '.', base64url(signature));
}

Result<Jws> jws_read(std::string_view compact) {
  if (compact.size() > max_jws) {
    return bad(cat("length: ", compact.size(), " bytes; at most ", max_jws, " are taken"));
  }
  const auto parts = parts_of(compact);
  if (!parts) return bad("parts: must be three, with a '.' between them");
  const auto& [head, body, tail] = *parts;
  const auto header = base64url_decoded(head);
  const auto payload = base64url_decoded(body);
  const auto signature = base64url_decoded(tail);
  if (!header || !payload || !signature) {
    return bad("base64url: each part must be base64url without padding or blanks");
  }
  auto kid = read_header(text_of(*header));
  if (!kid) return fail(kid.error());
  Jws jws;
  if (signature->size() != jws.signature.size()) {
    return bad(cat("signature: must be 64 bytes (r and s), not ", signature->size()));
  }
  jws.kid = std::move(*kid);
  jws.payload = text_of(*payload);
  jws.signing_input = compact.substr(0, head.size() + 1 + body.size());
  std::ranges::copy(*signature, jws.signature.begin());
  return jws;
}

bool jws_holds(const Jws& jws, const P256Public& key) {
  return key.verify(view(jws.signing_input), jws.signature);
}

}  // namespace genkan
