#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/certificate.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/cloud/trust_key.hpp"

// Whose gateway this is: the claim by a contract, and the enrolment file that brings it (SITE-1).
namespace genkan::domain {

struct CloudClaim {
  std::string contract;  // 1 to 64 printable ASCII characters, as cloud
  std::string cloud;
  json::object broker;      // "uri", and what else the agent needs; texts and numbers, public
  std::string ca;           // 1 to 4 certificates, PEM: who may sign the broker's certificate
  std::string certificate;  // the gateway's, PEM
  WallTime since{};         // of the first claim by this contract
  bool operator==(const CloudClaim&) const = default;
};
// {"contract","cloud","broker","ca","certificate","certificate_ends","since"}: all of it is public.
json::object to_json(const CloudClaim& claim);
// When its certificate ends; nothing if it cannot be read.
std::optional<WallTime> certificate_end(const CloudClaim& claim);

// {"genkan":"enrolment 1","gateway","contract","cloud","broker":{"uri"…},"ca","certificate",
//  "command_keys":[K…],"consent"?}
struct Enrolment {
  std::string gateway;
  CloudClaim claim;
  std::vector<TrustKey> command_keys;
  std::string consent;  // a JWS; empty: none
};
// All mistakes of form in one error.
Result<Enrolment> read_enrolment(const json::object& object);

struct EnrolmentFacts {
  std::string_view gateway;
  std::string_view csr;  // the agent's certificate request; empty: it has not come yet
  WallTime now;
  ClockTrust clock;  // untrusted: times are not looked at
};
// What is wrong with a certificate for this gateway: its key is not the request's, none of the
// authorities signed it, it has ended or is not yet good. Each a sentence.
std::vector<std::string> certificate_faults(std::string_view ca, std::string_view certificate,
                                            const EnrolmentFacts& facts);
// The same of the whole file: the gateway is this one, too.
std::vector<std::string> enrolment_faults(const Enrolment& enrolment, const EnrolmentFacts& facts);

// An owner's consent to another contract: a JWS of a key with scope trust, claims exactly {"aud":
// gateway, "iat", "exp" (at most 7 days later), "jti", "release": the contract that ends}. One that
// is older than the present claim was for an earlier time of the same contract and is good no more:
// so each is used once. Error: what is wrong with it.
struct ConsentFacts {
  std::string_view gateway;
  std::string_view contract;  // the present one
  WallTime since;             // and when it began
  const TrustList& trust;
  WallTime now;
  ClockTrust clock;
};
Result<> check_consent(std::string_view jws, const ConsentFacts& facts);

}  // namespace genkan::domain
