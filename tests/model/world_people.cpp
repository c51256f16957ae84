// What people do at their desks: reservations, holders, groups.
#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "tests/model/world.hpp"

namespace genkan::model {

void World::plan_people(int days) {
  const auto sometimes = [&](std::int64_t a_year, void (World::*act)()) {
    const std::int64_t times = a_year * days / 365 + (days < 365 ? 1 : 0);
    for (std::int64_t i = 0; i < times; ++i) {
      const Millis when = now_ + dice_.number(0, days * day_minutes * minute_ms);
      at(when, [this, act] {
        if (!working()) return;
        (this->*act)();
        settle();
      });
    }
  };
  sometimes(420, &World::reserve);
  sometimes(200, &World::edit);
  sometimes(90, &World::remove);
  sometimes(14, &World::make_holder);
  sometimes(40, &World::change_holder);
  sometimes(12, &World::change_group);
  sometimes(8, &World::change_site);
  sometimes(40, &World::clear_out);
}

std::string World::some_code() {
  if (dice_.chance(35)) return dice_.one_of(codes_);
  std::string digits;
  for (auto size = dice_.number(5, 8); size > 0; --size) digits += cat(dice_.number(0, 6));
  return digits;
}

std::string World::some_card() {
  if (dice_.chance(10)) return "0123456789abcdef";
  return cat("01", 10'000'000 + dice_.number(0, 8'999'999), "000000");
}

When World::some_recurrence(DayNumber today) {
  Repeated rule;
  rule.first = today + dice_.number(-2, 6);
  rule.last = rule.first + dice_.number(0, dice_.chance(20) ? 60 : 14);
  const auto step = dice_.chance(50) ? 30 : dice_.chance(50) ? 10 : 1;
  rule.from = dice_.number(0, 1439 / step - 1) * step;
  rule.to = rule.from + dice_.number(1, (1440 - rule.from) / step) * step;
  for (auto& on : rule.weekdays) on = dice_.chance(40);
  rule.weekdays[dice_.index(rule.weekdays)] = true;
  rule.holidays = static_cast<HolidayRule>(dice_.number(0, 2));
  for (auto more = dice_.number(0, 3); more > 0; --more) {
    const DayNumber day = dice_.number(rule.first, rule.last);
    if (dice_.chance(50)) {
      if (!rule.excluded.contains(day)) rule.extra.insert(day);
    } else if (!rule.extra.contains(day)) {
      rule.excluded.insert(day);
    }
  }
  return rule;
}

When World::some_time(const std::string& door) {
  const Wall& wall = oracle_.wall(door);
  const Minute now = gateway_time() / minute_ms;
  const WallMinute shown = wall.shows(now);
  if (dice_.chance(14)) return some_recurrence(shown / day_minutes);
  Once once;
  once.start = shown + (dice_.chance(15)   ? dice_.number(-300, 0)
                        : dice_.chance(20) ? dice_.number(0, 50)
                                           : dice_.number(50, 7 * day_minutes));
  if (dice_.chance(8)) {  // around the clock's next change
    for (const Minute change : wall.changes()) {
      if (change > now) {
        once.start = wall.shows(change - 1) + dice_.number(-150, 150);
        break;
      }
    }
  }
  const auto step = dice_.chance(60) ? 30 : dice_.chance(60) ? 5 : 1;
  once.start -= once.start % step;
  const auto length = dice_.chance(30)   ? dice_.number(1, 120)
                      : dice_.chance(60) ? dice_.number(60, 24 * 60)
                                         : dice_.number(day_minutes, 6 * day_minutes);
  once.end = once.start + std::max<WallMinute>(1, length / step) * step;
  return once;
}

void World::put(const Booking& booking) {
  ports::Change change;
  const auto revision = ++revisions_[booking.id];
  change.keys.reservations.push_back(reservation_of(booking, revision));
  tell(cat(revision == 1 ? "reserve " : "edit ", booking.id, " at ", booking.door, booking.group,
           " code ", booking.code.value_or("none"), " card ", booking.card.value_or("none")));
  oracle_.put(booking);
  product_->change(std::move(change));
}

// The code of another on the same door (KEY-4): right behind it, or over it.
void World::follow(Booking& booking) {
  std::vector<const Booking*> others;
  for (const auto& [id, other] : oracle_.bookings()) {
    if (other.door == booking.door && other.code && !other.holder) others.push_back(&other);
  }
  if (others.empty()) return;
  const Booking& other = *dice_.one_of(others);
  booking.code = other.code;
  const auto* before = std::get_if<Once>(&other.when);
  auto* mine = std::get_if<Once>(&booking.when);
  if (before == nullptr || mine == nullptr) return;
  const auto length = mine->end - mine->start;
  mine->start = dice_.chance(50) ? before->end : dice_.number(before->start - 300, before->end);
  mine->end = mine->start + length;
}

void World::reserve() {
  Booking booking;
  booking.id = cat("r-", next_id_++);
  std::vector<std::string> doors;
  for (const auto& [id, door] : oracle_.doors()) doors.push_back(id);
  std::string door = dice_.one_of(doors);
  if (dice_.chance(6)) {
    booking.group = cat("g", dice_.number(0, 4));
    const auto& members = oracle_.group(booking.group);
    if (!members.empty()) door = members.front();
  } else {
    booking.door = door;
  }
  booking.when = some_time(door);
  constexpr std::array<Kind, 10> kinds{
      Kind::code,          Kind::code,          Kind::code,      Kind::code, Kind::code,
      Kind::code_and_link, Kind::code_and_link, Kind::card_only, Kind::link, Kind::software_code};
  booking.kind = dice_.one_of(kinds);
  if (dice_.chance(4)) booking.from = From::calendar;
  const bool code = booking.kind != Kind::card_only && booking.kind != Kind::link;
  if (code) booking.code = some_code();
  if (booking.kind == Kind::card_only || dice_.chance(25)) booking.card = some_card();
  if (booking.code && !booking.door.empty() && dice_.chance(25)) follow(booking);
  booking.made = last_made_ = std::max(gateway_time(), last_made_ + 1);
  put(booking);
}

std::vector<std::string> World::ids(bool holders) const {
  std::vector<std::string> found;
  for (const auto& [id, booking] : oracle_.bookings()) {
    if (booking.holder == holders) found.push_back(id);
  }
  return found;
}

void World::edit() {
  const auto all = ids(false);
  if (all.empty()) return;
  Booking booking = oracle_.bookings().at(dice_.one_of(all));
  std::string door = booking.door;
  if (door.empty()) {
    const auto& members = oracle_.group(booking.group);
    door = members.empty() ? "d0-1" : members.front();
  }
  auto* once = std::get_if<Once>(&booking.when);
  switch (dice_.number(0, 5)) {
    case 0: booking.when = some_time(door); break;
    case 1:
      if (once != nullptr) {
        once->end = std::max(once->start + 1, once->end + dice_.number(-120, 240));
      }
      break;
    case 2:
      if (once != nullptr)
        once->start = std::min(once->end - 1, once->start + dice_.number(-90, 90));
      break;
    case 3:
      if (booking.code) booking.code = some_code();
      break;
    case 4:
      if (booking.kind != Kind::card_only) booking.card = std::nullopt;
      break;
    default:
      if (!booking.door.empty()) {
        std::vector<std::string> doors;
        for (const auto& [id, other] : oracle_.doors()) doors.push_back(id);
        booking.door = dice_.one_of(doors);
      }
      break;
  }
  put(booking);
}

void World::remove() {
  const auto all = ids(false);
  if (all.empty()) return;
  const std::string id = dice_.one_of(all);
  tell(cat("delete ", id));
  ports::Change change;
  change.keys.reservations_removed.emplace_back(id);
  oracle_.remove(id);
  product_->change(std::move(change));
}

// What has been over for two days is nobody's any more.
void World::clear_out() {
  ports::Change change;
  const Minute past = gateway_time() / minute_ms - 2 * day_minutes;
  for (const auto& id : ids(false)) {
    const Booking& booking = oracle_.bookings().at(id);
    const auto* once = std::get_if<Once>(&booking.when);
    const auto* rule = std::get_if<Repeated>(&booking.when);
    const bool over = (once != nullptr && once->end < past) ||
                      (rule != nullptr && (rule->last + 2) * day_minutes < past);
    if (!over) continue;
    change.keys.reservations_removed.emplace_back(id);
    oracle_.remove(id);
  }
  if (!change.keys.empty()) product_->change(std::move(change));
}

}  // namespace genkan::model
