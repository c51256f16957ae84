#include "firmware/domain/keys/key_ring.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/keys/ring.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::keys_testing;

namespace {

constexpr std::chrono::hours ten{10};
constexpr std::chrono::hours twelve{12};

Span on_1_april(int from, int to) { return {local(2026, 4, 1, from, 0), local(2026, 4, 1, to, 0)}; }

Recurrence weekdays_in_april() {
  return {.first = day(2026, 4, 1),
          .last = day(2026, 4, 30),
          .from = ten,
          .to = twelve,
          .weekdays = 0b0011111,
          .holidays = OnHolidays::as_weekday,
          .extra = {},
          .excluded = {}};
}

}  // namespace

TEST_CASE("KEY-60: who is it, which door, when, how; each case with its reason") {
  struct Case {
    std::string_view secret;
    Credential how;
    std::string_view door;
    WallTime when;
    Refusal why;
    std::string_view key;  // empty: told of nobody
  };
  Ring ring;
  ring.add("once", "1111", on_1_april(10, 12), {"d1", "d2"});
  ring.add("weekdays", "2222", weekdays_in_april(), {"d1"});
  ring.add("weekly", "3333", Weekly{0b0000001, ten, twelve}, {"d1"});  // Mondays
  ring.add("always", "4444", Always{}, {"d1"});
  ring.add("lost", "5555", Span{}, {"d1"});
  const auto code = Credential::code;
  const Case cases[] = {
      {"1111", code, "d1", wall(2026, 4, 1, 10, 0), Refusal::none, "once"},
      {"1111", code, "d2", wall(2026, 4, 1, 11, 59), Refusal::none, "once"},
      {"1111", code, "d1", wall(2026, 4, 1, 12, 0) - 1ms, Refusal::none, "once"},
      {"1111", code, "d1", wall(2026, 4, 1, 12, 0), Refusal::too_late, "once"},
      {"1111", code, "d1", wall(2026, 4, 1, 10, 0) - 1ms, Refusal::too_early, "once"},
      {"1111", code, "d3", wall(2026, 4, 1, 11, 0), Refusal::wrong_door, "once"},
      {"1111", Credential::software_code, "d1", wall(2026, 4, 1, 11, 0), Refusal::unknown_key, ""},
      {"9999", code, "d1", wall(2026, 4, 1, 11, 0), Refusal::unknown_key, ""},
      {"2222", code, "d1", wall(2026, 3, 31, 11, 0), Refusal::too_early, "weekdays"},
      {"2222", code, "d1", wall(2026, 4, 1, 9, 0), Refusal::too_early, "weekdays"},
      {"2222", code, "d1", wall(2026, 4, 1, 10, 0), Refusal::none, "weekdays"},
      {"2222", code, "d1", wall(2026, 4, 1, 12, 0), Refusal::not_now, "weekdays"},
      {"2222", code, "d1", wall(2026, 4, 4, 11, 0), Refusal::not_now, "weekdays"},  // Saturday
      {"2222", code, "d1", wall(2026, 4, 30, 11, 59), Refusal::none, "weekdays"},
      {"2222", code, "d1", wall(2026, 4, 30, 12, 0), Refusal::too_late, "weekdays"},
      {"2222", code, "d1", wall(2026, 4, 1, 10, 0), Refusal::none, "weekdays"},  // and back
      {"3333", code, "d1", wall(2026, 4, 6, 11, 0), Refusal::none, "weekly"},
      {"3333", code, "d1", wall(2026, 4, 7, 11, 0), Refusal::not_now, "weekly"},
      {"4444", code, "d1", wall(1999, 1, 1, 0, 0), Refusal::none, "always"},
      {"4444", code, "d2", wall(2026, 4, 1, 0, 0), Refusal::wrong_door, "always"},
      {"5555", code, "d1", wall(2026, 4, 1, 0, 0), Refusal::too_late, "lost"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.secret);
    CAPTURE(c.door);
    CAPTURE(format_time(c.when));
    const Decision decision = ring.show(c.secret, c.door, c.when, ClockTrust::trusted, c.how);
    CHECK(name_of(decision.why) == name_of(c.why));
    CHECK(decision.granted == (c.why == Refusal::none));
    CHECK((decision.key ? decision.key->id : std::string()) == c.key);
  }
}

