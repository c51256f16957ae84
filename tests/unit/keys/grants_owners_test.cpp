#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "firmware/domain/keys/grants.hpp"
#include "tests/unit/keys/site.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::keys_testing;

namespace {

const WallTime before = wall(2026, 4, 1, 9, 45);  // within sakura's allowance
const WallTime inside = wall(2026, 4, 1, 11, 0);

}  // namespace

TEST_CASE("RES-50: holders open their group's doors in their validity, if they are enabled") {
  Site site;
  site.book.put(KeyGroup{KeyGroupId("g"), "Staff", {DeviceId("lock-101"), DeviceId("lock-102")}});
  site.book.put(ValidityGroup{ValidityGroupId("mondays"), "Mondays",
                              Weekly{1, std::chrono::hours{9}, std::chrono::hours{17}}});
  site.book.put(ValidityGroup{ValidityGroupId("no-day"), "Every day",
                              Weekly{0, std::chrono::hours{9}, std::chrono::hours{17}}});
  const auto holder = [](std::string id, std::string_view code, std::string validity) {
    Holder made;
    made.id = HolderId(std::move(id));
    made.group = KeyGroupId("g");
    made.code = *Code::parse(code);
    if (!validity.empty()) made.validity = ValidityGroupId(std::move(validity));
    return made;
  };
  auto always = holder("always", "1111", "");
  always.card = Card{*CardNumber::parse("01020304")};
  site.book.put(always);
  site.book.put(holder("mondays", "2222", "mondays"));
  site.book.put(holder("no-day", "3333", "no-day"));
  site.book.put(holder("lost", "4444", "unknown"));
  auto off = holder("off", "5555", "");
  off.enabled = false;
  site.book.put(off);
  site.fill();
  const WallTime monday = wall(2026, 4, 6, 11, 0);
  const WallTime night = wall(2026, 4, 6, 3, 0);
  CHECK(site.typed("1111", "lock-101", night) == "none");
  CHECK(site.card("01020304", "lock-102", night) == "none");
  CHECK(site.software("1111", "lock-102", night) == "none");
  CHECK(site.software("1111", "lock-101", night) == "wrong_door");
  CHECK(site.typed("1111", "lobby-door", night) == "wrong_door");  // not copied
  CHECK(site.typed("2222", "lock-101", monday) == "none");
  CHECK(site.typed("2222", "lock-101", night) == "not_now");
  CHECK(site.typed("2222", "lock-101", inside) == "not_now");  // a Wednesday
  CHECK(site.typed("3333", "lock-101", inside) == "none");
  CHECK(site.typed("3333", "lock-101", night) == "not_now");
  CHECK(site.typed("4444", "lock-101", inside) == "too_late");
  CHECK(site.typed("5555", "lock-101", inside) == "disabled");
}

TEST_CASE("KEY-22: a dwelling's door code opens its building's common doors, always") {
  Site site;
  site.book.put_room_code(RoomId("r101"), *Code::parse("4821"));
  site.fill();
  for (const std::string_view door : {"intercom", "lobby-door", "bike-lock"}) {
    CHECK(site.typed("4821", door, wall(2030, 1, 1, 3, 0)) == "none");
  }
  for (const std::string_view door : {"lock-101", "hall-lock", "lobby-lamp", "gate"}) {
    CHECK(site.typed("4821", door, inside) == "wrong_door");
  }
  CHECK(site.software("4821", "lobby-door", inside) == "unknown_key");
  site.book.put_room_code(RoomId("r101"), *Code::parse("4822"));
  refresh_room(site.ring(), site.sources(), RoomId("r101"));
  CHECK(site.typed("4821", "intercom", inside) == "unknown_key");
  CHECK(site.typed("4822", "intercom", inside) == "none");
  site.book.put_room_code(RoomId("r101"), std::nullopt);
  refresh_room(site.ring(), site.sources(), RoomId("r101"));
  CHECK(site.typed("4822", "intercom", inside) == "unknown_key");
}

