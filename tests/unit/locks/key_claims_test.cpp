#include "firmware/domain/locks/key_claims.hpp"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/locks/support.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr std::array<std::uint8_t, 32> hash_key{1, 2, 3};

// 2026-11-20, a Friday; the 23rd is a holiday. 9:00 on the wall of Tokyo is 0:00 UTC.
constexpr LocalDay today{std::chrono::year{2026} / 11 / 20};
WallTime tokyo(int hour, int minute = 0) { return at(hour - 9, minute); }

Code code(const char* digits) { return *Code::parse(digits); }

struct House {
  KeyBook book;
  Inventory inventory;
  Holidays holidays;
  KeyHasher hasher{hash_key};
  TimeZone zone = TimeZone::named("Asia/Tokyo").value();
  std::optional<WallTime> coupled_since;
  std::vector<KeyRef> unreadable;

  House() {
    inventory.buildings.resize(2);
    inventory.buildings[0].id = BuildingId("b");
    inventory.buildings[1].id = BuildingId("other");
    add_room("r101", "b", false);
    add_room("lobby", "b", true);
    add_room("o101", "other", false);
    add_device("lock-101", "r101");
    add_device("lobby-door", "lobby");
    add_device("lock-o101", "o101");
  }

  void add_room(const char* id, const char* building, bool common) {
    RoomConfig room;
    room.id = RoomId(id);
    room.building = BuildingId(building);
    room.common = common;
    inventory.rooms.push_back(room);
  }
  void add_device(const char* id, const char* room) {
    DeviceConfig device;
    device.id = DeviceId(id);
    device.rooms = {RoomId(room)};
    inventory.devices.push_back(device);
  }
  DeviceConfig& device(const char* id) {
    return *std::ranges::find(inventory.devices, DeviceId(id), &DeviceConfig::id);
  }

  std::vector<Claim> claims(const char* lock, const LockModel& model, WallTime now,
                            WallTime until) const {
    const ClaimContext context{book, inventory, holidays, hasher, zone, coupled_since, unreadable};
    return claims_of(context, DeviceId(lock), model, now, until);
  }
};

Reservation reservation(const char* id, const char* door, Timing timing) {
  Reservation made;
  made.id = ReservationId(id);
  made.target = DeviceId(door);
  made.timing = std::move(timing);
  made.kind = KeyKind::code;
  made.code = code("2580");
  made.made = at(-100);
  return made;
}

Span span(int from_hour, int to_hour) { return {today + hours{from_hour}, today + hours{to_hour}}; }

Recurrence every_day_from(int from_minute, int to_minute) {
  Recurrence made;
  made.first = today;
  made.last = today + days{60};
  made.from = minutes{from_minute};
  made.to = minutes{to_minute};
  return made;
}

// "r1 09:30 10:00-11:00": in the lock from, opens, in UTC.
std::string text_of(const std::vector<Claim>& claims) {
  std::string text;
  for (const Claim& claim : claims) {
    text += cat(text.empty() ? "" : "; ", claim.key.id, claim.key.card ? "* " : " ",
                clock_text(claim.in_lock.start), " ", clock_text(claim.opens.start), "-",
                clock_text(claim.opens.end), claim.secret_lost ? " lost" : "");
    CHECK(claim.in_lock.end == claim.opens.end);
  }
  return text;
}

}  // namespace

TEST_CASE("KEY-9: the lead of the model, of the lock, and none") {
  House house;
  house.book.put(reservation("r", "lock-101", span(19, 21)));
  const auto text = [&house](std::optional<minutes> lead) {
    house.device("lock-101").key_lead = lead;
    return text_of(house.claims("lock-101", nine_codes(), at(0), at(48)));
  };
  CHECK(text(std::nullopt) == "r 09:30 10:00-12:00");
  CHECK(text(minutes{10}) == "r 09:50 10:00-12:00");
  CHECK(text(minutes{0}) == "r 10:00 10:00-12:00");
  CHECK(text(minutes{90}) == "r 09:30 10:00-12:00");
}

TEST_CASE("RES-23: one claim an occurrence, within the time that was asked for") {
  House house;
  house.book.put(reservation("r", "lock-101", every_day_from(19 * 60, 21 * 60)));
  const auto text = [&house](WallTime now, WallTime until) {
    return text_of(house.claims("lock-101", nine_codes(), now, until));
  };
  CHECK(text(at(0), at(9, 30)).empty());
  CHECK(text(at(0), at(9, 31)) == "r 09:30 10:00-12:00");
  CHECK(text(at(11, 59), at(40)) == "r 09:30 10:00-12:00; r +1 09:30 +1 10:00-+1 12:00");
  CHECK(text(at(12), at(40)) == "r +1 09:30 +1 10:00-+1 12:00");
}

