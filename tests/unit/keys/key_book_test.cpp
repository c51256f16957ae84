#include "firmware/domain/reservations/key_book.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::domain;

namespace {

Reservation on_device(std::string id, std::string device) {
  Reservation reservation;
  reservation.id = ReservationId(std::move(id));
  reservation.target = DeviceId(std::move(device));
  return reservation;
}

Reservation on_group(std::string id, std::string group) {
  Reservation reservation;
  reservation.id = ReservationId(std::move(id));
  reservation.target = KeyGroupId(std::move(group));
  return reservation;
}

Holder holder(std::string id, std::string group, std::string validity = "") {
  Holder made;
  made.id = HolderId(std::move(id));
  made.group = KeyGroupId(std::move(group));
  if (!validity.empty()) made.validity = ValidityGroupId(std::move(validity));
  return made;
}

KeyGroup group(std::string id, std::vector<std::string> devices) {
  KeyGroup made;
  made.id = KeyGroupId(std::move(id));
  for (auto& device : devices) made.devices.emplace_back(std::move(device));
  return made;
}

template <class Records>
std::string ids(const Records& records) {
  std::string all;
  for (const auto* record : records) all += record->id.str() + " ";
  return all;
}

std::string on(const KeyBook& book, std::string device) {
  return ids(book.reservations_on(DeviceId(std::move(device))));
}

}  // namespace

TEST_CASE("RES-1: reservations on a device, directly and through groups, through every change") {
  KeyBook book;
  book.put(on_device("r2", "d1"));
  book.put(on_device("r1", "d1"));
  book.put(on_group("r3", "g"));  // before its group is there
  CHECK(on(book, "d1") == "r1 r2 ");
  book.put(group("g", {"d1", "d2", "d2"}));
  CHECK(on(book, "d1") == "r1 r2 r3 ");
  CHECK(on(book, "d2") == "r3 ");
  book.put(group("g", {"d3"}));
  CHECK(on(book, "d1") == "r1 r2 ");
  CHECK(on(book, "d2").empty());
  CHECK(on(book, "d3") == "r3 ");
  book.put(on_device("r2", "d3"));  // moved
  CHECK(on(book, "d1") == "r1 ");
  CHECK(on(book, "d3") == "r2 r3 ");
  book.put(on_device("r3", "d1"));  // from the group to a device
  CHECK(on(book, "d1") == "r1 r3 ");
  CHECK(on(book, "d3") == "r2 ");
  book.remove(ReservationId("r1"));
  book.remove(ReservationId("r1"));
  CHECK(on(book, "d1") == "r3 ");
  CHECK(book.find(ReservationId("r1")) == nullptr);
  REQUIRE(book.find(ReservationId("r2")) != nullptr);
  CHECK(book.devices_of(*book.find(ReservationId("r2"))) == std::vector{DeviceId("d3")});
  CHECK(book.devices_of(on_group("x", "g")) == std::vector{DeviceId("d3")});
  CHECK(book.devices_of(on_group("x", "none")).empty());
  book.put(on_group("r4", "g"));
  book.remove(KeyGroupId("g"));
  CHECK(on(book, "d3") == "r2 ");
  book.put(group("g", {"d3"}));  // and back
  CHECK(on(book, "d3") == "r2 r4 ");
}

TEST_CASE("RES-50: holders of a group, on a device, with a validity group") {
  KeyBook book;
  book.put(group("g", {"d1", "d2"}));
  book.put(group("other", {"d2"}));
  book.put(holder("h2", "g", "v"));
  book.put(holder("h1", "g"));
  book.put(holder("h3", "other", "v"));
  CHECK(ids(book.holders_on(DeviceId("d1"))) == "h1 h2 ");
  CHECK(ids(book.holders_on(DeviceId("d2"))) == "h1 h2 h3 ");
  CHECK(ids(book.holders_of(KeyGroupId("g"))) == "h1 h2 ");
  CHECK(ids(book.holders_with(ValidityGroupId("v"))) == "h2 h3 ");
  book.put(holder("h2", "other"));
  CHECK(ids(book.holders_on(DeviceId("d1"))) == "h1 ");
  CHECK(ids(book.holders_of(KeyGroupId("other"))) == "h2 h3 ");
  CHECK(ids(book.holders_with(ValidityGroupId("v"))) == "h3 ");
  book.remove(HolderId("h3"));
  CHECK(ids(book.holders_with(ValidityGroupId("v"))).empty());
  CHECK(ids(book.holders_on(DeviceId("d2"))) == "h1 h2 ");
}

