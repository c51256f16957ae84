#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include "tests/building/memory_lock.hpp"
#include "tests/building/scene.hpp"
#include "tests/building/sp16.hpp"
#include "tests/building/tcp_session.hpp"
#include "tests/unit/building/recorder.hpp"

namespace building::test {
namespace {

TEST_CASE("modbus: each function, its limits and its exceptions") {
  struct {
    Bytes request;
    Bytes expected;
  } const cases[] = {
      {{1, 0, 0, 0, 16}, {1, 2, 0, 0}},
      {{2, 0, 4, 0, 2}, {2, 1, 0}},
      {{3, 0, 0, 0, 1}, {3, 2, 0, 0}},
      {{4, 0, 0, 0, 3}, {4, 6, 0, 0, 0, 0, 0, 0}},
      {{4, 0, 0, 0, 4}, {0x84, 2}},
      {{4, 0, 0, 0, 0}, {0x84, 3}},
      {{4, 0, 0, 0, 126}, {0x84, 3}},
      {{1, 0, 0, 0x07, 0xD1}, {0x81, 3}},
      {{4, 0xFF, 0xFF, 0, 2}, {0x84, 2}},
      {{4, 0, 0, 0}, {0x84, 3}},
      {{5, 0, 3, 0xFF, 0}, {5, 0, 3, 0xFF, 0}},
      {{5, 0, 3, 0xFF, 1}, {0x85, 3}},
      {{5, 0, 16, 0xFF, 0}, {0x85, 2}},
      {{15, 0, 0, 0, 9, 2, 0x55, 1}, {15, 0, 0, 0, 9}},
      {{15, 0, 0, 0, 9, 1, 0x55, 1}, {0x8F, 3}},
      {{15, 0, 8, 0, 9, 2, 0x55, 1}, {0x8F, 2}},
      {{6, 0, 0, 0, 3}, {6, 0, 0, 0, 3}},
      {{6, 0, 0, 0, 9}, {0x86, 3}},
      {{16, 0, 0, 0, 1, 2, 0, 3}, {16, 0, 0, 0, 1}},
      {{16, 0, 0, 0, 2, 4, 0, 3, 0, 3}, {0x90, 2}},
      {{7}, {0x87, 1}},
      {{43, 14, 1, 0}, {0xAB, 1}},
  };
  for (const auto& one : cases) {
    CAPTURE(static_cast<int>(one.request[0]));
    CAPTURE(one.request.size());
    Recorder log;
    Sp16 panel(Identity{"tcp", 1, {}}, log);
    CHECK(execute(panel, one.request, start, log) == one.expected);
  }
}

TEST_CASE("modbus: a write of several values is whole or not at all, and secrets are not told") {
  Recorder log;
  MemoryLock lock(Identity{"line-a", 1, {{1, "one"}}}, log, el_100());
  const Bytes good{16, 0, 101, 0, 2, 4, 0, 1, 0x12, 0x34};
  CHECK(execute(lock, good, start, log) == Bytes{16, 0, 101, 0, 2});
  REQUIRE(log.moves.size() == 2);
  CHECK(log.moves[0].value == 1);
  CHECK(log.moves[1].value.is_null());
  const Bytes bad{16, 0, 100, 0, 2, 4, 0, 2, 0, 3};
  CHECK(execute(lock, bad, start, log) == Bytes{0x90, 3});
  CHECK(lock.read(Table::holding, 101) == 1);
  CHECK(log.moves.size() == 2);
}

TEST_CASE("tcp: frames out of a stream, answers with the same transaction") {
  Recorder log;
  Bank bank("tcp", 1ms, log);
  bank.add(std::make_unique<MemoryLock>(Identity{"tcp", 1, {}}, log, el_100()));
  Random random(1);
  TcpSession session(bank, random);
  Bytes stream{0, 7, 0, 0, 0, 6, 1, 4, 0, 0, 0, 1, 0, 8, 0, 0, 0, 6, 2, 4, 0, 0, 0, 1};
  Bytes out;
  CHECK(session.received(std::span(stream).first(9), start));
  CHECK_FALSE(session.next().has_value());
  CHECK(session.received(std::span(stream).subspan(9), start));
  REQUIRE(session.next() == start + 1ms);
  session.advance(start + 1ms, out);
  CHECK(out == Bytes{0, 7, 0, 0, 0, 5, 1, 4, 2, 0, 1});  // unit 2 is not there: silence
  const Bytes nonsense{0, 1, 0, 9, 0, 6, 1, 4, 0, 0, 0, 1};
  CHECK_FALSE(session.received(nonsense, start));
}

TEST_CASE("scenes: every device of the sample building has its place, and names are unique") {
  Recorder log;
  const Scene scene = make_scene(SceneName::sample, Duration::zero(), log);
  std::map<std::string, int> seen;
  for (const Bank* bank : {scene.line_a.get(), scene.line_b.get(), scene.tcp.get()}) {
    for (const auto& [number, unit] : bank->units()) {
      for (const auto& [channel, name] : unit->identity().names) ++seen[name];
    }
  }
  CHECK(seen.size() == 54);
  for (const auto& [name, count] : seen) CHECK_MESSAGE(count == 1, name);
  CHECK(scene.line_a->units().at(16)->identity().name(1) == "lock-404");
  CHECK(scene.line_b->units().at(6)->identity().name(1) == "lock-602");
  const Scene bench = make_scene(SceneName::bench, Duration::zero(), log);
  CHECK(bench.line_b == nullptr);
  CHECK(bench.tcp->units().size() == 16);
}

// The devices of a site file in these folders, as "id line unit channel model".
std::set<std::string> devices_of_site(const std::string& file) {
  std::ifstream stream(std::string(GENKAN_SOURCE_DIR) + "/tests/building/" + file);
  std::set<std::string> devices;
  std::map<std::string, std::string> device;
  const auto end_of_table = [&devices, &device] {
    if (device.contains("model")) {
      const std::string channel = device.contains("channel") ? device["channel"] : "1";
      devices.insert(device["id"] + " " + device["bus"] + " " + device["unit"] + " " + channel +
                     " " + device["model"]);
    }
    device.clear();
  };
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("[")) end_of_table();
    const auto equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    std::string value = line.substr(equals + 3);
    std::erase(value, '"');
    device[line.substr(0, equals)] = value;
  }
  end_of_table();
  return devices;
}

