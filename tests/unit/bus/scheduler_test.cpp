#include "drivers/bus/scheduler.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::bus;

namespace {

const SteadyTime start{100s};

// A scheduler with time and a wire on which each exchange takes 10 ms.
struct Bench {
  Scheduler scheduler{{.most_commands = 4, .most_bulk = 8}, true};
  SteadyTime now = start;

  bool push(Lane lane, std::uint8_t unit, SteadyTime deadline = SteadyTime::max()) {
    Job job{.exchange = {.unit = unit}, .deadline = deadline, .done = {}};
    return scheduler.push(job, lane);
  }
  PollId poll(std::uint8_t unit, Lane lane = Lane::state,
              std::chrono::milliseconds interval = 0ms) {
    return scheduler.polls().add({.unit = unit, .lane = lane, .interval = interval}, now);
  }
  std::optional<Turn> turn(Ending ending = Ending::answered) {
    auto turn = scheduler.next(now);
    if (!turn) return turn;
    now += 10ms;
    scheduler.units().ended(turn->exchange.unit, ending, 0, turn->kind == Turn::Kind::probe,
                            {.asked = now - 10ms, .question_end = now - 5ms, .ended = now});
    return turn;
  }
  // The units asked in so many turns, as text.
  std::string units(int count) {
    std::string text;
    for (int index = 0; index < count; ++index) {
      const auto one = turn();
      text += one ? std::to_string(one->exchange.unit) + " " : "- ";
    }
    return text;
  }
  void kill(std::uint8_t unit) {
    for (int count = 0; count < 2; ++count)
      scheduler.units().ended(unit, Ending::silent, 0, false,
                              {.asked = now, .question_end = now, .ended = now});
  }
};

}  // namespace

TEST_CASE("scheduler: the more urgent lane goes first") {
  Bench bench;
  bench.push(Lane::bulk, 4);
  bench.push(Lane::state, 3);
  bench.push(Lane::alarm, 2);
  bench.push(Lane::command, 1);
  CHECK(bench.units(5) == "1 2 3 4 - ");
}

TEST_CASE("scheduler: polls as often as possible go round") {
  Bench bench;
  for (std::uint8_t unit = 1; unit <= 4; ++unit) bench.poll(unit);
  CHECK(bench.units(9) == "1 2 3 4 1 2 3 4 1 ");
}

TEST_CASE("scheduler: a command pushed while others are polled flat out is next") {
  Bench bench;
  bench.poll(1, Lane::alarm);
  bench.poll(2);
  bench.units(7);
  bench.push(Lane::command, 9);
  CHECK(bench.units(1) == "9 ");
}

TEST_CASE("scheduler: no lane below commands is passed over more than its fairness in a row") {
  Bench bench;
  bench.poll(1, Lane::alarm);
  bench.poll(2, Lane::state);
  bench.push(Lane::bulk, 3);
  bench.push(Lane::bulk, 3);
  int since_state = 0;
  int since_bulk = 0;
  int bulk = 0;
  for (int count = 0; count < 60; ++count) {
    const auto turn = bench.turn();
    REQUIRE(turn.has_value());
    since_state = turn->exchange.unit == 2 ? 0 : since_state + 1;
    since_bulk = turn->exchange.unit == 3 ? 0 : since_bulk + 1;
    if (turn->exchange.unit == 3) ++bulk;
    CHECK(since_state <= static_cast<int>(fairness) + 1);
    if (bulk < 2) CHECK(since_bulk <= static_cast<int>(fairness) + 1);
  }
  CHECK(bulk == 2);
}

TEST_CASE("scheduler: a flood of commands lets one exchange below through each sixteen") {
  Bench bench;
  bench.poll(2);
  std::string seen;
  for (int count = 0; count < 36; ++count) {
    bench.push(Lane::command, 1);
    seen += std::to_string(bench.turn()->exchange.unit);
  }
  const std::string flood(commands_in_a_row, '1');
  CHECK(seen == flood + "2" + flood + "2" + "11");
}

TEST_CASE("scheduler: jobs and polls of one lane take turns") {
  Bench bench;
  bench.poll(1);
  for (int count = 0; count < 3; ++count) bench.push(Lane::state, 2);
  CHECK(bench.units(8) == "1 2 1 2 1 2 1 1 ");
}

