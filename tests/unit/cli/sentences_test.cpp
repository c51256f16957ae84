#include "firmware/cli/sentences.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

#include "firmware/cli/board.hpp"
#include "firmware/cli/commands.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

json::object object(std::string_view text) {
  const auto value = parse_json(text, text.size());
  REQUIRE(value);
  return value->as_object();
}

const Paint plain(false);

}  // namespace

TEST_CASE("CLI: a command's end is a sentence, with how long it took") {
  const auto done = outcome_sentence(object(
      R"({"device":"lock-203","command":"lock","verdict":"done","reason":"none","message":"203 is locked.","took_ms":912})"));
  CHECK(done.text == "203 is locked (0.9 s).");
  CHECK(done.tone == Tone::good);
  const auto failed = outcome_sentence(object(
      R"({"verdict":"failed","reason":"door_open","message":"203 did not lock: the door is open or ajar.","took_ms":912})"));
  CHECK(failed.text == "203 did not lock: the door is open or ajar.");
  CHECK(failed.tone == Tone::bad);
  const auto bare = outcome_sentence(
      object(R"({"device":"lock-203","command":"lock","verdict":"failed","reason":"no_answer"})"));
  CHECK(bare.text == "lock-203: lock: failed, no answer.");
  const auto hostile = outcome_sentence(object(R"({"verdict":"failed","message":"a\u001b[2Jb"})"));
  CHECK(hostile.text == "a?[2Jb.");
}

TEST_CASE("CLI: exit codes follow verdict, reason and error") {
  CHECK(outcome_exit(object(R"({"verdict":"done"})")) == Exit::done);
  CHECK(outcome_exit(object(R"({"verdict":"failed","reason":"door_open"})")) == Exit::failed);
  CHECK(outcome_exit(object(R"({"verdict":"refused","reason":"not_allowed"})")) == Exit::forbidden);
  CHECK(outcome_exit(object(R"({"verdict":"refused","reason":"busy"})")) == Exit::busy);
  CHECK(outcome_exit(object(R"({"verdict":"unknown_outcome"})")) == Exit::failed);
  const std::pair<int, Exit> statuses[] = {{400, Exit::usage},   {403, Exit::forbidden},
                                           {404, Exit::unknown}, {409, Exit::failed},
                                           {429, Exit::busy},    {503, Exit::failed}};
  for (const auto& [status, end] : statuses) {
    const auto error =
        error_of({status, "application/json", R"({"error":{"code":"x","message":"why"}})"});
    CHECK(error.message() == "why");
    CHECK(exit_of(error.code()) == end);
  }
  CHECK(error_of({502, "text/html", "<html>"}).message() == "the daemon answered with status 502");
  CHECK(exit_of(ErrorCode::unreachable) == Exit::unreachable);
  CHECK(exit_of(ErrorCode::timeout) == Exit::unreachable);
  CHECK(worse(Exit::done, Exit::failed) == Exit::failed);
  CHECK(worse(Exit::unknown, Exit::failed) == Exit::unknown);
}

TEST_CASE("CLI: times are local times") {
  ::setenv("TZ", "Asia/Tokyo", 1);
  ::tzset();
  CHECK(local_time("2026-11-20T15:05:07.123Z", TimeStyle::full) == "2026-11-21 00:05:07");
  CHECK(local_time("2026-11-20T15:05:07.123Z", TimeStyle::clock) == "00:05:07");
  CHECK(local_time("yesterday", TimeStyle::clock) == "yesterday");
}

TEST_CASE("CLI: spans and sizes") {
  using std::chrono::seconds;
  CHECK(duration_text(seconds(0)) == "0 s");
  CHECK(duration_text(seconds(119)) == "119 s");
  CHECK(duration_text(seconds(120)) == "2 min");
  CHECK(duration_text(seconds(7200)) == "2 h");
  CHECK(duration_text(seconds(172'800)) == "2 days");
  CHECK(bytes_text(912) == "912 B");
  CHECK(bytes_text(1024) == "1.0 KiB");
  CHECK(bytes_text(3'565'158) == "3.4 MiB");
  CHECK(bytes_text(5'368'709'120) == "5.0 GiB");
}

TEST_CASE("CLI: a state in few words") {
  struct Case {
    std::string_view device;
    std::string_view text;
    Tone tone;
  };
  const Case cases[] = {
      {R"({"kind":"lock","link":"fresh","state":{"bolt":"locked","door":"closed"}})", "locked",
       Tone::good},
      {R"({"kind":"lock","link":"fresh","state":{"bolt":"locked","door":"open","tamper":true}})",
       "locked, door open, cover open", Tone::bad},
      {R"({"kind":"lock","link":"stale","state":{"bolt":"unlocked"}})", "unlocked (stale)",
       Tone::dim},
      {R"({"kind":"lock","link":"disconnected","state":{"bolt":"locked"}})", "no answer",
       Tone::bad},
      {R"({"kind":"lock","link":"unknown","state":{}})", "not read yet", Tone::dim},
      {R"({"kind":"entrance","link":"fresh","held":true,"state":{"output":"on"}})", "held open",
       Tone::notice},
      {R"({"kind":"entrance","link":"fresh","held":false,"state":{"output":"off"}})", "closed",
       Tone::good},
      {R"({"kind":"air_conditioner","link":"fresh","state":{"output":"on","mode":"cool"}})",
       "on (cool)", Tone::active},
      {R"({"kind":"delivery_box","link":"fresh","state":{"compartment":{"1":"deposited","2":"empty"},"compartment_door":{"1":"closed","2":"open"}}})",
       "1 of 2 full, 1 open", Tone::notice},
      {R"({"kind":"security_panel","link":"fresh","state":{"guard":"home"}})", "armed (home)",
       Tone::good},
      {R"({"kind":"zone","link":"fresh","state":{"zone":"active","bypass":true}})",
       "active, bypassed", Tone::bad},
      {R"({"kind":"elevator","link":"fresh","state":{"floor":-1,"direction":"down","elevator_mode":"fault","fault":7}})",
       "floor -1 ↓, fault, fault 7", Tone::bad},
      {R"({"kind":"button","link":"fresh","state":{"press_count":3}})", "pressed 3 times",
       Tone::dim},
      {R"({"kind":"new","link":"fresh","state":{"colour":"red"}})", "", Tone::plain},
  };
  for (const auto& one : cases) {
    const auto said = state_text(object(one.device));
    CHECK(said.text == one.text);
    CHECK(said.tone == one.tone);
  }
}

TEST_CASE("CLI: a record is a line") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  CHECK(
      record_line(
          object(
              R"({"seq":1,"time":"2026-11-20T09:05:07.123Z","clock":"trusted","kind":"locked","lane":"activity","device":"lock-203","actor":"user:anna","body":{}})"),
          plain, TimeStyle::clock) == "09:05:07  lock-203        locked  by anna");
  CHECK(
      record_line(
          object(
              R"({"time":"2026-11-20T09:05:07.123Z","clock":"untrusted","kind":"alarm","lane":"alarm","device":"zone-5","body":{"cause":"burglary","zone":5,"list":[1]}})"),
          plain, TimeStyle::clock) == "09:05:07?  zone-5          ALARM: cause burglary, zone 5");
  CHECK(
      record_line(
          object(R"({"time":"x","kind":"brand_new","actor":"slot:12","body":{"message":"Said."}})"),
          plain, TimeStyle::clock)
          .ends_with("brand new: Said.  with key 12"));
  CHECK(
      record_line(
          object(
              R"({"time":"2026-11-20T09:05:07.123Z","kind":"command_refused","device":"lamp","actor":"user:root","body":{"command":"unlock","verdict":"refused","reason":"unknown_command","took_ms":0,"request":3}})"),
          plain, TimeStyle::clock) ==
      "09:05:07  lamp            unlock refused: unknown command  by root");
  const auto hostile = record_line(
      object(
          R"({"time":"2026-11-20T09:05:07.123Z","kind":"a\u001b[2J","device":"\u001b]0;x\u0007","actor":"\u001bc","body":{"x":"\u001b[31m"}})"),
      plain, TimeStyle::clock);
  CHECK(!hostile.contains('\x1b'));
  CHECK(!hostile.contains('\x07'));
}

TEST_CASE("CLI: wide characters take two columns and do not break a table") {
  CHECK(width_of("lock-203") == 8);
  CHECK(width_of("玄関ドア") == 8);
  CHECK(width_of("Ａ棟") == 4);
  CHECK(width_of("e\u0301") == 1);
  CHECK(width_of("か\u3099") == 2);
  CHECK(width_of("\x1b[1;31mALARM\x1b[0m") == 5);
  CHECK(width_of("\xff\xfe") == 2);
  CHECK(padded("玄関", 6) == "玄関  ");
  CHECK(cut("玄関ドア", 8) == "玄関ドア");
  CHECK(cut("玄関ドア", 6) == "玄関…");
  CHECK(cut("abcdef", 4) == "abc…");
  Table table;
  table.row({{"lock-101"}, {"玄関"}, {"locked"}});
  table.row({{"l"}, {"Lobby door"}, {"open"}});
  table.heading({"ID", "NAME", "STATE"});
  CHECK(table.text(plain) ==
        "ID        NAME        STATE\n"
        "lock-101  玄関        locked\n"
        "l         Lobby door  open\n");
}

TEST_CASE("CLI: colours appear only where they are wanted") {
  CHECK(Paint(false)(Tone::bad, "x") == "x");
  CHECK(Paint(true)(Tone::bad, "x") == "\x1b[1;31mx\x1b[0m");
  CHECK(Paint(true)(Tone::plain, "x") == "x");
}

TEST_CASE("CLI: the board fits any terminal") {
  Board board;
  board.set_status({"Genkan  live", Tone::heading});
  for (int i = 0; i < 60; ++i) {
    auto device = object(
        R"({"kind":"lock","link":"fresh","rooms":["r1"],"state":{"bolt":"locked","door":"open"},"troubles":[]})");
    device["id"] = "lock-" + std::to_string(i);
    board.take("device", device, plain);
  }
  board.take(
      "trouble",
      object(
          R"({"standing":true,"kind":"battery_low","device":"lock-3","sentence":"battery low","detail":"12 %"})"),
      plain);
  board.take("bus", object(R"({"id":"line-a","up":false,"fault":"unplugged"})"), plain);
  for (int i = 0; i < 300; ++i) {
    board.take(
        "record",
        object(
            R"({"time":"2026-11-20T09:05:07.123Z","kind":"locked","device":"lock-2","body":{"what":"玄関玄関玄関玄関玄関玄関玄関玄関玄関玄関玄関玄関玄関玄関"}})"),
        plain);
  }
  for (const std::size_t columns : {1U, 10U, 40U, 80U, 200U}) {
    for (const std::size_t rows : {1U, 2U, 8U, 24U, 60U}) {
      CAPTURE(columns);
      CAPTURE(rows);
      for (const bool colours : {false, true}) {
        const auto lines = board.draw({columns, rows}, Paint(colours));
        CHECK(lines.size() <= rows);
        for (const auto& line : lines) CHECK(width_of(line) <= columns);
      }
    }
  }
  const auto lines = board.draw({100, 60}, plain);
  const auto has = [&lines](std::string_view part) {
    return std::ranges::any_of(lines, [part](const auto& line) { return line.contains(part); });
  };
  CHECK(has("lock-0 "));
  CHECK(has("lock-59"));
  CHECK(has("! lock-3: battery low: 12 %"));
  CHECK(has("! line-a: line down: unplugged"));
  board.take("trouble", object(R"({"standing":false,"kind":"battery_low","device":"lock-3"})"),
             plain);
  board.take("bus", object(R"({"id":"line-a","up":true,"fault":""})"), plain);
  for (const auto& line : board.draw({100, 60}, plain)) CHECK(!line.starts_with("!"));
  const auto record = [&board](const std::string& kind) {
    board.take("record",
               object(R"({"seq":1,"time":"2026-11-20T09:05:07.000Z","kind":")" + kind +
                      R"(","lane":"alarm","device":"zone-5","body":{}})"),
               plain);
  };
  const auto alarms = [&board] {
    return std::ranges::count_if(board.draw({100, 60}, plain),
                                 [](const auto& line) { return line.starts_with("! "); });
  };
  record("alarm");
  CHECK(alarms() == 1);
  record("alarm_restored");
  CHECK(alarms() == 0);
  record("alarm");
  record("disarmed");
  CHECK(alarms() == 0);
}

TEST_CASE("CLI: the board marks what changed a moment ago, and counts the doors") {
  Board board;
  board.set_status({"Genkan", Tone::heading});
  const SteadyTime start{std::chrono::hours(1)};
  const auto tell = [&board](std::string_view bolt, SteadyTime now) {
    auto device = object(R"({"id":"lock-1","kind":"lock","link":"fresh","rooms":["r1"],)"
                         R"("state":{},"troubles":[]})");
    device["state"].as_object()["bolt"] = bolt;
    board.take("device", device, plain, now);
  };
  tell("unlocked", start);
  CHECK(board.draw({80, 24}, plain, start)[0] == "Genkan  0 of 1 doors locked  1 devices");
  CHECK(board.draw({80, 24}, plain, start)[1] == "r1 lock-1  unlocked");
  tell("locked", start + std::chrono::seconds(5));
  CHECK(board.draw({80, 24}, plain, start + std::chrono::seconds(6))[1] == "r1 lock-1* locked");
  CHECK(board.bright_until() == start + std::chrono::seconds(5) + Board::bright);
  CHECK(board.draw({80, 24}, plain, start + std::chrono::seconds(7))[1] == "r1 lock-1  locked");
  CHECK(board.draw({80, 24}, plain, start)[0] == "Genkan  1 of 1 doors locked  1 devices");
}

TEST_CASE("CLI: in a small window quiet devices of one kind are one cell, the others stand out") {
  Board board;
  for (int i = 0; i < 60; ++i) {
    auto device =
        object(R"({"kind":"zone","link":"fresh","state":{"zone":"normal"},"troubles":[]})");
    device["id"] = "zone-" + std::to_string(i);
    if (i == 7) device["state"].as_object()["zone"] = "active";
    board.take("device", device, plain);
  }
  const auto lines = board.draw({40, 24}, plain);
  CHECK(lines[1] == " zone-7     active");
  CHECK(lines[2] == " 59 × zone  normal");
  CHECK(board.draw({40, 80}, plain).size() > 60);
}

TEST_CASE("CLI: the board's note stands at the bottom where there is room for it") {
  Board board;
  board.set_note("Try this:\n  genkan status\n");
  auto lines = board.draw({40, 24}, plain);
  REQUIRE(lines.size() == 24);
  CHECK(lines[22] == "Try this:");
  CHECK(lines[23] == "  genkan status");
  lines = board.draw({40, 12}, plain);
  CHECK(std::ranges::find(lines, "Try this:") == lines.end());
  board.set_note("");
  CHECK(board.draw({40, 24}, plain).size() < 24);
}

TEST_CASE("CLI: what goes into a path is escaped") {
  CHECK(escaped("lock-203") == "lock-203");
  CHECK(escaped("a/b ?&#é") == "a%2Fb%20%3F%26%23%C3%A9");
}

TEST_CASE("CLI: each shell has its completion") {
  for (const auto shell : {"bash", "zsh", "fish"}) {
    const auto script = completion_script(shell);
    CHECK(script.contains("devices --ids"));
    for (const auto command : {"reserve", "reservations", "calendar", "keys", "why", "holders",
                               "groups", "visitors", "rooms", "holidays", "journal"}) {
      CAPTURE(command);
      CHECK(script.contains(std::string(" ") + command + " "));
    }
  }
}

}  // namespace genkan::cli
