#pragma once

// Private to paho_broker.cpp, paho_session.cpp and paho_traffic.cpp: it shows Paho's types.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mqtt/async_client.h>

#include "cloud-agent/mqtt/paho_broker.hpp"

namespace genkan::mqtt {

// Paho calls the listeners and handlers on its own two threads, under its lock: they take what they
// need and post it to the loop, nothing else (but for BrokerListener::on_arrival).
class PahoBroker::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::any_io_executor loop, SessionSettings settings, std::optional<Place> place,
          BrokerListener& listener);

  void use(std::optional<Place> place);
  void start();
  void stop(std::chrono::milliseconds within, std::function<void()> done);
  void detach() { listener_ = nullptr; }

  Result<> publish(const Message& message, Ticket ticket);
  void subscribe(const std::string& filter, Retain retained, Qos qos);
  void unsubscribe(const std::string& filter);
  void reconnect(const std::string& why);

 private:
  // resting: a pause before the next attempt, or no place to connect to.
  enum class Phase { resting, connecting, online, stopping };

  struct Connecting final : ::mqtt::iaction_listener {
    explicit Connecting(Session& session) : owner(session) {}
    void on_success(const ::mqtt::token& token) override;
    void on_failure(const ::mqtt::token& token) override;
    Session& owner;
  };
  struct Leaving final : ::mqtt::iaction_listener {
    explicit Leaving(Session& session) : owner(session) {}
    void on_success(const ::mqtt::token& token) override;
    void on_failure(const ::mqtt::token& token) override;
    Session& owner;
  };
  struct Publishing final : ::mqtt::iaction_listener {
    explicit Publishing(Session& session) : owner(session) {}
    void on_success(const ::mqtt::token& token) override;
    void on_failure(const ::mqtt::token& token) override;
    Session& owner;
  };
  struct Subscribing final : ::mqtt::iaction_listener {
    void on_success(const ::mqtt::token& token) override;
    void on_failure(const ::mqtt::token& token) override;
  };

  // Runs a member function on the loop, if the session still is.
  template <class Work>
  void on_loop(Work work) {
    boost::asio::post(loop_, [self = weak_from_this(), todo = std::move(work)]() mutable {
      if (auto alive = self.lock()) todo(*alive);
    });
  }

  void make_client();
  void set_handlers();
  void connect();
  void hand_over_connect();
  void watch_connect();
  void connect_failed(const std::string& why);
  void ask_beside_paho(std::string why);
  void online(SessionFacts facts);
  void offline(const Away& away);
  void end_later(Away away);
  void retry();
  void report(Receipt receipt);
  void arrived(const ::mqtt::message& message);
  void stopped();

  boost::asio::any_io_executor loop_;
  SessionSettings settings_;
  std::optional<Place> place_;
  std::atomic<BrokerListener*> listener_;  // read by Paho's thread too
  boost::asio::steady_timer timer_;
  std::minstd_rand chance_{std::random_device{}()};
  Phase phase_ = Phase::resting;
  bool started_ = false;
  bool told_ = false;        // that the broker cannot be reached
  std::uint64_t epoch_ = 0;  // of the attempt: what an older one says counts no more
  std::chrono::milliseconds pause_;
  std::size_t longest_sent_ = 0;   // payload, in this session
  std::size_t learned_limit_ = 0;  // a payload of this length made the broker hang up; 0: none did
  bool probing_ = false;
  SteadyTime probed_{};  // when the broker was last asked beside Paho
  std::optional<Away> probe_said_;
  std::function<void()> stopped_;
  Connecting connecting_{*this};
  Leaving leaving_{*this};
  Publishing publishing_{*this};
  Subscribing subscribing_;
  std::jthread probe_;
  std::optional<::mqtt::async_client> client_;  // last: its end waits for its callbacks
};

}  // namespace genkan::mqtt
