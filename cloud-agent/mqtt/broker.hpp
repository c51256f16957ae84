#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloud-agent/mqtt/place.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"

// What the agent and the relay need of an MQTT 5 broker. PahoBroker is the real one; tests bring a
// fake.
namespace genkan::mqtt {

using UserProperties = std::vector<std::pair<std::string, std::string>>;

// No message of the contract is longer, either way (docs/CLOUD.md).
constexpr std::size_t most_payload = 64 * 1024;

enum class Retain { no, yes };
enum class Qos : std::uint8_t { at_most_once, at_least_once };

// A message that we publish, always with QoS 1.
struct Message {
  std::string topic;
  std::string payload;  // JSON; empty clears a retained message
  Retain retain = Retain::no;
  std::string response_topic;                  // empty: none
  std::string correlation;                     // empty: none
  std::optional<std::chrono::seconds> expiry;  // nothing: never; 0 s counts as 1 s
  UserProperties user_properties;
};

// A message from the broker.
struct Inbound {
  std::string topic;
  std::string payload;
  bool retained = false;
  std::optional<std::string> response_topic;
  std::optional<std::string> correlation;
  std::optional<std::chrono::seconds> expiry;  // what was left of it on arrival
  UserProperties user_properties;
  SteadyTime arrived{};
};

// Names one publish; chosen by the caller.
enum class Ticket : std::uint64_t {};

enum class Delivery {
  acknowledged,  // the broker has it
  refused,       // the broker said no to it (access control, quota, topic)
  too_large,     // longer than the broker takes
  lost,          // the session ended before an answer; the broker may have it
};

struct Receipt {
  Ticket ticket;
  Delivery delivery;
  int reason = 0;  // MQTT 5 reason code, for the log
};

// What the broker said when the session began.
struct SessionFacts {
  std::size_t receive_maximum = 65535;             // unacknowledged messages that it takes
  std::size_t largest_packet = 256 * 1024 * 1024;  // bytes
  bool resumed = false;  // it still had our session: subscriptions, and what came meanwhile
};

// Why the broker is not connected: one sentence for people.
struct Away {
  std::string why;
  bool by_clock = false;  // a certificate's dates speak against it; the clock may be what is wrong
};

// All calls but on_arrival come on the loop's thread, never from inside a call to the broker.
class BrokerListener {
 public:
  virtual ~BrokerListener() = default;
  virtual void on_online(SessionFacts facts) = 0;
  // A session that was online has ended.
  virtual void on_offline(Away away) = 0;
  // An attempt to connect failed; another follows by itself.
  virtual void on_attempt_failed(Away) {}
  virtual void on_message(Inbound message) = 0;
  virtual void on_receipt(Receipt receipt) = 0;
  // On the library's own thread, before the broker gets its acknowledgement: whoever must not lose
  // a message puts it on disk here. Everything else of this client stands still meanwhile; the
  // broker must not be called. on_message follows on the loop.
  virtual void on_arrival(const Inbound&) noexcept {}
};

class Broker {
 public:
  virtual ~Broker() = default;
  // Where to connect from now on; nothing: stay away. Ends a connection that is there, also one to
  // the same place: certificates are read anew at each connect. Connects again for ever, once
  // start() was called.
  virtual void use(std::optional<Place> place) = 0;
  virtual void start() = 0;
  // Says goodbye (the will is not sent then) and does not connect again. `done` is called once the
  // broker has it, at the latest after `within`.
  virtual void stop(std::chrono::milliseconds within, std::function<void()> done) = 0;
  // Hands a message over; exactly one receipt follows, also over a reconnect, unless this fails
  // (unreachable: not online; busy: too many waiting).
  virtual Result<> publish(const Message& message, Ticket ticket) = 0;
  // Asks for a topic filter, never for messages of our own. Retained messages come if `retained` is
  // yes, and are marked so in either case. What is asked for with at_most_once is not kept by the
  // broker while we are away. A refusal is logged.
  virtual void subscribe(std::string filter, Retain retained, Qos qos = Qos::at_least_once) = 0;
  virtual void unsubscribe(std::string filter) = 0;
  // Gives the session up and begins anew: for a broker that no longer answers.
  virtual void reconnect(std::string why) = 0;
};

}  // namespace genkan::mqtt
