#include <algorithm>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/bus/fake_device.hpp"
#include "tests/unit/bus/loop.hpp"

using namespace genkan;
using namespace genkan::bus;
using fake::Bytes;
using fake::Say;

namespace {

std::vector<Say> obedient(const Bytes& question) {
  return {{.bytes = fake::obedient_tcp(question)}};
}

struct Link {
  fake::TcpDevice device;
  BusBench bench;

  explicit Link(fake::TcpDevice::Behaviour behaviour = obedient)
      : device(std::move(behaviour)), bench(tcp_config("127.0.0.1", device.port())) {
    for (std::uint8_t unit = 1; unit <= 9; ++unit)
      bench.bus().set_traits(unit, {.response_timeout = 150ms, .lateness = 3s});
    REQUIRE(bench.until([this] { return bench.bus().up(); }));
  }
};

}  // namespace

TEST_CASE("tcp: reads, writes, and every transaction has a number of its own") {
  std::vector<std::pair<int, int>> numbers;
  std::mutex mutex;
  Link link([&numbers, &mutex](const Bytes& question) {
    const std::lock_guard guard(mutex);
    numbers.emplace_back(question[0], question[1]);
    return obedient(question);
  });
  CHECK(link.bench.ask(read_words(1, 5)).values == std::vector<std::uint16_t>{5, 6});
  CHECK(link.bench.ask(write_coil(2, 6, true)).ending == Ending::answered);
  const std::lock_guard guard(mutex);
  REQUIRE(numbers.size() == 2);
  CHECK(numbers[0] != numbers[1]);
}

TEST_CASE("tcp: a late answer is told by its number; nobody waits for it") {
  Link link([](const Bytes& question) {
    const bool slow = question[9] == 110;
    return std::vector<Say>{
        {.after = fake::Milliseconds(slow ? 250 : 0), .bytes = fake::obedient_tcp(question)}};
  });
  CHECK(link.bench.ask(read_words(1, 110)).ending == Ending::silent);
  const auto begun = Steady::now();
  CHECK(link.bench.ask(read_words(1, 5)).values == std::vector<std::uint16_t>{5, 6});
  CHECK(Steady::now() - begun < 1s);
  CHECK(link.bench.until([&link] { return link.bench.bus().statistics().counts.late == 1; }));
}

TEST_CASE("tcp: faults are told apart") {
  struct Case {
    Ending ending;
    fake::TcpDevice::Behaviour fault;
  };
  const std::vector<Case> cases{
      {Ending::silent, [](const Bytes&) { return std::vector<Say>{}; }},
      {Ending::garbage, [](const Bytes&) { return std::vector<Say>{{.bytes = Bytes(20, 0xEE)}}; }},
      {Ending::partial,
       [](const Bytes& question) {
         Bytes half = fake::obedient_tcp(question);
         half.resize(half.size() / 2);
         return std::vector<Say>{{.bytes = half}};
       }},
      {Ending::wrong_unit,
       [](Bytes question) {
         question[6] = 9;
         return obedient(question);
       }},
      {Ending::exception,
       [](const Bytes& question) {
         return std::vector<Say>{
             {.bytes = {question[0], question[1], 0, 0, 0, 3, question[6], 0x83, 4}}};
       }},
  };
  for (const Case& one : cases) {
    CAPTURE(name_of(one.ending));
    std::atomic<bool> faulty{true};
    Link link([&faulty, &one](const Bytes& question) {
      return faulty.exchange(false) ? one.fault(question) : obedient(question);
    });
    CHECK(name_of(link.bench.ask(read_words(1, 5)).ending) == name_of(one.ending));
    CHECK(link.bench.ask(read_words(1, 40)).values == std::vector<std::uint16_t>{40, 41});
    CHECK(link.bench.bus().up());
  }
}

