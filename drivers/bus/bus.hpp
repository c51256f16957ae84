#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "drivers/bus/exchange.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/ports/fleet.hpp"

// One serial line or Modbus TCP link with its worker thread: one exchange on the wire at a time,
// the most urgent first. docs/BUS.md tells the rules and where each figure comes from.
namespace genkan::bus {

// Urgency. A command waits for at most the one exchange that is on the wire; a lane below is served
// when those above are empty, and at the latest after it was passed over `fairness` times in a row
// (so that no lane starves for ever).
enum class Lane : std::uint8_t { command, alarm, state, bulk };

// How a unit behaves, from its profile.
struct UnitTraits {
  std::chrono::milliseconds response_timeout{200};  // 20 ms to 5 s
  std::chrono::milliseconds lateness{300};  // the latest that an answer can still trickle in
  std::chrono::milliseconds turnaround{0};  // pause that the device needs between exchanges
  std::uint8_t failures_until_dead = 2;     // silent exchanges in a row
};

// A standing question, asked again and again by the worker itself.
struct PollSpec {
  std::uint8_t unit = 1;
  Table table = Table::holding;
  std::uint16_t address = 0;
  std::uint16_t count = 1;
  Lane lane = Lane::state;  // alarm or state
  // 0: as often as the wire allows. A TCP link has no wire that sets the pace: there it is 50 ms.
  std::chrono::milliseconds interval{0};
};

using PollId = std::uint32_t;

// What a poll brought; posted to the loop when the values or the ending differ from the last, and
// otherwise at most once a second (so that "read at" stays true without a post per exchange).
struct PollReport {
  PollId poll = 0;
  Answer answer;
};

class Bus {
 public:
  struct Options {
    domain::BusConfig config;
    // Bounds of the lanes' queues; past them submit answers `busy`.
    std::size_t most_commands = 64;
    std::size_t most_bulk = 1024;
  };
  struct Events {
    std::function<void(const PollReport&)> on_poll;
    std::function<void(std::uint8_t unit, bool dead)> on_unit;  // found dead, or answering again
    std::function<void(const std::string& fault)> on_line;      // down (why) or up (empty)
  };

  // Starts the worker; does not wait for the line. All callbacks run on `loop`, never inside a call
  // into this class.
  Bus(boost::asio::any_io_executor loop, Options options, Events events);
  // Ends after the exchange on the wire (a poll is left at once, a submitted question is waited
  // for, at most its unit's response time-out); what waits is completed as cancelled (posted to the
  // loop). Destroyed on the loop's thread, no event is delivered afterwards.
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  // Asks once. `done` is called exactly once on the loop. If the exchange has not begun by
  // `deadline` it ends as expired, at that moment and unsent. Unsent end also: a question that the
  // protocol cannot carry (exception 3), one below commands to a dead unit that is being probed
  // (silent), and everything while the line is down (line_down). Any thread.
  void submit(Exchange exchange, Lane lane, SteadyTime deadline, std::function<void(Answer)> done);

  // Polls may be added and removed while the worker runs. Loop thread.
  PollId add_poll(const PollSpec& spec);
  void remove_poll(PollId poll);
  // Asks this poll next, whatever its interval; its report is posted even if nothing changed.
  void hurry(PollId poll);
  void set_traits(std::uint8_t unit, UnitTraits traits);
  void forget_unit(std::uint8_t unit);

  bool up() const;
  ports::BusStatistics statistics() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace genkan::bus
