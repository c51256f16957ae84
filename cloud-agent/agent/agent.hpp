#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "cloud-agent/agent/broker.hpp"
#include "cloud-agent/agent/daemon.hpp"
#include "cloud-agent/agent/journal_feed.hpp"
#include "cloud-agent/agent/presence.hpp"
#include "cloud-agent/agent/request_desk.hpp"
#include "cloud-agent/agent/state_feed.hpp"
#include "cloud-agent/agent/topics.hpp"
#include "cloud-agent/agent/wake.hpp"
#include "cloud-agent/agent/window.hpp"

namespace genkan::agent {

// The agent put together: what genkand tells goes up, what the cloud asks goes down. Either side
// may be away at any time and come back. One thread: the loop's.
class Agent final : public BrokerListener {
 public:
  using MakeBroker = std::function<std::unique_ptr<Broker>(BrokerListener&)>;

  Agent(boost::asio::any_io_executor loop, std::string gateway, Daemon& daemon,
        const MakeBroker& make_broker);

  void start();
  // Says `offline`, stores the cursors, leaves the broker; then calls `done`, within 1.8 s.
  void stop(std::function<void()> done);
  // One line on how things stand.
  std::string status_line() const;

  void on_online(SessionFacts facts) override;
  void on_offline(std::string why) override;
  void on_message(Inbound message) override;
  void on_receipt(Receipt receipt) override;

 private:
  boost::asio::awaitable<void> follow_stream();
  boost::asio::awaitable<void> watch_status();
  boost::asio::awaitable<void> tick();
  boost::asio::awaitable<void> leave(std::function<void()> done);
  boost::asio::awaitable<bool> read_inventory();
  boost::asio::awaitable<void> store_cursors();
  void note_daemon(bool answers, std::string_view how);
  bool on_event(const ApiEvent& event);
  void on_hello(const json::object& hello);
  void on_record(const json::object& record, std::string_view text);
  void pump();
  void pump_presence();
  void say(std::string presence);

  boost::asio::any_io_executor loop_;
  Daemon& daemon_;
  Topics topics_;
  std::unique_ptr<Broker> broker_;
  Window window_;
  JournalFeed journal_;
  StateFeed states_;
  RequestDesk desk_;
  Presence presence_;
  Wake status_due_;
  bool inventory_due_ = true;
  bool leftovers_sought_ = false;
  SteadyTime leftovers_until_{};
  bool streaming_ = false;
  std::optional<bool> daemon_answers_;  // nothing: not asked yet
  bool stopping_ = false;
  bool goodbye_heard_ = false;
  bool cursors_stored_ = true;
};

}  // namespace genkan::agent
