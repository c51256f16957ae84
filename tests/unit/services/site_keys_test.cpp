// What goes with devices and rooms that a new site file has no more (SITE-6, SITE-7).
#include <algorithm>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/keys.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;
using Lines = std::vector<std::string>;

namespace {

// The site file without the device.
std::string without(std::string text, const std::string& device) {
  const auto id = text.find(cat("id = \"", device, "\""));
  REQUIRE(id != std::string::npos);
  const auto begin = text.rfind("[[device]]", id);
  const auto end = std::min(text.find("[[", id), text.size());
  return text.erase(begin, end - begin);
}

// A house with a reservation whose code is in lock-101.
class ReservedHouse : public House {
 public:
  ReservedHouse() {
    locks.lock("lock-101").model = fakes::shared_memory();
    restart();
    fleet->report("lock-101", domain::Field::bolt, domain::Bolt::locked);
    const auto body = parse_json(R"({"name":"Anna","device":"lock-101","start":"2026-11-20 9:00",)"
                                 R"("end":"2026-11-20 18:00","kind":"code","code":"482913"})",
                                 4096);
    const auto made = run(
        gateway->keys().reservations().create(anna, body->as_object(), services::Secrets::hidden));
    REQUIRE(made);
    id = domain::ReservationId(std::string(made->at("id").as_string()));
    pass(2s);
    REQUIRE(locks.lock("lock-101").slots.size() == 1);
    news();
  }

  bool is_there() { return gateway->keys().desk().book().find(id) != nullptr; }

  domain::ReservationId id;
};

const Lines warned{"deleting 'Door 101' deletes its reservation: 'Anna'",
                   "'Door 101' still holds, and will go on opening for: the code of 'Anna'"};

}  // namespace

TEST_CASE("SITE-6: a check says what would go, and nothing goes") {
  ReservedHouse house;
  const auto checked = house.run(house.gateway->site_import(
      installer, without(house.gateway->site_export(), "lock-101"), true));
  REQUIRE(checked);
  CHECK(checked->warnings == warned);
  CHECK(house.is_there());
  CHECK(house.news().empty());
  const auto same =
      house.run(house.gateway->site_import(installer, house.gateway->site_export(), true));
  REQUIRE(same);
  CHECK(same->warnings.empty());
}

TEST_CASE("SITE-6: reservations go with their device, in one transaction with the site") {
  ReservedHouse house;
  const auto before = house.store->transactions();
  const auto imported = house.run(house.gateway->site_import(
      installer, without(house.gateway->site_export(), "lock-101"), false));
  REQUIRE(imported);
  CHECK(imported->warnings == warned);  // SITE-7: the lock still has it
  CHECK(services::to_json(*imported).at("warnings").as_array().size() == 2);
  CHECK(!house.is_there());
  const auto news = house.news();
  CHECK(std::ranges::any_of(news, [](const std::string& line) {
    return line.starts_with("reservation_removed lock-101 by user:ines");
  }));
  CHECK(house.store->transactions() <= before + 2);  // and what the running building adds
  CHECK(house.store->on_disk().keys.reservations.empty());
  house.restart();
  CHECK(!house.is_there());
}

TEST_CASE("SITE-6: a disk that fails changes neither site nor reservations") {
  ReservedHouse house;
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  const auto site = house.gateway->site_export();
  const auto imported =
      house.run(house.gateway->site_import(installer, without(site, "lock-101"), false));
  REQUIRE(!imported);
  CHECK(house.is_there());
  CHECK(house.gateway->site_export() == site);
}
