#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/domain/cloud/trust_key.hpp"

// Signed requests (REM-4): what stands in an envelope, and the checks that it must pass, as a
// table.
namespace genkan::domain {

// A signer's clock may be ahead of ours by so much.
constexpr std::chrono::seconds most_ahead{30};
// How long an envelope may live: one that moves something (Right::command, Right::disarm, a
// register written raw), others.
constexpr std::chrono::seconds longest_command_life{60};
constexpr std::chrono::seconds longest_life = std::chrono::hours(24);

// A call of the API, carried in an envelope.
struct InnerRequest {
  std::string method;
  std::string path;                   // with the query
  std::optional<json::object> body;   // nothing: the call has none, or
  std::optional<std::string> text{};  // a file: the site, a list of holders, or
  // either of them as a JWE for this gateway's receiving key; take_sealed() puts it in its place.
  std::optional<std::string> sealed{};
};

struct Envelope {
  std::string jti;  // 8 to 64 of [A-Za-z0-9_-]: the id of the request
  std::string aud;  // which gateway it is for
  std::chrono::sys_seconds issued, expires;
  std::string sub;  // who asked: 1 to 64 printable ASCII characters
  InnerRequest request;
};

// Exactly {"jti","aud","iat","exp","sub","req":{"method","path","body"?,"text"?,"sealed"?}}, no
// member twice, and at most one of the last three.
Result<Envelope> read_envelope(std::string_view payload);
// What was in the envelope's `sealed`, which goes: exactly {"jti","aud","signed_by","body" or
// "text"}, no member twice; the first three are the envelope's own and the kid that signed it, so
// that nobody can put what another sealed into an envelope of his own. The error has nothing of
// what is inside.
Result<> take_sealed(Envelope& envelope, std::string_view plain, std::string_view kid);
bool is_jti(std::string_view text);

// Why a signed request is not carried out.
enum class EnvelopeRefusal : std::uint8_t {
  malformed,
  unknown_key,
  bad_signature,
  key_ended,
  wrong_gateway,
  sealed_for_another,
  not_allowed,
  expired,
  issued_in_future,
  lives_too_long,
  clock_untrusted,
  already_used,
  too_many,
};
struct EnvelopeRefusalSpec {
  EnvelopeRefusal refusal;
  std::string_view name;  // in answers and records
  int status;             // HTTP
  std::string_view sentence;
};
const EnvelopeRefusalSpec& spec(EnvelopeRefusal refusal);

// What an envelope is held against; its signature holds already.
struct EnvelopeFacts {
  std::string_view gateway;
  WallTime now;
  ClockTrust clock;
  const TrustKey& key;
  Right needs;         // of the inner request
  bool moves = false;  // it moves something though its right does not say so
};
// The first check that it does not pass; nothing: it may be carried out.
std::optional<EnvelopeRefusal> check(const Envelope& envelope, const EnvelopeFacts& facts);
// How long its inner request may take: what is left until it expires. 0 at and after that time.
std::chrono::milliseconds time_left(const Envelope& envelope, WallTime now);

}  // namespace genkan::domain
