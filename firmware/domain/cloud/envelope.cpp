#include "firmware/domain/cloud/envelope.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999
constexpr std::size_t most_path = 2048;

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::invalid, std::move(message));
}

bool is_subject(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

Result<InnerRequest> read_inner(const json::object& object) {
  static constexpr std::array<std::string_view, 4> methods{"GET", "POST", "PUT", "DELETE"};
  JsonReader reader(object, "'req'");
  InnerRequest inner{reader.text("method", 8), reader.text("path", most_path), {}, {}, {}};
  if (const auto* body = reader.optional_object("body")) inner.body = *body;
  inner.text = reader.optional_text("text", max_jws);
  inner.sealed = reader.optional_text("sealed", max_jws);
  if (auto read = reader.finish(); !read) return fail(read.error());
  if (std::ranges::find(methods, inner.method) == methods.end()) {
    return bad(cat("'req': 'method' must be ", alternatives(methods)));
  }
  if (inner.body.has_value() + inner.text.has_value() + inner.sealed.has_value() > 1) {
    return bad("'req': a call takes one of 'body', 'text' and 'sealed' at most");
  }
  if (!inner.path.starts_with("/v1/")) return bad("'req': 'path' must begin with /v1/");
  return inner;
}

bool moves(Right right) { return right == Right::command || right == Right::disarm; }

std::chrono::seconds longest(const EnvelopeFacts& facts) {
  return facts.moves || moves(facts.needs) ? longest_command_life : longest_life;
}

struct Check {
  EnvelopeRefusal refusal;
  bool (*fails)(const Envelope& envelope, const EnvelopeFacts& facts);
};

// In this order: what does not depend on the time first, then whether we know the time.
constexpr std::array checks{
    Check{EnvelopeRefusal::wrong_gateway,
          [](const Envelope& envelope, const EnvelopeFacts& facts) {
            return envelope.aud != facts.gateway;
          }},
    Check{EnvelopeRefusal::not_allowed,
          [](const Envelope&, const EnvelopeFacts& facts) {
            return !allows(Caller{Role::cloud, {}, facts.key.scopes, {}}, facts.needs);
          }},
    Check{EnvelopeRefusal::clock_untrusted,
          [](const Envelope&, const EnvelopeFacts& facts) {
            return facts.clock != ClockTrust::trusted;
          }},
    Check{EnvelopeRefusal::key_ended,
          [](const Envelope&, const EnvelopeFacts& facts) {
            return facts.key.not_after && facts.now > *facts.key.not_after;
          }},
    Check{EnvelopeRefusal::lives_too_long,
          [](const Envelope& envelope, const EnvelopeFacts& facts) {
            return envelope.expires - envelope.issued > longest(facts);
          }},
    Check{EnvelopeRefusal::issued_in_future,
          [](const Envelope& envelope, const EnvelopeFacts& facts) {
            return envelope.issued > facts.now + most_ahead;
          }},
    Check{EnvelopeRefusal::expired,
          [](const Envelope& envelope, const EnvelopeFacts& facts) {
            return facts.now >= envelope.expires;
          }},
};

// clang-format off
constexpr std::array specs{
    EnvelopeRefusalSpec{EnvelopeRefusal::malformed,        "malformed",        400, "the signed request is not as it must be"},
    EnvelopeRefusalSpec{EnvelopeRefusal::unknown_key,      "unknown_key",      401, "the gateway does not trust a key of this name"},
    EnvelopeRefusalSpec{EnvelopeRefusal::bad_signature,    "bad_signature",    401, "the signature does not hold"},
    EnvelopeRefusalSpec{EnvelopeRefusal::key_ended,        "key_ended",        401, "the key was to be believed until an earlier day"},
    EnvelopeRefusalSpec{EnvelopeRefusal::wrong_gateway,    "wrong_gateway",    403, "the request is for another gateway"},
    EnvelopeRefusalSpec{EnvelopeRefusal::sealed_for_another, "sealed_for_another", 403, "the request was sealed for a key that this gateway does not have; fetch its key on site (genkan identity) and enrol it again"},
    EnvelopeRefusalSpec{EnvelopeRefusal::not_allowed,      "not_allowed",      403, "the key may not sign for this"},
    EnvelopeRefusalSpec{EnvelopeRefusal::expired,          "expired",          403, "the request came after its time"},
    EnvelopeRefusalSpec{EnvelopeRefusal::issued_in_future, "issued_in_future", 403, "the request was issued in the future: one of the clocks is wrong"},
    EnvelopeRefusalSpec{EnvelopeRefusal::lives_too_long,   "lives_too_long",   403, "the request would be good for too long: at most 60 s for what moves something, 24 h for others"},
    EnvelopeRefusalSpec{EnvelopeRefusal::clock_untrusted,  "clock_untrusted",  403, "the gateway does not know the time yet, so it cannot tell whether the request is still good"},
    EnvelopeRefusalSpec{EnvelopeRefusal::already_used,     "already_used",     409, "the request's id was used for another request"},
    EnvelopeRefusalSpec{EnvelopeRefusal::too_many,         "too_many",         429, "too many requests; wait a moment"},
};
// clang-format on
static_assert(std::ranges::is_sorted(specs, {}, &EnvelopeRefusalSpec::refusal) &&
              specs.size() == static_cast<std::size_t>(EnvelopeRefusal::too_many) + 1);

}  // namespace

