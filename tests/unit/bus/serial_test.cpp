#include <algorithm>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/bus/fake_device.hpp"
#include "tests/unit/bus/loop.hpp"

// The whole bus against a device on a pseudo terminal, fault by fault.

using namespace genkan;
using namespace genkan::bus;
using fake::Bytes;
using fake::Say;

namespace {

// Patience with the fake, which shares a busy machine with us.
constexpr UnitTraits traits{.response_timeout = 150ms, .lateness = 300ms, .failures_until_dead = 3};
// For tests of late answers: the time-out is over long before they come, the lateness long after.
constexpr UnitTraits hasty{.response_timeout = 60ms, .lateness = 3s, .failures_until_dead = 3};

std::vector<Say> obedient(const Bytes& question) { return {{.bytes = fake::obedient(question)}}; }

struct Line {
  fake::SerialDevice device;
  BusBench bench;

  explicit Line(fake::SerialDevice::Behaviour behaviour = obedient)
      : device(std::move(behaviour)), bench(serial_config(device.path())) {
    for (std::uint8_t unit = 1; unit <= 9; ++unit) bench.bus().set_traits(unit, traits);
    REQUIRE(bench.until([this] { return bench.bus().up(); }));
  }
};

const ports::UnitStatistics* row(const ports::BusStatistics& statistics, std::uint8_t unit) {
  const auto at = std::ranges::find(statistics.units, unit, &ports::UnitStatistics::unit);
  return at == statistics.units.end() ? nullptr : &*at;
}

Bytes with_last_byte_spoiled(Bytes bytes) {
  bytes.back() ^= 0x55U;
  return bytes;
}

}  // namespace

TEST_CASE("serial: reads and writes are asked and answered") {
  Line line;
  const Answer read = line.bench.ask(read_words(1, 5));
  CHECK(name_of(read.ending) == "answered");
  CHECK(read.values == std::vector<std::uint16_t>{5, 6});
  CHECK(read.sent);
  CHECK(line.bench.ask(write_coil(1, 6, true)).ending == Ending::answered);
  const Exchange many{.unit = 1, .function = Function::write_registers, .values = {1, 2, 3}};
  CHECK(line.bench.ask(many).ending == Ending::answered);
  CHECK(line.bench.lines == std::vector<std::string>{""});
}

TEST_CASE("serial: a question that cannot be is refused without the wire") {
  Line line;
  const Answer answer = line.bench.ask(read_words(1, 0, 126));
  CHECK(answer.ending == Ending::exception);
  CHECK(answer.exception == 3);
  CHECK_FALSE(answer.sent);
  CHECK(line.device.questions().empty());
}

