#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include <doctest/doctest.h>

#include "tests/unit/keys/ring.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::keys_testing;

namespace {

Span hours(int from, int to) { return {local(2026, 4, 1, from, 0), local(2026, 4, 1, to, 0)}; }

}  // namespace

TEST_CASE("KeyRing: put takes the place of the same key and credential, add stands beside") {
  Ring ring;
  const WallTime now = wall(2026, 4, 1, 11, 0);
  ring.add("k", "1111", hours(10, 12), {"d1"});
  ring.add("k", "2222", hours(10, 12), {"d1"});
  CHECK(ring->size() == 1);
  CHECK(ring.show("1111", "d1", now).why == Refusal::unknown_key);
  CHECK(ring.show("2222", "d1", now).granted);

  Grant software = ring.grant("k", "2222", hours(10, 12), {"d2"});
  software.how = Credential::software_code;
  ring->put(software);
  Grant card = ring.grant("k", "card", hours(10, 12), {"d1"});
  card.key.card = true;
  card.how = Credential::card;
  ring->put(card);
  ring->add(ring.grant("k", "2222", hours(10, 12), {"d3"}));
  CHECK(ring->size() == 4);
  CHECK(ring.show("2222", "d1", now).granted);
  CHECK(ring.show("2222", "d3", now).granted);
  CHECK(ring.show("2222", "d2", now).why == Refusal::wrong_door);
  CHECK(ring.show("2222", "d2", now).key == KeyRef{KeyOwner::reservation, "k", false});

  ring->remove({KeyOwner::reservation, "k", false});
  CHECK(ring->size() == 1);
  CHECK(ring.show("2222", "d1", now).why == Refusal::unknown_key);
  CHECK(ring.show("card", "d1", now, ClockTrust::trusted, Credential::card).granted);
  ring->remove({KeyOwner::holder, "k", true});  // another owner
  CHECK(ring->size() == 1);
  ring->clear();
  CHECK(ring->size() == 0);
  CHECK(ring.show("card", "d1", now, ClockTrust::trusted, Credential::card).why ==
        Refusal::unknown_key);
  ring.add("k", "1111", hours(10, 12), {"d1"});
  CHECK(ring.show("1111", "d1", now).granted);
}

TEST_CASE("KeyRing: ids of every length are kept apart") {
  Ring ring;
  const WallTime now = wall(2026, 4, 1, 11, 0);
  for (std::size_t size = 1; size <= 48; ++size) {
    ring.add(std::string(size, 'k'), "code " + std::to_string(size), hours(10, 12), {"d1"});
  }
  CHECK(ring->size() == 48);
  for (std::size_t size = 1; size <= 48; ++size) {
    const Decision decision = ring.show("code " + std::to_string(size), "d1", now);
    REQUIRE(decision.key);
    CHECK(decision.key->id == std::string(size, 'k'));
    ring->remove(*decision.key);
    CHECK(ring.show("code " + std::to_string(size), "d1", now).why == Refusal::unknown_key);
  }
  CHECK(ring->size() == 0);
}

TEST_CASE("KeyRing: other holidays count once it is told of them") {
  Holidays holidays;
  KeyRing ring(holidays);
  Grant grant{};
  grant.key = {KeyOwner::reservation, "k", false};
  grant.hash = hash_of("1111");
  grant.doors = {DeviceId("d1")};
  grant.zone = tokyo();
  grant.timing = Recurrence{.first = day(2026, 4, 1),
                            .last = day(2026, 4, 30),
                            .from = std::chrono::hours{10},
                            .to = std::chrono::hours{12},
                            .weekdays = every_day,
                            .holidays = OnHolidays::not_valid,
                            .extra = {},
                            .excluded = {}};
  ring.put(grant);
  const Shown shown{Credential::code, hash_of("1111"), DeviceId("d1"), wall(2026, 4, 1, 11, 0),
                    ClockTrust::trusted};
  CHECK(ring.decide(shown).granted);
  Problems problems;
  holidays = *Holidays::read("2026-04-01,記念日,holiday\n", "exceptions.csv", problems);
  ring.holidays_changed();
  CHECK(ring.decide(shown).why == Refusal::too_early);
}

