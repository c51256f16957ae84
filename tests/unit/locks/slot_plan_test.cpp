#include "firmware/domain/locks/slot_plan.hpp"

#include <doctest/doctest.h>

#include "tests/unit/locks/support.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

TEST_CASE("KEY-1: from the highest address downwards, past what was programmed by hand") {
  const auto a = claim("a", 1, at(10), at(11));
  const auto b = claim("b", 2, at(10), at(11));
  const auto c = card_claim("c", 3, at(10), at(11));
  check_plans(nine_codes(), {
                                {"codes and cards have areas of their own",
                                 {a, b, c},
                                 {},
                                 empty_lock(),
                                 at(9, 30),
                                 "write 0:9 a; write 0:8 b; write 1:90 c*",
                                 "a setting 0:9; b setting 0:8; c* setting 1:90"},
                                {"foreign slots are passed",
                                 {a, b},
                                 {},
                                 lock_with({{{0, 9}, 77}, {{0, 7}, 78}}),
                                 at(9, 30),
                                 "write 0:8 a; write 0:6 b",
                                 "a setting 0:8; b setting 0:6"},
                                {"what is written keeps its slot",
                                 {a, b},
                                 {note(0, 3, "a", 1)},
                                 lock_with({{{0, 3}, 1}}),
                                 at(9, 30),
                                 "write 0:9 b",
                                 "a set 0:3; b setting 0:9"},
                            });
  check_plans(shared_area(), {
                                 {"a shared area for both, by the start",
                                  {claim("late", 4, at(10, 10), at(11)), c, a},
                                  {},
                                  empty_lock(),
                                  at(10),
                                  "write 0:230 a; write 0:229 c*; write 0:228 late",
                                  "a setting 0:230; c* setting 0:229; late setting 0:228"},
                             });
}

TEST_CASE("KEY-2: in the lock from the start less lead to the end, late ones at once") {
  const std::vector<Claim> claims{claim("a", 1, at(10), at(11))};
  const auto plan_at = [&claims](WallTime now) {
    return plan_slots(nine_codes(), claims, {}, empty_lock(), now);
  };
  CHECK(actions_text(plan_at(at(9, 29))).empty());
  CHECK(standings_text(plan_at(at(9, 29))) == "a waiting");
  CHECK(plan_at(at(9, 29)).next == at(9, 30));
  CHECK(actions_text(plan_at(at(9, 30))) == "write 0:9 a");
  CHECK(plan_at(at(9, 30)).next == at(11));
  CHECK(actions_text(plan_at(at(10, 50))) == "write 0:9 a");
  CHECK(actions_text(plan_at(at(11))).empty());
  CHECK(standings_text(plan_at(at(11))).empty());
  CHECK_FALSE(plan_at(at(11)).next);
}

TEST_CASE("KEY-3: no slot left") {
  const auto a = claim("a", 1, at(10), at(11));
  const auto b = claim("b", 2, at(10), at(12));
  const auto c = claim("c", 3, at(10, 30), at(12));
  const std::vector<SlotNote> both{note(0, 2, "a", 1), note(0, 1, "b", 2)};
  const auto full = lock_with({{{0, 2}, 1}, {{0, 1}, 2}});
  auto stuck = both;
  stuck[0].state = NoteState::removing;
  stuck[0].failures = 2;
  stuck[0].next_try = at(11, 6);
  check_plans(small(2), {
                            {"full",
                             {a, b, c},
                             both,
                             full,
                             at(10, 10),
                             "",
                             "a set 0:2; b set 0:1; c not_set no_address"},
                            {"the first ends: its slot, after the removal",
                             {a, b, c},
                             both,
                             full,
                             at(11),
                             "remove 0:2; write 0:2 c",
                             "b set 0:1; c setting 0:2; a removing 0:2"},
                            {"a slot that cannot be emptied is not free",
                             {a, b, c},
                             stuck,
                             full,
                             at(11, 2),
                             "",
                             "b set 0:1; c not_set no_address; a still_opens unreachable 0:2"},
                            {"foreign slots fill it too",
                             {a},
                             {},
                             lock_with({{{0, 1}, 70}, {{0, 2}, 71}}),
                             at(10),
                             "",
                             "a not_set no_address"},
                            {"the earliest starts get what is left",
                             {c, b, a},
                             {},
                             empty_lock(),
                             at(10),
                             "write 0:2 a; write 0:1 b",
                             "a setting 0:2; b setting 0:1; c not_set no_address"},
                        });
  CHECK(plan_slots(small(2), {a, b, c}, both, full, at(10, 10)).next == at(11));
}