TEST_CASE(
    "serial: each fault ends as what it is, is counted, and the next question gets its own "
    "answer") {
  struct Case {
    Ending ending;
    std::uint64_t ports::ExchangeCounts::* counter;
    fake::SerialDevice::Behaviour fault;
  };
  const std::vector<Case> cases{
      {Ending::silent, &ports::ExchangeCounts::silent,
       [](const Bytes&) { return std::vector<Say>{}; }},
      {Ending::garbage, &ports::ExchangeCounts::garbage,
       [](const Bytes&) { return std::vector<Say>{{.bytes = {0xFF, 0x00, 0xAA, 0x55}}}; }},
      {Ending::partial, &ports::ExchangeCounts::partial,
       [](const Bytes& question) {
         Bytes half = fake::obedient(question);
         half.resize(half.size() / 2);
         return std::vector<Say>{{.bytes = half}};
       }},
      {Ending::wrong_crc, &ports::ExchangeCounts::wrong_crc,
       [](const Bytes& question) {
         return std::vector<Say>{{.bytes = with_last_byte_spoiled(fake::obedient(question))}};
       }},
      {Ending::wrong_unit, &ports::ExchangeCounts::wrong_unit,
       [](Bytes question) {
         question[0] = 9;
         return std::vector<Say>{{.bytes = fake::obedient(question)}};
       }},
      {Ending::wrong_function, &ports::ExchangeCounts::wrong_function,
       [](Bytes question) {
         question[1] = 4;
         return std::vector<Say>{{.bytes = fake::obedient(question)}};
       }},
      {Ending::wrong_length, &ports::ExchangeCounts::wrong_length,
       [](Bytes question) {
         question[5] = 1;
         return std::vector<Say>{{.bytes = fake::obedient(question)}};
       }},
      {Ending::exception, &ports::ExchangeCounts::exceptions,
       [](const Bytes&) { return std::vector<Say>{{.bytes = fake::with_checksum({1, 0x83, 2})}}; }},
  };
  for (const Case& one : cases) {
    CAPTURE(name_of(one.ending));
    Line line(one.fault);
    const Answer answer = line.bench.ask(read_words(1, 5));
    CHECK(name_of(answer.ending) == name_of(one.ending));
    CHECK(answer.values.empty());
    CHECK(answer.sent);
    const auto statistics = line.bench.bus().statistics();
    CHECK(statistics.counts.*one.counter == 1);
    REQUIRE(row(statistics, 1) != nullptr);
    CHECK(row(statistics, 1)->counts.*one.counter == 1);
    line.device.behave(obedient);
    CHECK(line.bench.ask(read_words(1, 40)).values == std::vector<std::uint16_t>{40, 41});
  }
}

TEST_CASE("serial: a write's echo of another place is not taken for done") {
  Line line([](Bytes question) {
    if (question[1] == 5) question[3] = 120;
    return obedient(question);
  });
  CHECK(line.bench.ask(read_words(1, 5)).ending == Ending::answered);
  CHECK(name_of(line.bench.ask(write_coil(1, 6, true)).ending) == "wrong_echo");
}

TEST_CASE("serial: a late answer is thrown away, counted, and never the next question's") {
  Line line([](const Bytes& question) {
    const bool slow = question[3] == 110;
    return std::vector<Say>{
        {.after = fake::Milliseconds(slow ? 200 : 0), .bytes = fake::obedient(question)}};
  });
  line.bench.bus().set_traits(1, hasty);
  CHECK(line.bench.ask(read_words(1, 110)).ending == Ending::silent);
  // Unit 2 is asked while unit 1 still owes; unit 1's next question waits and gets its own answer.
  CHECK(line.bench.ask(read_words(2, 7)).values == std::vector<std::uint16_t>{7, 8});
  CHECK(line.bench.ask(read_words(1, 5)).values == std::vector<std::uint16_t>{5, 6});
  const auto statistics = line.bench.bus().statistics();
  CHECK(statistics.counts.late == 1);
  REQUIRE(row(statistics, 1) != nullptr);
  CHECK(row(statistics, 1)->counts.late == 1);
}

TEST_CASE("serial: a late write echo is not the next write's success") {
  Line line([](const Bytes& question) {
    if (question[1] == 5 && question[3] == 120)
      return std::vector<Say>{
          {.after = fake::Milliseconds(200), .bytes = fake::obedient(question)}};
    if (question[1] == 5) return std::vector<Say>{};  // this one never moves
    return obedient(question);
  });
  CHECK(line.bench.ask(read_words(1, 5)).ending == Ending::answered);
  line.bench.bus().set_traits(1, hasty);
  CHECK(line.bench.ask(write_coil(1, 120, true)).ending == Ending::silent);
  CHECK(name_of(line.bench.ask(write_coil(1, 6, true)).ending) == "silent");
}

TEST_CASE("serial: a dribbling device does not hold the bus beyond its time") {
  Line line([](const Bytes& question) {
    std::vector<Say> says;
    fake::Milliseconds after{0};
    for (const std::uint8_t byte : fake::obedient(question))
      says.push_back({.after = after += 60ms, .bytes = {byte}});
    return says;
  });
  line.bench.bus().set_traits(1, {.response_timeout = 250ms});
  const auto begun = Steady::now();
  CHECK(name_of(line.bench.ask(read_words(1, 5)).ending) == "partial");
  // 250 ms and both frames' time on the wire (17 characters at 19200: 10 ms); the whole answer
  // would take 540 ms.
  CHECK(Steady::now() - begun < 500ms);
}

