#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/certificate.hpp"
#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/cloud/trust_key.hpp"

namespace genkan::test {

// A cloud that signs: its key, and how the gateway knows it.
class Signer {
 public:
  Signer(std::string kid, std::vector<domain::Scope> scopes) : kid_(std::move(kid)) {
    for (const auto scope : scopes) scopes_ = scopes_.with(scope);
  }

  domain::TrustKey trusted() const {
    return {kid_, key_.public_key(), "Example cloud", scopes_, {}, WallTime{}, "user:ines"};
  }
  // As an enrolment file and POST /v1/trust/keys have it.
  json::object entry() const {
    return {{"kid", kid_},
            {"key", key_.public_key().to_jwk()},
            {"name", "Example cloud"},
            {"scopes", domain::to_json(scopes_)}};
  }
  std::string sign(const json::object& claims) const {
    return jws_sign(key_, kid_, json::serialize(claims));
  }
  const P256Key& key() const { return key_; }
  const std::string& kid() const { return kid_; }

 private:
  std::string kid_;
  domain::Scopes scopes_;
  P256Key key_ = P256Key::make();
};

// The claims of a signed request of `now`, good for 30 s.
inline json::object claims(std::string_view jti, WallTime now, std::string_view method,
                           std::string_view path, std::optional<json::object> body = {}) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  json::object request{{"method", method}, {"path", path}};
  if (body) request["body"] = std::move(*body);
  return {{"jti", jti},          {"aud", "gw-1"}, {"iat", seconds},
          {"exp", seconds + 30}, {"sub", "anna"}, {"req", std::move(request)}};
}

inline json::object command_claims(std::string_view jti, WallTime now, std::string_view device,
                                   std::string_view command) {
  return claims(jti, now, "POST", cat("/v1/devices/", device, "/commands"),
                json::object{{"command", command}});
}

// The claims with what their call brings sealed, for an envelope that `kid` signs.
inline json::object sealed(json::object claims, const P256Public& receiver, std::string_view kid) {
  json::object content{{"jti", claims.at("jti")}, {"aud", claims.at("aud")}, {"signed_by", kid}};
  auto& request = claims.at("req").as_object();
  for (const auto* what : {"body", "text"}) {
    if (!request.contains(what)) continue;
    content[what] = request.at(what);
    request.erase(what);
  }
  request["sealed"] = jwe_seal(receiver, json::serialize(content));
  return claims;
}

// A cloud's authority and a gateway's identity.
struct Enrolling {
  explicit Enrolling(WallTime its_now) : now(its_now) {}

  WallTime now;
  P256Key authority_key = P256Key::make();
  P256Key gateway_key = P256Key::make();
  std::string ca = *make_authority(authority_key, "Example authority", now - std::chrono::hours(1),
                                   now + std::chrono::days(3650));
  std::string csr = *make_csr_pem(gateway_key, "gw-1");

  std::string certificate(std::chrono::seconds life = std::chrono::days(365)) const {
    return certificate_for(gateway_key.public_key(), life);
  }
  std::string certificate_for(const P256Public& key, std::chrono::seconds life) const {
    const auto authority = Certificate::from_pem(ca);
    return *issue_certificate({.authority_key = authority_key,
                               .authority = &*authority,
                               .common_name = "gw-1",
                               .key = key,
                               .from = now - std::chrono::hours(1),
                               .to = now + life,
                               .purpose = CertificatePurpose::client,
                               .names = {}});
  }
  json::object file(const std::vector<json::object>& keys, std::string_view contract = "SPID-1",
                    std::string_view cloud = "Example cloud") const {
    json::array list;
    for (const auto& key : keys) list.emplace_back(key);
    return {{"genkan", "enrolment 1"},
            {"gateway", "gw-1"},
            {"contract", contract},
            {"cloud", cloud},
            {"broker", {{"uri", "ssl://broker.example:8883"}}},
            {"ca", ca},
            {"certificate", certificate()},
            {"command_keys", std::move(list)}};
  }
};

}  // namespace genkan::test
