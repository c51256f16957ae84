#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include <boost/asio/any_io_executor.hpp>

#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/relay/authority.hpp"
#include "cloud-agent/relay/calls.hpp"
#include "cloud-agent/relay/handover.hpp"
#include "cloud-agent/relay/key_chain.hpp"
#include "cloud-agent/relay/mirror.hpp"
#include "cloud-agent/relay/orders.hpp"
#include "cloud-agent/relay/recheck.hpp"
#include "cloud-agent/relay/registry.hpp"
#include "cloud-agent/relay/renewal.hpp"
#include "cloud-agent/relay/repair.hpp"
#include "cloud-agent/relay/rotation.hpp"
#include "cloud-agent/relay/settings.hpp"

namespace genkan::relay {

// What the relay works on; all of it outlives the relay.
struct RelayParts {
  const CloudSettings& settings;
  const Authority& authority;
  Registry& registry;
  KeyChain& keys;
  Mirror& mirror;
  const Clock& clock;
  std::string share_group;  // connection.hpp
};

// `genkan-cloud run`: one MQTT session for all gateways. A message is committed to the mirror on
// the receiving thread, before the broker gets its acknowledgement; what follows from it (asking
// for what is missing, renewing, changing keys) is the loop's, driven by one tick.
class Relay final : public mqtt::BrokerListener {
 public:
  using MakeBroker = std::function<std::unique_ptr<mqtt::Broker>(mqtt::BrokerListener&)>;
  // A message could not be kept: called on the receiving thread, and must end the process, so that
  // the broker hands the message out again.
  using CannotKeep = std::function<void(const Error&)>;

  static constexpr std::chrono::milliseconds tick_every{250};

  // `copy` tells several of these apart that share one mirror; lower case letters, digits, '-'.
  Relay(boost::asio::any_io_executor loop, const RelayParts& parts, std::string copy,
        const MakeBroker& make_broker, CannotKeep cannot_keep);

  // Reads how far the mirror is, then connects.
  Result<> start();
  void stop(std::function<void()> done);
  void tick();
  // For `systemctl status` and the log.
  std::string status_line() const;

  void on_online(mqtt::SessionFacts facts) override;
  void on_offline(mqtt::Away away) override;
  void on_message(mqtt::Inbound message) override;
  void on_receipt(mqtt::Receipt receipt) override;
  void on_arrival(const mqtt::Inbound& message) noexcept override;

 private:
  bool is_online(const std::string& gateway) const { return online_.contains(gateway); }
  void keep(const mqtt::Inbound& message);
  void drain();
  void taken(const Taken& taken, SteadyTime now);

  boost::asio::any_io_executor loop_;
  RelayParts parts_;
  CannotKeep cannot_keep_;
  std::unique_ptr<mqtt::Broker> broker_;
  Calls calls_;
  Orders orders_;
  Repair repair_;
  Recheck recheck_;
  Renewal renewal_;
  Rotation rotation_;
  Handover handover_;
  bool connected_ = false;
  bool was_connected_ = false;  // once at least
  SteadyTime next_checkpoint_{};
  std::uint64_t records_ = 0;  // that were new
  std::unordered_set<std::string> online_;
};

}  // namespace genkan::relay