TEST_CASE("serial: on an adapter that echoes, a write needs the device's own word") {
  Line line([](const Bytes& question) {
    std::vector<Say> says{{.bytes = question}};
    const bool answers = question[0] == 1;
    if (answers) says.push_back({.after = 5ms, .bytes = fake::obedient(question)});
    return says;
  });
  // The very first exchange is the ambiguous one: the bus reads once to learn about the line.
  CHECK(name_of(line.bench.ask(write_coil(2, 6, true)).ending) == "silent");
  CHECK(line.bench.ask(write_coil(1, 6, true)).ending == Ending::answered);
  CHECK(line.bench.ask(read_words(1, 5)).values == std::vector<std::uint16_t>{5, 6});
  const auto questions = line.device.questions();
  REQUIRE_FALSE(questions.empty());
  CHECK(questions[0][1] == 1);
}

TEST_CASE("serial: what cannot begin by its deadline expires promptly and unsent") {
  Line line([](const Bytes&) { return std::vector<Say>{}; });
  line.bench.bus().set_traits(1, hasty);
  CHECK(line.bench.ask(read_words(1, 5)).ending == Ending::silent);
  // Unit 1 is in quarantine for 3 s; the command's deadline is earlier.
  const auto begun = Steady::now();
  const Answer answer = line.bench.ask(read_words(1, 6), Lane::command, 20ms);
  CHECK(name_of(answer.ending) == "expired");
  CHECK_FALSE(answer.sent);
  CHECK(Steady::now() - begun < 1s);
  CHECK(line.device.questions().size() == 1);
}

TEST_CASE("serial: full lanes answer busy") {
  fake::SerialDevice device([](const Bytes&) { return std::vector<Say>{}; });
  BusBench bench(serial_config(device.path()), 2);
  int busy = 0;
  int ended = 0;
  const auto count = [&busy, &ended](const Answer& answer) {
    ++ended;
    if (answer.ending == Ending::busy) ++busy;
  };
  for (int index = 0; index < 8; ++index)
    bench.bus().submit(read_words(1, 5), Lane::command, Steady::now() + 100ms, count);
  CHECK(bench.until([&ended] { return ended == 8; }));
  CHECK(busy >= 5);
}

TEST_CASE(
    "serial: a dead unit is told of, costs the others next to nothing, and comes back within 2 s") {
  Line line;
  for (std::uint8_t unit = 1; unit <= 4; ++unit)
    line.bench.bus().add_poll({.unit = unit, .address = unit});
  REQUIRE(line.bench.until([&line] { return line.bench.reports.size() >= 4; }));
  line.device.behave([](const Bytes& question) {
    return question[0] == 2 ? std::vector<Say>{} : obedient(question);
  });
  REQUIRE(line.bench.until([&line] { return !line.bench.units.empty(); }));
  CHECK(line.bench.units[0] == std::pair(2, true));
  const auto before = line.bench.bus().statistics();
  line.bench.run_for(1500ms);
  const auto after = line.bench.bus().statistics();
  CHECK(row(after, 2)->dead);
  CHECK(row(after, 2)->counts.asked - row(before, 2)->counts.asked <= 5);
  CHECK(row(after, 1)->counts.asked - row(before, 1)->counts.asked > 10);
  line.device.behave(obedient);
  const auto begun = Steady::now();
  CHECK(line.bench.until([&line] { return line.bench.units.size() == 2; }));
  CHECK(Steady::now() - begun < 2s);
  CHECK(line.bench.units.back() == std::pair(2, false));
}

