#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "cloud-agent/agent/daemon.hpp"
#include "cloud-agent/agent/home_assistant/discovery.hpp"
#include "cloud-agent/agent/retained_feed.hpp"

namespace genkan::agent::home_assistant {

// Home Assistant at the same broker: announces the devices there, and passes on what it asks for.
// genkand does what `[cloud] allow` of its settings names; it refuses all else, and records that.
// One thread: the loop's.
//
// A wish is carried out at once or not at all. Its topic is subscribed with QoS 0, so that a broker
// need not keep it for a gateway that is away; what comes in the first seconds of a session may
// have been kept all the same, and is refused, as is what is retained.
class Home {
 public:
  static constexpr std::chrono::seconds settling{2};
  // Wishes in hand; further ones are refused.
  static constexpr std::size_t most_in_hand = 16;

  struct Counts {
    std::uint64_t carried_out = 0;
    std::uint64_t refused = 0;
  };

  // `topics` and `window` must outlive it.
  Home(boost::asio::any_io_executor loop, Daemon& daemon, Window& window, const Topics& topics,
       Settings settings, std::string gateway);

  bool enabled() const { return settings_.enabled; }
  const Names& names() const { return names_; }

  void online(SteadyTime now);
  void version(std::string_view version);
  // A device as the API tells it.
  void device(const json::object& device);
  void inventory(const std::set<DeviceId>& devices);
  // A retained message at names().configs().
  void found(const DeviceId& object) { mirror_.found(object); }
  void wish(const DeviceId& device, const mqtt::Inbound& message, SteadyTime now);
  void pump() { feed_.pump(); }
  const Counts& counts() const { return counts_; }

 private:
  struct Known {
    json::object fields;  // that it was ever seen with
    json::object device;  // as told last, without its state
  };

  void announce(const DeviceId& id, const Known& known);
  void announce_gateway();
  // Why it is not carried out; empty if it is.
  std::string fault(const DeviceId& device, const mqtt::Inbound& message, SteadyTime now,
                    const Result<Wish>& wish) const;
  boost::asio::awaitable<void> carry_out(DeviceId device, Wish wish);
  void refuse(const DeviceId& device, std::string_view why);

  boost::asio::any_io_executor loop_;
  Daemon& daemon_;
  const Topics& topics_;
  Settings settings_;
  std::string gateway_;
  Names names_;
  std::string version_;
  std::map<DeviceId, Known> known_;
  RetainedMirror mirror_;
  RetainedFeed feed_;
  SteadyTime takes_from_ = SteadyTime::max();
  SteadyTime refusal_logged_{};
  std::size_t in_hand_ = 0;
  Counts counts_;
};

}  // namespace genkan::agent::home_assistant
