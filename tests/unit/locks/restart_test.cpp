#include <doctest/doctest.h>

#include "firmware/domain/locks/slot_plan.hpp"
#include "tests/unit/locks/support.hpp"

// After a restart, a swap or a hand at the lock: notes against what the lock really holds.

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

enum class Slot { empty, ours, other, untold, card };

MemoryImage image_of(Slot slot) {
  MemoryImage image;
  const SlotAddress address{0, 9};
  switch (slot) {
    case Slot::empty: break;
    case Slot::ours: image.occupied[address] = {false, secret(1), std::nullopt}; break;
    case Slot::other: image.occupied[address] = {false, secret(99), std::nullopt}; break;
    case Slot::untold: image.occupied[address] = {false, std::nullopt, std::nullopt}; break;
    case Slot::card: image.occupied[address] = {true, std::nullopt, std::nullopt}; break;
  }
  return image;
}

struct Row {
  NoteState note;
  Slot slot;
  bool due;
  std::string actions;
  std::string standings;
  bool foreign = false;
};

}  // namespace

TEST_CASE("DEV-5: a note against the slot that was read back") {
  const auto writing = NoteState::writing;
  const auto written = NoteState::written;
  const auto removing = NoteState::removing;
  const Row table[] = {
      {writing, Slot::ours, true, "adopt 0:9 a", "a set 0:9"},
      {writing, Slot::untold, true, "adopt 0:9 a", "a set 0:9"},
      {writing, Slot::empty, true, "write 0:9 a", "a setting 0:9"},
      {writing, Slot::other, true, "forget 0:9; write 0:8 a", "a setting 0:8", true},
      {writing, Slot::ours, false, "remove 0:9", "a removing 0:9"},
      {writing, Slot::untold, false, "remove 0:9", "a removing 0:9"},
      {writing, Slot::empty, false, "forget 0:9", ""},
      {writing, Slot::other, false, "forget 0:9", "", true},
      {written, Slot::ours, true, "", "a set 0:9"},
      {written, Slot::untold, true, "", "a set 0:9"},
      {written, Slot::empty, true, "forget 0:9; write 0:9 a", "a setting 0:9"},
      {written, Slot::other, true, "forget 0:9; write 0:8 a", "a setting 0:8", true},
      {written, Slot::card, true, "forget 0:9; write 0:8 a", "a setting 0:8", true},
      {written, Slot::ours, false, "remove 0:9", "a removing 0:9"},
      {written, Slot::untold, false, "remove 0:9", "a removing 0:9"},
      {written, Slot::empty, false, "forget 0:9", ""},
      {written, Slot::other, false, "forget 0:9", "", true},
      {removing, Slot::ours, true, "adopt 0:9 a", "a set 0:9"},
      {removing, Slot::empty, true, "forget 0:9; write 0:9 a", "a setting 0:9"},
      {removing, Slot::other, true, "forget 0:9; write 0:8 a", "a setting 0:8", true},
      {removing, Slot::ours, false, "remove 0:9", "a removing 0:9"},
      {removing, Slot::untold, false, "remove 0:9", "a removing 0:9"},
      {removing, Slot::empty, false, "forget 0:9", ""},
      {removing, Slot::other, false, "forget 0:9", "", true},
  };
  for (const Row& row : table) {
    INFO(std::string(name_of(row.note)), ", slot ", static_cast<int>(row.slot), ", due ", row.due);
    const auto now = row.due ? at(10) : at(11);
    const auto plan = plan_slots(nine_codes(), {claim("a", 1, at(10), at(11))},
                                 {note(0, 9, "a", 1, row.note)}, image_of(row.slot), now);
    CHECK(actions_text(plan) == row.actions);
    CHECK(standings_text(plan) == row.standings);
    CHECK(plan.foreign.empty() == !row.foreign);
  }
}

