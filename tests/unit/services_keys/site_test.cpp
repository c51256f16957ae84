#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_retention.hpp"
#include "firmware/services/keys/room_codes.hpp"
#include "firmware/services/keys/site_keys.hpp"
#include "firmware/services/keys/temporary_office.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

std::string reserve(Office& office, std::string_view name, std::string_view device,
                    std::string_view day) {
  const auto made =
      office.reserve(cat(R"({"name":")", name, R"(","device":")", device, R"(","start":")", day,
                         R"( 0900","end":")", day, R"( 1000"})"));
  return std::string(made.at("id").as_string());
}

}  // namespace

TEST_CASE("SITE-6: what goes with devices and rooms is told, and goes in one change") {
  Office office;
  reserve(office, "Anna", "lock-101", "2026-11-21");
  reserve(office, "Ben", "lock-101", "2026-11-22");
  reserve(office, "Cleo", "lock-102", "2026-11-22");
  office.group("Staff", R"(["lock-101","lock-102"])");
  office.group("First", R"(["lock-101"])");
  TemporaryOffice visitors(office.desk);
  office.run(visitors.create(
      anna, object(R"({"name":"Help","room":"r101","daily":{"from":"9:00","to":"10:00"}})")));
  RoomCodes rooms(office.desk);
  office.run(rooms.set(anna, RoomId("r101"), object(R"({"code":"4815"})"), Secrets::hidden));
  CHECK(keys_gone_with(office.desk, anna, office.directory.inventory()).empty());

  auto site = office.directory.inventory();
  std::erase_if(site.devices, [](const auto& one) { return one.id == DeviceId("lock-101"); });
  std::erase_if(site.rooms, [](const auto& one) { return one.id == RoomId("r101"); });
  const auto gone = keys_gone_with(office.desk, anna, site);
  Lines told = gone.sentences;
  std::ranges::sort(told);
  CHECK(told.size() == 5);
  CHECK(told[0].starts_with("deleting 'Door 101' deletes its 2 reservations: '"));
  CHECK(told[1] == "deleting room '101' deletes its door code");
  CHECK(told[2] == "deleting room '101' deletes its temporary key");
  CHECK(told[3] == "key group 'First' loses 1 door, and has none any more");
  CHECK(told[4] == "key group 'Staff' loses 1 door");
  CHECK(gone.records.size() == 5);
  CHECK(gone.change.reservations_removed.size() == 2);
  services::apply(gone.change, office.book);
  CHECK(office.book.reservations().size() == 1);
  CHECK(office.book.temporary_keys().empty());
  CHECK(office.book.room_codes().empty());
}

TEST_CASE("SITE-7: whose codes go on opening a lock that is deleted") {
  Office office;
  const DeviceId lock("lock-101");
  CHECK(still_opening(office.desk, lock) == "");
  const std::string id = reserve(office, "Anna", "lock-101", "2026-11-21");
  office.standings.held[lock] = {{domain::KeyOwner::reservation, id, false},
                                 {domain::KeyOwner::holder, "h-1", true}};
  CHECK(still_opening(office.desk, lock) ==
        "'Door 101' still holds, and will go on opening for: the code of 'Anna', the card of "
        "'h-1'");
}

TEST_CASE("RES-10: what is over for more than 60 days is forgotten, unless a lock may hold it") {
  Office office;
  const std::string old = reserve(office, "Old", "lock-101", "2026-11-20");
  const std::string held = reserve(office, "Held", "lock-101", "2026-11-20");
  const std::string later = reserve(office, "Later", "lock-101", "2026-11-22");
  office.standings.held[DeviceId("lock-101")] = {{domain::KeyOwner::reservation, held, false}};
  KeyRetention retention(office.desk);
  CHECK(retention.due());
  CHECK(office.run(retention.run()) == 0);
  CHECK_FALSE(retention.due());
  office.clock.pass(std::chrono::hours(24 * 60 + 2));
  CHECK(retention.due());
  office.news();
  CHECK(office.run(retention.run()) == 1);
  CHECK(office.book.find(domain::ReservationId(old)) == nullptr);
  CHECK(office.book.find(domain::ReservationId(held)) != nullptr);
  CHECK(office.book.find(domain::ReservationId(later)) != nullptr);
  CHECK(office.store.on_disk().keys.reservations.size() == 2);
  CHECK(office.news().empty());
  office.clock.trust(ClockTrust::untrusted);
  office.clock.pass(std::chrono::hours(48));
  CHECK_FALSE(retention.due());
}

TEST_CASE("RES-10: at most 200 are forgotten in a turn, the rest at once in the next") {
  Office office;
  domain::Reservation reservation;
  reservation.name = "Old";
  reservation.target = DeviceId("lock-101");
  reservation.timing = domain::Span{domain::LocalTime{}, domain::LocalTime{std::chrono::hours(1)}};
  for (int i = 0; i < 250; ++i) {
    reservation.id = domain::ReservationId(cat("r-", i));
    office.book.put(reservation);
  }
  KeyRetention retention(office.desk);
  CHECK(office.run(retention.run()) == 200);
  CHECK(retention.due());
  CHECK(office.run(retention.run()) == 50);
  CHECK_FALSE(retention.due());
}
