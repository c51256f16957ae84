#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "cloud-agent/agent/daemon.hpp"
#include "cloud-agent/agent/lane.hpp"
#include "cloud-agent/agent/topics.hpp"
#include "cloud-agent/agent/window.hpp"
#include "cloud-agent/mqtt/wake.hpp"

namespace genkan::agent {

// Carries the journal to the event topics: two lanes, each with its own cursor at genkand. Alarms
// go first and have room of their own in the window. A cursor moves only over what the broker has
// acknowledged; it is written at most once a second. One thread: the loop's.
class JournalFeed {
 public:
  struct Counts {
    std::uint64_t records = 0;        // acknowledged
    std::uint64_t undeliverable = 0;  // dropped: too large for the broker
    std::uint64_t refused = 0;        // messages that access control refused; they are kept
  };

  JournalFeed(boost::asio::any_io_executor loop, Daemon& daemon, Window& window,
              const Topics& topics);

  // Begins to read: the cursors first.
  void start();
  // genkand's stream began; `head` is the journal's.
  void stream_began(std::int64_t head);
  void stream_ended();
  // A record was committed; `text` is its JSON.
  void committed(std::int64_t seq, std::string_view lane, std::string_view text);
  // A session with the broker began.
  void online();
  // Sends as far as there is room: alarms first.
  void pump();
  void pump_alarms() { send(alarm_); }
  void pump_activity() { send(activity_); }
  // Writes the cursors that moved. For the stop.
  boost::asio::awaitable<void> store_cursors();

  const Counts& counts() const { return counts_; }
  // Records taken in that the broker does not have yet.
  std::size_t backlog() const;

 private:
  struct Reader {
    Reader(const boost::asio::any_io_executor& loop, LaneForm form, Urgency urgent, std::string to);
    Lane lane;
    Urgency urgency;
    std::string topic;
    mqtt::Wake wake;
    mqtt::Pause pause;
    std::int64_t stored = 0;  // the cursor as genkand has it
    bool moved = false;       // something was acknowledged since it was stored
    bool verify = false;      // genkand began anew: is it still the same journal?
    SteadyTime held_until{};  // nothing is sent before
    bool refusal_told = false;
  };

  boost::asio::awaitable<void> feed(Reader& reader);
  boost::asio::awaitable<void> keep_cursors();
  boost::asio::awaitable<bool> begin(Reader& reader);
  boost::asio::awaitable<bool> read(Reader& reader, std::string wait);
  boost::asio::awaitable<void> store(Reader& reader);
  void start_over(Reader& reader, std::string_view why);
  void send(Reader& reader);
  void settle(Reader& reader, std::uint64_t batch, std::size_t records, mqtt::Delivery delivery,
              int reason);
  void drop(Reader& reader, std::uint64_t batch, int reason);

  boost::asio::any_io_executor loop_;
  Daemon& daemon_;
  Window& window_;
  Reader alarm_;
  Reader activity_;
  bool streaming_ = false;
  Counts counts_;
};

}  // namespace genkan::agent
