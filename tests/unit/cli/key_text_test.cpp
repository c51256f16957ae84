#include "firmware/cli/key_text.hpp"

#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/cli/daemon.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

const Paint plain(false);

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

TEST_CASE("RES-4: times are said as they were resolved") {
  struct Case {
    const char* timing;
    const char* text;
  };
  const Case cases[] = {
      {R"({"start":"2026-11-20 15:00","end":"2026-11-22 10:00"})",
       "2026-11-20 15:00 to 2026-11-22 10:00"},
      {R"({"start":"2026-11-20 15:00","end":"2026-11-20 17:00"})", "2026-11-20 15:00 to 17:00"},
      {R"({"start":"1900-01-01 09:18","end":"9999-12-31 09:00"})", "always"},
      {R"({"always":true})", "always"},
      {R"({"recurrence":{"first":"2026-11-20","last":"2026-12-20","from":"9:00","to":"17:30",
           "weekdays":["mon","tue"],"holidays":"not_valid","extra":["2026-11-23"],
           "excluded":["2026-12-07","2026-12-08"]}})",
       "mon, tue 9:00 to 17:30, 2026-11-20 to 2026-12-20, not on public holidays, "
       "also 2026-11-23, not 2026-12-07, 2026-12-08"},
      {R"({"recurrence":{"first":"2026-11-20","last":"2026-12-20","from":"9:00","to":"24:00",
           "weekdays":["mon","tue","wed","thu","fri","sat","sun"],"holidays":"valid"}})",
       "every day 9:00 to 24:00, 2026-11-20 to 2026-12-20, on public holidays too"},
      {R"({"weekly":{"weekdays":["sat"],"from":"8:00","to":"12:00"}})", "sat 8:00 to 12:00"},
      {R"({"daily":{"from":"8:00","to":"12:00"}})", "every day 8:00 to 12:00"},
      {R"({"span":{"start":"2026-11-20 15:00","end":"2026-11-20 17:00"}})",
       "2026-11-20 15:00 to 17:00"},
      {R"({"brand_new":1})", ""},
      {R"({"start":"\u001b[2J","end":7})", "?[2J to "},
  };
  for (const auto& one : cases) {
    CAPTURE(one.timing);
    CHECK(timing_text(object(one.timing)) == one.text);
  }
  CHECK(weekday_of("2026-11-20 15:00") == "Fri");
  CHECK(weekday_of("2026-02-30") == "");
  CHECK(weekday_of("soon") == "");
}

TEST_CASE("RES-9: how a key stands in its lock, and why") {
  struct Case {
    const char* key;
    const char* state;
    Tone tone;
    const char* why;
  };
  const Case cases[] = {
      {R"({"state":"set","why":"none","why_sentence":""})", "set", Tone::good, ""},
      {R"({"state":"waiting","why":"none"})", "waiting", Tone::dim, ""},
      {R"({"state":"not_set","why":"no_address"})", "not set", Tone::bad,
       "no address in the lock is free"},
      {R"({"state":"not_set","why":"code_in_use","why_sentence":"in use by 'Ben' or not yet removed"})",
       "not set", Tone::bad, "in use by 'Ben' or not yet removed"},
      {R"({"state":"still_opens","why":"unreachable"})", "STILL OPENS", Tone::bad,
       "the lock does not answer"},
      {R"({"state":"set","why":"code_foreign","why_sentence":""})", "set", Tone::good,
       "the same code was programmed at the lock by hand"},
      {R"({"state":"brand_new","why":"some_reason"})", "brand_new", Tone::plain, "some reason"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.key);
    const auto key = object(one.key);
    CHECK(key_state(key).text == one.state);
    CHECK(key_state(key).tone == one.tone);
    CHECK(key_why(key) == one.why);
  }
  const auto summary = [](std::string_view keys) {
    return keys_summary(parse_json(keys, keys.size())->as_array()).text;
  };
  CHECK(summary("[]").empty());
  CHECK(summary(R"([{"state":"set"}])") == "set");
  CHECK(summary(R"([{"state":"set"},{"state":"set"}])") == "set");
  CHECK(summary(R"([{"state":"not_set","why":"unread"}])") ==
        "not set: the lock's memory has not been read yet");
  CHECK(
      summary(
          R"([{"state":"set","device":"a"},{"state":"not_set","device":"b","why":"no_address"}])") ==
      "1 of 2 set; not set at b: no address in the lock is free");
  CHECK(
      summary(
          R"([{"state":"waiting","device":"a"},{"state":"still_opens","device":"b","why":"none"}])") ==
      "STILL OPENS");
}

