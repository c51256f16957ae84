#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "drivers/bus/bus.hpp"
#include "drivers/bus/polls.hpp"
#include "drivers/bus/units.hpp"

// Which question goes on the wire next. Pure: no I/O, no thread, time is passed in. The rules are
// told in docs/BUS.md, "Who goes next".
namespace genkan::bus {

inline constexpr std::size_t lane_count = 4;

// Below commands, a lane that had something to ask is passed over at most this often in a row.
inline constexpr std::uint32_t fairness = 4;
// After so many commands in a row one exchange of the lanes below goes through.
inline constexpr std::uint32_t commands_in_a_row = 16;

// A question that somebody waits for.
struct Job {
  Exchange exchange{};
  SteadyTime deadline{};
  std::function<void(Answer)> done{};
};

// A job that ended without going on the wire.
struct EndedJob {
  Job job;
  Ending ending;
};

// What goes on the wire.
struct Turn {
  enum class Kind : std::uint8_t { once, poll, probe };
  Kind kind = Kind::once;
  Lane lane = Lane::command;
  Exchange exchange{};
  Patience patience{};
  PollId poll = 0;  // poll and probe
  Job job{};        // once; its exchange is moved to `exchange`
};

class Scheduler {
 public:
  struct Bounds {
    std::size_t most_commands = 64;
    std::size_t most_bulk = 1024;  // for each of the lanes below
  };
  Scheduler(Bounds bounds, bool quarantines) : bounds_(bounds), units_(quarantines) {}

  // False if the lane is full: the job is untouched.
  bool push(Job& job, Lane lane);
  Polls& polls() { return polls_; }
  const Polls& polls() const { return polls_; }
  Units& units() { return units_; }
  const Units& units() const { return units_; }
  // Asks this poll once, right behind the commands, in turns with the lanes below; a second call
  // before it was asked changes nothing.
  void hurry(PollId poll);

  // The next turn; nothing if nobody may be asked now.
  std::optional<Turn> next(SteadyTime now);
  // The turn was not taken after all; its job is first again.
  void put_back(Turn turn);
  // When next() may give something without anything being pushed; SteadyTime::max() if never.
  SteadyTime next_at() const;
  // Whether a command could go on the wire now.
  bool command_ready(SteadyTime now) const;

  // The earliest deadline of all jobs that wait; SteadyTime::max() if there are none.
  SteadyTime earliest_deadline() const;
  // Jobs whose deadline passed, and jobs below commands for a dead unit that is being probed: those
  // end silent without being asked.
  std::vector<EndedJob> take_ended(SteadyTime now);
  // Every job that waits. Hurried polls are forgotten.
  std::vector<Job> take_all();
  std::uint32_t waiting() const;

 private:
  struct Candidate {
    Lane lane = Lane::state;
    Turn::Kind kind = Turn::Kind::once;
    std::size_t index = 0;  // in the lane's queue
    PollId poll = 0;
    std::uint8_t unit = 0;
  };

  bool ready(std::uint8_t unit, SteadyTime now) const { return units_.ready_at(unit) <= now; }
  SteadyTime poll_ready_at(std::uint8_t unit) const;
  std::optional<std::size_t> first_ready(Lane lane, SteadyTime now) const;
  std::optional<Candidate> command(SteadyTime now) const;
  std::optional<Candidate> hurried(SteadyTime now) const;
  std::optional<Candidate> below(Lane lane, SteadyTime now) const;
  std::optional<Candidate> probe(SteadyTime now) const;
  std::optional<Candidate> choose(SteadyTime now);
  Turn take(const Candidate& candidate, SteadyTime now);
  Turn poll_turn(const Candidate& candidate, SteadyTime now);
  bool unanswerable(const Job& job, Lane lane) const;

  Bounds bounds_;
  Polls polls_;
  Units units_;
  std::array<std::deque<Job>, lane_count> queues_;
  std::deque<PollId> hurried_;
  bool read_back_was_last_ = false;
  std::array<std::uint32_t, lane_count> passed_over_{};
  std::array<bool, lane_count> poll_was_last_{};
  std::uint32_t commands_run_ = 0;
};

}  // namespace genkan::bus