TEST_CASE("DEV-5: without an image the notes are believed") {
  const auto a = claim("a", 1, at(10), at(11));
  const std::pair<NoteState, const char*> due[] = {{NoteState::writing, "write 0:9 a"},
                                                   {NoteState::written, ""},
                                                   {NoteState::removing, "write 0:9 a"}};
  for (const auto& [state, actions] : due) {
    const std::vector<SlotNote> notes{note(0, 9, "a", 1, state)};
    CHECK(actions_text(plan_slots(nine_codes(), {a}, notes, std::nullopt, at(10))) == actions);
    CHECK(actions_text(plan_slots(nine_codes(), {a}, notes, std::nullopt, at(11))) == "remove 0:9");
  }
}

TEST_CASE("DEV-4: a swapped lock is empty: all that is due is written again at once") {
  const std::vector<Claim> claims{claim("a", 1, at(10), at(12)), claim("b", 2, at(10), at(12)),
                                  claim("over", 3, at(8), at(9))};
  auto failed = note(0, 7, "b", 2, NoteState::written);
  const std::vector<SlotNote> notes{note(0, 9, "a", 1), failed,
                                    note(0, 5, "over", 3, NoteState::removing)};
  const auto plan = plan_slots(nine_codes(), claims, notes, MemoryImage{}, at(10));
  CHECK(actions_text(plan) == "forget 0:5; forget 0:7; forget 0:9; write 0:9 a; write 0:8 b");
  CHECK(standings_text(plan) == "a setting 0:9; b setting 0:8");
}

TEST_CASE("DEV-4: a smaller lock in its place") {
  const auto plan = plan_slots(small(2), {claim("a", 1, at(10), at(12))}, {note(1, 80, "a", 1)},
                               MemoryImage{}, at(10));
  CHECK(actions_text(plan) == "forget 1:80; write 0:2 a");
}

TEST_CASE("KEY-1: master areas, for cards alone, as far as they are enabled") {
  LockModel model;
  model.areas = {{"owner", 1, true, true, false},
                 {"master-1", 1, false, true, true},
                 {"master-2", 1, false, true, true}};
  const std::vector<Claim> claims{
      card_claim("a", 1, at(10), at(12)), card_claim("b", 2, at(10), at(12)),
      card_claim("c", 3, at(10), at(12)), claim("d", 4, at(10), at(12))};
  const char* expected[] = {"write 0:1 a*", "write 0:1 a*; write 1:1 b*",
                            "write 0:1 a*; write 1:1 b*; write 2:1 c*"};
  for (std::uint8_t enabled = 0; enabled < 3; ++enabled) {
    MemoryImage image;
    image.enabled_areas = enabled;
    const auto plan = plan_slots(model, claims, {}, image, at(10));
    CHECK(actions_text(plan) == expected[enabled]);
    CHECK(standing_text(plan, code_of("d")) == "d not_set no_address");
  }
}

TEST_CASE("KEY-8: a key in an area that was disabled at the lock is not taken for gone") {
  auto card = note(1, 90, "a", 1);
  card.key = card_of("a");
  const std::vector<Claim> claims{card_claim("a", 1, at(10), at(12))};
  MemoryImage image;
  auto plan = plan_slots(own_schedule(), claims, {card}, image, at(10));
  CHECK(actions_text(plan) == "remove 1:90; write 0:80 a*");
  card.state = NoteState::removing;
  card.failures = 1;
  card.fault = NotSet::rejected;
  card.next_try = at(11);
  plan = plan_slots(own_schedule(), {}, {card}, image, at(10, 59));
  CHECK(actions_text(plan).empty());
  CHECK(standings_text(plan) == "a* still_opens rejected 1:90");
}

