#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "firmware/domain/locks/slot_plan.hpp"

// Small words for tests of what belongs in a lock.
namespace genkan::domain::test {

using std::chrono::minutes;

// On the day of the tests, 2026-11-20, by hour and minute in UTC; hours past 24 are the next day.
WallTime at(int hour, int minute = 0);
// "10:05", "+1 09:30".
std::string clock_text(WallTime when);

KeyRef code_of(const std::string& id);  // of a reservation
KeyRef card_of(const std::string& id);
KeyHash secret(int number);

// A claim that is in the lock 30 minutes before it opens.
Claim claim(const std::string& id, int number, WallTime start, WallTime end);
Claim card_claim(const std::string& id, int number, WallTime start, WallTime end);
SlotNote note(std::uint8_t area, std::uint16_t slot, const std::string& id, int number,
              NoteState state = NoteState::written);
LockSchedule schedule(int from_hour, int to_hour);

LockModel nine_codes();    // pk-9: 9 codes, 90 cards, separate
LockModel shared_area();   // el-100: 230 shared
LockModel own_schedule();  // io-80: 80 shared, 9 master areas of 90 cards
// A lock with one shared area of so many places.
LockModel small(std::uint16_t places);

// "forget 0:9; remove 0:8; write 0:7 r1".
std::string actions_text(const SlotPlan& plan);
// "r1 set 0:9; r2 not_set code_in_use (r1); r3* waiting": a star is a card.
std::string standings_text(const SlotPlan& plan);
// The same for one key; empty if nothing is said of it.
std::string standing_text(const SlotPlan& plan, const KeyRef& key);

MemoryImage empty_lock();
MemoryImage lock_with(const std::vector<std::pair<SlotAddress, int>>& codes);

struct PlanCase {
  const char* what;
  std::vector<Claim> claims;
  std::vector<SlotNote> notes;
  std::optional<MemoryImage> image;
  WallTime now;
  std::string actions;
  std::string standings;
};
void check_plans(const LockModel& model, const std::vector<PlanCase>& table);

}  // namespace genkan::domain::test
