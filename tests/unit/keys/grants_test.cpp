#include "firmware/domain/keys/grants.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/unit/keys/site.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::keys_testing;

namespace {

const WallTime before = wall(2026, 4, 1, 9, 45);  // within sakura's allowance
const WallTime inside = wall(2026, 4, 1, 11, 0);

struct Case {
  std::string_view door;
  std::string_view before;
  std::string_view inside;
};

}  // namespace

TEST_CASE("KEY-60: a code opens its device, in its time; a software code too, as that alone") {
  Site site;
  auto coded = site.reservation("coded", "lock-101", KeyKind::code);
  coded.code = *Code::parse("1111");
  site.book.put(coded);
  auto bare = site.reservation("bare", "lock-102", KeyKind::code);
  bare.code = *Code::parse("2222");
  site.book.put(bare);
  auto soft = site.reservation("soft", "lock-101", KeyKind::software_code);
  soft.code = *Code::parse("3333");
  site.book.put(soft);
  site.coupled_since.clear();
  site.fill();

  CHECK(site.typed("1111", "lock-101", inside) == "none");
  CHECK(site.typed("1111", "lock-101", before) == "too_early");
  CHECK(site.typed("1111", "lock-101", wall(2026, 4, 1, 12, 0)) == "too_late");
  CHECK(site.software("1111", "lock-101", inside) == "unknown_key");
  CHECK(site.typed("1111", "side-101", inside) == "wrong_door");
  CHECK(site.typed("1111", "lobby-door", inside) == "wrong_door");
  CHECK(site.software("2222", "lock-102", inside) == "none");
  CHECK(site.typed("2222", "lock-102", inside) == "none");
  CHECK(site.software("3333", "lock-101", inside) == "none");
  CHECK(site.typed("3333", "lock-101", inside) == "unknown_key");
}

TEST_CASE("RES-41: a link opens the room's doors in its time, the common ones from the allowance") {
  for (const auto kind : {KeyKind::link, KeyKind::person, KeyKind::code_and_link}) {
    CAPTURE(name_of(kind));
    Site site;
    const auto guest = site.reservation("guest", "lock-101", kind);
    site.book.put(guest);
    site.fill();
    const Case cases[] = {{"lock-101", "too_early", "none"},
                          {"side-101", "too_early", "none"},
                          {"lobby-door", "none", "none"},
                          {"intercom", "none", "none"},
                          {"bike-lock", "none", "none"},
                          {"lock-102", "wrong_door", "wrong_door"},
                          {"lamp-101", "wrong_door", "wrong_door"},
                          {"lobby-lamp", "wrong_door", "wrong_door"},
                          {"hall-lock", "wrong_door", "wrong_door"},
                          {"gate", "wrong_door", "wrong_door"}};
    for (const auto& c : cases) {
      CAPTURE(c.door);
      CHECK(site.link(guest, c.door, before) == c.before);
      CHECK(site.link(guest, c.door, inside) == c.inside);
    }
    CHECK(site.link(guest, "lobby-door", wall(2026, 4, 1, 9, 29)) == "too_early");
    CHECK(site.link(guest, "lobby-door", wall(2026, 4, 1, 12, 0)) == "too_late");
  }
}

TEST_CASE("KEY-50: only what has a link has one; a code alone opens no page") {
  for (const auto kind : {KeyKind::code, KeyKind::software_code, KeyKind::card_only}) {
    Site site;
    auto guest = site.reservation("guest", "lock-101", kind);
    guest.code = *Code::parse("1111");
    site.book.put(guest);
    site.fill();
    CHECK(site.link(guest, "lock-101", inside) == "unknown_key");
  }
}

TEST_CASE("KEY-50: the link's token is of one reservation, one making and one gateway") {
  Site site;
  const std::array<std::uint8_t, 32> key{1};
  const std::array<std::uint8_t, 32> other_key{2};
  const auto one = site.reservation("r-1", "lock-101", KeyKind::link);
  const auto token = link_token(one, key);
  CHECK(token.size() == 22);
  auto edited = one;
  edited.name = "Renamed";
  edited.revision = 7;
  CHECK(link_token(edited, key) == token);
  CHECK(link_token(one, other_key) != token);
  CHECK(link_token(site.reservation("r-2", "lock-101", KeyKind::link), key) != token);
  auto anew = one;
  anew.made += 1ms;
  CHECK(link_token(anew, key) != token);
}

TEST_CASE("RES-42: a reservation on the common area itself takes no allowance") {
  Site site;
  const auto party = site.reservation("party", "bike-lock", KeyKind::link);
  site.book.put(party);
  site.fill();
  for (const std::string_view door : {"bike-lock", "lobby-door", "intercom"}) {
    CAPTURE(door);
    CHECK(site.link(party, door, before) == "too_early");
    CHECK(site.link(party, door, inside) == "none");
  }
  CHECK(site.link(party, "lock-101", inside) == "wrong_door");
}