TEST_CASE("KEY-7: the schedule in the lock is compared with what it should be") {
  auto a = claim("a", 1, at(10), at(20));
  a.schedule = schedule(10, 20);
  auto held = note(0, 80, "a", 1);
  held.schedule = a.schedule;
  const auto image_with = [](std::optional<KeyHash> hash, std::optional<LockSchedule> kept) {
    MemoryImage image;
    image.occupied[{0, 80}] = {false, hash, std::move(kept)};
    return image;
  };
  const auto actions = [&](const SlotNote& noted, const MemoryImage& image) {
    return actions_text(plan_slots(own_schedule(), {a}, {noted}, image, at(12)));
  };
  CHECK(actions(held, image_with(secret(1), schedule(10, 20))).empty());
  CHECK(actions(held, image_with(secret(1), schedule(10, 19))) == "write 0:80 a");
  CHECK(actions(held, image_with(secret(1), std::nullopt)) == "write 0:80 a");
  CHECK(actions(held, image_with(std::nullopt, std::nullopt)).empty());
  auto older = held;
  older.schedule = schedule(10, 19);
  CHECK(actions(older, image_with(std::nullopt, std::nullopt)) == "write 0:80 a");
  CHECK(actions(older, image_with(secret(1), schedule(10, 20))) == "adopt 0:80 a");
  auto writing = held;
  writing.state = NoteState::writing;
  CHECK(actions(writing, image_with(secret(1), schedule(10, 20))) == "adopt 0:80 a");
  CHECK(actions(writing, image_with(secret(1), schedule(10, 19))) == "write 0:80 a");
  // Taken before the write too: whether the new schedule is in cannot be told.
  CHECK(actions(writing, image_with(std::nullopt, std::nullopt)) == "write 0:80 a");
}

TEST_CASE("KEY-24: the key file is lost: what is in the lock stays until its time is over") {
  auto lost = claim("a", 0, at(10), at(12));
  lost.hash = {};
  lost.secret_lost = true;
  const auto other = claim("b", 1, at(9), at(13));
  const auto noted = note(0, 9, "a", 1);
  const auto standing = [&](const std::vector<SlotNote>& notes,
                            const std::optional<MemoryImage>& image, WallTime now) {
    const auto plan = plan_slots(nine_codes(), {other, lost}, notes, image, now);
    return std::pair(actions_text(plan), standings_text(plan));
  };
  using Pair = std::pair<std::string, std::string>;
  CHECK(standing({noted}, image_of(Slot::ours), at(10)) ==
        Pair{"", "a set 0:9; b not_set code_in_use (a)"});
  CHECK(standing({noted}, std::nullopt, at(10)) ==
        Pair{"", "a set 0:9; b not_set code_in_use (a)"});
  CHECK(standing({noted}, image_of(Slot::ours), at(12)) == Pair{"hand_over 0:9 b", "b set 0:9"});
  CHECK(standing({noted}, image_of(Slot::empty), at(10)) ==
        Pair{"forget 0:9; write 0:9 b", "a not_set no_secret; b setting 0:9"});
  CHECK(standing({}, image_of(Slot::empty), at(10)) ==
        Pair{"write 0:9 b", "a not_set no_secret; b setting 0:9"});
  // The hash in the note is of the lost key file and equals no hash of today.
  CHECK(standing({noted}, image_of(Slot::other), at(10)).second ==
        "a set 0:9; b not_set code_in_use (a)");
}

TEST_CASE("KEY-24: adopting a lost key keeps what the note says of it") {
  auto lost = claim("a", 0, at(10), at(12));
  lost.hash = {};
  lost.secret_lost = true;
  const auto plan = plan_slots(nine_codes(), {lost}, {note(0, 9, "a", 1, NoteState::writing)},
                               image_of(Slot::ours), at(10));
  REQUIRE(actions_text(plan) == "adopt 0:9 a");
  CHECK(plan.actions.front().claim->hash == secret(1));
}

TEST_CASE("KEY-4: one secret in two slots of ours: one goes") {
  MemoryImage image;
  image.occupied[{0, 9}] = {false, secret(1), std::nullopt};
  image.occupied[{0, 4}] = {false, secret(1), std::nullopt};
  const auto plan = plan_slots(nine_codes(), {claim("a", 1, at(10), at(12))},
                               {note(0, 9, "b", 1), note(0, 4, "a", 1)}, image, at(10));
  CHECK(actions_text(plan) == "remove 0:9");
  CHECK(standings_text(plan) == "a set 0:4; b removing 0:9");
}
