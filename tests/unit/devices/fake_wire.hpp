#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "drivers/devices/link.hpp"
#include "tests/unit/devices/fake_time.hpp"

namespace genkan::devices::test {

// One bus as a table of registers, with the endings that a test asks for. It keeps the contract of
// bus::Bus that the fleet builds on: reports on change and else once a second, each `done` once and
// posted, units found dead after two silences, all that waits cancelled when the link goes.
class FakeWire {
 public:
  struct Write {
    std::uint8_t unit;
    bus::Table table;
    std::uint16_t address;
    std::uint16_t value;
    SteadyTime at;
    bus::Lane lane;
    bool operator==(const Write&) const = default;
  };
  // What the next writes to a unit come to; the last stays on.
  enum class Fate { taken, lost_echo, lost, damaged_echo, exception };

  FakeWire(boost::asio::io_context& io, FakeTime& time) : io_(io), time_(time) {}

  std::uint16_t& at(std::uint8_t unit, bus::Table table, std::uint16_t address) {
    return registers_[{unit, table, address}];
  }
  // Called after a write took effect.
  std::function<void(const Write&)> physics;
  std::vector<Write> writes;  // that reached the device
  std::uint32_t asked = 0;    // exchanges and polls begun
  std::map<std::uint8_t, std::vector<Fate>> fates;
  std::uint8_t exception = 4;
  // What a submitted exchange comes to, asked before `fates`; reads included.
  std::function<std::optional<Fate>(const bus::Exchange&)> fate;
  // Called before a unit is read, for registers that live.
  std::function<void(std::uint8_t unit)> before_read;
  // Submitted exchanges that went through, in order.
  std::vector<bus::Exchange> exchanges;
  std::size_t most_bulk_waiting = 0;  // at one time
  std::set<std::uint8_t> silent;      // units that do not answer
  std::set<std::uint8_t> crc;         // units whose answers are damaged
  std::set<std::pair<std::uint8_t, std::uint16_t>> refused_reads;  // unit and first address
  std::chrono::milliseconds round_trip{10};
  std::chrono::milliseconds queue_time{0};  // before an exchange gets its turn
  bool stuck = false;                       // nothing leaves the queue any more
  std::size_t opened = 0;

  void set_line(const std::string& fault);
  std::unique_ptr<Link> open(bus::Bus::Events events);

  struct Poll {
    bus::PollSpec spec;
    bus::Answer last;
    SteadyTime posted{};
    bool ever = false;
  };
  const std::map<bus::PollId, Poll>& polls() const { return polls_; }
  std::uint32_t polls_added = 0;
  std::map<std::uint8_t, bus::UnitTraits> traits;
  std::set<std::uint8_t> forgotten;
  std::uint32_t hurried = 0;

 private:
  friend class FakeLink;
  struct Waiting {
    bus::Exchange exchange;
    bus::Lane lane;
    SteadyTime deadline;
    std::function<void(bus::Answer)> done;
  };

  void submit(Waiting waiting);
  void run(std::uint64_t number);
  bus::Answer answer_write(const bus::Exchange& exchange, bus::Lane lane, std::optional<Fate> told);
  bus::Answer answer_read(const bus::Exchange& exchange, std::optional<Fate> told);
  bus::Answer read(std::uint8_t unit, bus::Table table, std::uint16_t address, std::uint16_t count);
  void complete(std::uint64_t number, bus::Answer answer);
  void count_silence(std::uint8_t unit, bool silent);
  bus::PollId add_poll(const bus::PollSpec& spec);
  void schedule(bus::PollId id, std::chrono::milliseconds in);
  void ask(bus::PollId id, bool hurried);
  void close();

  boost::asio::io_context& io_;
  FakeTime& time_;
  bus::Bus::Events events_;
  std::map<std::tuple<std::uint8_t, bus::Table, std::uint16_t>, std::uint16_t> registers_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_exchange_ = 0;
  std::map<bus::PollId, Poll> polls_;
  bus::PollId last_poll_ = 0;
  std::map<std::uint8_t, int> silences_;
  std::string fault_;
};

}  // namespace genkan::devices::test
