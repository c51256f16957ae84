// What is told of codes and cards that the key file does not open.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/keys.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;
using Lines = std::vector<std::string>;
using domain::KeyOwner;

namespace {

json::object object(std::string_view text) { return json::parse(text).as_object(); }

domain::Reservation reservation(const char* id, const char* name) {
  domain::Reservation one;
  one.id = domain::ReservationId(id);
  one.name = name;
  one.target = DeviceId("lock-101");
  one.timing =
      domain::Span{domain::LocalTime{}, domain::LocalTime{std::chrono::hours(24 * 40'000)}};
  one.kind = domain::KeyKind::code;
  return one;
}

// A disk whose key file is lost.
ports::Memory lost() {
  ports::Memory memory = House::first_memory();
  memory.keys.reservations = {reservation("r-1", "Anna"), reservation("r-2", "Ben")};
  memory.keys.unreadable = {{KeyOwner::reservation, "r-1", false},
                            {KeyOwner::reservation, "r-2", false},
                            {KeyOwner::reservation, "r-2", true},
                            {KeyOwner::room, "r101", false}};
  memory.keys.unreadable_secrets = 4;
  return memory;
}

std::string detail_of(const House& house) {
  const auto troubles = house.gateway->troubles_json();
  for (const auto& trouble : troubles.at("troubles").as_array()) {
    if (trouble.at("kind") == json::value("secrets_unreadable")) {
      return std::string(trouble.at("detail").as_string());
    }
  }
  return "";
}

}  // namespace

TEST_CASE("KEY-24: whose codes and cards cannot be read stands as a trouble until they are given") {
  House house({}, lost());
  house.settle();
  house.locks.lock("lock-101").model = fakes::shared_memory();
  CHECK(
      detail_of(house) ==
      "the code of 'Anna', the code of 'Ben', the card of 'Ben', the code of room 'r101': put the "
      "copy of gateway.key back, or give new ones");
  const auto news = house.news();
  REQUIRE(news.size() == 2);
  CHECK(news[0].starts_with("started"));
  CHECK(news[1].starts_with(R"(trouble {"trouble":"secrets_unreadable","detail":"the code of)"));

  auto& keys = house.gateway->keys();
  const auto change = [&](const char* id, std::string_view request) {
    REQUIRE(house.run(keys.reservations().change(anna, domain::ReservationId(id), object(request),
                                                 Secrets::hidden)));
  };
  change("r-1", R"({"name":"Anna B."})");                       // keeps its sealed code
  CHECK(detail_of(house).starts_with("the code of 'Anna', "));  // as it was told
  change("r-1", R"({"code":"482913"})");
  CHECK(detail_of(house).starts_with("the code of 'Ben', the card of 'Ben', the code of room"));
  REQUIRE(house.run(
      keys.reservations().remove(anna, domain::ReservationId("r-2"), domain::Origin::here)));
  CHECK(detail_of(house).starts_with("the code of room 'r101': "));
  REQUIRE(house.run(
      keys.room_codes().set(anna, RoomId("r101"), object(R"({"code":"7733"})"), Secrets::hidden)));
  CHECK(house.standing().empty());
  const auto last = house.news();
  CHECK(last.back().starts_with(R"(trouble_cleared {"trouble":"secrets_unreadable")"));
}

TEST_CASE("KEY-24: a kind without a code needs none") {
  House house({}, lost());
  auto& keys = house.gateway->keys();
  REQUIRE(house.run(keys.reservations().change(anna, domain::ReservationId("r-1"),
                                               object(R"({"kind":"link"})"), Secrets::hidden)));
  CHECK(detail_of(house).starts_with("the code of 'Ben', "));
}

TEST_CASE("KEY-24: the trouble is gone at the start after the key file is back") {
  House house({}, lost());
  house.settle();
  CHECK(house.standing() == Lines{"secrets_unreadable"});
  ports::Memory memory = house.store->on_disk();
  memory.keys.unreadable.clear();
  House next({}, memory);
  next.settle();
  CHECK(next.standing().empty());
}
