// Devices that follow reservations, as the running gateway does it.
#include <algorithm>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/keys.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;
using Lines = std::vector<std::string>;

namespace {

ports::Memory coupled_lamp() {
  ports::Memory memory = House::first_memory();
  const auto lamp =
      std::ranges::find(memory.inventory.devices, DeviceId("lamp"), &domain::DeviceConfig::id);
  lamp->coupling = domain::Coupling::with_reservation;
  return memory;
}

// It is 9:00 in Tokyo; the lamp is off.
class LitHouse : public House {
 public:
  LitHouse() : House({}, coupled_lamp()) {
    settle();
    fleet->report("lamp", domain::Field::output, domain::Output::off);
    pass(1s);
    news();
  }
  domain::ReservationId reserve(std::string_view start, std::string_view end) {
    const auto made = run(gateway->keys().reservations().create(
        anna,
        json::parse(
            cat(R"({"name":"Anna","device":"lobby-door","kind":"link","start":"2026-11-20 )", start,
                R"(","end":"2026-11-20 )", end, R"("})"))
            .as_object(),
        Secrets::hidden));
    REQUIRE(made);
    return domain::ReservationId(std::string(made->at("id").as_string()));
  }
  void move(const domain::ReservationId& id, std::string_view start, std::string_view end) {
    REQUIRE(run(gateway->keys().reservations().change(
        anna, id,
        json::parse(cat(R"({"start":"2026-11-20 )", start, R"(","end":"2026-11-20 )", end, R"("})"))
            .as_object(),
        Secrets::hidden)));
    pass(2s);
  }
  void until(std::chrono::minutes after_nine) {
    const WallTime then =
        WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)) + after_nine;
    while (clock.wall() < then) pass(30s);
  }
};

}  // namespace

TEST_CASE("RES-31, RES-34: a reservation that is moved behind the mark still acts") {
  LitHouse house;
  house.reserve("9:30", "10:00");
  const auto moved = house.reserve("14:00", "16:00");
  house.until(90min);
  CHECK(house.fleet->executed() == Lines{"lamp on", "lamp off"});
  house.move(moved, "9:45", "12:00");
  CHECK(house.fleet->executed() == Lines{"lamp on", "lamp off", "lamp on"});
  house.restart(House::Off::killed);  // the mark that was set back is on disk, and it goes on
  house.fleet->report("lamp", domain::Field::output, domain::Output::on);
  house.pass(5s);
  CHECK(house.fleet->executed().empty());
  house.move(moved, "9:45", "10:10");
  CHECK(house.fleet->executed() == Lines{"lamp off"});
  house.pass(60s);
  CHECK(house.fleet->executed() == Lines{"lamp off"});
}

TEST_CASE("RES-31: somebody's hand is not undone because the end was moved") {
  LitHouse house;
  const auto id = house.reserve("9:30", "11:00");
  house.until(60min);
  CHECK(house.fleet->executed() == Lines{"lamp on"});
  house.fleet->report("lamp", domain::Field::output, domain::Output::off);
  house.move(id, "9:30", "12:00");
  CHECK(house.fleet->executed() == Lines{"lamp on"});
}

TEST_CASE("RES-30: what a coupling does is recorded as what it is, by 'coupling'") {
  LitHouse house;
  house.reserve("9:30", "10:00");
  house.news();
  house.until(40min);
  const auto news = house.news();
  CHECK(std::ranges::any_of(news, [](const std::string& line) {
    return line.starts_with("switched_on lamp by coupling");
  }));
}
