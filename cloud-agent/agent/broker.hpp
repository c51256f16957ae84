#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"

// What the agent needs of an MQTT 5 broker. PahoBroker is the real one; tests bring a fake.
namespace genkan::agent {

using UserProperties = std::vector<std::pair<std::string, std::string>>;

// No message of the contract is longer, either way (docs/CLOUD.md).
constexpr std::size_t most_payload = 64 * 1024;

enum class Retain { no, yes };

// A message up, always with QoS 1.
struct Message {
  std::string topic;
  std::string payload;  // JSON; empty clears a retained message
  Retain retain = Retain::no;
  std::string correlation;  // empty: none
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
};

// All calls come on the loop's thread, never from inside a call to the broker.
class BrokerListener {
 public:
  virtual ~BrokerListener() = default;
  virtual void on_online(SessionFacts facts) = 0;
  virtual void on_offline(std::string why) = 0;
  virtual void on_message(Inbound message) = 0;
  virtual void on_receipt(Receipt receipt) = 0;
};

class Broker {
 public:
  virtual ~Broker() = default;
  // Begins to connect, and connects again for ever.
  virtual void start() = 0;
  // Says goodbye (the will is not sent then) and does not connect again. `done` is called once the
  // broker has it, at the latest after `within`.
  virtual void stop(std::chrono::milliseconds within, std::function<void()> done) = 0;
  // Hands a message over; exactly one receipt follows, also over a reconnect, unless this fails
  // (unreachable: not online; busy: too many waiting).
  virtual Result<> publish(const Message& message, Ticket ticket) = 0;
  // Asks for a topic filter with QoS 1, never for messages of our own. Retained messages come if
  // `retained` is yes, and are marked so in either case. A refusal is logged.
  virtual void subscribe(std::string filter, Retain retained) = 0;
  virtual void unsubscribe(std::string filter) = 0;
  // Gives the session up and begins anew: for a broker that no longer answers.
  virtual void reconnect(std::string why) = 0;
};

}  // namespace genkan::agent
