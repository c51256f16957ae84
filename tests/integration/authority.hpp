#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "firmware/base/certificate.hpp"

namespace genkan::test {

// A certificate authority of a test. Times are offsets from now.
class Authority {
 public:
  explicit Authority(const std::string& name);
  // One that is there, with its key; throws std::runtime_error if a file is missing.
  Authority(const std::filesystem::path& certificate, const std::filesystem::path& key);

  struct Wish {
    std::string name;  // CN
    P256Public key;
    CertificatePurpose purpose = CertificatePurpose::client;
    std::chrono::hours from{-24};
    std::chrono::hours to{24};
    std::vector<std::string> names;  // a server's
  };
  const std::string& pem() const { return pem_; }
  std::string issue(const Wish& wish) const;
  // A key of its own and a certificate for it: FOLDER/NAME.pem and FOLDER/NAME.key.
  void put_server(const std::filesystem::path& folder, const std::string& name,
                  std::chrono::hours from = std::chrono::hours(-24),
                  std::chrono::hours to = std::chrono::hours(24),
                  std::vector<std::string> names = {"127.0.0.1", "localhost"}) const;

 private:
  P256Key key_;
  std::string pem_;
};

}  // namespace genkan::test
