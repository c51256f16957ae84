// The commands about reservations and doors, typed as people type them, against canned answers.
#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

#include "firmware/cli/building_time.hpp"
#include "tests/unit/cli/canned.hpp"

namespace genkan::cli::test {

namespace {

constexpr auto no_groups = R"({"key_groups":[]})";
constexpr auto groups = R"({"key_groups":[{"id":"g-1","name":"Staff","devices":["lock-101"]}]})";
constexpr auto saved = R"({"id":"r-1","name":"Anna","device":"lock-101",
  "timing":{"start":"2026-03-07 15:00","end":"2026-03-08 01:00"},"kind":"code","code":"482913",
  "card":null,"mail":[],"origin":"here","made":"2026-03-01T00:00:00.000Z","revision":1,
  "keys":[{"device":"lock-101","key":"code","state":"waiting","why":"none","why_sentence":"",
           "area":null,"slot":null,"in_favour_of":null,
           "opens":{"start":"2026-03-07 15:00","end":"2026-03-08 01:00"}}],
  "overlaps":[{"id":"r-2","name":"Ben","start":"2026-03-07 18:00","end":"2026-03-07 19:00"}],
  "told":["'2500' on 2026-03-07 is 2026-03-08 01:00"]})";

json::object object(std::string_view text) {
  const auto value = parse_json(text, text.size());
  REQUIRE(value);
  return value->as_object();
}

void in_utc() {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
}

}  // namespace

TEST_CASE("RES-4, RES-5: a reservation is saved, and its times, overlaps and code are said") {
  CannedApi api;
  api.answer("GET /v1/key-groups", no_groups);
  api.answer("POST /v1/reservations?secrets=1", saved);
  const std::vector<std::string> words{
      "reserve", "lock-101",        "--name", "Anna", "--from", "2026-03-07 15:00",
      "--to",    "2026-03-07 2500", "--kind", "code", "--mail", "a@example.org"};
  const auto said = api.type(words);
  CHECK(said.end == Exit::done);
  CHECK(said.err.empty());
  CHECK(said.out ==
        "Reserved: Anna, lock-101, 2026-03-07 15:00 to 2026-03-08 01:00, code.\n"
        "  '2500' on 2026-03-07 is 2026-03-08 01:00\n"
        "  overlaps Ben (r-2): 2026-03-07 18:00 to 19:00\n"
        "The code is 482913.\n"
        "In the locks: waiting\n"
        "genkan reservations show r-1\n");
  CHECK(said.body_of("POST /v1/reservations?secrets=1") ==
        object(R"({"name":"Anna","device":"lock-101","start":"2026-03-07 15:00",
                   "end":"2026-03-07 2500","kind":"code","mail":["a@example.org"]})"));
  auto as_json = words;
  as_json.emplace_back("--json");
  CHECK(object(api.type(as_json).out) == object(saved));
}

TEST_CASE("RES-1: a key group is reserved by its id or name, unless a device is called so") {
  CannedApi api;
  api.answer("GET /v1/key-groups", groups);
  api.answer("POST /v1/reservations?secrets=1", saved);
  for (const std::string target : {"Staff", "g-1"}) {
    const auto said = api.type({"reserve", target, "--name", "Anna"});
    CHECK(said.body_of("POST /v1/reservations?secrets=1") ==
          object(R"({"name":"Anna","key_group":"g-1"})"));
  }
  api.answer("GET /v1/devices/Staff", R"({"id":"Staff"})");
  CHECK(
      api.type({"reserve", "Staff", "--name", "Anna"}).body_of("POST /v1/reservations?secrets=1") ==
      object(R"({"name":"Anna","device":"Staff"})"));
}

