#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud-agent/agent/identity.hpp"
#include "cloud-agent/mqtt/place.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"

// To whom the gateway belongs, as genkand tells it (GET /v1/claim), and what that means for us.
namespace genkan::agent {

struct Claim {
  std::string contract;
  std::string cloud;
  std::string uri;          // of the broker
  std::string ca;           // PEM
  std::string certificate;  // PEM, for the gateway's key

  bool operator==(const Claim&) const = default;
};

// A body of GET /v1/claim; nothing if it says that the gateway is not claimed ("claimed": false).
// Members that we do not know are passed over: genkand has checked them.
Result<std::optional<Claim>> read_claim(std::string_view body);

// What was kept at the last claim, so that the broker is found also while genkand is away. Nothing
// if there is none, or if it is damaged: genkand tells it again.
std::optional<Claim> kept_claim(const IdentityFolder& folder);
// Keeps it: authority and certificate as files for TLS, then the claim. Each file is whole at any
// moment.
Result<> keep_claim(const IdentityFolder& folder, const Claim& claim);
// Forgets it; the key stays.
Result<> drop_claim(const IdentityFolder& folder);

// Where to connect to; without a place, why not.
struct Destination {
  std::optional<mqtt::Place> place;
  std::string why;
  bool fault = false;  // somebody has to do something about it; not so: it is only not claimed yet

  bool operator==(const Destination&) const = default;
};

// The broker of the settings, if they name one (`own`): with TLS always, in clear only as long as
// the gateway is not claimed. Else the claim's, with TLS always, if the certificate is for our key.
// `identity` fails if there is no key.
Destination destination(const std::optional<mqtt::Place>& own, const std::optional<Claim>& claim,
                        const Result<Identity>& identity, const IdentityFolder& folder);

}  // namespace genkan::agent
