// The issue's line 7: each mistake is refused with what is wrong, where, and what would be right,
// and nothing changes.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

struct Row {
  std::string request;
  std::string told;
};

// A sound reservation with one part replaced.
std::string with(std::string_view name, std::string_view value) {
  json::object request = object(
      R"({"name":"Anna","device":"lock-101","start":"2026-11-20 1500","end":"2026-11-22 1000",
          "kind":"code","code":"246813"})");
  request[name] = json::parse(value);
  return json::serialize(request);
}

std::string recurring(std::string_view name, std::string_view value) {
  json::object recurrence =
      object(R"({"first":"2026-11-20","last":"2026-12-20","from":"9:00","to":"17:30"})");
  recurrence[name] = json::parse(value);
  return json::serialize(
      json::object{{"name", "Anna"}, {"device", "lock-101"}, {"recurrence", recurrence}});
}

std::string dates(int count) {
  std::string list = "[";
  for (int day = 1; day <= count; ++day) {
    list += cat(day > 1 ? "," : "", R"("2026-12-)", day < 10 ? "0" : "", day, R"(")");
  }
  return list + "]";
}

const std::string code_told =
    "invalid: code: a code is 4 to 8 digits, with * for a random one "
    "(such as **12**), or empty for six random digits";

}  // namespace

TEST_CASE("RES-3, RES-4, RES-6, RES-20, RES-22, KEY-20: bad reservations") {
  const std::string long_name(65, 'x');
  const std::vector<Row> table{
      {with("code", R"("123")"), code_told},
      {with("code", R"("123456789")"), code_told},
      {with("code", R"("12ab")"), code_told},
      {with("code", "1234"), "invalid: code: must be text in quotes"},
      {with("code", "null"),
       "invalid: code: is null, but the kind is code; leave it out, or use kind link"},
      {with("kind", R"("link")"),
       "invalid: code: is given, but the kind is link; use kind code, code_and_link or "
       "software_code"},
      {with("kind", R"("cod")"),
       "invalid: kind: is 'cod'; allowed: link, code, person, code_and_link, software_code or "
       "card_only (did you mean 'code'?)"},
      {with("end", R"("2026-11-20 1400")"),
       "invalid: end: 2026-11-20 14:00 is not after the start, 2026-11-20 15:00; give a later end"},
      {with("end", R"("2026-11-20 1500")"),
       "invalid: end: 2026-11-20 15:00 is not after the start, 2026-11-20 15:00; give a later end"},
      {with("start", R"("2026-13-01 1500")"),
       "invalid: start: '2026-13-01' is no date; write year, month and day such as 2026-03-07 or "
       "20260307, years 1970 to 2099, months 1 to 12, days 1 to 99 (day 32 of March is 1 April)"},
      {with("start", R"("2026-11-20 tea")"),
       "invalid: start: 'tea' is no time; write hours and minutes such as 0900, 9:00 or 25:30, up "
       "to 9999 (2500 is 01:00 on the next day)"},
      {with("start", "15"), "invalid: start: must be text in quotes"},
      {with("start", R"({"day":"2026-11-20"})"),
       "invalid: start.day: is not known here; did you mean 'date'?"},
      {with("name", cat("\"", long_name, "\"")),
       "invalid: name: the name has 65 characters; at most 64 may stand"},
      {with("name", R"("")"), "invalid: name: the name has no text; give it 1 character or more"},
      {with("name", R"("😀😀😀😀😀😀😀😀😀😀")"),
       "invalid: name: character 10 of the name, '😀', is number 10 of those of four bytes (emoji "
       "and rare characters); at most 9 of them may stand in a name"},
      {with("name", "3"), "invalid: name: must be text in quotes"},
      {with("nmae", "3"), "invalid: nmae: is not known here; did you mean 'name'?"},
      {with("device", R"("lock-999")"), "invalid: device: there is no device 'lock-999'"},
      {with("device", R"("lamp")"),
       "invalid: device: 'Lobby lamp' is no door but a light; choose a lock, an entrance or an "
       "intercom"},
      {with("key_group", R"("g-1")"),
       "invalid: key_group: stands beside 'device'; give one of them"},
      {R"({"name":"Anna"})", "invalid: device: is missing; give a device or a key_group"},
      {R"({"name":"Anna","key_group":"g-1"})",
       "invalid: key_group: there is no key group 'g-1'; give the id of one that there is"},
      {R"({"device":"lock-101"})", "invalid: name: is missing; give the guest's name or a purpose"},
      {with("card", R"({"number":"0102"})"),
       "invalid: card.number: a card number is 8 bytes (FeliCa) or 4, 7 or 10 bytes (MIFARE) in "
       "hexadecimal, such as "},
      {with("card", R"({"name":"red"})"),
       "invalid: card.number: is missing; give the card's IDm or UID like 0123456789ABCDEF"},
      {with("card", R"("0102")"), "invalid: card: must be an object {…}"},
      {with("mail", R"(["anna"])"),
       "invalid: mail[0]: 'anna' is no mail address; give one like anna@example.org"},
      {with("mail", R"("anna@example.org")"), "invalid: mail: must be a list of texts"},
      {with("recurrence", "{}"),
       "invalid: recurrence: stands beside 'start' or 'end'; give one or the other"},
      {R"({"name":"Anna","device":"lock-101","kind":"person"})",
       "invalid: mail: is missing; kind person needs the mail address of the account"},
      {R"({"name":"Anna","device":"lock-101","kind":"card_only"})",
       "invalid: card: is missing; kind card_only needs one"},
      {recurring("to", R"("2:00")"),
       "invalid: recurrence: the window from 09:00 to 02:00 runs across midnight; make it two: "
       "09:00 to 24:00, and 00:00 to 02:00 on the days after"},
      {recurring("to", R"("2600")"), "invalid: recurrence: "},
      {recurring("extra", dates(11)),
       "invalid: recurrence.extra: has 11 dates; at most 10 are taken"},
      {recurring("excluded", dates(11)),
       "invalid: recurrence.excluded: has 11 dates; at most 10 are taken"},
      {recurring("extra", R"(["2026-12-21"])"),
       "invalid: recurrence: the extra date 2026-12-21 is not within 2026-11-20 to 2026-12-20"},
      {recurring("extra", R"(["soon"])"), "invalid: recurrence.extra[0]: 'soon' is no date; "},
      {recurring("last", R"("2026-11-19")"),
       "invalid: recurrence: the last day, 2026-11-19, is before the first, 2026-11-20; choose a "
       "later last day"},
      {recurring("last", "null"),
       "invalid: recurrence.last: is missing; give a date like 2026-11-20"},
      {recurring("last", R"("2038-11-19")"),
       "invalid: recurrence.last: is more than ten years after the first day"},
      {recurring("from", R"("noon")"), "invalid: recurrence.from: 'noon' is no time; "},
      {recurring("weekdays", R"(["mo"])"),
       "invalid: recurrence.weekdays: 'mo' is no weekday; allowed: mon, tue, wed, thu, fri, sat or "
       "sun"},
      {recurring("holidays", R"("never")"),
       "invalid: recurrence.holidays: is 'never'; allowed: as_weekday, valid or not_valid"},
      {recurring("weekday", R"(["mon"])"),
       "invalid: recurrence.weekday: is not known here; did you mean 'weekdays'?"},
  };
  Office office;
  office.news();
  for (const auto& row : table) {
    CAPTURE(row.request);
    const std::string preview = office.preview_refused(row.request);
    const auto saved = office.reserve(row.request);
    REQUIRE(saved.contains("error"));
    CHECK(preview == saved.at("error").as_string());
    const bool begins = row.told.ends_with(' ');
    CHECK((begins ? preview.substr(0, row.told.size()) : preview) == row.told);
  }
  CHECK(office.untouched());
  CHECK(office.changed == 0);
  CHECK(office.store.transactions() == 0);
}