// Against a list that is looked through from end to end: 20,000 changes and looks over few secrets,
// doors and owners, so that buckets, groups and free rows are shared all the time.
TEST_CASE("KeyRing: after any changes it knows what a plain list knows") {
  struct Plain {
    std::string secret;
    std::set<std::string> doors;
  };
  std::mt19937 random(20260401);  // NOLINT: the same run every time
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  Ring ring;
  std::map<std::string, Plain> plain;
  const WallTime now = wall(2026, 4, 1, 11, 0);
  for (int step = 0; step < 20'000; ++step) {
    const std::string id =
        (below(8) == 0 ? "an-owner-with-a-long-id-" : "o") + std::to_string(below(300));
    const std::string secret = std::to_string(below(40));
    const auto what = below(10);
    if (what < 5) {
      std::vector<std::string_view> doors;
      static constexpr std::string_view all[] = {"d0", "d1", "d2", "d3"};
      for (const auto door : all) {
        if (below(2) == 0) doors.push_back(door);
      }
      Timing timing = Always{};
      if (below(2) == 0) timing = Weekly{every_day, std::chrono::hours{10}, std::chrono::hours{12}};
      ring.add(id, secret, timing, doors);
      plain[id] = {secret, {doors.begin(), doors.end()}};
    } else if (what < 8) {
      ring->remove({KeyOwner::reservation, id, false});
      plain.erase(id);
    }
    REQUIRE(ring->size() == plain.size());
    const std::string door = "d" + std::to_string(below(4));
    const bool opens = std::ranges::any_of(plain, [&](const auto& entry) {
      return entry.second.secret == secret && entry.second.doors.contains(door);
    });
    const bool known = std::ranges::any_of(
        plain, [&](const auto& entry) { return entry.second.secret == secret; });
    const Decision decision = ring.show(secret, door, now);
    REQUIRE(decision.why == (opens   ? Refusal::none
                             : known ? Refusal::wrong_door
                                     : Refusal::unknown_key));
    if (opens) REQUIRE(plain.at(decision.key->id).secret == secret);
  }
}

// Up to 200 keys of one code at one door are kept side by side, fewer are not: across the border
// both ways, with keys whose time alone does not tell among them.
TEST_CASE("KEY-60: however many share one code, the nearest to opening is told") {
  struct Plain {
    int start, end;  // hours of April 2026
    bool disabled;
  };
  std::mt19937 random(20260402);  // NOLINT: the same run every time
  const auto below = [&random](unsigned bound) { return static_cast<int>(random() % bound); };
  Ring ring;
  std::map<std::string, Plain> plain;
  const LocalTime origin = local(2026, 4, 1, 0, 0);
  const WallTime began = wall(2026, 4, 1, 0, 0);
  for (int step = 0; step < 6'000; ++step) {
    const bool growing = step / 500 % 2 == 0;
    const std::string id = "o" + std::to_string(below(200));
    if (below(10) < (growing ? 8 : 2)) {
      Plain key{below(700), 0, below(20) == 0};
      key.end = key.start + 1 + below(6);
      const Span span{origin + std::chrono::hours{key.start}, origin + std::chrono::hours{key.end}};
      Grant grant = ring.grant(id, "1234", span, {"d1"});
      grant.disabled = key.disabled;
      ring->put(grant);
      plain[id] = key;
    } else {
      ring->remove({KeyOwner::reservation, id, false});
      plain.erase(id);
    }
    const int hour = below(4) == 0 ? 706 : below(720);  // after all of them, now and then
    // Refusal, order among equals, id: the least is told.
    std::tuple<Refusal, int, std::string> told{Refusal::unknown_key, 0, ""};
    for (const auto& [name, key] : plain) {
      std::tuple<Refusal, int, std::string> one{Refusal::none, key.start, name};
      if (key.disabled) {
        one = {Refusal::disabled, 0, name};
      } else if (hour >= key.end) {
        one = {Refusal::too_late, -key.end, name};
      } else if (hour < key.start) {
        one = {Refusal::too_early, key.start, name};
      }
      told = std::min(told, one);
    }
    const Decision decision = ring.show("1234", "d1", began + std::chrono::hours{hour});
    REQUIRE(name_of(decision.why) == name_of(std::get<0>(told)));
    REQUIRE((decision.key ? decision.key->id : "") == std::get<2>(told));
  }
}
