#include "tests/unit/agent/identity_stage.hpp"

#include "firmware/base/json.hpp"

namespace genkan::agent {

namespace {

WallTime now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

IdentityStage::IdentityStage()
    : folder_(temp_.path()),
      authority_key_(P256Key::make()),
      authority_(make_authority(authority_key_, "Trial", now() - 1h, now() + 24h).value()) {}

Claim IdentityStage::claim(const P256Public& key, std::string uri) const {
  const auto authority = Certificate::from_pem(authority_).value();
  const auto certificate = issue_certificate(IssueNeeds{.authority_key = authority_key_,
                                                        .authority = &authority,
                                                        .common_name = "gw-1",
                                                        .key = key,
                                                        .from = now() - 1h,
                                                        .to = now() + 1h,
                                                        .purpose = CertificatePurpose::client,
                                                        .names = {}});
  return Claim{"SPID-0001", "sakura", std::move(uri), authority_, certificate.value()};
}

std::string IdentityStage::body(const Claim& claim) {
  json::object body;
  body["contract"] = claim.contract;
  body["cloud"] = claim.cloud;
  body["broker"] = json::object{{"uri", claim.uri}};
  body["ca"] = claim.ca;
  body["certificate"] = claim.certificate;
  body["certificate_ends"] = "2027-11-20T09:05:07.000Z";
  body["since"] = "2026-11-20T09:05:07.000Z";
  return json::serialize(body);
}

}  // namespace genkan::agent
