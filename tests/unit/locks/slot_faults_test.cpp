#include <doctest/doctest.h>

#include "firmware/domain/locks/slot_plan.hpp"
#include "tests/unit/locks/support.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

TEST_CASE("KEY-5: pauses grow to an hour for writes, to a day for removals") {
  const std::pair<int, int> writes[] = {{0, 0},  {1, 1},  {2, 2},   {3, 4},
                                        {6, 32}, {7, 60}, {500, 60}};
  for (const auto& [failures, pause] : writes) {
    CHECK(retry_pause(NoteState::writing, static_cast<std::uint16_t>(failures)) == minutes{pause});
  }
  const std::pair<int, int> removals[] = {{0, 0}, {1, 1}, {2, 5}, {3, 30}, {4, 1440}, {500, 1440}};
  for (const auto& [failures, pause] : removals) {
    CHECK(retry_pause(NoteState::removing, static_cast<std::uint16_t>(failures)) == minutes{pause});
  }
}

TEST_CASE("KEY-5: what failed waits for its next try") {
  const auto a = claim("a", 1, at(10), at(18));
  auto failed = note(0, 9, "a", 1, NoteState::writing);
  failed.failures = 7;
  failed.next_try = at(11);
  auto refused = failed;
  refused.fault = NotSet::rejected;
  auto ended = note(0, 9, "a", 1, NoteState::removing);
  ended.failures = 4;
  ended.next_try = at(30);
  auto far = failed;
  far.next_try = at(24);
  const auto held = lock_with({{{0, 9}, 1}});
  check_plans(
      nine_codes(),
      {
          {"a write", {a}, {failed}, empty_lock(), at(10, 59), "", "a not_set unreachable 0:9"},
          {"a write that was refused",
           {a},
           {refused},
           empty_lock(),
           at(10, 59),
           "",
           "a not_set rejected 0:9"},
          {"a write, its time come",
           {a},
           {failed},
           empty_lock(),
           at(11),
           "write 0:9 a",
           "a not_set unreachable 0:9"},
          {"a write of which the answer was lost",
           {a},
           {failed},
           held,
           at(10, 30),
           "adopt 0:9 a",
           "a set 0:9"},
          {"a write that is not wanted any more",
           {},
           {failed},
           empty_lock(),
           at(10, 30),
           "forget 0:9",
           ""},
          {"likewise, and nobody knows",
           {},
           {failed},
           std::nullopt,
           at(10, 30),
           "remove 0:9",
           "a removing 0:9"},
          {"a removal", {}, {ended}, held, at(29, 59), "", "a still_opens unreachable 0:9"},
          {"a removal, its time come",
           {},
           {ended},
           held,
           at(30),
           "remove 0:9",
           "a still_opens unreachable 0:9"},
          {"a removal that turns out done", {}, {ended}, empty_lock(), at(20), "forget 0:9", ""},
          {"the clock went back: tried at once",
           {a},
           {far},
           empty_lock(),
           at(10),
           "write 0:9 a",
           "a not_set unreachable 0:9"},
      });
  CHECK(plan_slots(nine_codes(), {a}, {failed}, empty_lock(), at(10, 1)).next == at(11));
  CHECK(plan_slots(nine_codes(), {}, {ended}, held, at(20)).next == at(30));
}

TEST_CASE("KEY-6: the same code stands in a foreign slot") {
  const auto a = claim("a", 1, at(10), at(11));
  MemoryImage elsewhere;
  elsewhere.elsewhere.insert(secret(1));
  check_plans(
      nine_codes(),
      {
          {"in the image", {a}, {}, lock_with({{{0, 2}, 1}}), at(10), "", "a set code_foreign 0:2"},
          {"at the end it stays", {a}, {}, lock_with({{{0, 2}, 1}}), at(11), "", ""},
          {"found by the lock's answer",
           {a},
           {note(0, 9, "a", 1, NoteState::writing)},
           lock_with({{{0, 2}, 1}}),
           at(10),
           "forget 0:9",
           "a set code_foreign 0:2"},
          {"the lock does not say where", {a}, {}, elsewhere, at(10), "", "a set code_foreign"},
          {"ours and a foreign one: ours counts",
           {a},
           {note(0, 9, "a", 1)},
           lock_with({{{0, 2}, 1}, {{0, 9}, 1}}),
           at(10),
           "",
           "a set 0:9"},
          {"ours and a foreign one at the end",
           {a},
           {note(0, 9, "a", 1)},
           lock_with({{{0, 2}, 1}, {{0, 9}, 1}}),
           at(11),
           "remove 0:9",
           "a removing 0:9"},
      });
  const auto plan = plan_slots(nine_codes(), {a}, {note(0, 9, "a", 1)},
                               lock_with({{{0, 2}, 1}, {{0, 9}, 1}}), at(10));
  CHECK(plan.foreign == std::vector<SlotAddress>{{0, 2}});
}

TEST_CASE("KEY-8: what has ended goes, with or without an image") {
  const auto a = claim("a", 1, at(10), at(11));
  const auto b = claim("b", 2, at(10, 30), at(12));
  const auto again = claim("a", 1, at(34), at(35));
  const std::vector<SlotNote> notes{note(0, 9, "a", 1)};
  const auto held = lock_with({{{0, 9}, 1}});
  check_plans(
      nine_codes(),
      {
          {"at its end", {a}, notes, held, at(11), "remove 0:9", "a removing 0:9"},
          {"the gateway was off", {}, notes, std::nullopt, at(20), "remove 0:9", "a removing 0:9"},
          {"first what has ended, then what begins",
           {a, b},
           notes,
           held,
           at(11),
           "remove 0:9; write 0:8 b",
           "b setting 0:8; a removing 0:9"},
          {"nothing new before the memory is read",
           {a, b},
           notes,
           std::nullopt,
           at(11),
           "remove 0:9",
           "b not_set unread; a removing 0:9"},
          {"the next occurrence waits",
           {a, again},
           notes,
           held,
           at(11),
           "remove 0:9",
           "a waiting; a removing 0:9"},
          {"the code was changed: the old one goes",
           {claim("a", 5, at(10), at(11))},
           notes,
           held,
           at(10),
           "remove 0:9; write 0:8 a",
           "a setting 0:8; a removing 0:9"},
      });
}

TEST_CASE("KEY-9: a lead of nothing") {
  auto a = claim("a", 1, at(10), at(11));
  a.in_lock = a.opens;
  auto b = claim("a", 1, at(11), at(12));
  b.in_lock = b.opens;
  const std::vector<SlotNote> notes{note(0, 9, "a", 1)};
  check_plans(
      nine_codes(),
      {
          {"before", {a, b}, {}, empty_lock(), at(9, 59), "", "a waiting"},
          {"at the start", {a, b}, {}, empty_lock(), at(10), "write 0:9 a", "a setting 0:9"},
          {"windows that touch: the slot stays",
           {a, b},
           notes,
           lock_with({{{0, 9}, 1}}),
           at(11),
           "",
           "a set 0:9"},
      });
}