TEST_CASE("scenes: the locks of the sample building are those of its site file") {
  Recorder log;
  const Scene scene = make_scene(SceneName::sample, Duration::zero(), log);
  const auto site = devices_of_site("sample-site.toml.in");
  CHECK(site.size() == 54);
  int locks = 0;
  for (const Bank* bank : {scene.line_a.get(), scene.line_b.get()}) {
    for (const auto& [number, unit] : bank->units()) {
      if (dynamic_cast<const MemoryLock*>(unit.get()) == nullptr) continue;
      ++locks;
      const std::string wanted = unit->identity().name(1) + " " + bank->line() + " " +
                                 std::to_string(number) + " 1 " + std::string(unit->model());
      CHECK_MESSAGE(site.contains(wanted), wanted);
    }
  }
  CHECK(locks == 22);
  CHECK(site.contains("lock-501 line-b 1 1 io-80"));
  CHECK(site.contains("lock-502 line-b 2 1 pk-9"));
  CHECK(site.contains("lock-503 line-b 3 1 pk-9s"));
}

TEST_CASE("scenes: keys is one line with every lock model, as its site file says") {
  Recorder log;
  const Scene scene = make_scene(SceneName::keys, Duration::zero(), log);
  CHECK(scene.line_b == nullptr);
  CHECK(scene.tcp == nullptr);
  std::set<std::string> there;
  for (const auto& [number, unit] : scene.line_a->units()) {
    for (const auto& [channel, name] : unit->identity().names) {
      std::string model(unit->model());
      if (model == "jema-2") model = "jema-door";
      if (model == "la-8") model = "la-8-light";
      there.insert(name + " line-a " + std::to_string(number) + " " + std::to_string(channel) +
                   " " + model);
    }
  }
  CHECK(there.size() == 11);
  CHECK(there.contains("lock-5 line-a 5 1 io-80"));
  CHECK(there.contains("lock-8 line-a 8 1 pk-9s"));
  CHECK(there == devices_of_site("keys-site.toml.in"));
}

}  // namespace
}  // namespace building::test
