#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include <boost/json/object.hpp>

#include "tests/building/bank.hpp"

namespace building {

// What the wire's speed makes of time.
struct SerialTiming {
  std::uint32_t baud = 19'200;
  std::uint32_t bits_per_char = 11;  // 8E1: start, 8, parity, stop

  Duration chars(double count) const;
  // 3.5 characters; above 19,200 baud 1.75 ms (Modbus over Serial Line V1.02, 2.5.1.1).
  Duration silence() const;
};

// The devices' end of an RS-485 line, on the computed time of the wire: bytes that become readable
// at once are taken as if they had come at the line's speed; a frame ends by its length (functions
// 1 to 6, 15, 16) or by 3.5 characters of silence; it takes effect 3.5 characters and the unit's
// thinking time after its end; then the answer takes its own time on the wire and is handed over
// when its last character would have passed. All from absolute times, so that being woken late
// never adds up. Pure: no clock, no descriptors.
//
// A request that comes while an answer is on the wire is counted as a collision; both survive,
// because that is what a careless master would take for the wrong answer.
class RtuLine {
 public:
  using Emit = std::function<void(std::span<const std::uint8_t>)>;

  // `chunk`: hand the answer over in pieces of so many characters, as a UART's FIFO does; 0: whole.
  RtuLine(SerialTiming timing, Bank& bank, std::uint32_t seed, std::size_t chunk, Emit emit);

  // Bytes became readable at `at`.
  void received(std::span<const std::uint8_t> bytes, Time at);
  // Carries out what is due, units' physics included.
  void advance(Time now);
  std::optional<Time> next() const;
  // Forgets what is on the wire (the adapter was pulled).
  void reset();

  struct Statistics {
    std::uint64_t requests = 0;    // good frames for units that are here, and broadcasts
    std::uint64_t answers = 0;     // frames put on the wire, spoilt ones included
    std::uint64_t unheard = 0;     // good frames for units that are not here or dead
    std::uint64_t bad_crc = 0;     // what was no frame
    std::uint64_t broadcasts = 0;  //
    std::uint64_t early = 0;       // requests less than 3.5 characters after the last frame
    std::uint64_t collisions = 0;  // requests that began while an answer was on the wire
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    Duration wire_time{};  // both directions, without silences
    Duration latest{};     // the most that an answer was handed over after its time
    std::map<std::uint8_t, std::uint64_t> by_unit;  // requests
  };
  const Statistics& statistics() const { return statistics_; }

 private:
  struct Item {
    enum class What : std::uint8_t { execute, start, deliver, silence } what;
    std::uint8_t unit = 0;
    Bytes bytes;  // execute: function and data; start: the frame; deliver: what to hand over
  };
  void schedule(Time at, Item item);
  void run(Item& item, Time due, Time now);
  void parse();
  void take_frame(std::span<const std::uint8_t> frame, Time end);
  void execute(const Item& item, Time at);
  void start(const Bytes& frame, Time at);
  void silence(Time at);

  SerialTiming timing_;
  Bank& bank_;
  Random random_;
  std::size_t chunk_;
  Emit emit_;
  Bytes received_;
  Time received_end_{};  // when the last of received_ has passed
  Time quiet_since_{};   // computed end of the last frame of either side
  Time sending_until_{};
  std::multimap<Time, Item> items_;
  Statistics statistics_;
};

boost::json::object to_json(const RtuLine::Statistics& statistics);

}  // namespace building
