#include "tests/model/product.hpp"

#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace genkan::model {

namespace asio = boost::asio;

namespace {

domain::LocalTime local_time(WallMinute time) {
  return domain::LocalTime(std::chrono::minutes(time));
}
domain::LocalDay local_day(DayNumber day) {
  return domain::LocalDay(std::chrono::days(static_cast<int>(day)));
}

domain::Weekdays weekdays_of(const std::array<bool, 7>& days) {
  domain::Weekdays bits = 0;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (days[i]) bits = static_cast<domain::Weekdays>(bits | 1U << i);
  }
  return bits;
}

void put_all(const ports::KeyChange& change, domain::KeyBook& book) {
  for (const auto& id : change.reservations_removed) book.remove(id);
  for (const auto& id : change.holders_removed) book.remove(id);
  for (const auto& one : change.key_groups) book.put(one);
  for (const auto& one : change.validity_groups) book.put(one);
  for (const auto& one : change.reservations) book.put(one);
  for (const auto& one : change.holders) book.put(one);
}

asio::awaitable<void> commit(fakes::FakeStore& store, ports::Change change, bool& done) {
  const auto committed = co_await store.commit(std::move(change));
  if (!committed) throw std::runtime_error("the store of the model test fails");
  done = true;
}

}  // namespace

Product::Product(const Surroundings& around, ports::Memory disk, int boot)
    : around_(around),
      store_(around.loop.get_executor(), disk, "boot-" + std::to_string(boot)),
      directory_(around.models),
      live_([](const DeviceId&) { return std::nullopt; }),
      troubles_(around.clock, directory_, live_),
      news_(around.clock, directory_, book_, troubles_) {
  directory_.take(disk.inventory);
  ports::KeyChange all;
  all.reservations = disk.keys.reservations;
  all.key_groups = disk.keys.key_groups;
  all.validity_groups = disk.keys.validity_groups;
  all.holders = disk.keys.holders;
  put_all(all, book_);
  facts_ = {disk.keys.coupled_since, disk.keys.unreadable, disk.keys.stale_hashes};
  ports::Change change;
  troubles_.restore(disk.troubles, change);
  sync_ = std::make_unique<services::KeySync>(
      services::KeySync::Needs{around.loop.get_executor(), around.memory, store_, around.clock,
                               directory_, book_, around.holidays, around.hasher, facts_, news_});
  sync_->restore(disk.keys.slot_notes);
}

ports::Memory Product::end() {
  ports::Memory disk = store_.on_disk();
  sync_.reset();
  return disk;
}

void Product::change(ports::Change change) {
  bool done = false;
  asio::co_spawn(around_.loop, commit(store_, change, done), asio::detached);
  around_.loop.restart();
  while (!done && around_.loop.poll_one() > 0) continue;
  if (!done) throw std::runtime_error("a change was not committed");
  put_all(change.keys, book_);
  sync_->book_changed();
}

void Product::change_site(const domain::Inventory& site, ports::Change change) {
  change.inventory = site;
  directory_.take(site);
  for (const auto& [device, since] : change.keys.coupled_since) {
    facts_.coupled_since[device] = since;
  }
  this->change(std::move(change));
  sync_->site_changed();
}

WallTime wall_time(Millis when) { return WallTime(std::chrono::milliseconds(when)); }
Millis millis(WallTime when) { return when.time_since_epoch().count(); }

domain::Timing timing_of(const When& when) {
  if (const auto* once = std::get_if<Once>(&when)) {
    return domain::Span{local_time(once->start), local_time(once->end)};
  }
  if (const auto* rule = std::get_if<Repeated>(&when)) {
    domain::Recurrence recurrence;
    recurrence.first = local_day(rule->first);
    recurrence.last = local_day(rule->last);
    recurrence.from = std::chrono::minutes(rule->from);
    recurrence.to = std::chrono::minutes(rule->to);
    recurrence.weekdays = weekdays_of(rule->weekdays);
    recurrence.holidays = rule->holidays == HolidayRule::valid ? domain::OnHolidays::valid
                          : rule->holidays == HolidayRule::not_valid
                              ? domain::OnHolidays::not_valid
                              : domain::OnHolidays::as_weekday;
    for (const auto day : rule->extra) recurrence.extra.push_back(local_day(day));
    for (const auto day : rule->excluded) recurrence.excluded.push_back(local_day(day));
    return recurrence;
  }
  if (const auto* week = std::get_if<EachWeek>(&when)) {
    return domain::Weekly{weekdays_of(week->weekdays), std::chrono::minutes(week->from),
                          std::chrono::minutes(week->to)};
  }
  return domain::Always{};
}

domain::Reservation reservation_of(const Booking& booking, std::uint32_t revision) {
  domain::Reservation reservation;
  reservation.id = domain::ReservationId(booking.id);
  reservation.name = booking.id;
  if (booking.door.empty()) {
    reservation.target = domain::KeyGroupId(booking.group);
  } else {
    reservation.target = DeviceId(booking.door);
  }
  reservation.timing = timing_of(booking.when);
  reservation.kind = static_cast<domain::KeyKind>(booking.kind);
  if (booking.code) reservation.code = domain::Code::parse(*booking.code).value();
  if (booking.card) {
    reservation.card = domain::Card{domain::CardNumber::parse(*booking.card).value(), "card"};
  }
  reservation.origin = static_cast<domain::Origin>(booking.from);
  reservation.made = wall_time(booking.made);
  reservation.revision = revision;
  return reservation;
}

}  // namespace genkan::model
