#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "firmware/base/json.hpp"
#include "firmware/base/p256.hpp"

namespace genkan::test {

// Signs requests for a gateway with a command key (docs/CLOUD.md, "Changing something: signed").
class RequestSigner {
 public:
  RequestSigner(P256Key key, std::string kid, std::string gateway);
  // With the key in a PEM file, as genkan-cloud keeps it; throws std::runtime_error.
  RequestSigner(const std::filesystem::path& key, std::string kid, std::string gateway);

  struct Wish {
    std::string jti{};  // empty: a fresh one
    std::string method = "POST";
    std::string path{};
    json::object body{};             // empty: none
    std::chrono::seconds issued{0};  // iat, from now
    std::chrono::seconds life{60};   // exp - iat
    std::string subject = "anna";
  };
  // The envelope; each call without a jti makes another one.
  std::string sign(const Wish& wish) const;
  // POST /v1/devices/DEVICE/commands.
  std::string command(std::string_view device, std::string_view command,
                      std::chrono::seconds life = std::chrono::seconds(60)) const;
  // Any claims.
  std::string sign_claims(const json::object& claims) const;

 private:
  P256Key key_;
  std::string kid_;
  std::string gateway_;
};

// 16 hexadecimal digits by chance.
std::string fresh_jti();

}  // namespace genkan::test
