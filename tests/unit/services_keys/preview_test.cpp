// What a preview says of slots, and of ends that are given as a time alone.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

// The lock's memory was read, and is empty.
void read(Office& office, const char* lock) {
  office.standings.locks[DeviceId(lock)].image = domain::MemoryImage{};
}

Lines slots(Office& office, std::string_view request,
            const std::optional<domain::ReservationId>& id = std::nullopt) {
  const auto answer = answer_of(office.reservations.preview(anna, object(request), id));
  if (answer.contains("error")) return {std::string(answer.at("error").as_string())};
  Lines lines;
  for (const auto& slot : answer.at("slots").as_array()) {
    lines.push_back(cat(std::string_view(slot.at("device").as_string()), " ",
                        std::string_view(slot.at("key").as_string()), " ",
                        json::serialize(slot.at("slot")), " ",
                        std::string_view(slot.at("why").as_string())));
  }
  return lines;
}

// "2026-11-20 15:00 to 2026-11-21 10:00", or what is wrong.
std::string times(Office& office, std::string_view start, std::string_view end) {
  const auto answer = answer_of(office.reservations.preview(
      anna,
      object(cat(R"({"name":"Anna","device":"lock-101","kind":"link","start":")", start,
                 R"(","end":)", end, "}")),
      std::nullopt));
  if (answer.contains("error")) return std::string(answer.at("error").as_string());
  const auto& reservation = answer.at("reservation").as_object();
  return cat(std::string_view(reservation.at("start").as_string()), " to ",
             std::string_view(reservation.at("end").as_string()));
}

constexpr auto anna_code =
    R"({"name":"Anna","device":"lock-101","kind":"code","start":"2026-11-21 0900","end":"2026-11-21 1000"})";

}  // namespace

TEST_CASE("RES-40: a preview shows the common door that a reservation is copied to") {
  Office office;
  for (const auto* lock : {"lock-101", "lock-102", "lobby-lock"}) read(office, lock);
  // Not coupled yet, as far as is known: nothing is copied.
  CHECK(slots(office, anna_code) == Lines{"lock-101 code 230 "});
  office.facts.coupled_since[DeviceId("lobby-lock")] = office.clock.wall();
  CHECK(slots(office, anna_code) == Lines{"lock-101 code 230 ", "lobby-lock code 230 "});
  // Coupled after it was made.
  const auto made = office.reserve(anna_code);
  office.facts.coupled_since[DeviceId("lobby-lock")] =
      office.clock.wall() + std::chrono::milliseconds(1);
  const domain::ReservationId id(std::string(made.at("id").as_string()));
  CHECK(slots(office, R"({"name":"Ben"})", id) == Lines{"lock-101 code 230 "});
  CHECK(slots(office, R"({"kind":"link"})", id).empty());
}

TEST_CASE("KEY-24: a preview says that a card cannot be read any more") {
  Office office;
  read(office, "lock-101");
  const auto made = office.reserve(anna_code);
  const domain::ReservationId id(std::string(made.at("id").as_string()));
  CHECK(slots(office, R"({"name":"Ben"})", id) == Lines{"lock-101 code 230 "});
  office.facts.unreadable = {{domain::KeyOwner::reservation, id.str(), true}};
  const auto lines = slots(office, R"({"name":"Ben"})", id);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "lock-101 card null the code can no longer be read; give it a new one");
}

TEST_CASE("RES-4: an end given as a time alone is the first such time after the start") {
  Office office;
  CHECK(times(office, "2026-11-20 1500", R"({"time":"18:00"})") ==
        "2026-11-20 15:00 to 2026-11-20 18:00");
  CHECK(times(office, "2026-11-20 1500", R"({"time":"10:00"})") ==
        "2026-11-20 15:00 to 2026-11-21 10:00");
  CHECK(times(office, "2026-11-20 1500", R"({"time":"15:00"})") ==
        "2026-11-20 15:00 to 2026-11-21 15:00");
  CHECK(times(office, "2026-11-20 1500", R"({"time":"3400"})") ==
        "2026-11-20 15:00 to 2026-11-21 10:00");
  CHECK(times(office, "2026-11-20 2600", R"({"time":"01:00"})") ==
        "2026-11-21 02:00 to 2026-11-22 01:00");
  // With a day, and without either, as before.
  CHECK(times(office, "2026-11-20 1500", R"({"date":"2026-11-20","time":"18:00"})") ==
        "2026-11-20 15:00 to 2026-11-20 18:00");
  CHECK(times(office, "2026-11-20 1500", R"("2026-11-22")") ==
        "2026-11-20 15:00 to 2026-11-22 10:00");
}
