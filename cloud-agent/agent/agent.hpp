#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "cloud-agent/agent/daemon.hpp"
#include "cloud-agent/agent/enrolment.hpp"
#include "cloud-agent/agent/home_assistant/home.hpp"
#include "cloud-agent/agent/journal_feed.hpp"
#include "cloud-agent/agent/link_report.hpp"
#include "cloud-agent/agent/presence.hpp"
#include "cloud-agent/agent/request_desk.hpp"
#include "cloud-agent/agent/retained_feed.hpp"
#include "cloud-agent/agent/state_mirror.hpp"
#include "cloud-agent/agent/topics.hpp"
#include "cloud-agent/agent/window.hpp"
#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/mqtt/wake.hpp"

namespace genkan::agent {

struct AgentNeeds {
  Enrolment::Needs enrolment;
  std::optional<home_assistant::Settings> home_assistant;  // nothing: the settings do not name it
};

// The agent put together: what genkand tells goes up, what the cloud asks goes down. Either side
// may be away at any time and come back. One thread: the loop's. In agent.cpp the broker's side and
// the end, in agent_genkand.cpp the side of genkand.
class Agent final : public mqtt::BrokerListener {
 public:
  // `place`: where to connect to at first.
  using MakeBroker = std::function<std::unique_ptr<mqtt::Broker>(mqtt::BrokerListener&,
                                                                 std::optional<mqtt::Place> place)>;

  Agent(boost::asio::any_io_executor loop, AgentNeeds needs, Daemon& daemon,
        const MakeBroker& make_broker);

  void start();
  // Says `offline`, stores the cursors, leaves the broker; then calls `done`, within 1.8 s.
  void stop(std::function<void()> done);
  // One line on how things stand.
  std::string status_line() const;

  void on_online(mqtt::SessionFacts facts) override;
  void on_offline(mqtt::Away away) override;
  void on_attempt_failed(mqtt::Away away) override;
  void on_message(mqtt::Inbound message) override;
  void on_receipt(mqtt::Receipt receipt) override;

 private:
  // The broker's side.
  void move_to(const Destination& destination);
  void seek_leftovers();
  void forget_leftovers();
  void note_away(const mqtt::Away& away);
  void pump();
  void pump_presence();
  void say(std::string presence);
  // genkand's side.
  boost::asio::awaitable<void> follow_stream();
  boost::asio::awaitable<void> watch_status();
  boost::asio::awaitable<void> report_link();
  boost::asio::awaitable<bool> read_inventory();
  void note_daemon(bool answers, std::string_view how);
  void on_status(const json::object& status);
  bool on_event(const ApiEvent& event);
  void on_hello(const json::object& hello);
  void on_record(const json::object& record, std::string_view text);
  void on_device(const json::object& device);
  LinkReport::Counts counts() const;
  // Time and the end.
  boost::asio::awaitable<void> tick();
  boost::asio::awaitable<void> leave(std::function<void()> done);
  boost::asio::awaitable<void> store_cursors();

  boost::asio::any_io_executor loop_;
  Daemon& daemon_;
  Topics topics_;
  Enrolment enrolment_;
  std::unique_ptr<mqtt::Broker> broker_;
  Window window_;
  JournalFeed journal_;
  StateMirror state_mirror_;
  RetainedFeed states_;
  RequestDesk desk_;
  std::optional<home_assistant::Home> home_;
  Presence presence_;
  LinkReport link_;
  mqtt::Wake status_due_;
  mqtt::Wake link_due_;
  bool inventory_due_ = true;
  bool leftovers_sought_ = false;
  SteadyTime leftovers_until_{};
  bool clock_trusted_ = true;  // as genkand says
  bool streaming_ = false;
  std::optional<bool> daemon_answers_;  // nothing: not asked yet
  bool stopping_ = false;
  bool goodbye_heard_ = false;
  bool cursors_stored_ = true;
};

}  // namespace genkan::agent
