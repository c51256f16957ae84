#pragma once

#include <chrono>
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
  std::string body;     // a JSON object, or empty
  std::string subject;  // who asks: 1 to 64 printable ASCII characters
};

// An order that moves hardware may live a minute; all of ours do.
constexpr std::chrono::seconds order_life{60};

// The signed envelope of the contract (docs/CLOUD.md): a JWS with a fresh jti, from `now` on. Each
// call makes another one: send the same text again to ask what became of the first.
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