TEST_CASE("KEY-60: the time that it is open in, or the next one, is told") {
  Ring ring;
  ring.add("once", "1111", on_1_april(10, 12), {"d1"});
  ring.add("weekdays", "2222", weekdays_in_april(), {"d1"});
  ring.add("always", "4444", Always{}, {"d1"});
  const Interval first{wall(2026, 4, 1, 10, 0), wall(2026, 4, 1, 12, 0)};
  const Interval second{wall(2026, 4, 2, 10, 0), wall(2026, 4, 2, 12, 0)};
  CHECK(ring.show("1111", "d1", wall(2026, 3, 1, 0, 0)).opens == first);
  CHECK(ring.show("1111", "d1", wall(2026, 4, 1, 11, 0)).opens == first);
  CHECK(!ring.show("1111", "d1", wall(2026, 4, 1, 12, 0)).opens);
  CHECK(ring.show("2222", "d1", wall(2026, 4, 1, 11, 0)).opens == first);
  CHECK(ring.show("2222", "d1", wall(2026, 4, 1, 12, 0)).opens == second);
  CHECK(!ring.show("2222", "d1", wall(2026, 5, 1, 12, 0)).opens);
  CHECK(!ring.show("4444", "d1", wall(2026, 4, 1, 12, 0)).opens);
}

TEST_CASE("KEY-60: while the clock is not trusted only what always opens does") {
  Ring ring;
  ring.add("once", "1111", on_1_april(10, 12), {"d1"});
  ring.add("weekly", "3333", Weekly{every_day, ten, twelve}, {"d1"});
  ring.add("always", "4444", Always{}, {"d1"});
  const auto shown = [&ring](std::string_view secret, std::string_view door) {
    return ring.show(secret, door, wall(2026, 4, 1, 11, 0), ClockTrust::untrusted).why;
  };
  CHECK(shown("1111", "d1") == Refusal::clock_untrusted);
  CHECK(shown("3333", "d1") == Refusal::clock_untrusted);
  CHECK(shown("4444", "d1") == Refusal::none);
  CHECK(shown("1111", "d2") == Refusal::wrong_door);
  CHECK(shown("9999", "d1") == Refusal::unknown_key);
}

TEST_CASE("KEY-60: a single key is refused for what stands furthest in its way") {
  struct Case {
    bool revoked;
    bool disabled;
    bool used_up;
    ClockTrust clock;
    bool in_time;
    Refusal why;
  };
  const auto trusted = ClockTrust::trusted;
  const auto untrusted = ClockTrust::untrusted;
  const Case cases[] = {
      {true, true, true, untrusted, false, Refusal::revoked},
      {false, true, true, untrusted, false, Refusal::disabled},
      {false, false, true, untrusted, false, Refusal::used_up},
      {false, false, false, untrusted, false, Refusal::clock_untrusted},
      {false, false, false, trusted, false, Refusal::too_late},
      {false, false, false, trusted, true, Refusal::none},
  };
  for (const auto& c : cases) {
    Ring ring;
    Grant grant = ring.grant("key", "1111", on_1_april(10, 12), {"d1"});
    grant.revoked = c.revoked;
    grant.disabled = c.disabled;
    grant.counted = true;
    grant.uses_left = c.used_up ? 0 : 1;
    ring->put(grant);
    const auto when = wall(2026, 4, 1, c.in_time ? 11 : 13, 0);
    CHECK(name_of(ring.show("1111", "d1", when, c.clock).why) == name_of(c.why));
    // Not for this door at all: nothing else is looked at.
    CHECK(ring.show("1111", "d2", when, c.clock).why == Refusal::wrong_door);
  }
}

