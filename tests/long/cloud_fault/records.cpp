#include "tests/long/cloud_fault/records.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

#include "firmware/base/text.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

// Each on a connection of its own, for the dwellings of its floor.
constexpr int floors_with_changes = 3;
constexpr int doors_a_floor = 4;
constexpr auto while_it_waits = 10ms;
constexpr auto while_it_is_away = 50ms;
constexpr auto between_zones = 100ms;
// Emergency: an alarm whenever it is active. The first four are doors: activity.
constexpr int emergency = 16;
constexpr int doors = 4;

// Of six digits, of no other room, and another one than before.
std::string code_of(int floor, int door, int step) {
  return std::to_string(100'000 * floor + 20'000 * door + step % 10'000);
}

}  // namespace

RecordLoad::RecordLoad(Gateway& gateway, Building& building, FaultPace& pace)
    : gateway_(gateway), building_(building), pace_(pace) {
  threads_.emplace_back([this] { move_zones(); });
  for (int floor = 1; floor <= floors_with_changes; ++floor) {
    threads_.emplace_back([this, floor] { change_codes(floor); });
  }
}

void RecordLoad::stop() {
  stopping_ = true;
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool RecordLoad::may_go_on() {
  if (pace_.may_work(FaultPace::Work::records)) return true;
  std::this_thread::sleep_for(while_it_waits);
  return false;
}

void RecordLoad::change_codes(int floor) {
  for (int step = 0; !stopping_; ++step) {
    if (!may_go_on()) continue;
    const int door = 1 + step % doors_a_floor;
    try {
      const auto answer = gateway_.api("PUT", cat("/v1/rooms/r", floor, "0", door, "/code"),
                                       cat(R"({"code":")", code_of(floor, door, step), "\"}"));
      if (answer.status == 200) continue;
    } catch (const std::runtime_error&) {
      // It was killed under this very request.
    }
    std::this_thread::sleep_for(while_it_is_away);
  }
}

void RecordLoad::move_zones() {
  for (int step = 0; !stopping_; ++step) {
    std::this_thread::sleep_for(between_zones);
    try {
      if (pace_.may_work(FaultPace::Work::records)) {
        const int zone = step % 8 < 2 ? emergency : 1 + step / 2 % doors;
        building_.control(cat("zone ", zone, step % 2 == 0 ? " active" : " normal"));
      }
      const auto status = gateway_.api("GET", "/v1/status");
      if (status.status != 200) continue;  // it is just coming up
      pace_.reached(FaultPace::Work::records,
                    status.json().at("journal").at("head").to_number<std::int64_t>());
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(while_it_is_away);
    }
  }
}

}  // namespace genkan::test
