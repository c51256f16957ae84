#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "cloud-agent/agent/broker.hpp"
#include "cloud-agent/agent/settings.hpp"

namespace genkan::agent {

// The retained last word of a session that ends without goodbye.
struct Will {
  std::string topic;
  std::string payload;
};

// An MQTT 5 session over Paho. Connects by itself and again, for ever, with pauses from 1 s to 30 s
// (doubled, each by chance up to a half shorter). The session outlives the connection by a day:
// requests that come meanwhile are kept by the broker. One a process (Paho has one receiving and
// one sending thread and one lock for all clients). All calls on the loop's thread.
class PahoBroker final : public Broker {
 public:
  // `password` may be empty. `listener` must outlive the broker.
  PahoBroker(boost::asio::any_io_executor loop, BrokerSettings settings, std::string password,
             Will will, BrokerListener& listener);
  ~PahoBroker() override;
  PahoBroker(const PahoBroker&) = delete;
  PahoBroker& operator=(const PahoBroker&) = delete;

  void start() override;
  void stop(std::chrono::milliseconds within, std::function<void()> done) override;
  Result<> publish(const Message& message, Ticket ticket) override;
  void subscribe(std::string filter, Retain retained) override;
  void unsubscribe(std::string filter) override;
  void reconnect(std::string why) override;

 private:
  class Session;
  std::shared_ptr<Session> session_;
};

}  // namespace genkan::agent