TEST_CASE("RES-6: a refused change leaves the reservation as it was") {
  Office office;
  const auto made = office.reserve(with("name", R"("Anna")"));
  const std::string id(made.at("id").as_string());
  office.news();
  const auto before = *office.book.find(domain::ReservationId(id));
  for (const std::string_view request :
       {R"({"code":"12"})", R"({"device":"nowhere"})", R"({"end":"2026-11-01 1000"})",
        R"({"kind":"card_only"})", R"({"name":" "})", R"({"made":"now"})"}) {
    CAPTURE(std::string(request));
    CHECK(office.change(id, request).contains("error"));
  }
  CHECK(office.change("r-none", R"({"name":"Ben"})").at("error") ==
        "unknown: there is no reservation 'r-none'");
  CHECK(*office.book.find(domain::ReservationId(id)) == before);
  CHECK(office.untouched());
}

TEST_CASE("RES-2: at most 20,000 reservations") {
  Office office;
  domain::Reservation reservation;
  reservation.name = "Old";
  reservation.target = DeviceId("lock-102");
  reservation.timing = domain::Span{domain::LocalTime{}, domain::LocalTime{std::chrono::hours(1)}};
  for (std::size_t i = 0; i < ReservationOffice::most_reservations; ++i) {
    reservation.id = domain::ReservationId(cat("r-", i));
    office.book.put(reservation);
  }
  CHECK(office.reserve(with("name", R"("Anna")")).at("error") ==
        "conflict: there are 20000 reservations already; delete some that are over");
}