TEST_CASE("KEY-60: of several keys with one code one that opens wins, or the nearest is told") {
  // Each line is put beside those above it, and wins over them from then on.
  Ring ring;
  const WallTime now = wall(2026, 4, 1, 11, 0);
  const auto told = [&] {
    const Decision decision = ring.show("1234", "d1", now);
    return std::string(name_of(decision.why)) + " " + (decision.key ? decision.key->id : "-");
  };
  const auto put = [&](std::string id, Timing timing, std::string_view door, auto change) {
    Grant grant = ring.grant(std::move(id), "1234", std::move(timing), {door});
    change(grant);
    ring->put(grant);
  };
  const auto as_is = [](Grant&) {};
  CHECK(told() == "unknown_key -");
  put("elsewhere", on_1_april(0, 24), "d2", as_is);
  CHECK(told() == "wrong_door elsewhere");
  for (const std::string_view door : {"d2", "d3"}) {  // beside it, and elsewhere again
    put("elsewhere-too", on_1_april(0, 24), door, as_is);
    CHECK(told() == "wrong_door -");
  }
  put("revoked", on_1_april(0, 24), "d1", [](Grant& grant) { grant.revoked = true; });
  CHECK(told() == "revoked revoked");
  put("long-over", on_1_april(0, 9), "d1", as_is);
  CHECK(told() == "too_late long-over");
  put("just-over", on_1_april(0, 10), "d1", as_is);
  CHECK(told() == "too_late just-over");
  put("used-up", on_1_april(0, 24), "d1", [](Grant& grant) { grant.counted = true; });
  CHECK(told() == "used_up used-up");
  put("disabled", on_1_april(0, 24), "d1", [](Grant& grant) { grant.disabled = true; });
  CHECK(told() == "disabled disabled");
  put("tomorrow", Weekly{0b0001000, ten, twelve}, "d1", as_is);
  CHECK(told() == "not_now tomorrow");
  put("today", on_1_april(14, 15), "d1", as_is);
  CHECK(told() == "too_early today");
  put("counted", on_1_april(0, 24), "d1", [](Grant& grant) {
    grant.counted = true;
    grant.uses_left = 1;
  });
  CHECK(told() == "none counted");
  put("later", on_1_april(10, 13), "d1", as_is);
  CHECK(told() == "none later");
  put("sooner", on_1_april(9, 12), "d1", as_is);
  CHECK(told() == "none sooner");
  put("b-sooner", on_1_april(9, 11), "d1", as_is);  // over already
  CHECK(told() == "none sooner");
  put("a-sooner", on_1_april(9, 12), "d1", as_is);
  CHECK(told() == "none a-sooner");
  put("always", Always{}, "d1", as_is);
  CHECK(told() == "none always");
}

TEST_CASE("KEY-40, KEY-42: uses are counted, and a used-up key opens nothing") {
  Ring ring;
  Grant grant = ring.grant("visitor", "qr", on_1_april(10, 12), {"d1", "d2"});
  grant.counted = true;
  grant.uses_left = 2;
  ring->put(grant);
  const WallTime now = wall(2026, 4, 1, 11, 0);
  for (int use = 0; use < 2; ++use) {
    const Decision decision = ring.show("qr", use == 0 ? "d1" : "d2", now);
    CHECK(decision.granted);
    CHECK(decision.counted);
    ring->use(*decision.key);
  }
  CHECK(ring.show("qr", "d1", now).why == Refusal::used_up);
  ring->use(grant.key);  // no wrap below nothing
  CHECK(ring.show("qr", "d1", now).why == Refusal::used_up);
  grant.uses_left = 1;  // the manager gave one more
  ring->put(grant);
  CHECK(ring.show("qr", "d1", now).granted);
}

TEST_CASE("KEY-42: revoked at once") {
  Ring ring;
  Grant grant = ring.grant("visitor", "qr", on_1_april(10, 12), {"d1"});
  ring->put(grant);
  CHECK(ring.show("qr", "d1", wall(2026, 4, 1, 11, 0)).granted);
  grant.revoked = true;
  ring->put(grant);
  CHECK(ring.show("qr", "d1", wall(2026, 4, 1, 11, 0)).why == Refusal::revoked);
  CHECK(ring->size() == 1);
}