TEST_CASE("KEY-60: what a key would do, in one sentence") {
  in_utc();
  struct Case {
    const char* decision;
    const char* text;
    Tone tone;
  };
  const Case cases[] = {
      {R"({"granted":true,"reason":"none","key":{"owner":"reservation","id":"r-1","name":"Anna"},
           "opens":{"start":"2026-11-20T06:00:00.000Z","end":"2026-11-22T01:00:00.000Z"}})",
       "lock-101 opens now: it is the code of Anna (reservation r-1), good from 2026-11-20 06:00 "
       "to 2026-11-22 01:00.",
       Tone::good},
      {R"({"granted":true,"reason":"none","key":{"owner":"room","id":"r101","name":""},"opens":null})",
       "lock-101 opens now: it is the code of room r101, which always opens.", Tone::good},
      {R"({"granted":true,"reason":"none","key":{"owner":"room","id":"r101","name":""},"opens":null,
           "in_lock":{"state":"set","why":"none"}})",
       "lock-101 opens now: it is the code of room r101, which always opens.", Tone::good},
      {R"({"granted":true,"reason":"none","key":{"owner":"holder","id":"h-1","name":"Ben"},"opens":null,
           "in_lock":{"state":"not_set","why":"unreachable"}})",
       "lock-101 may be opened now with the code of Ben, but the code is not in the lock: the lock "
       "does not answer.",
       Tone::bad},
      {R"({"granted":true,"reason":"none","key":{"owner":"holder","id":"h-1","name":"Ben"},"opens":null,
           "in_lock":null})",
       "lock-101 may be opened now with the code of Ben, but the code is not in the lock.",
       Tone::bad},
      {R"({"granted":false,"reason":"unknown_key","key":null,"opens":null})",
       "lock-101 stays shut now: nobody has this key.", Tone::notice},
      {R"({"granted":false,"reason":"too_early","key":{"owner":"holder","id":"h-1","name":"Ben"},
           "opens":{"start":"2026-11-20T06:00:00Z","end":"2026-11-20T09:00:00Z"}})",
       "lock-101 stays shut now: its time has not begun yet; it is the code of Ben (holder h-1), "
       "good from 2026-11-20 06:00 to 09:00.",
       Tone::notice},
      {R"({"granted":false,"reason":"disabled","key":{"owner":"holder","id":"h-1","name":"Ben"},"opens":null})",
       "lock-101 stays shut now: its holder is disabled; it is the code of Ben (holder h-1).",
       Tone::notice},
  };
  for (const auto& one : cases) {
    CAPTURE(one.decision);
    const auto said = decision_sentence(object(one.decision), "lock-101", "code", "now");
    CHECK(said.text == one.text);
    CHECK(said.tone == one.tone);
  }
}

TEST_CASE("HIS-2: what became of keys is said in the journal") {
  in_utc();
  struct Case {
    const char* record;
    const char* line;
  };
  const Case cases[] = {
      {R"({"kind":"key_written","device":"lock-101","actor":"reservation:r-1",
           "body":{"key":"code","name":"Anna","area":"owner","slot":230}})",
       "code written to the lock: Anna, slot 230 of owner  of reservation r-1"},
      {R"({"kind":"key_not_set","device":"lock-101","actor":"reservation:r-1",
           "body":{"key":"card","name":"Anna","why":"code_in_use","in_favour_of":"Ben"}})",
       "card not set: Anna, in use by another reservation or not yet removed, in favour of Ben  of "
       "reservation r-1"},
      {R"({"kind":"key_remove_failed","device":"lock-101","actor":"holder:h-1",
           "body":{"key":"code","name":"Ben","slot":3,"why":"unreachable"}})",
       "code could not be removed: Ben, slot 3, the lock does not answer  of holder h-1"},
      {R"({"kind":"foreign_key","device":"lock-101","body":{"area":"owner","slot":2}})",
       "a key was programmed at the lock: slot 2 of owner"},
      {R"({"kind":"lock_clock_set","device":"lock-501","body":{"off_s":-75}})",
       "the lock's clock was set: it was 75 s slow"},
      {R"({"kind":"entry_granted","device":"lobby","actor":"temporary_key:t-1",
           "body":{"name":"Cleo","how":"qr"}})",
       "entry granted by QR code: Cleo  with visitor's key t-1"},
      {R"({"kind":"entry_refused","device":"lobby","body":{"how":"software_code","reason":"unknown_key"}})",
       "entry refused by software code: nobody has this key"},
      {R"({"kind":"unlocked","device":"lock-101","actor":"reservation:r-1",
           "body":{"how":"key","slot":230,"name":"Anna"}})",
       "unlocked: Anna, slot 230  with the key of reservation r-1"},
      {R"({"kind":"holidays_changed","actor":"user:root","body":{"what":"imported","table_until":2027}})",
       "public holidays changed: imported, table until 2027  by root"},
      {R"({"kind":"reservation_made","device":"lock-101","actor":"user:root","body":{"reservation":"r-1",
           "name":"Anna","timing":{"start":"2026-11-20 15:00","end":"2026-11-20 17:00"},
           "kind":"code_and_link","card":true}})",
       "reservation made: Anna (r-1), 2026-11-20 15:00 to 17:00, code and link, with a card  by "
       "root"},
      {R"({"kind":"reservation_changed","device":"lock-101","body":{"reservation":"r-1","name":"Anna",
           "changed":[{"field":"name","old":"Ann","new":"Anna"},{"field":"code"},
           {"field":"timing","old":{"always":true},"new":{"start":"2026-11-20 15:00","end":"2026-11-20 17:00"}},
           {"field":"mail","old":[],"new":["a@example.org"]}]}})",
       "reservation changed: Anna (r-1), name: Ann → Anna, code, timing: always → 2026-11-20 15:00 "
       "to 17:00, mail: nothing → a@example.org"},
      {R"({"kind":"holder_made","actor":"user:root","body":{"holder":"h-1","name":"Ben","import":"1001"}})",
       "holder made: Ben (h-1), by an import, id 1001  by root"},
      {R"({"kind":"temporary_key_changed","room":"r101","body":{"temporary_key":"t-1","name":"Cleo","what":"revoked"}})",
       "visitor's key changed: Cleo (t-1), revoked"},
      {R"({"kind":"room_code_changed","room":"r101","body":{"what":"set"}})",
       "room code changed: set"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.record);
    auto record = object(one.record);
    record["time"] = "2026-11-20T09:05:07.123Z";
    const auto place = text_at(record, "device") + text_at(record, "room");
    const auto line = record_line(record, plain, TimeStyle::clock);
    CHECK(line == cat("09:05:07  ", place, std::string(14 - place.size(), ' '), "  ", one.line));
  }
}

}  // namespace genkan::cli