TEST_CASE("tcp: the connection dropped is a fault, tried again, and heals") {
  Link link;
  link.bench.bus().add_poll({.unit = 1, .address = 5});
  REQUIRE(link.bench.until([&link] { return !link.bench.reports.empty(); }));
  link.device.drop();
  REQUIRE(link.bench.until([&link] { return link.bench.lines.size() >= 2; }));
  CHECK(link.bench.lines[1].find("was closed by the other side") != std::string::npos);
  CHECK(link.bench.until([&link] { return link.bench.bus().up(); }, 2s));
  CHECK(link.bench.ask(read_words(1, 5)).ending == Ending::answered);
}

TEST_CASE("tcp: nobody listens: a sentence, no block, and a link once somebody does") {
  std::uint16_t port = 0;
  {
    const fake::TcpDevice reserved(obedient);
    port = reserved.port();
  }
  const auto begun = Steady::now();
  BusBench bench(tcp_config("127.0.0.1", port));
  CHECK(Steady::now() - begun < 500ms);
  REQUIRE(bench.until([&bench] { return !bench.lines.empty(); }));
  CHECK(bench.lines[0].find("refuses the connection") != std::string::npos);
  CHECK(name_of(bench.ask(read_words(1, 5)).ending) == "line_down");
  const fake::TcpDevice device(obedient, port);
  CHECK(bench.until([&bench] { return bench.bus().up(); }, 3s));
  CHECK(bench.ask(read_words(1, 5)).ending == Ending::answered);
}

TEST_CASE("tcp: a name is resolved; one that does not exist is a sentence") {
  SUBCASE("localhost") {
    const fake::TcpDevice device(obedient);
    BusBench bench(tcp_config("localhost", device.port()));
    CHECK(bench.ask(read_words(1, 5)).ending == Ending::answered);
  }
  SUBCASE("no such name") {
    BusBench bench(tcp_config("no-such-host.invalid", 502));
    REQUIRE(bench.until([&bench] { return !bench.lines.empty(); }));
    CHECK(bench.lines[0].find("cannot be made") != std::string::npos);
  }
}

TEST_CASE("tcp: while nobody answers the connecting, deadlines and the end are kept") {
  // 192.0.2.1 is for documentation (RFC 5737): either nobody answers, or there is no way there.
  BusBench bench(tcp_config("192.0.2.1", 502));
  const auto begun = Steady::now();
  const Answer answer = bench.ask(read_words(1, 5), Lane::command, 50ms);
  CHECK((answer.ending == Ending::expired || answer.ending == Ending::line_down));
  CHECK_FALSE(answer.sent);
  CHECK(Steady::now() - begun < 1s);
  const auto closing = Steady::now();
  bench.close();
  CHECK(Steady::now() - closing < 1s);
}

TEST_CASE("tcp: descriptors of 1024 and more") {
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  rlimit more = old;
  more.rlim_cur = std::min<rlim_t>(old.rlim_max, 2048);
  ::setrlimit(RLIMIT_NOFILE, &more);
  const fake::TcpDevice device(obedient);
  std::vector<int> taken;
  while (taken.empty() || taken.back() < 1030) {
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(next >= 0);
    taken.push_back(next);
  }
  {
    BusBench bench(tcp_config("127.0.0.1", device.port()));
    // The fake polls its own descriptors, so it takes the connection too.
    CHECK(bench.ask(read_words(1, 5)).ending == Ending::answered);
  }
  for (const int one : taken) ::close(one);
  ::setrlimit(RLIMIT_NOFILE, &old);
}

TEST_CASE("tcp: a dead unit among others is found, left out, and comes back") {
  std::atomic<bool> dead{true};
  Link link([&dead](const Bytes& question) {
    return dead.load() && question[6] == 2 ? std::vector<Say>{} : obedient(question);
  });
  for (std::uint8_t unit = 1; unit <= 3; ++unit)
    link.bench.bus().add_poll({.unit = unit, .address = 5, .interval = 20ms});
  REQUIRE(link.bench.until([&link] { return !link.bench.units.empty(); }));
  CHECK(link.bench.units[0] == std::pair(2, true));
  dead.store(false);
  const auto begun = Steady::now();
  CHECK(link.bench.until([&link] { return link.bench.units.size() == 2; }));
  CHECK(Steady::now() - begun < 2s);
}