bool is_jti(std::string_view text) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return text.size() >= 8 && text.size() <= 64 &&
         text.find_first_not_of(allowed) == std::string_view::npos;
}

Result<Envelope> read_envelope(std::string_view payload) {
  const auto parsed = parse_unambiguous_json(payload, max_jws);
  if (!parsed) return bad(cat("the claims: ", parsed.error().message()));
  const auto* claims = parsed->if_object();
  if (claims == nullptr) return bad("the claims: must be an object");
  JsonReader reader(*claims, "the claims");
  Envelope envelope;
  envelope.jti = reader.text("jti", 64);
  envelope.aud = reader.text("aud", 64);
  const auto issued = reader.integer("iat", 0, last_second);
  const auto expires = reader.integer("exp", 0, last_second);
  envelope.sub = reader.text("sub", 64);
  const auto* inner = reader.optional_object("req");
  if (auto read = reader.finish(); !read) return fail(read.error());
  envelope.issued = std::chrono::sys_seconds(std::chrono::seconds(issued));
  envelope.expires = std::chrono::sys_seconds(std::chrono::seconds(expires));
  if (!is_jti(envelope.jti)) {
    return bad("the claims: 'jti' must be 8 to 64 letters, digits, '_' or '-'");
  }
  if (!is_subject(envelope.sub)) {
    return bad("the claims: 'sub' must be 1 to 64 printable ASCII characters");
  }
  if (expires <= issued) return bad("the claims: 'exp' must be after 'iat'");
  if (inner == nullptr) return bad("the claims: 'req' is missing (an object)");
  auto request = read_inner(*inner);
  if (!request) return fail(request.error().in("the claims"));
  envelope.request = std::move(*request);
  return envelope;
}

Result<> take_sealed(Envelope& envelope, std::string_view plain, std::string_view kid) {
  constexpr std::string_view wanted =
      "'sealed': must hold a JSON object of jti, aud, signed_by, and body or text";
  const auto parsed = parse_unambiguous_json(plain, max_jws);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return bad(std::string(wanted));
  JsonReader reader(*object, "'sealed'");
  const auto jti = reader.text("jti", 64);
  const auto aud = reader.text("aud", 64);
  const auto signed_by = reader.text("signed_by", 64);
  const auto* body = reader.optional_object("body");
  auto text = reader.optional_text("text", max_jws);
  // Its complaints name members: they may be what somebody sealed.
  if (!reader.finish() || (body != nullptr) == text.has_value()) return bad(std::string(wanted));
  if (jti != envelope.jti || aud != envelope.aud || signed_by != kid) {
    return bad("'sealed': was sealed for another envelope: jti, aud and signed_by must be its own");
  }
  if (body != nullptr) envelope.request.body = *body;
  envelope.request.text = std::move(text);
  envelope.request.sealed.reset();
  return {};
}

const EnvelopeRefusalSpec& spec(EnvelopeRefusal refusal) {
  return specs[static_cast<std::size_t>(refusal)];
}

std::optional<EnvelopeRefusal> check(const Envelope& envelope, const EnvelopeFacts& facts) {
  for (const auto& row : checks) {
    if (row.fails(envelope, facts)) return row.refusal;
  }
  return std::nullopt;
}

std::chrono::milliseconds time_left(const Envelope& envelope, WallTime now) {
  return std::max<std::chrono::milliseconds>(envelope.expires - now, 0ms);
}

}  // namespace genkan::domain
