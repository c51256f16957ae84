#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/p256.hpp"

namespace genkan::relay {

// What somebody wants of a gateway's API.
struct Order {
  std::string gateway;
  std::string method;
  std::string path;
  std::string body;                   // a JSON object, or empty
  std::string subject;                // who asks: 1 to 64 printable ASCII characters
  std::optional<std::string> text{};  // instead of a body: a file, for calls that take one
  // The gateway's, to seal body or text for; nothing: they go in clear.
  std::optional<P256Public> receiver{};
};

// Whether it may have a code in it, so that it is sealed where the gateway's key is known: all that
// has a body or a file, but commands, and public keys and certificates, which must arrive at a
// gateway that lost its receiving key, too.
bool is_worth_sealing(const Order& order);

// An order that moves hardware may live a minute; all of ours do.
constexpr std::chrono::seconds order_life{60};

// The signed envelope of the contract (docs/CLOUD.md): a JWS with a fresh jti, from `now` on; what
// it carries is a JWE if there is a receiver. Each call makes another one: send the same text again
// to ask what became of the first.
// ErrorCode::invalid: no gateway would take it; its message would be larger than one may be, too.
Result<std::string> seal_order(const Order& order, const P256Key& key, std::string_view kid,
                               WallTime now, std::chrono::seconds life = order_life);

// Consent to the gateway's release from `contract`, for its next owner: at most 7 days.
std::string seal_consent(std::string_view gateway, std::string_view contract, const P256Key& key,
                         std::string_view kid, WallTime now, std::chrono::days life);

// What stands in a consent; its signature is not looked at. ErrorCode::invalid if it is none.
struct Consent {
  std::string kid, gateway, contract;
  WallTime ends{};
};
Result<Consent> read_consent(std::string_view jws);

}  // namespace genkan::relay
