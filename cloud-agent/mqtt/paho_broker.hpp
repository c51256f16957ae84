#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "cloud-agent/mqtt/broker.hpp"

namespace genkan::mqtt {

// The retained last word of a session that ends without goodbye.
struct Will {
  std::string topic;
  std::string payload;
  std::chrono::seconds delay{30};
};

// Who we are at the broker, wherever that is.
struct SessionSettings {
  std::string client_id;
  std::string username;  // empty: none
  std::string password;  // empty: none
  std::optional<Will> will;
  // How long the broker keeps the session, and what comes for it, while we are away.
  std::chrono::seconds kept{24 * 3600};
  // Unacknowledged messages on their way to us.
  std::uint16_t receive_maximum = 20;
  // Bytes of a packet to us; the broker drops a longer one.
  std::uint32_t largest_packet = 256 * 1024;
};

// An MQTT 5 session over Paho. Connects by itself and again, for ever, with pauses from 1 s to 30 s
// (doubled, each by chance up to a half shorter). With TLS, what Paho does not tell is looked up:
// after a failure, at most every five minutes, the certificates are read and the broker is asked
// once more beside Paho (tls_probe.hpp), for the sentence that says what is wrong. One a process
// (Paho has one receiving and one sending thread and one lock for all clients; and a connection
// that is given up is ended by shutting down this process's sockets to the broker's port). All
// calls on the loop's thread.
class PahoBroker final : public Broker {
 public:
  // `listener` must outlive the broker.
  PahoBroker(boost::asio::any_io_executor loop, SessionSettings settings,
             std::optional<Place> place, BrokerListener& listener);
  ~PahoBroker() override;
  PahoBroker(const PahoBroker&) = delete;
  PahoBroker& operator=(const PahoBroker&) = delete;

  void use(std::optional<Place> place) override;
  void start() override;
  void stop(std::chrono::milliseconds within, std::function<void()> done) override;
  Result<> publish(const Message& message, Ticket ticket) override;
  void subscribe(std::string filter, Retain retained, Qos qos = Qos::at_least_once) override;
  void unsubscribe(std::string filter) override;
  void reconnect(std::string why) override;

 private:
  class Session;
  std::shared_ptr<Session> session_;
};

}  // namespace genkan::mqtt
