// Who opened, where a lock tells only the slot of its memory (HIS-2).
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/keys.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;
using domain::Bolt;
using domain::Field;
using domain::OperatedBy;
using domain::SlotAddress;
using Lines = std::vector<std::string>;

namespace {

// A house in which lock-101 has a memory; reservations are in it a moment after they are made.
class KeyedHouse : public House {
 public:
  explicit KeyedHouse(domain::LockModel model) {
    locks.lock("lock-101").model = std::move(model);
    restart();
    fleet->report("lock-101", Field::bolt, Bolt::locked);
    pass(1s);
  }

  std::string reserve(std::string_view keys) {
    const auto body =
        parse_json(cat(R"({"name":"Anna","device":"lock-101","start":"2026-11-20 9:00",)"
                       R"("end":"2026-11-20 18:00",)",
                       keys, "}"),
                   4096);
    const auto made = run(
        gateway->keys().reservations().create(anna, body->as_object(), services::Secrets::hidden));
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().message()));
    pass(2s);
    news();
    return std::string(made->at("id").as_string());
  }

  // Somebody opens with what is in the slot; what the journal tells of it.
  Lines open(OperatedBy how, std::int32_t slot) {
    fleet->report("lock-101", {{{Field::bolt}, static_cast<std::int32_t>(Bolt::unlocked)},
                               {{Field::operated_by}, static_cast<std::int32_t>(how)},
                               {{Field::operated_slot}, slot}});
    const Lines told = news();
    fleet->report("lock-101", Field::bolt, Bolt::locked);
    news();
    return told;
  }

  // As somebody would at the lock itself.
  void program_card(SlotAddress address, std::string_view number) {
    auto& lock = locks.lock("lock-101");
    lock.slots.insert_or_assign(address,
                                domain::SlotContent{*domain::CardNumber::parse(number), {}});
    ++lock.changes;
    gateway->keys().sync().read_again(DeviceId("lock-101"));
    pass(2s);
    news();
  }
};

}  // namespace

TEST_CASE("HIS-2: a code of ours is told by its reservation, one of the lock's own by its slot") {
  KeyedHouse house(fakes::shared_memory());
  const auto id = house.reserve(R"("kind":"code","code":"482913")");
  REQUIRE(house.locks.lock("lock-101").slots.contains(SlotAddress{0, 230}));
  CHECK(house.open(OperatedBy::key, 230) ==
        Lines{cat("unlocked lock-101 by reservation:", id,
                  R"( {"how":"key","slot":230,"name":"Anna"})")});
  CHECK(house.open(OperatedBy::key, 1) ==
        Lines{R"(unlocked lock-101 by slot:1 {"how":"key","slot":1})"});
  // The lock says card, and what we wrote there is a code: it is not ours to name.
  CHECK(house.open(OperatedBy::card, 230) ==
        Lines{R"(unlocked lock-101 by slot:230 {"how":"card","slot":230})"});
  CHECK(house.open(OperatedBy::hand, 0) == Lines{R"(unlocked lock-101 by hand {"how":"hand"})"});
  CHECK(house.open(OperatedBy::touch, 0) == Lines{R"(unlocked lock-101 by touch {"how":"touch"})"});
}

TEST_CASE("HIS-2: a card is told with its name, over a restart too") {
  KeyedHouse house(fakes::separate_memory());
  const auto id = house.reserve(
      R"("kind":"code","code":"4829","card":{"number":"0123456789ABCDEF","name":"blue"})");
  const Lines by_card{cat("unlocked lock-101 by reservation:", id,
                          R"( {"how":"card","slot":90,"name":"Anna","card":"blue"})")};
  CHECK(house.open(OperatedBy::card, 90) == by_card);
  CHECK(house.open(OperatedBy::key, 9) == Lines{cat("unlocked lock-101 by reservation:", id,
                                                    R"( {"how":"key","slot":9,"name":"Anna"})")});
  house.restart();
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.news();
  CHECK(house.open(OperatedBy::card, 90) == by_card);
}

TEST_CASE("HIS-2: while we were away, the slot still tells who") {
  KeyedHouse house(fakes::shared_memory());
  const auto id = house.reserve(R"("kind":"code","code":"482913")");
  house.restart(House::Off::killed);
  house.news();
  CHECK(house.open(OperatedBy::key, 230) ==
        Lines{cat("unlocked lock-101 by reservation:", id,
                  R"( {"while_away":true,"how":"key","slot":230,"name":"Anna"})")});
}

TEST_CASE(
    "HIS-2: where a lock does not say which area, nobody is named rather than the wrong one") {
  KeyedHouse house(fakes::scheduling_memory());
  house.locks.lock("lock-101").enabled_areas = 1;
  const auto id =
      house.reserve(R"("kind":"card_only","card":{"number":"0123456789ABCDEF","name":"blue"})");
  const auto& slots = house.locks.lock("lock-101").slots;
  REQUIRE(slots.size() == 1);
  const SlotAddress ours = slots.begin()->first;
  CHECK(house.open(OperatedBy::card, ours.number)[0].contains(cat("reservation:", id)));
  const SlotAddress other{static_cast<std::uint8_t>(ours.area == 0 ? 1 : 0), ours.number};
  house.program_card(other, "FEDCBA9876543210");
  CHECK(house.open(OperatedBy::card, ours.number)[0].contains(cat("by slot:", ours.number)));
  CHECK(house.open(OperatedBy::key, ours.number)[0].contains(cat("by slot:", ours.number)));
}

TEST_CASE("HIS-2: a key whose reservation is gone is told by its id as long as it is in the lock") {
  KeyedHouse house(fakes::shared_memory());
  const auto id = house.reserve(R"("kind":"code","code":"482913")");
  house.locks.lock("lock-101").fault = Error(ErrorCode::unreachable, "no answer");
  const auto removed =
      house.run(house.gateway->keys().reservations().remove(anna, domain::ReservationId(id)));
  REQUIRE(removed);
  house.pass(2s);
  house.news();
  CHECK(house.open(OperatedBy::key, 230) ==
        Lines{cat("unlocked lock-101 by reservation:", id, R"( {"how":"key","slot":230})")});
}
