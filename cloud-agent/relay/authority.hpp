#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/relay/folder.hpp"
#include "firmware/base/certificate.hpp"

namespace genkan::relay {

// A small certificate authority for trials: one key in a file. Whoever runs many buildings keeps
// the key elsewhere and signs requests there. One thread.
class Authority {
 public:
  // A new one of this common name, valid for ten years.
  static Result<Authority> make(std::string_view name, WallTime now);
  // The gateways'.
  static Result<Authority> load(const Folder& folder);
  Result<> save(const std::filesystem::path& certificate, const std::filesystem::path& key) const;

  const Certificate& certificate() const { return certificate_; }
  // A client certificate, from a day ago (clocks differ) for `life`, at most to the authority's
  // end.
  Result<Certificate> client(std::string_view common_name, const P256Public& key, WallTime now,
                             std::chrono::days life) const;
  // A server certificate for these DNS names and addresses, to the authority's end.
  Result<Certificate> server(std::string_view common_name, const P256Public& key,
                             std::vector<std::string> names, WallTime now) const;

 private:
  Authority(P256Key key, Certificate certificate)
      : key_(std::move(key)), certificate_(std::move(certificate)) {}

  P256Key key_;
  Certificate certificate_;
};

}  // namespace genkan::relay
