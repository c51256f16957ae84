#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>

#include "cloud-agent/relay/authority.hpp"
#include "cloud-agent/relay/orders.hpp"
#include "cloud-agent/relay/registry.hpp"
#include "cloud-agent/relay/settings.hpp"

namespace genkan::relay {

// Renews certificates of gateways over the same line, before they end: reads the gateway's
// certificate request, certifies it, and puts the certificate there by a signed request.
//
// Only the key that was enrolled is certified again. Whoever sits on the broker could answer with a
// request of his own, and would be that gateway from then on; a gateway with a new key is enrolled
// by a person.
//
// At most 8 at a time; what failed is tried again after an hour. One thread.
class Renewal {
 public:
  using IsOnline = std::function<bool(const std::string& gateway)>;
  static constexpr std::chrono::seconds look_every{10};
  static constexpr std::chrono::hours again_after{1};
  static constexpr std::size_t most_in_hand = 8;

  Renewal(const CloudSettings& settings, const Authority& authority, Registry& registry,
          Orders& orders, const Clock& clock, IsOnline is_online);

  void tick();
  std::uint64_t renewed() const { return renewed_; }

 private:
  void begin(const std::string& gateway);
  Result<Certificate> certify(const std::string& gateway, const Result<Answer>& identity) const;
  void identity(const std::string& gateway, const Result<Answer>& answer);
  void installed(const std::string& gateway, const Certificate& certificate,
                 const Result<Answer>& answer);
  void end(const std::string& gateway, const std::string& fault);

  const CloudSettings& settings_;
  const Authority& authority_;
  Registry& registry_;
  Orders& orders_;
  const Clock& clock_;
  IsOnline is_online_;
  SteadyTime next_look_{};
  std::uint64_t renewed_ = 0;
  std::set<std::string> in_hand_;
  std::unordered_map<std::string, SteadyTime> not_before_;  // those that failed
};

}  // namespace genkan::relay
