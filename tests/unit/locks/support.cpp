#include "tests/unit/locks/support.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::domain::test {

namespace {

constexpr std::chrono::sys_days day{std::chrono::year{2026} / 11 / 20};

std::string two(long number) { return cat(number < 10 ? "0" : "", number); }

std::string text_of(SlotAddress address) { return cat(int{address.area}, ":", address.number); }

std::string text_of(const KeyRef& key) { return cat(key.id, key.card ? "*" : ""); }

std::string_view word_of(SlotAction::What what) {
  switch (what) {
    case SlotAction::What::remove: return "remove";
    case SlotAction::What::write: return "write";
    case SlotAction::What::hand_over: return "hand_over";
    case SlotAction::What::adopt: return "adopt";
    case SlotAction::What::forget: return "forget";
  }
  return "?";
}

std::string text_of(const KeyStanding& standing) {
  std::string text = cat(text_of(standing.key), " ", name_of(standing.state));
  if (standing.why != NotSet::none) text += cat(" ", name_of(standing.why));
  if (standing.address) text += cat(" ", text_of(*standing.address));
  if (standing.in_favour_of) text += cat(" (", text_of(*standing.in_favour_of), ")");
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += cat(text.empty() ? "" : "; ", part);
  return text;
}

Claim claim_of(KeyRef key, int number, WallTime start, WallTime end) {
  Claim made;
  made.key = std::move(key);
  made.hash = secret(number);
  made.opens = {start, end};
  made.in_lock = {start - minutes{30}, end};
  return made;
}

}  // namespace

WallTime at(int hour, int minute) { return day + std::chrono::hours{hour} + minutes{minute}; }

std::string clock_text(WallTime when) {
  const long total = std::chrono::floor<minutes>(when - day).count();
  const long days = total / (24 * 60);
  const std::string ahead = days == 0 ? "" : cat("+", days, " ");
  return cat(ahead, two(total / 60 % 24), ":", two(total % 60));
}

KeyRef code_of(const std::string& id) { return {KeyOwner::reservation, id, false}; }
KeyRef card_of(const std::string& id) { return {KeyOwner::reservation, id, true}; }

KeyHash secret(int number) {
  KeyHash hash;
  hash.bytes[0] = static_cast<std::uint8_t>(number >> 8);
  hash.bytes[1] = static_cast<std::uint8_t>(number);
  return hash;
}

Claim claim(const std::string& id, int number, WallTime start, WallTime end) {
  return claim_of(code_of(id), number, start, end);
}

Claim card_claim(const std::string& id, int number, WallTime start, WallTime end) {
  return claim_of(card_of(id), number, start, end);
}

SlotNote note(std::uint8_t area, std::uint16_t slot, const std::string& id, int number,
              NoteState state) {
  SlotNote made;
  made.address = {area, slot};
  made.key = code_of(id);
  made.hash = secret(number);
  made.state = state;
  return made;
}

LockSchedule schedule(int from_hour, int to_hour) {
  const LocalTime midnight = LocalDay{day.time_since_epoch()};
  LockSchedule made;
  made.first = midnight + std::chrono::hours{from_hour};
  made.last = midnight + std::chrono::hours{to_hour};
  return made;
}

LockModel nine_codes() {
  LockModel model;
  model.areas = {{"codes", 9, true, false, false}, {"cards", 90, false, true, false}};
  return model;
}

LockModel shared_area() {
  LockModel model;
  model.areas = {{"owner", 230, true, true, false}};
  return model;
}

LockModel own_schedule() {
  LockModel model;
  model.areas = {{"owner", 80, true, true, false}};
  for (int i = 1; i <= 9; ++i) model.areas.push_back({cat("master-", i), 90, false, true, true});
  model.schedule_in_lock = true;
  model.has_clock = true;
  model.lead_most = minutes{60};
  return model;
}

LockModel small(std::uint16_t places) {
  LockModel model;
  model.areas = {{"owner", places, true, true, false}};
  return model;
}

std::string actions_text(const SlotPlan& plan) {
  std::vector<std::string> parts;
  for (const SlotAction& action : plan.actions) {
    std::string text = cat(word_of(action.what), " ", text_of(action.address));
    if (action.claim) text += cat(" ", text_of(action.claim->key));
    parts.push_back(std::move(text));
  }
  return joined(parts);
}

std::string standings_text(const SlotPlan& plan) {
  std::vector<std::string> parts;
  for (const KeyStanding& standing : plan.standings) parts.push_back(text_of(standing));
  return joined(parts);
}

std::string standing_text(const SlotPlan& plan, const KeyRef& key) {
  std::vector<std::string> parts;
  for (const KeyStanding& standing : plan.standings) {
    if (standing.key == key) parts.push_back(text_of(standing));
  }
  return joined(parts);
}

MemoryImage empty_lock() { return {}; }

MemoryImage lock_with(const std::vector<std::pair<SlotAddress, int>>& codes) {
  MemoryImage image;
  for (const auto& [address, number] : codes) {
    image.occupied[address] = {false, secret(number), std::nullopt};
  }
  return image;
}

void check_plans(const LockModel& model, const std::vector<PlanCase>& table) {
  for (const PlanCase& row : table) {
    INFO(std::string(row.what));
    const SlotPlan plan = plan_slots(model, row.claims, row.notes, row.image, row.now);
    CHECK(actions_text(plan) == row.actions);
    CHECK(standings_text(plan) == row.standings);
  }
}

}  // namespace genkan::domain::test
