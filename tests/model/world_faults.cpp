// What happens to locks, to the gateway and to clocks.
#include <algorithm>

#include "firmware/base/text.hpp"
#include "tests/model/world.hpp"

namespace genkan::model {

namespace {

constexpr Millis second_ms = 1'000;
constexpr Millis hour_ms = 60 * minute_ms;

}  // namespace

void World::plan_faults(int days) {
  const auto sometimes = [&](std::int64_t a_year, void (World::*act)()) {
    const std::int64_t times = a_year * days / 365 + (days < 365 ? 1 : 0);
    for (std::int64_t i = 0; i < times; ++i) {
      const Millis when = now_ + dice_.number(0, days * day_minutes * minute_ms);
      at(when, [this, act] { (this->*act)(); });
    }
  };
  sometimes(30, &World::restart);
  sometimes(30, &World::clock_jumps);
  sometimes(150, &World::lock_away);
  sometimes(120, &World::lock_flaky);
  sometimes(25, &World::swap);
  sometimes(90, &World::program);
  sometimes(40, &World::erase);
  sometimes(25, &World::power_cut);
  sometimes(20, &World::masters);
  sometimes(25, &World::wrong_clock);
}

CallFate World::fate(SimLock& lock, LockOp) {
  if (dying_) return {.done = dice_.chance(50)};
  Place& place = doors_.at(lock.id());
  if (!lock.reachable || !dice_.chance(place.flaky)) return {};
  switch (dice_.number(0, 9)) {
    case 0: return {.refused = true};
    case 1:
      at(now_ + dice_.number(1, 20) * second_ms, [this] { memory_.let_go(); });
      return {.done = dice_.chance(70), .answered = dice_.chance(70), .hangs = true};
    case 2:
    case 3:
    case 4:
    case 5: return {.answered = false};
    default: return {.done = false, .answered = false};
  }
}

void World::on_end(SimLock& lock, LockOp op, bool well) {
  Place& place = doors_.at(lock.id());
  place.looked_at = false;
  place.answered = well;
  if (well) {
    if (op == LockOp::read) place.changed_at = -1;
    return;
  }
  ++place.errors;
  place.exact = false;
  place.last_error = now_;
  // When it must have been tried again.
  for (const Millis pause : {Millis{2}, Millis{10}, Millis{65}, 25 * day_minutes / 24}) {
    at(now_ + pause * minute_ms, [] {});
  }
}

// The power goes at any moment of what is being done.
void World::restart() {
  if (!product_) return;
  product_->sync().tick();
  loop_.restart();
  for (auto steps = dice_.number(0, 60); steps > 0 && loop_.poll_one() > 0;) --steps;
  disk_ = product_->end();
  dying_ = true;
  memory_.let_go();
  dry();
  dying_ = false;
  product_.reset();
  for (auto& [door, place] : doors_) place.exact = false;
  const Millis off = dice_.chance(85)   ? dice_.number(1, 60) * second_ms
                     : dice_.chance(80) ? dice_.number(1, 300) * minute_ms
                                        : dice_.number(1, 30) * hour_ms;
  tell("the gateway goes off");
  at(now_ + off, [this] { start(); });
}

void World::start() {
  ++counts_.restarts;
  tell("the gateway starts");
  const Surroundings around{
      loop_, clock_, memory_, places_.models, places_.product_holidays, *places_.hasher};
  // Now and then without a battery for its clock, and no network yet.
  if (boots_ > 0 && clock_.trust() == ClockTrust::trusted && dice_.chance(15)) {
    const Millis shown = dice_.number(0, hour_ms);
    clock_.jump(wall_time(shown) - clock_.wall());
    clock_.trust(ClockTrust::untrusted);
    at(now_ + dice_.number(1, 40 * 60) * second_ms, [this] {
      clock_.jump(wall_time(now_) - clock_.wall());
      offset_ = 0;
      clock_.trust(ClockTrust::trusted);
      last_jump_ = now_;
      tell("the gateway's clock is right");
    });
  }
  product_ = std::make_unique<Product>(around, disk_, ++boots_);
}

void World::clock_jumps() {
  if (clock_.trust() == ClockTrust::untrusted || offset_ != 0) return;
  const Millis by = (dice_.chance(50) ? 1 : -1) * dice_.number(1, dice_.chance(50) ? 10 : 300);
  offset_ = by * minute_ms + dice_.number(0, 59) * second_ms;
  clock_.jump(std::chrono::milliseconds(offset_));
  last_jump_ = now_;
  for (auto& [door, place] : doors_) place.exact = false;
  if (dice_.chance(25)) clock_.trust(ClockTrust::untrusted);
  tell(cat("the gateway's clock jumps by ", by, " min"));
  at(now_ + dice_.number(1, 600) * minute_ms, [this] {
    clock_.jump(wall_time(now_) - clock_.wall());
    offset_ = 0;
    last_jump_ = now_;
    clock_.trust(ClockTrust::trusted);
    for (auto& [door, place] : doors_) place.exact = false;
    tell("the gateway's clock is right");
  });
}

World::Place& World::some_place() {
  auto at = doors_.begin();
  std::advance(at, dice_.number(0, static_cast<std::int64_t>(doors_.size()) - 1));
  return at->second;
}

void World::lock_away() {
  Place& place = some_place();
  if (!place.lock->reachable) return;
  place.lock->reachable = false;
  place.exact = false;
  place.lock->note(cat(format_time(wall_time(now_)), " out of reach"));
  const std::string door = place.lock->id();
  const Millis away = dice_.chance(40)   ? dice_.number(1, 60) * minute_ms
                      : dice_.chance(70) ? dice_.number(1, 12) * hour_ms
                                         : dice_.number(12, 40) * hour_ms;
  const bool told = dice_.chance(60);
  at(now_ + away, [this, door, told] { lock_back(door, told); });
}

void World::lock_back(const std::string& door, bool told) {
  Place& place = doors_.at(door);
  place.lock->reachable = true;
  place.looked_at = false;
  place.lock->note(cat(format_time(wall_time(now_)), told ? " back" : " back unnoticed"));
  if (!product_ || !told) return;
  product_->sync().returned(DeviceId(door));
  place.errors = 0;
}

void World::lock_flaky() {
  Place& place = some_place();
  place.flaky = static_cast<int>(dice_.number(10, 70));
  place.lock->note("flaky");
  const std::string door = place.lock->id();
  at(now_ + dice_.number(1, 1000) * minute_ms, [this, door] {
    doors_.at(door).flaky = 0;
    doors_.at(door).lock->note("no more flaky");
  });
}

void World::changed_by_hand(Place& place, bool told) {
  place.changed_at = now_;
  place.exact = false;
  place.looked_at = false;
  ++place.lock->changes;
  if (product_ && told) product_->sync().read_again(DeviceId(place.lock->id()));
}

// Another piece of hardware in its place: empty, its clock at power-up.
void World::swap() {
  Place& place = some_place();
  SimLock& lock = *place.lock;
  lock.slots.clear();
  lock.serial += 100;
  lock.set_clock(power_up, clock_.steady());
  place.clock_at = now_;
  lock.note(cat(format_time(wall_time(now_)), " swapped"));
  changed_by_hand(place, false);
  if (product_ && lock.reachable && dice_.chance(70)) {
    product_->sync().returned(DeviceId(lock.id()));
    place.errors = 0;
  }
}

void World::program() {
  Place& place = some_place();
  SimLock& lock = *place.lock;
  const auto area = static_cast<std::uint8_t>(dice_.index(lock.domain_model().areas));
  const auto& kind = lock.domain_model().areas[area];
  if (!lock.is_counted(area)) return;
  Secret secret{!kind.codes, {}};
  secret.text = secret.card        ? cat("0b", 1'000'000 + next_id_++, "0000001")
                : dice_.chance(25) ? dice_.one_of(codes_)
                                   : cat(80'000'000 + next_id_++);
  if (lock.holds(secret)) return;
  domain::SlotAddress slot{area, 1};
  while (lock.slots.contains(slot) && slot.number <= kind.places) ++slot.number;
  // Over one of ours.
  const bool over = lock.tells_contents && dice_.chance(15);
  if (over) slot.number = static_cast<std::uint16_t>(kind.places - dice_.number(0, 2));
  if (slot.number > kind.places) return;
  // Far below ours nobody notices; a slot that we would write next is looked at first.
  const bool far = !over && slot.number + 20 < kind.places;
  lock.slots[slot] = {secret, std::nullopt, true};
  lock.note(
      cat(format_time(wall_time(now_)), " programmed ", area, "/", slot.number, " ", secret.text));
  changed_by_hand(place, !far || dice_.chance(60));
}

void World::erase() {
  Place& place = some_place();
  SimLock& lock = *place.lock;
  if (lock.slots.empty()) return;
  auto at = lock.slots.begin();
  std::advance(at, dice_.number(0, static_cast<std::int64_t>(lock.slots.size()) - 1));
  lock.note(cat(format_time(wall_time(now_)), " erased ", at->first.area, "/", at->first.number));
  lock.slots.erase(at);
  changed_by_hand(place, dice_.chance(50));
}

// The memory stays, the clock does not.
void World::power_cut() {
  Place& place = some_place();
  place.lock->set_clock(power_up, clock_.steady());
  place.clock_at = now_;
  place.lock->note(cat(format_time(wall_time(now_)), " without power"));
  if (product_ && place.lock->reachable && dice_.chance(50)) {
    product_->sync().returned(DeviceId(place.lock->id()));
    place.errors = 0;
  }
}

void World::masters() {
  Place& place = some_place();
  if (place.lock->model() != Model::io_80) return;
  place.lock->enabled = static_cast<std::uint8_t>(dice_.number(0, 3));
  place.lock->note(cat(format_time(wall_time(now_)), " masters ", place.lock->enabled));
  changed_by_hand(place, dice_.chance(60));
}

void World::wrong_clock() {
  Place& place = some_place();
  SimLock& lock = *place.lock;
  const auto by = std::chrono::seconds((dice_.chance(50) ? 1 : -1) *
                                       (dice_.chance(50) ? 3600 : dice_.number(90, 9000)));
  lock.set_clock(lock.clock(clock_.steady()) + by, clock_.steady());
  place.clock_at = now_;
  lock.note(cat(format_time(wall_time(now_)), " clock moved by ", by.count(), " s"));
}

}  // namespace genkan::model
