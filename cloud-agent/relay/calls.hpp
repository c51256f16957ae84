#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "cloud-agent/mqtt/broker.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"

namespace genkan::relay {

// One request to a gateway's API.
struct Call {
  std::string gateway;
  std::string method;
  std::string path;
  std::string payload;              // JSON, a JWS, or empty
  std::chrono::seconds within{20};  // for the answer; the request is not carried out later either
};

struct Answer {
  int status = 0;
  std::string body;

  bool good() const { return status >= 200 && status < 300; }
};

// Requests under way, over one MQTT session, to any number of gateways. Each is answered exactly
// once: by the gateway, or with an error (timeout; rejected: the broker said no). At most `most` at
// a time, of which 15 are unacknowledged by the broker. One thread; no timers of its own.
class Calls {
 public:
  using Done = std::function<void(Result<Answer>)>;
  static constexpr std::size_t most = 512;

  // `client`: a name for the topics of answers; lower case letters, digits, '-'. `broker` must
  // outlive the calls.
  Calls(mqtt::Broker& broker, std::string client);

  // What to subscribe to before the first call.
  std::string answers() const;

  // ErrorCode::busy: `most` are under way, and `done` is not called. Never calls `done` itself.
  Result<> ask(Call call, SteadyTime now, Done done);
  std::size_t under_way() const { return flying_.size(); }

  // The broker's news. Requests that it had not acknowledged are sent again when it is back.
  void online(SteadyTime now);
  void offline();
  // Whether the message was an answer; one that nobody waits for is dropped.
  bool message(const mqtt::Inbound& message);
  void receipt(const mqtt::Receipt& receipt, SteadyTime now);
  // Every second or more often.
  void tick(SteadyTime now);

 private:
  using Id = std::uint64_t;
  struct Flying {
    Call call;
    Done done;
    SteadyTime until;
  };

  std::optional<Id> id_of(std::string_view correlation) const;
  void send_waiting(SteadyTime now);
  bool send(Id id, const Flying& flying, SteadyTime now);
  void finish(Id id, Result<Answer> answer);

  mqtt::Broker& broker_;
  std::string client_;
  // Only this process knows it, so that an answer to an earlier one's request is none to ours.
  std::string mark_;
  bool online_ = false;
  Id last_ = 0;
  std::unordered_map<Id, Flying> flying_;
  std::deque<Id> waiting_;                 // not handed to the broker yet
  std::unordered_set<Id> unacknowledged_;  // by the broker; tickets are ids
  std::multimap<SteadyTime, Id> deadlines_;
};

}  // namespace genkan::relay
