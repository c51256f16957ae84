#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

namespace genkan::relay {

// Where everything of one cloud is. docs/RELAY.md tells what each file is and who may read it.
class Folder {
 public:
  explicit Folder(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path settings() const { return root_ / "cloud.toml"; }
  std::filesystem::path database() const { return root_ / "cloud.db"; }
  std::filesystem::path authority() const { return root_ / "ca.pem"; }
  std::filesystem::path authority_key() const { return root_ / "ca.key"; }
  // The authority of the cloud's own programs; it signs no gateways.
  std::filesystem::path own_authority() const { return root_ / "cloud-ca.pem"; }
  std::filesystem::path own_authority_key() const { return root_ / "cloud-ca.key"; }
  // What the programs of the cloud show the broker.
  std::filesystem::path certificate() const { return root_ / "cloud.pem"; }
  std::filesystem::path key() const { return root_ / "cloud.key"; }
  std::filesystem::path command_keys() const { return root_ / "keys"; }
  std::filesystem::path command_key(std::string_view kid) const;
  std::filesystem::path broker() const { return root_ / "broker"; }

 private:
  std::filesystem::path root_;
};

// No file of the folder is longer.
constexpr std::size_t most_file = 64 * 1024;

}  // namespace genkan::relay
