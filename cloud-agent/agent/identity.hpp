#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"
#include "firmware/base/p256.hpp"

namespace genkan::agent {

// Where the gateway's own identity is kept: a folder of the agent's user.
class IdentityFolder {
 public:
  explicit IdentityFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path key() const { return folder_ / "identity.key"; }
  std::filesystem::path certificate() const { return folder_ / "client.pem"; }
  std::filesystem::path ca() const { return folder_ / "ca.pem"; }
  std::filesystem::path claim() const { return folder_ / "claim.json"; }

 private:
  std::filesystem::path folder_;
};

// The gateway's key as proven to be its own, and what asks for a certificate for it.
struct Identity {
  P256Public key;
  std::string csr;  // PEM; common name: the gateway's id
};

// Reads the key, or makes it if there is no file: once, at first boot (P-256, owner alone may read
// it, on disk before it is used). A file that others can read is refused, a damaged one told; what
// is there is never overwritten. The key itself stays in the file, where TLS reads it.
Result<Identity> take_identity(const IdentityFolder& folder, std::string_view gateway);

}  // namespace genkan::agent