TEST_CASE("RES-41: common doors open from the allowance before it, others at the start") {
  Ring ring;
  Grant grant = ring.grant("link", "token", on_1_april(10, 12), {"d1", "both"});
  grant.common_doors = {DeviceId("lobby"), DeviceId("both")};
  grant.allowance = std::chrono::minutes{30};
  ring->put(grant);
  struct Case {
    std::string_view door;
    int hour, minute;
    Refusal why;
  };
  const Case cases[] = {{"d1", 9, 59, Refusal::too_early},    {"d1", 10, 0, Refusal::none},
                        {"lobby", 9, 29, Refusal::too_early}, {"lobby", 9, 30, Refusal::none},
                        {"both", 9, 30, Refusal::none},       {"lobby", 11, 59, Refusal::none},
                        {"lobby", 12, 0, Refusal::too_late},  {"d1", 12, 0, Refusal::too_late}};
  for (const auto& c : cases) {
    CAPTURE(c.door);
    const Decision decision = ring.show("token", c.door, wall(2026, 4, 1, c.hour, c.minute));
    CHECK(name_of(decision.why) == name_of(c.why));
  }
  CHECK(ring.show("token", "lobby", wall(2026, 4, 1, 9, 0)).opens->start ==
        wall(2026, 4, 1, 9, 30));
}

TEST_CASE("RES-41: a recurrence's allowance does not reach back past midnight of the first day") {
  Recurrence early = weekdays_in_april();
  early.from = std::chrono::hours{1};
  Ring ring;
  Grant grant = ring.grant("link", "token", early, {"d1"});
  grant.common_doors = {DeviceId("lobby")};
  grant.allowance = std::chrono::minutes{90};
  ring->put(grant);
  const auto why = [&ring](WallTime when) { return ring.show("token", "lobby", when).why; };
  CHECK(why(wall(2026, 3, 31, 23, 59)) == Refusal::too_early);
  CHECK(why(wall(2026, 4, 1, 0, 0)) == Refusal::none);
  // On later days it does: 23:30 of the day before.
  CHECK(why(wall(2026, 4, 1, 23, 29)) == Refusal::not_now);
  CHECK(why(wall(2026, 4, 1, 23, 30)) == Refusal::none);
  CHECK(ring.show("token", "lobby", wall(2026, 3, 31, 12, 0)).opens->start ==
        wall(2026, 4, 1, 0, 0));
  // A single span reaches back as far as the allowance says.
  grant.timing = Span{local(2026, 4, 1, 1, 0), local(2026, 4, 1, 2, 0)};
  ring->put(grant);
  CHECK(why(wall(2026, 3, 31, 23, 30)) == Refusal::none);
}

TEST_CASE("RES-11: each key in its own zone, and over the change of the year") {
  Ring ring;
  Grant grant = ring.grant("summer", "1111", Weekly{every_day, ten, twelve}, {"d1"});
  grant.zone = zone("Europe/London");
  ring->put(grant);
  const auto at = [](int month, int d, int hour) {
    return WallTime{std::chrono::sys_days{std::chrono::year{2026} / month / d} +
                    std::chrono::hours{hour}};
  };
  CHECK(ring.show("1111", "d1", at(3, 28, 10)).granted);  // Greenwich time
  CHECK(!ring.show("1111", "d1", at(3, 28, 9)).granted);
  CHECK(ring.show("1111", "d1", at(3, 29, 9)).granted);  // summer time since 01:00 UTC
  CHECK(!ring.show("1111", "d1", at(3, 29, 11)).granted);
}

TEST_CASE("KEY-60: a clock that goes back finds the window of then") {
  Ring ring;
  ring.add("weekdays", "2222", weekdays_in_april(), {"d1"});
  for (const int d : {30, 1, 15, 2, 29}) {
    CHECK(ring.show("2222", "d1", wall(2026, 4, static_cast<unsigned>(d), 11, 0)).granted);
  }
}

TEST_CASE("KEY-60: a recurrence far ahead is too early, and one long over too late") {
  Ring ring;
  Recurrence later = weekdays_in_april();
  later.first = day(2050, 4, 1);
  later.last = day(2050, 4, 30);
  ring.add("later", "1111", later, {"d1"});
  ring.add("weekdays", "2222", weekdays_in_april(), {"d1"});
  CHECK(ring.show("1111", "d1", wall(2026, 4, 1, 11, 0)).why == Refusal::too_early);
  CHECK(ring.show("1111", "d1", wall(2050, 4, 1, 11, 0)).granted);
  CHECK(ring.show("2222", "d1", wall(2049, 4, 1, 11, 0)).why == Refusal::too_late);
}
