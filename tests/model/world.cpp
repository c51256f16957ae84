#include "tests/model/world.hpp"

#include <algorithm>
#include <utility>

#include "firmware/base/text.hpp"

namespace genkan::model {

namespace {

constexpr std::size_t most_told = 30;
constexpr Millis second_ms = 1'000;

std::string utc(Millis when) { return cat(format_time(wall_time(when))); }

// Somewhere in 2026 or early in 2027, so that every day of the year is begun with.
Millis first_moment(Dice& dice) {
  return (Wall::begin() + dice.number(40, 500) * day_minutes + dice.number(0, 1439)) * minute_ms;
}

}  // namespace

Places::Places() {
  std::array<std::uint8_t, 32> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i * 7 + 1);
  hasher = std::make_unique<domain::KeyHasher>(key);
  using domain::DeviceKind;
  for (const char* name : {"io-80", "pk-9", "sb-8"}) {
    models.add({name, name, DeviceKind::lock, name, 8});
  }
}

World::World(const Places& places, std::uint64_t seed)
    : places_(places),
      seed_(seed),
      dice_(seed),
      now_(first_moment(dice_)),
      memory_(loop_.get_executor(), clock_, *this),
      oracle_(places.walls, places.holidays) {
  clock_.jump(wall_time(now_) - clock_.wall());
  build();
  start();
}

World::~World() {
  if (product_) product_->end();
  dying_ = true;
  memory_.let_go();
  dry();
}

void World::run(int days) {
  const Millis end = now_ + days * day_minutes * minute_ms;
  plan_people(days);
  plan_faults(days);
  for (const Wall* wall : places_.walls) {
    for (const Minute change : wall->changes()) at(change * minute_ms + 2 * second_ms, [] {});
  }
  while (now_ < end) {
    const Millis next = std::min(next_moment(), end);
    if (next > now_) pass(next - now_);
    while (!events_.empty() && events_.begin()->first <= now_) {
      const auto event = std::move(events_.begin()->second);
      events_.erase(events_.begin());
      event();
    }
    // The power goes most gladly while much is to be done.
    if (product_ && dice_.number(1, 60) == 1) restart();
    settle();
    check();
    ++counts_.steps;
  }
}

void World::pass(Millis time) {
  clock_.pass(std::chrono::milliseconds(time));
  now_ += time;
}

void World::at(Millis when, std::function<void()> event) {
  if (when < now_) return;
  events_.emplace(when, std::move(event));
}

Millis World::next_moment() {
  Millis next = events_.empty() ? now_ + day_minutes * minute_ms : events_.begin()->first;
  if (working()) {
    const Millis shown = gateway_time();
    for (const auto& [door, place] : doors_) {
      next = std::min(next, oracle_.next_change(door, shown) - offset_);
    }
  }
  const Millis gap = next - now_;
  if (gap > 2 * minute_ms && dice_.chance(25)) {
    return now_ + dice_.number(1, gap / minute_ms - 1) * minute_ms + dice_.number(0, 59'999);
  }
  // Right before it nothing has changed yet.
  if (gap > second_ms && dice_.chance(10)) return next - 1;
  return next;
}

void World::dry() {
  loop_.restart();
  while (loop_.poll() > 0) continue;
  if (!failed_.empty() && !dying_) throw Failure(std::exchange(failed_, {}));
}

void World::settle() {
  constexpr int most_rounds = 12;
  for (int round = 0; product_ && round < most_rounds; ++round) {
    if (round > 2) pass(second_ms);
    product_->sync().tick();
    dry();
    if (!working() || product_->sync().idle()) return;
    if (memory_.hanging() && round > 0) return;
  }
  if (product_) fail_at(doors_.begin()->first, "the reconciler does not come to rest");
}

void World::tell(std::string what) {
  told_.push_back(cat(utc(now_), " ", what));
  if (told_.size() > most_told) told_.pop_front();
}

void World::fail_later(const std::string& door, std::string_view what) {
  if (failed_.empty()) failed_ = cat("seed ", seed_, ": ", what, "\n", story_of(door));
}

void World::fail_at(const std::string& door, std::string_view what) {
  throw Failure(cat("seed ", seed_, ": ", what, "\n", story_of(door)));
}

namespace {

std::string minutes_text(const Wall& wall, Minute when) {
  if (when <= ever_from / 2) return "ever";
  if (when >= ever_to / 2) return "ever";
  return text_of(wall.shows(when));
}

std::string slot_text(domain::SlotAddress slot) { return cat(slot.area, "/", slot.number); }

}  // namespace

std::string World::story_of(const std::string& door) {
  const Place& place = doors_.at(door);
  const SimLock& lock = *place.lock;
  const Wall& wall = oracle_.wall(door);
  const Millis shown = gateway_time();
  std::string text = cat(
      "door ", door, " in ", wall.zone(), ", real time ", utc(now_), ", gateway's ", utc(shown),
      ", its wall ", text_of(wall.shows(shown / minute_ms)), "\nerrors ", place.errors, ", last ",
      utc(place.last_error), place.changed_at >= 0 ? ", changed behind our back" : "",
      lock.reachable ? "" : ", out of reach", place.exact ? ", exact" : "", "\n due:\n");
  for (const Due& due : oracle_.due(door, shown)) {
    text += cat("  ", due.owner, " ", due.secret.text, " ", minutes_text(wall, due.start), " - ",
                minutes_text(wall, due.end), due.opens ? " opens" : "",
                due.must_be_in ? " must be in" : "", "\n");
  }
  text += " in the lock:\n";
  for (const auto& [slot, held] : lock.slots) {
    if (held.by_hand && lock.slots.size() > 20) continue;
    text += cat("  ", slot_text(slot), " ", held.secret.text, held.by_hand ? " by hand" : "",
                lock.slot_opens(slot, clock_.steady()) ? " opens" : "", "\n");
  }
  text += " shown:\n";
  if (product_) {
    const auto keys = product_->sync().keys_of(DeviceId(door));
    for (const auto& standing : keys.standings) {
      text += cat("  ", standing.key.id, standing.key.card ? " card " : " code ",
                  domain::name_of(standing.state), " ", domain::name_of(standing.why), " ",
                  standing.address ? slot_text(*standing.address) : "", "\n");
    }
    text += cat(" fault: ", keys.fault, "\n");
  }
  text += " the lock's last:\n";
  for (const auto& note : lock.notes()) text += cat("  ", note, "\n");
  text += " the world's last:\n";
  for (const auto& one : told_) text += cat("  ", one, "\n");
  return text;
}

}  // namespace genkan::model