TEST_CASE("RES-41: a group's link takes each building's own allowance and doors") {
  Site site;
  site.book.put(KeyGroup{KeyGroupId("g"), "Both", {DeviceId("lock-101"), DeviceId("lock-201")}});
  auto crew = site.reservation("crew", "", KeyKind::link);
  crew.target = KeyGroupId("g");
  site.book.put(crew);
  site.fill();
  const Case cases[] = {{"lock-101", "too_early", "none"},
                        {"lobby-door", "none", "none"},
                        {"lock-201", "too_early", "none"},
                        {"hall-lock", "too_early", "none"},
                        {"lock-102", "wrong_door", "wrong_door"}};
  for (const auto& c : cases) {
    CAPTURE(c.door);
    CHECK(site.link(crew, c.door, before) == c.before);
    CHECK(site.link(crew, c.door, inside) == c.inside);
  }
}

TEST_CASE("RES-40: an entrance-coupled common door gets the room's code and card, same span") {
  Site site;
  auto guest = site.reservation("guest", "lock-101", KeyKind::code);
  guest.code = *Code::parse("1111");
  guest.card = Card{*CardNumber::parse("01020304")};
  site.book.put(guest);
  site.fill();
  for (const std::string_view door : {"lobby-door", "bike-lock"}) {
    CAPTURE(door);
    CHECK(site.typed("1111", door, inside) == "none");
    CHECK(site.typed("1111", door, before) == "too_early");  // no allowance
    CHECK(site.card("01020304", door, inside) == "none");
  }
  // A software code only where the door has no memory.
  CHECK(site.software("1111", "lobby-door", inside) == "none");
  CHECK(site.software("1111", "bike-lock", inside) == "wrong_door");
  // Not coupled, or of another building.
  CHECK(site.typed("1111", "intercom", inside) == "wrong_door");
  CHECK(site.typed("1111", "hall-lock", inside) == "wrong_door");
}

TEST_CASE("RES-40: what is copied and what is not") {
  struct Copy {
    KeyKind kind;
    Origin origin;
    int made_in;  // month of 2026; coupled on 1 February
    std::string_view on;
    std::string_view code;  // how it stands at the lobby door
    std::string_view card;
  };
  const auto here = Origin::here;
  const Copy cases[] = {
      {KeyKind::code, here, 3, "lock-101", "none", "none"},
      {KeyKind::code, here, 2, "lock-101", "none", "none"},  // in the moment of the coupling
      {KeyKind::code, here, 1, "lock-101", "wrong_door", "wrong_door"},
      {KeyKind::code, Origin::calendar, 3, "lock-101", "wrong_door", "wrong_door"},
      {KeyKind::code, Origin::booking, 3, "lock-101", "none", "none"},
      {KeyKind::code_and_link, here, 3, "lock-101", "none", "none"},
      {KeyKind::card_only, here, 3, "lock-101", "unknown_key", "none"},
      {KeyKind::link, here, 3, "lock-101", "unknown_key", "wrong_door"},
      {KeyKind::person, here, 3, "lock-101", "unknown_key", "wrong_door"},
      {KeyKind::software_code, here, 3, "lock-101", "unknown_key", "none"},
      {KeyKind::code, here, 3, "lock-201", "wrong_door", "wrong_door"},   // another building
      {KeyKind::code, here, 3, "bike-lock", "wrong_door", "wrong_door"},  // no room
      {KeyKind::code, here, 3, "gate", "wrong_door", "wrong_door"},
  };
  for (const auto& c : cases) {
    CAPTURE(name_of(c.kind));
    CAPTURE(name_of(c.origin));
    CAPTURE(c.made_in);
    CAPTURE(c.on);
    Site site;
    auto guest = site.reservation("guest", c.on, c.kind);
    guest.origin = c.origin;
    guest.made = wall(2026, static_cast<unsigned>(c.made_in), 1, 0, 0);
    guest.code = *Code::parse("1111");
    guest.card = Card{*CardNumber::parse("01020304")};
    site.book.put(guest);
    site.fill();
    CHECK(site.typed("1111", "lobby-door", inside) == c.code);
    CHECK(site.card("01020304", "lobby-door", inside) == c.card);
    CHECK(site.card("01020304", c.on, inside) == "none");
    if (c.kind == KeyKind::software_code) {
      CHECK(site.software("1111", "lobby-door", inside) == "none");
      CHECK(site.software("1111", "bike-lock", inside) == "none");
    }
  }
}

TEST_CASE("RES-40: copied through a group with a room's door; not before the coupling is noted") {
  Site site;
  site.book.put(KeyGroup{KeyGroupId("g"), "Crew", {DeviceId("bike-lock"), DeviceId("lock-102")}});
  auto crew = site.reservation("crew", "", KeyKind::code);
  crew.target = KeyGroupId("g");
  crew.code = *Code::parse("1111");
  site.book.put(crew);
  site.fill();
  CHECK(site.typed("1111", "lobby-door", inside) == "none");
  site.coupled_since.erase(DeviceId("lobby-door"));
  site.fill();
  CHECK(site.typed("1111", "lobby-door", inside) == "wrong_door");
  CHECK(site.typed("1111", "bike-lock", inside) == "none");  // is in the group itself
}
