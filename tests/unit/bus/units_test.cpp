#include "drivers/bus/units.hpp"

#include <doctest/doctest.h>

#include "drivers/bus/codec.hpp"

using namespace genkan;
using namespace genkan::bus;

namespace {

const SteadyTime start{100s};

ExchangeTimes times(SteadyTime end, std::chrono::nanoseconds thinking = 1ms) {
  return {.asked = end - 10ms, .question_end = end - 5ms, .ended = end, .thinking = thinking};
}

UnitTraits traits() { return {.response_timeout = 200ms, .lateness = 300ms}; }

Units with_unit_1() {
  Units units(true);
  units.set_traits(1, traits());
  return units;
}

}  // namespace

TEST_CASE("units: a unit that owes an answer is not asked until its lateness has passed") {
  struct Case {
    Ending ending;
    bool owes;
  };
  for (const Case one :
       {Case{Ending::answered, false}, Case{Ending::exception, false},
        Case{Ending::wrong_crc, false}, Case{Ending::silent, true}, Case{Ending::garbage, true},
        Case{Ending::partial, true}, Case{Ending::wrong_unit, true},
        Case{Ending::wrong_function, true}, Case{Ending::wrong_length, true},
        Case{Ending::wrong_echo, true}, Case{Ending::line_down, true}}) {
    CAPTURE(name_of(one.ending));
    Units units = with_unit_1();
    units.ended(1, one.ending, 0, false, times(start));
    CHECK(units.owed(start).test(1) == one.owes);
    // Lateness counts from the question's end, 5 ms before.
    CHECK((units.ready_at(1) == start + 295ms) == one.owes);
    CHECK(units.ready_at(2) == SteadyTime{});
  }
}

TEST_CASE("units: the late answer ends the quarantine; over TCP there is none") {
  Units units = with_unit_1();
  units.ended(1, Ending::silent, 0, false, times(start));
  units.late(1, start + 50ms);
  CHECK(units.ready_at(1) <= start + 50ms);
  CHECK(units.owed(start + 50ms).none());

  Units tcp(false);
  tcp.set_traits(1, traits());
  tcp.ended(1, Ending::silent, 0, false, times(start));
  CHECK(tcp.ready_at(1) <= start);
}

TEST_CASE("units: a device's turnaround is kept") {
  Units units(true);
  units.set_traits(1, {.turnaround = 40ms});
  units.ended(1, Ending::answered, 0, false, times(start));
  CHECK(units.ready_at(1) == start + 40ms);
}

TEST_CASE("units: dead after so many silences in a row, alive again with one answer") {
  Units units = with_unit_1();
  CHECK(units.ended(1, Ending::silent, 0, false, times(start)) == Units::Change::none);
  CHECK(units.ended(1, Ending::answered, 0, false, times(start)) == Units::Change::none);
  CHECK(units.ended(1, Ending::silent, 0, false, times(start)) == Units::Change::none);
  CHECK(units.ended(1, Ending::silent, 0, false, times(start)) == Units::Change::died);
  CHECK(units.dead(1));
  CHECK(units.ended(1, Ending::silent, 0, true, times(start)) == Units::Change::none);
  CHECK(units.ended(1, Ending::answered, 0, true, times(start)) == Units::Change::revived);
  CHECK_FALSE(units.dead(1));
}

TEST_CASE("units: a gateway's word that the unit behind it is silent counts as silence") {
  Units units = with_unit_1();
  units.ended(1, Ending::exception, gateway_target_silent, false, times(start));
  CHECK(units.ended(1, Ending::exception, gateway_target_silent, false, times(start)) ==
        Units::Change::died);
  Units other = with_unit_1();
  other.ended(1, Ending::exception, 2, false, times(start));
  CHECK(other.ended(1, Ending::exception, 2, false, times(start)) == Units::Change::none);
}

TEST_CASE("units: probes come with growing pauses, never more than 1.5 s apart") {
  Units units(false);
  units.set_traits(1, traits());
  units.ended(1, Ending::silent, 0, false, times(start));
  units.ended(1, Ending::silent, 0, false, times(start));
  std::vector<std::chrono::milliseconds> pauses;
  SteadyTime now = start;
  for (int probe = 0; probe < 6; ++probe) {
    pauses.push_back(
        std::chrono::duration_cast<std::chrono::milliseconds>(units.probe_at(1) - now));
    now = units.probe_at(1);
    units.ended(1, Ending::silent, 0, true, times(now));
  }
  CHECK(pauses ==
        std::vector<std::chrono::milliseconds>{250ms, 500ms, 1000ms, 1500ms, 1500ms, 1500ms});
}

TEST_CASE("units: a probe costs little, and a full one is rare") {
  Units units = with_unit_1();
  for (int count = 0; count < 4; ++count)
    units.ended(1, Ending::answered, 0, false, times(start, 2ms));
  units.ended(1, Ending::silent, 0, false, times(start));
  units.ended(1, Ending::silent, 0, false, times(start));
  SteadyTime now = start;
  int full = 0;
  std::chrono::nanoseconds spent{0};
  for (int probe = 0; probe < 40; ++probe) {
    const Patience patience = units.probe_patience(1, now);
    if (patience.timeout == 200ms)
      ++full;
    else
      CHECK(patience.timeout <= 12ms);
    // Full or not, a command never waits longer than for an ordinary exchange.
    REQUIRE(patience.give_way_after.has_value());
    CHECK(*patience.give_way_after <= 12ms);
    spent += patience.timeout;
    now += 1500ms;
  }
  CHECK(full == 5);
  CHECK(spent < (now - start) / 20);
}

TEST_CASE("units: a dead unit heard late is asked again at once, with the whole patience") {
  Units units = with_unit_1();
  units.ended(1, Ending::silent, 0, false, times(start));
  units.ended(1, Ending::silent, 0, false, times(start));
  units.late(1, start + 100ms);
  CHECK(units.dead(1));
  CHECK(units.probe_at(1) == start + 100ms);
  CHECK(units.probe_patience(1, start + 100ms).timeout == 200ms);
}