TEST_CASE("RES-6: which kinds put what into a lock") {
  const auto card = *CardNumber::parse("0102030405060708");
  const std::pair<KeyKind, std::string> kinds[] = {
      {KeyKind::link, "r*"},          {KeyKind::person, "r*"},
      {KeyKind::code, "r r*"},        {KeyKind::code_and_link, "r r*"},
      {KeyKind::software_code, "r*"}, {KeyKind::card_only, "r*"}};
  for (const auto& [kind, keys] : kinds) {
    House house;
    auto made = reservation("r", "lock-101", span(19, 21));
    made.kind = kind;
    made.card = Card{card, "card"};
    house.book.put(made);
    std::string found;
    for (const Claim& claim : house.claims("lock-101", nine_codes(), at(0), at(48))) {
      found += cat(found.empty() ? "" : " ", claim.key.id, claim.key.card ? "*" : "");
      CHECK(claim.hash == (claim.key.card ? house.hasher.of(card) : house.hasher.of(code("2580"))));
      CHECK(claim.made == at(-100));
    }
    CHECK(found == keys);
  }
}

TEST_CASE("KEY-7: one claim for all of a recurrence, its window rounded") {
  House house;
  const auto model = own_schedule();
  struct Row {
    int from, to, rounded_from, rounded_to;
  };
  const Row table[] = {{605, 664, 600, 670},
                       {600, 660, 600, 660},
                       {1, 1439, 0, 1440},
                       {0, 1440, 0, 1440},
                       {9, 11, 0, 20}};
  for (const Row& row : table) {
    house.book.put(reservation("r", "lock-101", every_day_from(row.from, row.to)));
    const auto claims = house.claims("lock-101", model, at(0), at(48));
    REQUIRE(claims.size() == 1);
    const Claim& claim = claims.front();
    REQUIRE(claim.schedule);
    CHECK(claim.schedule->window == std::pair(minutes{row.rounded_from}, minutes{row.rounded_to}));
    CHECK(claim.schedule->first == today + minutes{row.rounded_from});
    CHECK(claim.schedule->last == today + days{60} + minutes{row.rounded_to});
    CHECK(claim.opens.start == at(-9, row.rounded_from));
    CHECK(claim.opens.end == at(-9 + 60 * 24, row.rounded_to));
    CHECK(claim.in_lock.start == claim.opens.start - minutes{60});
  }
}

TEST_CASE("KEY-7: the weekdays in the lock are those of the coming seven days") {
  const auto saturday = 0b0100000;
  const auto monday = 0b0000001;
  const auto weekdays = 0b0011111;
  struct Row {
    const char* what;
    Recurrence recurrence;
    int day;  // after today
    int mask;
  };
  auto plain = every_day_from(600, 660);
  plain.weekdays = weekdays;
  auto no_holidays = plain;
  no_holidays.holidays = OnHolidays::not_valid;
  auto extra = plain;
  extra.extra = {today + days{8}};  // Saturday the 28th
  auto excluded = plain;
  excluded.excluded = {today + days{3}};
  auto short_one = plain;
  short_one.last = today + days{2};
  const Row table[] = {
      {"plain", plain, 0, weekdays},
      {"Monday is a holiday", no_holidays, 0, weekdays & ~monday},
      {"Monday in a week", no_holidays, 3, weekdays & ~monday},
      {"the Monday after is none", no_holidays, 4, weekdays},
      {"an extra Saturday, not the next one", extra, 0, weekdays},
      {"an extra Saturday, the next one", extra, 2, weekdays | saturday},
      {"not that Monday", excluded, 0, weekdays & ~monday},
      {"days after the last count as their weekday", short_one, 0, weekdays},
  };
  for (const Row& row : table) {
    INFO(std::string(row.what));
    House house;
    house.book.put(reservation("r", "lock-101", row.recurrence));
    const auto claims = house.claims("lock-101", own_schedule(), at(24 * row.day), at(24 * 70));
    REQUIRE(claims.size() == 1);
    CHECK(int{claims.front().schedule->weekdays} == row.mask);
  }
}

TEST_CASE("KEY-7: single spans go in exactly; holders' weeks rounded, without an end") {
  House house;
  house.book.put(reservation("r", "lock-101", Span{today + minutes{605}, today + minutes{671}}));
  auto claims = house.claims("lock-101", own_schedule(), tokyo(8), at(48));
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].schedule->first == today + minutes{605});
  CHECK(claims[0].schedule->last == today + minutes{671});
  CHECK_FALSE(claims[0].schedule->window);

  House office;
  KeyGroup group;
  group.id = KeyGroupId("g");
  group.devices = {DeviceId("lock-101")};
  office.book.put(group);
  ValidityGroup week;
  week.id = ValidityGroupId("v");
  week.timing = Weekly{0b11, minutes{545}, minutes{1081}};
  office.book.put(week);
  Holder holder;
  holder.id = HolderId("h");
  holder.group = group.id;
  holder.validity = week.id;
  holder.code = code("1379");
  holder.made = tokyo(12);
  office.book.put(holder);
  claims = office.claims("lock-101", own_schedule(), at(0), at(48));
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].key == KeyRef{KeyOwner::holder, "h", false});
  CHECK(claims[0].opens == all_time);
  CHECK(claims[0].schedule->first == today);
  CHECK(claims[0].schedule->window == std::pair(minutes{540}, minutes{1090}));
  CHECK(int{claims[0].schedule->weekdays} == 0b11);

  holder.validity.reset();
  office.book.put(holder);
  claims = office.claims("lock-101", own_schedule(), at(0), at(48));
  REQUIRE(claims.size() == 1);
  CHECK_FALSE(claims[0].schedule);
  CHECK(claims[0].in_lock.contains(at(0)));

  holder.enabled = false;
  office.book.put(holder);
  CHECK(office.claims("lock-101", own_schedule(), at(0), at(48)).empty());
}

