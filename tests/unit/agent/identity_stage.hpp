#pragma once

#include <filesystem>
#include <string>

#include "cloud-agent/agent/claim.hpp"
#include "cloud-agent/agent/identity.hpp"
#include "firmware/base/certificate.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace genkan::agent {

// A folder for an identity that goes with the test, and a small authority that can claim it.
class IdentityStage {
 public:
  IdentityStage();

  const IdentityFolder& folder() const { return folder_; }
  // A claim whose certificate is for this key.
  Claim claim(const P256Public& key, std::string uri = "ssl://broker.example") const;
  // As GET /v1/claim tells it.
  static std::string body(const Claim& claim);

 private:
  test::TempDir temp_;
  IdentityFolder folder_;
  P256Key authority_key_;
  std::string authority_;
};

}  // namespace genkan::agent