TEST_CASE("scheduler: full lanes refuse, each with its own bound") {
  Bench bench;
  for (int count = 0; count < 4; ++count) CHECK(bench.push(Lane::command, 1));
  CHECK_FALSE(bench.push(Lane::command, 1));
  for (int count = 0; count < 8; ++count) CHECK(bench.push(Lane::bulk, 1));
  CHECK_FALSE(bench.push(Lane::bulk, 1));
  CHECK(bench.push(Lane::state, 1));
  CHECK(bench.scheduler.waiting() == 13);
}

TEST_CASE("scheduler: a full command lane does not shut out hurried polls, nor they commands") {
  Bench bench;
  const PollId poll = bench.poll(1);
  bench.scheduler.hurry(poll);
  bench.scheduler.hurry(poll);
  for (int count = 0; count < 4; ++count) CHECK(bench.push(Lane::command, 2));
  CHECK(bench.scheduler.waiting() == 5);
}

TEST_CASE("scheduler: what has not begun by its deadline expires unsent") {
  Bench bench;
  bench.push(Lane::command, 1, start + 50ms);
  bench.push(Lane::bulk, 1, start + 20ms);
  CHECK(bench.scheduler.earliest_deadline() == start + 20ms);
  CHECK(bench.scheduler.take_ended(start + 19ms).empty());
  auto ended = bench.scheduler.take_ended(start + 20ms);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].ending == Ending::expired);
  ended = bench.scheduler.take_ended(start + 50ms);
  CHECK(ended.size() == 1);
  CHECK(bench.scheduler.waiting() == 0);
}

TEST_CASE("scheduler: a quarantined unit's command waits, others pass it") {
  Bench bench;
  bench.push(Lane::command, 1);
  CHECK(bench.turn(Ending::silent)->exchange.unit == 1);
  bench.push(Lane::command, 1);
  bench.push(Lane::command, 2);
  CHECK(bench.units(2) == "2 - ");
  CHECK(bench.scheduler.next_at() == bench.scheduler.units().ready_at(1));
  bench.now = bench.scheduler.next_at();
  CHECK(bench.units(1) == "1 ");
}

TEST_CASE("scheduler: commands to one unit keep their order") {
  Bench bench;
  for (std::uint16_t address = 0; address < 4; ++address) {
    Job job{.exchange = {.unit = 1, .address = address}, .deadline = SteadyTime::max(), .done = {}};
    REQUIRE(bench.scheduler.push(job, Lane::command));
  }
  for (std::uint16_t address = 0; address < 4; ++address)
    CHECK(bench.turn()->exchange.address == address);
}

TEST_CASE("scheduler: a dead unit is left out of polling and probed at its times") {
  Bench bench;
  bench.poll(1);
  bench.poll(2);
  bench.kill(1);
  CHECK(bench.units(6) == "2 2 2 2 2 2 ");
  bench.now = bench.scheduler.units().probe_at(1);
  const auto probe = bench.turn(Ending::silent);
  REQUIRE(probe.has_value());
  CHECK(probe->exchange.unit == 1);
  CHECK(probe->kind == Turn::Kind::probe);
  CHECK(probe->patience.give_way_after.has_value());
  CHECK(bench.units(6) == "2 2 2 2 2 2 ");
}

TEST_CASE("scheduler: a dead unit is asked within 2 s, whatever else is polled") {
  Bench bench;
  bench.poll(1);
  bench.poll(2, Lane::alarm);
  bench.kill(1);
  SteadyTime last = bench.now;
  std::chrono::nanoseconds longest{0};
  while (bench.now < start + 30s) {
    const auto turn = bench.turn();
    if (turn->exchange.unit != 1) continue;
    longest = std::max<std::chrono::nanoseconds>(longest, bench.now - last);
    last = bench.now;
    bench.kill(1);
  }
  CHECK(longest < 2s);
}

TEST_CASE("scheduler: a command to a dead unit is tried; what is less urgent ends silent, unsent") {
  Bench bench;
  bench.poll(1);
  bench.kill(1);
  bench.now += 301ms;  // after its quarantine
  bench.push(Lane::command, 1);
  bench.push(Lane::bulk, 1);
  const auto ended = bench.scheduler.take_ended(bench.now);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].ending == Ending::silent);
  const auto turn = bench.turn(Ending::silent);
  CHECK(turn->kind == Turn::Kind::once);
  CHECK(turn->patience.timeout == 200ms);
}

