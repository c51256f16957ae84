#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/long/fleet/link.hpp"
#include "tests/long/fleet/words.hpp"

namespace genkan::fleet {

// A gateway as its cloud sees it: presence with a will, a retained state a device, records in two
// lanes in order of number, answers. It keeps at most 19 messages unacknowledged and takes its
// cursors forward over acknowledgements alone, as genkan-agent does; after a reconnect everything
// behind them is sent again, and all states are told. One thread: the loop's.
class Gateway final : public LinkListener {
 public:
  struct Setup {
    std::string id;
    unsigned number = 0;
    std::string kid;               // of the command key that it trusts
    std::string certificate, key;  // PEM
    std::uint32_t will_delay_s = 30;
  };
  static constexpr std::size_t devices = 20;

  Gateway(boost::asio::io_context& loop, boost::asio::ssl::context& tls, std::uint16_t port,
          const Setup& setup);

  void come() { link_.come(); }
  void vanish() { link_.vanish(); }
  bool online() const { return link_.online(); }
  // Something happens in the building: so many records, each with a new state of a door.
  void happen(int records);
  // The same without new states; `most_in_message` records of activity travel together.
  void recorded(int records, std::size_t most_in_message);

  // Every second or so: tells a new head, at most once a minute.
  void look(SteadyTime now);

  std::int64_t head() const { return head_; }
  bool all_acknowledged() const;
  std::uint64_t commands() const { return commands_; }  // carried out

  void on_online() override;
  void on_offline() override;
  void on_acknowledged(std::uint16_t packet_id, int reason) override;
  void on_arrived(const Arrived& message) override;

 private:
  struct Flying {
    std::uint16_t packet_id = 0;
    std::int64_t last = 0;
    bool acknowledged = false;
  };
  struct Lane {
    bool alarm = false;
    std::int64_t cursor = 0;  // acknowledged up to here
    std::int64_t sent = 0;
    std::deque<Flying> flying{};
  };
  struct Answer {
    std::string topic, correlation, payload;
    int status = 0;
  };
  enum class Sort : std::uint8_t { alarm, answer, state, activity };

  bool room(Sort sort) const { return flying_.size() < share[static_cast<std::size_t>(sort)]; }
  void pump();
  bool send_answer();
  bool send_state();
  bool send_records(Lane& lane, std::size_t most);
  std::int64_t next_of(const Lane& lane, std::int64_t after) const;
  void publish(PublishWords words, Sort sort);
  std::string topic(std::string_view end) const;

  // As the agent's (cloud-agent/agent/window.cpp).
  static constexpr std::array<std::size_t, 4> share{19, 16, 12, 8};

  std::string id_;
  Words words_;
  Link link_;
  std::int64_t head_ = 0;
  std::size_t most_in_message_ = 1;
  std::uint16_t last_packet_ = 0;
  std::unordered_map<std::uint16_t, Sort> flying_;
  Lane alarms_{.alarm = true};
  Lane activity_{};
  std::deque<Answer> answers_;
  std::deque<std::size_t> changed_;  // devices whose state is to be told, each once
  std::vector<bool> is_changed_ = std::vector<bool>(devices);
  unsigned turn_ = 0;
  std::uint64_t commands_ = 0;
  bool presence_due_ = false;
  SteadyTime presence_said_{};
  std::int64_t head_said_ = 0;
};

}  // namespace genkan::fleet