TEST_CASE("KEY-40: a visitor's QR opens the common doors of the building of who issued it") {
  Site site;
  TemporaryKey key;
  key.id = TemporaryKeyId("t-1");
  key.room = RoomId("r101");
  key.serial = 77;
  key.rule = OnceKey{3, {local(2026, 4, 1, 10, 0), local(2026, 4, 1, 12, 0)}};
  key.used = 2;
  site.book.put(key);
  auto daily = key;
  daily.id = TemporaryKeyId("t-2");
  daily.serial = 78;
  daily.rule = Weekly{every_day, std::chrono::hours{8}, std::chrono::hours{9}};
  site.book.put(daily);
  site.fill();
  CHECK(site.qr(77, "intercom", inside) == "none");
  CHECK(site.qr(77, "intercom", before) == "too_early");  // no allowance
  CHECK(site.qr(77, "lock-101", inside) == "wrong_door");
  CHECK(site.qr(77, "hall-lock", inside) == "wrong_door");
  CHECK(site.qr(78, "lobby-door", inside) == "not_now");
  CHECK(site.qr(78, "lobby-door", wall(2026, 5, 1, 8, 30)) == "none");
  CHECK(site.qr(79, "intercom", inside) == "unknown_key");

  site.ring().use({KeyOwner::temporary_key, "t-1", false});
  CHECK(site.qr(77, "intercom", inside) == "used_up");
  key.used = 1;
  site.book.put(key);
  refresh(site.ring(), site.sources(), key.id);
  CHECK(site.qr(77, "intercom", inside) == "none");
  key.revoked = true;
  site.book.put(key);
  refresh(site.ring(), site.sources(), key.id);
  CHECK(site.qr(77, "intercom", inside) == "revoked");
  site.book.remove(key.id);
  refresh(site.ring(), site.sources(), key.id);
  CHECK(site.qr(77, "intercom", inside) == "unknown_key");
}

TEST_CASE("KEY-60: after an edit or removal the ring is as if it were filled anew") {
  Site site;
  auto guest = site.reservation("guest", "lock-101", KeyKind::code_and_link);
  guest.code = *Code::parse("1111");
  guest.card = Card{*CardNumber::parse("01020304")};
  site.book.put(guest);
  site.book.put(KeyGroup{KeyGroupId("g"), "Staff", {DeviceId("lock-102")}});
  Holder holder;
  holder.id = HolderId("h");
  holder.group = KeyGroupId("g");
  holder.code = *Code::parse("2222");
  holder.validity = ValidityGroupId("v");
  site.book.put(holder);
  site.fill();
  CHECK(site.typed("2222", "lock-102", inside) == "too_late");  // its validity is not known

  site.book.put(ValidityGroup{ValidityGroupId("v"), "Hours",
                              Weekly{every_day, std::chrono::hours{9}, std::chrono::hours{17}}});
  refresh(site.ring(), site.sources(), ValidityGroupId("v"));
  CHECK(site.typed("2222", "lock-102", inside) == "none");
  site.book.put(KeyGroup{KeyGroupId("g"), "Staff", {DeviceId("lock-101")}});
  refresh(site.ring(), site.sources(), KeyGroupId("g"));
  CHECK(site.typed("2222", "lock-102", inside) == "wrong_door");
  CHECK(site.typed("2222", "lock-101", inside) == "none");
  site.book.remove(holder.id);
  refresh(site.ring(), site.sources(), holder.id);
  CHECK(site.typed("2222", "lock-101", inside) == "unknown_key");

  guest.kind = KeyKind::code;
  guest.card.reset();
  guest.target = DeviceId("lock-102");
  site.book.put(guest);
  refresh(site.ring(), site.sources(), guest.id);
  CHECK(site.link(guest, "lock-101", inside) == "unknown_key");
  CHECK(site.card("01020304", "lock-101", inside) == "unknown_key");
  CHECK(site.typed("1111", "lock-101", inside) == "wrong_door");
  CHECK(site.typed("1111", "lock-102", inside) == "none");
  const auto size = site.ring().size();
  site.fill();
  CHECK(site.ring().size() == size);
  site.book.remove(guest.id);
  refresh(site.ring(), site.sources(), guest.id);
  CHECK(site.ring().size() == 0);
}

TEST_CASE("KEY-60: what is on nothing that is known opens nothing") {
  Site site;
  auto lost = site.reservation("lost", "no-such-lock", KeyKind::code_and_link);
  lost.code = *Code::parse("1111");
  site.book.put(lost);
  auto grouped = site.reservation("grouped", "", KeyKind::code_and_link);
  grouped.target = KeyGroupId("no-such-group");
  grouped.code = *Code::parse("2222");
  site.book.put(grouped);
  site.book.put_room_code(RoomId("no-such-room"), *Code::parse("3333"));
  // In no room: its own door, and no common ones.
  const auto gate = site.reservation("gate", "gate", KeyKind::link);
  site.book.put(gate);
  // A code that the store could not open.
  site.book.put(site.reservation("no-secret", "lock-101", KeyKind::code));
  site.fill();
  CHECK(site.ring().size() == 1);
  CHECK(site.link(gate, "gate", inside) == "none");
  CHECK(site.link(gate, "lobby-door", inside) == "wrong_door");
}
