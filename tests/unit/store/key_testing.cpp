#include "tests/unit/store/key_testing.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/fakes/key_memory.hpp"

namespace genkan::store::testing {

using domain::LocalDay;
using domain::LocalTime;

namespace {

constexpr LocalDay day{std::chrono::days{20'520}};  // 2026-03-08

LocalTime at(std::chrono::minutes time) { return LocalTime{day} + time; }

domain::Recurrence recurrence() {
  domain::Recurrence each;
  each.first = day;
  each.last = day + std::chrono::days{30};
  each.from = 9h + 30min;
  each.to = 24h;
  each.weekdays = 0x15;
  each.holidays = domain::OnHolidays::not_valid;
  each.extra = {day + std::chrono::days{1}, day + std::chrono::days{3}};
  each.excluded = {day + std::chrono::days{7}};
  return each;
}

std::vector<domain::Reservation> reservations() {
  domain::Reservation all = reservation("r-1", code_of_guest);
  all.kind = domain::KeyKind::code_and_link;
  all.card = card(card_of_guest, "blue");
  all.mail = {"anna@example.org", "Бob@example.org \"quoted\""};
  all.origin = domain::Origin::booking;
  all.revision = 7;
  domain::Reservation group;
  group.id = domain::ReservationId("r-2");
  group.name = "鍵 of a group";
  group.target = domain::KeyGroupId("g-1");
  group.timing = recurrence();
  group.made = WallTime{-5ms};
  return {all, group};
}

std::vector<domain::Holder> holders() {
  domain::Holder one;
  one.id = domain::HolderId("h-1");
  one.outside_id = "E-0042";
  one.name = "Ines";
  one.group = domain::KeyGroupId("g-1");
  one.validity = domain::ValidityGroupId("v-1");
  one.code = code(code_of_holder);
  one.card = card(card_of_holder);
  one.enabled = false;
  one.mail = "ines@example.org";
  one.made = WallTime{1'772'000'000'000ms};
  one.revision = 3;
  domain::Holder other;
  other.id = domain::HolderId("h-2");
  other.group = domain::KeyGroupId("g-2");
  return {one, other};
}

std::vector<domain::TemporaryKey> temporary_keys() {
  domain::TemporaryKey once;
  once.id = domain::TemporaryKeyId("t-1");
  once.name = "Courier";
  once.id_number = "ID 12345";
  once.room = RoomId("r101");
  once.rule = domain::OnceKey{3, {at(8h), at(10h)}};
  once.used = 2;
  once.revoked = true;
  once.made = WallTime{1'772'000'000'001ms};
  once.serial = 0xFFFF'FFFF'FFFF'FFFEu;
  domain::TemporaryKey weekly = once;
  weekly.id = domain::TemporaryKeyId("t-2");
  weekly.rule = domain::Weekly{0x60, 0min, 24h};
  weekly.revoked = false;
  weekly.serial = 1;
  return {once, weekly};
}

}  // namespace

domain::Code code(std::string_view digits) {
  const auto parsed = domain::Code::parse(digits);
  REQUIRE(parsed.has_value());
  return *parsed;
}

domain::Card card(std::string_view number, std::string name) {
  const auto parsed = domain::CardNumber::parse(number);
  REQUIRE(parsed.has_value());
  return {*parsed, std::move(name)};
}

domain::Reservation reservation(std::string id, std::string_view digits) {
  domain::Reservation made;
  made.id = domain::ReservationId(std::move(id));
  made.name = "Guest";
  made.target = DeviceId("lock-101");
  made.timing = domain::Span{at(15h), at(34h)};
  made.kind = domain::KeyKind::code;
  made.code = code(digits);
  made.made = WallTime{1'771'000'000'000ms};
  return made;
}

domain::SlotNote note(std::uint8_t area, std::uint16_t slot, std::string owner) {
  domain::SlotNote made;
  made.address = {area, slot};
  made.key = {domain::KeyOwner::reservation, std::move(owner), false};
  made.hash.bytes.fill(static_cast<std::uint8_t>(slot));
  made.state = domain::NoteState::written;
  made.since = WallTime{1'772'000'000'000ms};
  return made;
}

ports::KeyChange all_keys() {
  ports::KeyChange keys;
  keys.reservations = reservations();
  keys.key_groups = {
      {domain::KeyGroupId("g-1"), "Doors", {DeviceId("lock-102"), DeviceId("lock-101")}},
      {domain::KeyGroupId("g-2"), "None", {}}};
  keys.validity_groups = {
      {domain::ValidityGroupId("v-1"), "Days", domain::Weekly{0x1F, 8h, 18h + 30min}},
      {domain::ValidityGroupId("v-2"), "Span", domain::Span{at(0min), at(1h)}},
      {domain::ValidityGroupId("v-3"), "Always", domain::Always{}}};
  keys.holders = holders();
  keys.temporary_keys = temporary_keys();
  keys.room_codes = {{RoomId("r101"), code(code_of_room)}};
  domain::SlotNote scheduled = note(1, 90, "r-2");
  scheduled.key = {domain::KeyOwner::holder, "h-1", true};
  scheduled.schedule = {at(9h), at(18h), 0x1F, std::pair(9h + 0min, 18h + 0min)};
  scheduled.state = domain::NoteState::removing;
  scheduled.failures = 12;
  scheduled.next_try = WallTime{1'773'000'000'000ms};
  domain::SlotNote once = note(0, 79, "r-1");
  once.schedule = {at(9h), at(18h), domain::every_day, std::nullopt};
  keys.slot_notes = {{DeviceId("lock-101"), note(0, 80, "r-1")},
                     {DeviceId("lock-101"), scheduled},
                     {DeviceId("lock-102"), once}};
  keys.coupling_marks = {{DeviceId("lock-101"), WallTime{1'772'000'000'000ms}}};
  keys.coupled_since = {{DeviceId("panel"), WallTime{1'772'000'000'002ms}}};
  keys.holiday_table = "2026-01-01,元日\n2026-11-23,勤労感謝の日\n";
  return keys;
}

ports::KeyMemory memory_of_all() {
  ports::KeyMemory memory;
  fakes::apply(all_keys(), memory);
  return memory;
}

ports::Change with(ports::KeyChange keys) {
  ports::Change change = one_record("lock-101");
  change.keys = std::move(keys);
  return change;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  REQUIRE(stream.good());
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

std::vector<std::string> lines_of_text(std::string_view text, std::string_view word) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(word)) lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> lines_of(const std::filesystem::path& key_file, std::string_view word) {
  return lines_of_text(read_text(key_file), word);
}

std::vector<std::string> sealed_rows(const std::filesystem::path& database) {
  const auto connection = Connection::open(database, Access::read_only);
  REQUIRE(connection.has_value());
  auto rows = connection->prepare(
      "SELECT owner, id, part, key, sealed FROM secrets ORDER BY owner, id, part");
  REQUIRE(rows.has_value());
  std::vector<std::string> lines;
  while (rows->step().value()) {
    lines.push_back(cat(rows->text(0), " ", rows->text(1), " ", rows->text(2), " ", rows->text(3),
                        " ", hex(rows->blob(4))));
  }
  return lines;
}

void run_sql(const std::filesystem::path& database, const std::string& sql) {
  const auto connection = Connection::open(database, Access::read_write);
  REQUIRE(connection.has_value());
  const auto ran = connection->run(sql);
  REQUIRE_MESSAGE(ran.has_value(), (ran ? "" : ran.error().message()));
}

}  // namespace genkan::store::testing