TEST_CASE("serial: reports come on changes and otherwise once a second") {
  std::atomic<std::uint8_t> value{1};
  Line line([&value](Bytes question) {
    question[3] = value.load();
    return obedient(question);
  });
  const PollId poll = line.bench.bus().add_poll({.unit = 1, .address = 0, .count = 1});
  REQUIRE(line.bench.until([&line] { return !line.bench.reports.empty(); }));
  line.bench.run_for(1300ms);
  CHECK(line.bench.reports.size() <= 4);
  value.store(9);
  REQUIRE(line.bench.until(
      [&line] { return line.bench.reports.back().answer.values == std::vector<std::uint16_t>{9}; },
      500ms));
  CHECK(line.bench.reports.back().poll == poll);
  const PollId rare = line.bench.bus().add_poll({.unit = 2, .interval = 60s});
  const auto reported = [&line, rare] {
    return std::ranges::count(line.bench.reports, rare, &PollReport::poll);
  };
  REQUIRE(line.bench.until([&reported] { return reported() == 1; }));
  line.bench.bus().hurry(rare);
  CHECK(line.bench.until([&reported] { return reported() == 2; }));
}

TEST_CASE("serial: the adapter pulled and put back") {
  Line line;
  const PollId poll = line.bench.bus().add_poll({.unit = 1, .address = 5, .count = 1});
  REQUIRE(line.bench.until([&line] { return !line.bench.reports.empty(); }));
  line.device.unplug();
  REQUIRE(line.bench.until([&line] { return line.bench.lines.size() >= 2; }));
  CHECK(line.bench.lines[1].find("has vanished") != std::string::npos);
  CHECK_FALSE(line.bench.bus().up());
  const Answer answer = line.bench.ask(write_coil(1, 6, true));
  CHECK(name_of(answer.ending) == "line_down");
  CHECK_FALSE(answer.sent);
  REQUIRE(line.bench.until([&line] { return !line.bench.bus().statistics().fault.empty(); }));
  line.device.plug();
  CHECK(line.bench.until([&line] { return line.bench.lines.back().empty(); }, 2s));
  CHECK(line.bench.bus().up());
  CHECK(line.bench.ask(write_coil(1, 6, true)).ending == Ending::answered);
  CHECK(line.bench.bus().statistics().reopened == 1);
  CHECK(line.bench.until([&line, poll] {
    return line.bench.reports.back().poll == poll &&
           line.bench.reports.back().answer.ending == Ending::answered;
  }));
}

TEST_CASE("serial: commands that wait when the line goes end unsent, at once") {
  Line line([](const Bytes&) { return std::vector<Say>{}; });
  std::vector<Ending> endings;
  const auto note = [&endings](const Answer& answer) { endings.push_back(answer.ending); };
  for (int index = 0; index < 5; ++index)
    line.bench.bus().submit(read_words(1, 5), Lane::command, Steady::now() + 30s, note);
  line.device.unplug();
  CHECK(line.bench.until([&endings] { return endings.size() == 5; }, 2s));
  CHECK(std::ranges::count(endings, Ending::line_down) >= 4);
}