TEST_CASE("RES-50: a holder's time: always, its group's, every day where no day is chosen") {
  KeyBook book;
  const Weekly no_day{0, std::chrono::hours{9}, std::chrono::hours{17}};
  book.put(ValidityGroup{ValidityGroupId("v"), "Hours", no_day});
  CHECK(book.timing_of(holder("h", "g")) == Timing(Always{}));
  CHECK(book.timing_of(holder("h", "g", "v")) == Timing(Weekly{every_day, no_day.from, no_day.to}));
  CHECK(book.timing_of(holder("h", "g", "unknown")) == Timing(Span{}));
  book.put(ValidityGroup{ValidityGroupId("v"), "Monday", Weekly{1, no_day.from, no_day.to}});
  CHECK(book.timing_of(holder("h", "g", "v")) == Timing(Weekly{1, no_day.from, no_day.to}));
  book.remove(ValidityGroupId("v"));
  CHECK(book.find(ValidityGroupId("v")) == nullptr);
}

TEST_CASE("KEY-22, KEY-40: door codes and temporary keys are put, found and removed") {
  KeyBook book;
  book.put_room_code(RoomId("r101"), *Code::parse("4821"));
  REQUIRE(book.room_code(RoomId("r101")) != nullptr);
  CHECK(*book.room_code(RoomId("r101")) == *Code::parse("4821"));
  book.put_room_code(RoomId("r101"), std::nullopt);
  CHECK(book.room_code(RoomId("r101")) == nullptr);
  TemporaryKey key;
  key.id = TemporaryKeyId("t");
  book.put(key);
  key.used = 3;
  book.put(key);
  REQUIRE(book.find(TemporaryKeyId("t")) != nullptr);
  CHECK(book.find(TemporaryKeyId("t"))->used == 3);
  book.remove(TemporaryKeyId("t"));
  CHECK(book.find(TemporaryKeyId("t")) == nullptr);
}

TEST_CASE("KeyBook: after any changes it finds what looking through everything finds") {
  std::mt19937 random(20260401);  // NOLINT: the same run every time
  const auto some = [&random](const char* what, unsigned bound) {
    return what + std::to_string(random() % bound);
  };
  KeyBook book;
  for (int step = 0; step < 3'000; ++step) {
    switch (random() % 7) {
      case 0: book.put(on_device(some("r", 20), some("d", 4))); break;
      case 1: book.put(on_group(some("r", 20), some("g", 4))); break;
      case 2: book.put(group(some("g", 4), {some("d", 4), some("d", 4)})); break;
      case 3: book.put(holder(some("h", 20), some("g", 4), some("v", 2))); break;
      case 4: book.remove(ReservationId(some("r", 20))); break;
      case 5: book.remove(HolderId(some("h", 20))); break;
      default: book.remove(KeyGroupId(some("g", 4))); break;
    }
    const DeviceId device(some("d", 4));
    std::string reservations;
    for (const auto& [id, reservation] : book.reservations()) {
      const auto devices = book.devices_of(reservation);
      if (std::ranges::find(devices, device) != devices.end()) reservations += id.str() + " ";
    }
    REQUIRE(ids(book.reservations_on(device)) == reservations);
    std::string holders;
    for (const auto& [id, one] : book.holders()) {
      const auto* of = book.find(one.group);
      if (of != nullptr && std::ranges::find(of->devices, device) != of->devices.end()) {
        holders += id.str() + " ";
      }
    }
    REQUIRE(ids(book.holders_on(device)) == holders);
  }
}
