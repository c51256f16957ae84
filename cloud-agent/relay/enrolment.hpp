#pragma once

#include <string>

#include "cloud-agent/relay/authority.hpp"
#include "cloud-agent/relay/key_chain.hpp"
#include "cloud-agent/relay/registry.hpp"
#include "cloud-agent/relay/settings.hpp"

namespace genkan::relay {

struct EnrolChoice {
  // What `genkan identity` printed: the gateway's certificate request, PEM; behind it, unless
  // the gateway is an older one, the key that what is sent to it is sealed for.
  std::string request;
  std::string contract;  // 1 to 48 of letters, digits, '.', '_' and '-'
  std::string gateway;
  std::string consent;  // of an owner elsewhere; may be empty
};

// What enrolling and releasing need.
struct Office {
  const CloudSettings& settings;
  const Authority& authority;
  Registry& registry;
  KeyChain& keys;
};

// Enrols a gateway and returns the enrolment file for `genkan claim`. SITE-1: one gateway a
// contract, one contract a gateway. The same gateway under the same contract is enrolled anew (its
// board was changed, its certificate lost). Another contract needs the owner's consent: release()
// of here is remembered, `consent` is of elsewhere. ErrorCode::conflict says what stands against
// it.
Result<std::string> enrol(const Office& office, const EnrolChoice& choice, WallTime now);

// Ends the gateway's contract here and returns the consent with which it can be claimed for
// another, for 7 days. A gateway that is released already gets a new one.
Result<std::string> release(const Office& office, std::string_view gateway, WallTime now);

}  // namespace genkan::relay
