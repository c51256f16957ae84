#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "cloud-agent/agent/request.hpp"
#include "firmware/base/clock.hpp"

namespace genkan::agent {

// What was answered of late, so that a message delivered twice (QoS 1, after a reconnect) does not
// run twice. Lives in memory: the last 1024 requests, for two minutes each. Over a restart of the
// agent an unsigned command can run twice; a signed one cannot, for which genkand has its ledger.
// One thread.
class Answers {
 public:
  static constexpr std::size_t most = 1024;
  static constexpr std::chrono::minutes lifetime{2};
  // Of the answers' bodies together; older ones give way.
  static constexpr std::size_t most_bytes = std::size_t{1024} * 1024;

  // Names a request: correlation data, response topic, method, path, subject and body. Requests
  // without correlation data cannot be told apart from an intended repetition: an empty name.
  static std::string name_of(const mqtt::Inbound& message);

  struct Known {
    std::optional<Answer> answer;  // nothing: it is being carried out
  };

  // What is known of the request of that name; nothing if it is new.
  std::optional<Known> find(const std::string& name, SteadyTime now);
  // It is being carried out.
  void begin(const std::string& name, SteadyTime now);
  void finish(const std::string& name, const Answer& answer);
  // It was not carried out, and may be asked for again.
  void forget(const std::string& name);

 private:
  struct Entry {
    SteadyTime since;
    std::optional<Answer> answer;
  };

  void drop_old(SteadyTime now);
  void drop_first();

  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> order_;  // oldest first; may name what is forgotten
  std::size_t bytes_ = 0;
};

}  // namespace genkan::agent
