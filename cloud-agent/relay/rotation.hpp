#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>

#include "cloud-agent/relay/key_chain.hpp"
#include "cloud-agent/relay/orders.hpp"
#include "cloud-agent/relay/registry.hpp"
#include "cloud-agent/relay/settings.hpp"

namespace genkan::relay {

// Brings the newest command key to every gateway and takes older ones away. Nothing but the
// registry's tables says what is to be done, so it goes on after a restart, and with gateways that
// were away for weeks:
//
//   gateway without the newest key   POST /v1/trust/keys          signed with one that it has
//   gateway with both                DELETE /v1/trust/keys/OLD    signed with the newest
//   no gateway with an older key     that key is retired, its file removed
//
// So between two steps a gateway always trusts a key that we have, and the newest has proved itself
// there before an older one goes. At most 64 at a time, and while any of them is done, more at the
// next tick: a key that is in other hands is changed at thousands of gateways within a minute. What
// failed is tried again after 5 minutes. One thread.
class Rotation {
 public:
  using IsOnline = std::function<bool(const std::string& gateway)>;
  static constexpr std::chrono::seconds look_every{2};
  static constexpr std::chrono::minutes again_after{5};
  static constexpr std::size_t most_in_hand = 64;

  Rotation(const CloudSettings& settings, Registry& registry, KeyChain& keys, Orders& orders,
           const Clock& clock, IsOnline is_online);

  void tick();

 private:
  bool may_begin(const std::string& gateway) const;
  Result<> look();
  Result<> introduce(const std::string& gateway, const std::string& kid);
  Result<> take_away(const std::string& gateway, const std::string& kid);
  Result<> retire_unheld();
  void end(const std::string& gateway, const std::string& fault);

  const CloudSettings& settings_;
  Registry& registry_;
  KeyChain& keys_;
  Orders& orders_;
  const Clock& clock_;
  IsOnline is_online_;
  SteadyTime next_look_{};
  std::set<std::string> in_hand_;
  std::unordered_map<std::string, SteadyTime> not_before_;  // those that failed
};

}  // namespace genkan::relay