TEST_CASE("RES-4: a preview says what would come of it and saves nothing") {
  CannedApi api;
  api.answer("GET /v1/key-groups", no_groups);
  api.answer("POST /v1/reservations/preview",
             R"({"reservation":{"name":"Anna","device":"lock-101","timing":{"recurrence":
                 {"first":"2026-11-20","last":"2026-12-20","from":"9:00","to":"17:30",
                  "weekdays":["mon","fri"],"holidays":"as_weekday","extra":[],"excluded":[]}},
                 "kind":"code_and_link"},
                 "told":[],"overlaps":[],
                 "occurrences":[{"start":"2026-11-20 09:00","end":"2026-11-20 17:30"},
                                {"start":"2026-11-23 09:00","end":"2026-11-23 17:30"}],
                 "slots":[{"device":"lock-101","key":"code","area":"shared","slot":230,"why":""},
                          {"device":"lock-101","key":"card","area":null,"slot":null,
                           "why":"no address in the lock is free"}]})");
  const auto said = api.type({"reserve", "lock-101", "--name", "Anna", "--every", "mon,fri",
                              "--window", "9:00-17:30", "--first", "2026-11-20", "--last",
                              "2026-12-20", "--card", "0123456789ABCDEF", "--preview"});
  CHECK(said.end == Exit::done);
  CHECK(said.out ==
        "Anna, lock-101, mon, fri 9:00 to 17:30, 2026-11-20 to 2026-12-20, code and link. "
        "Nothing is saved yet.\n"
        "First times:\n"
        "  Fri 2026-11-20 09:00 to 17:30\n"
        "  Mon 2026-11-23 09:00 to 17:30\n"
        "In the locks:\n"
        "  lock-101  code  slot 230 of shared\n"
        "  lock-101  card  no slot             no address in the lock is free\n");
  CHECK(said.body_of("POST /v1/reservations/preview").at("recurrence").as_object().at("weekdays") ==
        json::value({"mon", "fri"}));
  CHECK(!said.has_asked("POST /v1/reservations?secrets=1"));
}

TEST_CASE("RES-7: of a recurring reservation what is not typed stays") {
  CannedApi api;
  api.answer("GET /v1/reservations/r-1",
             R"({"id":"r-1","timing":{"recurrence":{"first":"2026-11-20","last":"2026-12-20",
                 "from":"9:00","to":"17:30","weekdays":["mon"],"holidays":"valid","extra":[],
                 "excluded":[]}}})");
  api.answer("PUT /v1/reservations/r-1", saved);
  auto said = api.type({"reservations", "change", "r-1", "--last", "2027-01-31"});
  CHECK(said.end == Exit::done);
  CHECK(said.body_of("PUT /v1/reservations/r-1") ==
        object(R"({"recurrence":{"first":"2026-11-20","last":"2027-01-31","from":"9:00",
                   "to":"17:30","weekdays":["mon"],"holidays":"valid","extra":[],"excluded":[]}})"));
  CHECK(!said.out.contains("482913"));
  said = api.type({"reservations", "change", "r-1"});
  CHECK(said.end == Exit::usage);
  CHECK(said.err.contains("nothing is to be changed"));
  CHECK(said.asked.empty());
  api.answer("PUT /v1/reservations/r-1?secrets=1", saved);
  said = api.type({"reservations", "change", "r-1", "--code", "-"}, "**12**\n");
  CHECK(said.body_of("PUT /v1/reservations/r-1?secrets=1") == object(R"({"code":"**12**"})"));
  CHECK(said.out.contains("The code is 482913."));
}