TEST_CASE("RES-40: what is copied to a common area's lock") {
  const auto keys_in_lobby = [](House& house) {
    return text_of(house.claims("lobby-door", shared_area(), at(0), at(48)));
  };
  House house;
  house.device("lobby-door").coupling = Coupling::entrance;
  house.coupled_since = at(-200);
  house.book.put(reservation("room", "lock-101", span(19, 21)));
  CHECK(keys_in_lobby(house) == "room 09:30 10:00-12:00");

  auto own = reservation("own", "lobby-door", span(20, 21));
  house.book.put(own);
  CHECK(keys_in_lobby(house) == "own 10:30 11:00-12:00; room 09:30 10:00-12:00");
  house.book.remove(own.id);

  house.book.put(reservation("else", "lock-o101", span(19, 21)));
  CHECK(keys_in_lobby(house) == "room 09:30 10:00-12:00");

  auto changed = reservation("room", "lock-101", span(19, 21));
  changed.kind = KeyKind::link;
  house.book.put(changed);
  CHECK(keys_in_lobby(house).empty());
  changed.kind = KeyKind::code;
  changed.origin = Origin::calendar;
  house.book.put(changed);
  CHECK(keys_in_lobby(house).empty());
  changed.origin = Origin::here;
  changed.made = at(-201);
  house.book.put(changed);
  CHECK(keys_in_lobby(house).empty());
  changed.made = at(-200);
  house.book.put(changed);
  CHECK(keys_in_lobby(house) == "room 09:30 10:00-12:00");

  KeyGroup both;
  both.id = KeyGroupId("g");
  both.devices = {DeviceId("lock-101"), DeviceId("lobby-door")};
  house.book.put(both);
  changed.target = both.id;
  house.book.put(changed);
  CHECK(keys_in_lobby(house) == "room 09:30 10:00-12:00");

  changed.target = DeviceId("lock-101");
  house.book.put(changed);
  house.coupled_since.reset();
  CHECK(keys_in_lobby(house).empty());
  house.coupled_since = at(-200);
  house.device("lobby-door").coupling = Coupling::none;
  CHECK(keys_in_lobby(house).empty());
}

TEST_CASE("KEY-24: keys whose secret cannot be read") {
  House house;
  auto made = reservation("r", "lock-101", span(19, 21));
  made.code.reset();
  house.book.put(made);
  const auto text = [&house] {
    return text_of(house.claims("lock-101", nine_codes(), at(0), at(48)));
  };
  CHECK(text() == "r 09:30 10:00-12:00 lost");
  house.unreadable = {card_of("r")};
  CHECK(text() == "r 09:30 10:00-12:00 lost; r* 09:30 10:00-12:00 lost");
  made.code = code("2580");
  house.book.put(made);
  CHECK(text() == "r 09:30 10:00-12:00; r* 09:30 10:00-12:00 lost");
}

TEST_CASE("KEY-7: when claims are to be made again") {
  House house;
  const ClaimContext context{
      house.book, house.inventory, house.holidays, house.hasher, house.zone, {}, {}};
  const DeviceId lock("lock-101");
  // Midnight in Tokyo is 15:00 UTC.
  CHECK(claims_hold_until(context, lock, own_schedule(), at(10), at(48)) == at(15, 10));
  CHECK(claims_hold_until(context, lock, own_schedule(), at(15), at(48)) == at(15, 10));
  CHECK(claims_hold_until(context, lock, own_schedule(), at(15, 10), at(48)) == at(39, 10));
  CHECK(claims_hold_until(context, lock, own_schedule(), at(10), at(12)) == at(12));
  CHECK(claims_hold_until(context, lock, nine_codes(), at(10), at(48)) == at(48));
}

TEST_CASE("RES-11: the zone of the lock's building") {
  House house;
  house.zone = TimeZone::named("America/New_York").value();
  house.book.put(reservation("r", "lock-101", span(5, 7)));
  CHECK(text_of(house.claims("lock-101", nine_codes(), at(0), at(48))) == "r 09:30 10:00-12:00");
  CHECK(house.claims("lock-101", LockModel{}, at(0), at(48)).empty());
  CHECK(house.claims("nowhere", nine_codes(), at(0), at(48)).empty());
}