TEST_CASE("KEY-4: one secret in two reservations") {
  const auto first = claim("first", 1, at(10), at(12));
  const auto later = claim("later", 1, at(11), at(13));
  const auto touching = claim("touching", 1, at(12), at(13));
  auto same_start = claim("same", 1, at(10), at(13));
  same_start.made = at(8);
  auto early = claim("early", 1, at(9), at(11));
  early.made = at(9, 50);
  const std::vector<SlotNote> noted{note(0, 9, "first", 1)};
  const auto held = lock_with({{{0, 9}, 1}});
  check_plans(nine_codes(), {
                                {"overlapping: the first has it",
                                 {later, first},
                                 noted,
                                 held,
                                 at(11, 30),
                                 "",
                                 "first set 0:9; later not_set code_in_use (first)"},
                                {"the first ends: handed over",
                                 {later, first},
                                 noted,
                                 held,
                                 at(12),
                                 "hand_over 0:9 later",
                                 "later set 0:9"},
                                {"back to back: in its lead",
                                 {touching, first},
                                 noted,
                                 held,
                                 at(11, 30),
                                 "",
                                 "first set 0:9; touching not_set code_in_use (first)"},
                                {"back to back: no gap",
                                 {touching, first},
                                 noted,
                                 held,
                                 at(12),
                                 "hand_over 0:9 touching",
                                 "touching set 0:9"},
                                {"the same start: who was made first",
                                 {same_start, first},
                                 {},
                                 empty_lock(),
                                 at(10),
                                 "write 0:9 first",
                                 "first setting 0:9; same not_set code_in_use (first)"},
                                {"an earlier one made later takes it over",
                                 {early, first},
                                 noted,
                                 held,
                                 at(10),
                                 "hand_over 0:9 early",
                                 "early set 0:9; first not_set code_in_use (early)"},
                                {"not yet removed: no removal is needed",
                                 {touching},
                                 {note(0, 9, "gone", 1, NoteState::removing)},
                                 held,
                                 at(12),
                                 "adopt 0:9 touching",
                                 "touching set 0:9"},
                                {"without an image what is being removed is written anew",
                                 {touching},
                                 {note(0, 9, "gone", 1, NoteState::removing)},
                                 std::nullopt,
                                 at(12),
                                 "write 0:9 touching",
                                 "touching setting 0:9"},
                                {"the other waits for its time",
                                 {later, first},
                                 noted,
                                 held,
                                 at(10, 29),
                                 "",
                                 "first set 0:9; later waiting"},
                                {"occurrences that touch are one key",
                                 {first, claim("first", 1, at(12), at(13))},
                                 noted,
                                 held,
                                 at(12),
                                 "",
                                 "first set 0:9"},
                                {"occurrences whose lock times overlap are one key",
                                 {first, claim("first", 1, at(12, 20), at(13))},
                                 noted,
                                 held,
                                 at(12),
                                 "",
                                 "first set 0:9"},
                            });
}

TEST_CASE("KEY-4: where the lock keeps schedules, the next one's is written in place") {
  auto first = claim("first", 1, at(10), at(12));
  first.schedule = schedule(10, 12);
  auto next = claim("next", 1, at(12), at(14));
  next.schedule = schedule(12, 14);
  auto held = note(0, 80, "first", 1);
  held.schedule = first.schedule;
  MemoryImage image;
  image.occupied[held.address] = {false, secret(1), first.schedule};
  check_plans(own_schedule(), {
                                  {"in its time",
                                   {first, next},
                                   {held},
                                   image,
                                   at(11, 30),
                                   "",
                                   "first set 0:80; next not_set code_in_use (first)"},
                                  {"at the end",
                                   {first, next},
                                   {held},
                                   image,
                                   at(12),
                                   "write 0:80 next",
                                   "next setting 0:80"},
                                  {"believed without an image",
                                   {first, next},
                                   {held},
                                   std::nullopt,
                                   at(12),
                                   "write 0:80 next",
                                   "next setting 0:80"},
                              });
  image.occupied[held.address].schedule = next.schedule;
  check_plans(own_schedule(), {{"in the lock already",
                                {first, next},
                                {held},
                                image,
                                at(12),
                                "adopt 0:80 next",
                                "next set 0:80"}});
}