TEST_CASE("RES-10: reservations as a table, page by page") {
  CannedApi api;
  api.answer("GET /v1/reservations?room=r101&past=1&page_size=1&secrets=1",
             R"({"reservations":[{"id":"r-1","name":"Anna","device":"lock-101","kind":"code",
                 "code":"482913","timing":{"start":"2026-03-07 15:00","end":"2026-03-08 01:00"},
                 "keys":[{"device":"lock-101","state":"not_set","why":"no_address"}]}],
                 "total":3,"page":1})");
  const auto said = api.type({"reservations", "--room", "r101", "--past", "-n", "1", "--codes"});
  CHECK(said.out ==
        "RESERVATION  NAME  DOOR      TIME                                  KIND  CODE    "
        "IN THE LOCKS\n"
        "r-1          Anna  lock-101  2026-03-07 15:00 to 2026-03-08 01:00  code  482913  "
        "not set: no address in the lock is free\n"
        "1 to 1 of 3. --page 2 shows the next.\n");
  api.answer("GET /v1/reservations?page_size=50", R"({"reservations":[],"total":0,"page":1})");
  CHECK(api.type({"reservations"}).out == "No reservations.\n");
  api.answer("GET /v1/key-groups", groups);
  api.answer("GET /v1/reservations?key_group=g-1&page_size=50",
             R"({"reservations":[{"id":"r-1","name":"Anna","key_group":"g-1","kind":"link",
                 "timing":{"start":"2026-03-07 15:00","end":"2026-03-07 18:00"},"keys":[]}],
                 "total":1,"page":1})");
  CHECK(api.type({"reservations", "--group", "Staff"}).out ==
        "RESERVATION  NAME  DOOR             TIME                       KIND  IN THE LOCKS\n"
        "r-1          Anna  key group Staff  2026-03-07 15:00 to 18:00  link\n");
}

TEST_CASE("RES-7: one reservation, and its end") {
  in_utc();
  CannedApi api;
  api.answer("GET /v1/reservations/r-1", saved);
  CHECK(api.type({"reservations", "show", "r-1"}).out ==
        "reservation  r-1\n"
        "name         Anna\n"
        "door         lock-101\n"
        "time         2026-03-07 15:00 to 2026-03-08 01:00\n"
        "kind         code\n"
        "code         482913\n"
        "made         2026-03-01 00:00:00, revision 1\n"
        "DOOR      KEY   STATE    AREA  SLOT  OPENS                                 WHY\n"
        "lock-101  code  waiting              2026-03-07 15:00 to 2026-03-08 01:00\n");
  api.answer("DELETE /v1/reservations/r-1", R"({"removed":"r-1"})");
  api.refuse("DELETE /v1/reservations/r-9", 404, "there is no reservation 'r-9'");
  const auto said = api.type({"reservations", "delete", "r-1", "r-9"});
  CHECK(said.end == Exit::unknown);
  CHECK(said.out == "Reservation r-1 is deleted; its keys are taken out of the locks now.\n");
  CHECK(said.err == "genkan: there is no reservation 'r-9'\n");
}

TEST_CASE("RES-10: the calendar by day") {
  CannedApi api;
  api.answer("GET /v1/calendar?building=sakura&from=2026-11-20&until=2026-11-22",
             R"({"entries":[
               {"reservation":"r-1","name":"Anna","device":"lock-101","start":"2026-11-20 09:00",
                "end":"2026-11-20 17:30"},
               {"reservation":"r-2","name":"Ben","device":"lock-203","start":"2026-11-20 15:00",
                "end":"2026-11-22 10:00"},
               {"reservation":"r-1","name":"Anna","device":"lock-101","start":"2026-11-21 09:00",
                "end":"2026-11-21 17:30"}],"truncated":false})");
  const auto said = api.type(
      {"calendar", "--building", "sakura", "--from", "2026-11-20", "--until", "2026-11-22"});
  CHECK(said.out ==
        "DAY             TIME                       DOOR      NAME  RESERVATION\n"
        "Fri 2026-11-20  09:00 to 17:30             lock-101  Anna  r-1\n"
        "                15:00 to 2026-11-22 10:00  lock-203  Ben   r-2\n"
        "Sat 2026-11-21  09:00 to 17:30             lock-101  Anna  r-1\n");
}