TEST_CASE("serial: a missing port, a file that is no port, a port held: a sentence each") {
  SUBCASE("missing") {
    BusBench bench(serial_config("/dev/genkan-no-such-port"));
    REQUIRE(bench.until([&bench] { return !bench.lines.empty(); }));
    CHECK(bench.lines[0] ==
          "the port /dev/genkan-no-such-port is not there; is the adapter plugged in?");
  }
  SUBCASE("no port") {
    BusBench bench(serial_config("/dev/null"));
    REQUIRE(bench.until([&bench] { return !bench.lines.empty(); }));
    CHECK(bench.lines[0] == "the port /dev/null is no serial port");
  }
  SUBCASE("held") {
    fake::SerialDevice device(obedient);
    const int holder = ::open(device.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(::flock(holder, LOCK_EX | LOCK_NB) == 0);
    BusBench bench(serial_config(device.path()));
    REQUIRE(bench.until([&bench] { return !bench.lines.empty(); }));
    CHECK(bench.lines[0].find("is held by another program") != std::string::npos);
    ::close(holder);
    CHECK(bench.until([&bench] { return bench.bus().up(); }, 2s));
  }
  SUBCASE("two buses on one port") {
    Line line;
    BusBench second(serial_config(line.device.path()));
    REQUIRE(second.until([&second] { return !second.lines.empty(); }));
    CHECK(second.lines[0].find("is held by another program") != std::string::npos);
  }
}

TEST_CASE("serial: direction control that the port lacks is said so") {
  fake::SerialDevice device(obedient);
  for (const auto direction : {domain::DirectionControl::kernel, domain::DirectionControl::rts}) {
    auto config = serial_config(device.path());
    std::get<domain::SerialLine>(config.line).direction = direction;
    BusBench bench(config);
    REQUIRE(bench.until([&bench] { return !bench.lines.empty(); }));
    CHECK(bench.lines[0].find("say direction = ") != std::string::npos);
    CHECK_FALSE(bench.bus().up());
  }
}

TEST_CASE("serial: any speed, and descriptors of 1024 and more") {
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  rlimit more = old;
  more.rlim_cur = std::min<rlim_t>(old.rlim_max, 2048);
  ::setrlimit(RLIMIT_NOFILE, &more);
  std::vector<int> taken;
  fake::SerialDevice device(obedient);
  while (taken.empty() || taken.back() < 1030) {
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(next >= 0);
    taken.push_back(next);
  }
  for (const std::uint32_t baud : {9'600U, 115'200U, 12'345U}) {
    CAPTURE(baud);
    BusBench bench(serial_config(device.path(), baud));
    CHECK(bench.ask(read_words(1, 5)).values == std::vector<std::uint16_t>{5, 6});
  }
  for (const int one : taken) ::close(one);
  ::setrlimit(RLIMIT_NOFILE, &old);
}

TEST_CASE("serial: the end is quick, what waits is cancelled, and nothing is told afterwards") {
  Line line([](const Bytes&) { return std::vector<Say>{}; });
  line.bench.bus().add_poll({.unit = 3});
  line.bench.run_for(20ms);
  std::vector<Ending> endings;
  const auto note = [&endings](const Answer& answer) { endings.push_back(answer.ending); };
  for (int index = 0; index < 3; ++index)
    line.bench.bus().submit(read_words(1, 5), Lane::bulk, Steady::now() + 30s, note);
  line.bench.reports.clear();
  const auto begun = Steady::now();
  line.bench.close();
  CHECK(Steady::now() - begun < 1s);
  CHECK(endings.empty());
  line.bench.run_for(20ms);
  CHECK(endings.size() == 3);
  CHECK(line.bench.reports.empty());
}

TEST_CASE("serial: at the end, what is on the wire is heard out, and no longer than it may take") {
  constexpr auto thinks = 100ms;
  bool answers = true;
  SUBCASE("it answers") {}
  SUBCASE("it is silent") { answers = false; }
  CAPTURE(answers);
  Line line([answers, thinks](const Bytes& question) {
    auto said = answers ? obedient(question) : std::vector<Say>{};
    for (auto& one : said) one.after = thinks;
    return said;
  });
  std::vector<Ending> endings;
  line.bench.bus().submit(read_words(1, 5), Lane::command, Steady::now() + 30s,
                          [&endings](const Answer& answer) { endings.push_back(answer.ending); });
  REQUIRE(line.bench.until([&line] { return line.device.questions().size() == 1; }, 2s));
  const auto begun = Steady::now();
  line.bench.close();
  CHECK(Steady::now() - begun < 2s);
  line.bench.run_for(20ms);
  REQUIRE(endings.size() == 1);
  CHECK(endings[0] == (answers ? Ending::answered : Ending::silent));
}