TEST_CASE("scheduler: a command goes ahead of read-backs, and those take turns with the polling") {
  Bench bench;
  for (std::uint8_t unit = 5; unit <= 7; ++unit) bench.poll(unit);
  const PollId first = bench.poll(1, Lane::state, 10s);
  const PollId second = bench.poll(2, Lane::state, 10s);
  bench.units(5);
  bench.scheduler.hurry(first);
  bench.scheduler.hurry(second);
  bench.push(Lane::command, 3);
  CHECK(bench.units(6) == "3 1 5 2 6 7 ");
}

TEST_CASE("scheduler: a hurried poll goes next and is reported even if nothing changed") {
  Bench bench;
  const PollId slow = bench.poll(1, Lane::state, 10s);
  bench.poll(2);
  CHECK(bench.units(4) == "1 2 2 2 ");
  const Answer same{.ending = Ending::answered, .values = {1}};
  CHECK(bench.scheduler.polls().answered(slow, same).has_value());
  CHECK_FALSE(bench.scheduler.polls().answered(slow, same).has_value());
  bench.scheduler.hurry(slow);
  CHECK(bench.units(3) == "1 2 2 ");
  CHECK(bench.scheduler.polls().answered(slow, same).has_value());
}

TEST_CASE("scheduler: a poll that is removed while hurried is forgotten") {
  Bench bench;
  const PollId poll = bench.poll(1);
  bench.scheduler.hurry(poll);
  bench.scheduler.polls().remove(poll);
  CHECK(bench.units(1) == "- ");
  CHECK(bench.scheduler.next_at() == SteadyTime::max());
}

TEST_CASE("polls: times do not drift, and missed ones are left out") {
  Polls polls;
  const auto always = [](std::uint8_t) { return SteadyTime{}; };
  const PollId poll = polls.add({.interval = 100ms}, start);
  polls.asked(poll, start + 7ms);
  CHECK(polls.next_due(always) == start + 100ms);
  polls.asked(poll, start + 130ms);
  CHECK(polls.next_due(always) == start + 200ms);
  polls.asked(poll, start + 555ms);
  CHECK(polls.next_due(always) == start + 600ms);
  polls.asked(poll, start + 560ms);  // hurried: ahead of its time
  CHECK(polls.next_due(always) == start + 600ms);
}

TEST_CASE("polls: those that became due together part") {
  const auto gaps = [](Polls& polls, SteadyTime now) {
    const auto always = [](std::uint8_t) { return SteadyTime{}; };
    std::vector<std::chrono::nanoseconds> found;
    // Three rounds of which the last is looked at: each poll is asked as soon as it is due.
    for (const SteadyTime end = now + 250ms; polls.next_due(always) < end;) {
      const SteadyTime due = std::max(now, polls.next_due(always));
      if (due >= end - 100ms) found.push_back(due - now);
      now = due;
      polls.asked(*polls.due(Lane::state, now, always), now);
    }
    return found;
  };
  Polls polls;
  for (int i = 0; i < 16; ++i) polls.add({.interval = 100ms}, start);
  // Evenly would be 6.25 ms.
  const auto apart = gaps(polls, start);
  CHECK(apart.size() == 16);
  CHECK(std::ranges::all_of(apart, [](auto gap) { return gap >= 3ms && gap <= 10ms; }));
  polls.all_due(start + 250ms);
  const auto again = gaps(polls, start + 250ms);
  CHECK(again.size() == 16);
  CHECK(std::ranges::all_of(again, [](auto gap) { return gap >= 3ms && gap <= 10ms; }));
}

TEST_CASE("polls: changes are reported at once, the rest is kept back") {
  Polls polls;
  const PollId poll = polls.add({}, start);
  const Answer one{.ending = Ending::answered, .values = {1}};
  const Answer two{.ending = Ending::answered, .values = {2}};
  CHECK(polls.answered(poll, one).has_value());
  CHECK(polls.kept_back().empty());
  CHECK_FALSE(polls.answered(poll, one).has_value());
  CHECK_FALSE(polls.answered(poll, one).has_value());
  CHECK(polls.kept_back().size() == 1);
  CHECK(polls.kept_back().empty());
  CHECK(polls.answered(poll, two).has_value());
  CHECK(polls.answered(poll, {.ending = Ending::silent}).has_value());
  CHECK_FALSE(polls.answered(poll + 1, one).has_value());
}