TEST_CASE("RES-9, KEY-8: what is in a lock and what should be") {
  in_utc();
  CannedApi api;
  const std::string view = R"({"device":"lock-501","memory":{"areas":[
      {"name":"owner","places":80,"taken":2,"enabled":true},
      {"name":"master 1","places":90,"taken":0,"enabled":false}],
      "read_at":"2026-11-20T09:05:07.123Z","serial":123456,"schedule_in_lock":true,
      "clock_off_s":-75,"fault":""},
    "keys":[{"device":"lock-501","key":"code","state":"still_opens","why":"unreachable",
      "why_sentence":"its time is over, and it is not proven that it is gone: the lock does not answer",
      "area":"owner","slot":80,"in_favour_of":null,
      "opens":{"start":"2026-11-20 15:00","end":"2026-11-20 17:00"},
      "owner":"reservation","id":"r-1","name":"Anna"}],
    "foreign":[{"area":"owner","slot":1,"card":false}]})";
  api.answer("GET /v1/devices/lock-501/keys", view);
  const auto text =
      "lock-501\n"
      "owner     2 of 80 places taken\n"
      "master 1  0 of 90 places taken  not enabled at the lock\n"
      "read at 2026-11-20 09:05:07, serial number 123456, keeps schedules itself\n"
      "its clock is 75 s slow\n"
      "AREA   SLOT  KEY   STATE        WHOSE                                       OPENS           "
      " "
      "          WHY\n"
      "owner  80    code  STILL OPENS  Anna (reservation r-1)                      2026-11-20 "
      "15:00 "
      "to 17:00  its time is over, and it is not proven that it is gone: the lock does not answer\n"
      "owner  1     code  foreign      programmed at the lock by hand; left alone\n";
  CHECK(api.type({"keys", "lock-501"}).out == text);
  api.answer("POST /v1/devices/lock-501/keys/check", view);
  const auto checked = api.type({"keys", "lock-501", "--check"});
  CHECK(checked.out == text);
  CHECK(checked.asked.front().body.empty());
  api.answer("GET /v1/devices/lock-603/keys",
             R"({"device":"lock-603","memory":null,"keys":[],"foreign":[]})");
  CHECK(api.type({"keys", "lock-603"}).out ==
        "lock-603\n"
        "This door has no memory for codes and cards; the gateway decides about each key.\n"
        "No keys.\n");
  api.refuse("POST /v1/devices/lock-601/keys/check", 503,
             "the memory of 'lock-601' was not read in time");
  const auto late = api.type({"keys", "lock-601", "--check"});
  CHECK(late.end == Exit::failed);
  CHECK(late.err == "genkan: the memory of 'lock-601' was not read in time\n");
}

TEST_CASE("KEY-60: what a code would do; it may come from standard input") {
  in_utc();
  CannedApi api;
  api.answer("POST /v1/devices/lock-101/decision",
             R"({"granted":false,"reason":"unknown_key","sentence":"Nobody has this key.",
                 "key":null,"opens":null})");
  struct Case {
    std::vector<std::string> words;
    const char* sent;
    const char* said;
  };
  const Case cases[] = {
      {{"why", "lock-101", "1234"},
       R"({"code":"1234"})",
       "lock-101 stays shut now: nobody has this key.\n"},
      {{"why", "lock-101", "-"},
       R"({"code":"9876"})",
       "lock-101 stays shut now: nobody has this key.\n"},
      {{"why", "lock-101", "0123456789ABCDEF", "--card", "--at", "2026-11-20 15:00"},
       R"({"card":"0123456789ABCDEF","at":"2026-11-20T15:00:00.000Z"})",
       "lock-101 stays shut at 2026-11-20 15:00:00: nobody has this key.\n"},
      {{"why", "--software", "lock-101", "1234", "--at", "2026-11-20T15:00:00Z"},
       R"({"software_code":"1234","at":"2026-11-20T15:00:00Z"})",
       "lock-101 stays shut at 2026-11-20 15:00:00: nobody has this key.\n"},
      {{"why", "lock-101", "abc", "--link"},
       R"({"link":"abc"})",
       "lock-101 stays shut now: nobody has this key.\n"},
      {{"why", "lock-101", "abc", "--token"},
       R"({"token":"abc"})",
       "lock-101 stays shut now: nobody has this key.\n"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.sent);
    const auto said = api.type(one.words, "9876\n");
    CHECK(said.end == Exit::failed);
    CHECK(said.out == one.said);
    CHECK(said.body_of("POST /v1/devices/lock-101/decision") == object(one.sent));
  }
  CHECK(api.type({"why", "lock-101", "1", "--card", "--link"}).end == Exit::usage);
  api.answer("POST /v1/devices/lock-101/decision", R"({"granted":true,"reason":"none",
      "key":{"owner":"room","id":"r101","name":"101"},"opens":null})");
  CHECK(api.type({"why", "lock-101", "1234"}).end == Exit::done);
}

TEST_CASE("KEY-60: times of a decision are those of the door's building") {
  in_utc();
  constexpr std::string_view site =
      "[[building]]\nid = \"sakura\"\n[[building]]\nid = \"far\"\nzone = \"America/New_York\"\n"
      "[[room]]\nid = \"r101\"\nbuilding = \"sakura\"\n[[room]]\nid = \"f1\"\nbuilding = \"far\"\n"
      "[[room]]\nid = \"lost\"\n";
  CHECK(zone_of_room(site, "r101") == "Asia/Tokyo");
  CHECK(zone_of_room(site, "f1") == "America/New_York");
  for (const auto* room : {"lost", "none", ""}) CHECK(zone_of_room(site, room).empty());
  CHECK(zone_of_room("no = toml =", "r101").empty());
  CannedApi api;
  api.answer("GET /v1/devices/lock-101", R"({"id":"lock-101","rooms":["r101"]})");
  api.answer("GET /v1/site", std::string(site));
  api.answer("POST /v1/devices/lock-101/decision", R"({"granted":true,"reason":"none",
      "key":{"owner":"reservation","id":"r-1","name":"Anna"},
      "opens":{"start":"2026-11-20T06:00:00.000Z","end":"2026-11-20T08:00:00.000Z"}})");
  const auto said = api.type({"why", "lock-101", "1234", "--at", "2026-11-20 15:00"});
  CHECK(said.out ==
        "lock-101 opens at 2026-11-20 15:00:00: it is the code of Anna (reservation r-1), good "
        "from 2026-11-20 15:00 to 17:00.\n");
  CHECK(said.body_of("POST /v1/devices/lock-101/decision") ==
        object(R"({"code":"1234","at":"2026-11-20T06:00:00.000Z"})"));
}

TEST_CASE("CLI: a reservation for a door that is none ends as for no such device") {
  CannedApi api;
  api.answer("GET /v1/key-groups", no_groups);
  api.refuse("POST /v1/reservations?secrets=1", 400, "device: there is no device 'lock-999'");
  const auto said = api.type({"reserve", "lock-999", "--name", "Anna"});
  CHECK(said.end == Exit::unknown);
  CHECK(said.err == "genkan: device: there is no device 'lock-999'\n");
}

TEST_CASE("CLI: bad input about keys is answered by the daemon's sentence") {
  CannedApi api;
  api.answer("GET /v1/key-groups", no_groups);
  api.refuse("POST /v1/reservations?secrets=1", 400,
             "start: '2026-13-45' is no date; give one like 2026-11-20");
  api.answer("GET /v1/devices/lock-101", R"({"id":"lock-101"})");
  const auto said = api.type({"reserve", "lock-101", "--name", "Anna", "--from", "2026-13-45"});
  CHECK(said.end == Exit::usage);
  CHECK(said.out.empty());
  CHECK(said.err == "genkan: --from: '2026-13-45' is no date; give one like 2026-11-20\n");
  api.refuse("POST /v1/reservations?secrets=1", 403, "viewer may not change keys");
  CHECK(api.type({"reserve", "lock-101", "--name", "Anna"}).end == Exit::forbidden);
  for (const std::vector<std::string>& words : {std::vector<std::string>{"reserve", "lock-101"},
                                                {"reserve"},
                                                {"reservations", "shwo"},
                                                {"why", "lock-101"},
                                                {"rooms"},
                                                {"visitors", "add", "--name", "x"}}) {
    const auto wrong = api.type(words);
    CHECK(wrong.end == Exit::usage);
    CHECK(wrong.asked.empty());
  }
  const auto window = api.type({"reserve", "lock-101", "--name", "Anna", "--window", "9:00"});
  CHECK(window.end == Exit::usage);
  CHECK(window.err == "genkan: --window is '9:00'; give a time window like 9:00-17:30\n");
}

}  // namespace genkan::cli::test
