#include "tests/building/scene.hpp"

#include <map>
#include <string>
#include <utility>

#include "tests/building/boards.hpp"
#include "tests/building/box12.hpp"
#include "tests/building/ev2.hpp"
#include "tests/building/ic1.hpp"
#include "tests/building/jema2.hpp"
#include "tests/building/memory_lock.hpp"
#include "tests/building/sb8.hpp"
#include "tests/building/sp16.hpp"

namespace building {

namespace {

using Names = std::map<int, std::string>;

// Adds units to one line.
class Hang {
 public:
  Hang(Bank& bank, MoveSink& moves, MemoryKeep* keep) : bank_(bank), moves_(moves), keep_(keep) {}

  template <class Model, class... More>
  void unit(int number, Names names, More... more) {
    Identity identity{bank_.line(), static_cast<std::uint8_t>(number), std::move(names)};
    bank_.add(std::make_unique<Model>(std::move(identity), moves_, more...));
  }

  void lock(int number, std::string name, LockSpec spec) {
    unit<MemoryLock>(number, Names{{1, std::move(name)}}, std::move(spec), keep_);
  }

 private:
  Bank& bank_;
  MoveSink& moves_;
  MemoryKeep* keep_;
};

std::string lock_name(int floor, int door) {
  return "lock-" + std::to_string(floor) + "0" + std::to_string(door);
}

void hang_line_a(Hang hang) {
  for (int unit = 1; unit <= 16; ++unit) {
    hang.lock(unit, lock_name((unit - 1) / 4 + 1, (unit - 1) % 4 + 1), el_100());
  }
}

void hang_line_b(Hang hang) {
  const LockSpec specs[] = {io_80(), pk_9(), pk_9s(), el_100(), el_100(), el_100()};
  for (int index = 0; index < 6; ++index) {
    hang.lock(index + 1, lock_name(index / 4 + 5, index % 4 + 1), specs[index]);
  }
  hang.unit<Sb8>(7, Names{{1, "lock-603"}, {2, "lock-604"}});
  hang.unit<Jema2>(10, Names{{1, "lobby-door"}, {2, "bike-room-lock"}}, Jema2::Behind::door,
                   Jema2::Behind::lock);
  hang.unit<Ic1>(11, Names{{1, "intercom"}});
  hang.unit<Box12>(12, Names{{1, "boxes"}});
  hang.unit<WsRelay16>(13, Names{{1, "garage"}, {2, "corridor-light"}});
  hang.unit<WsInput16>(14, Names{{1, "bath-101"}, {2, "toilet-101"}});
}

void hang_tcp(Hang hang) {
  Names panel{{0, "panel"}};
  for (int zone = 1; zone <= Sp16::zones; ++zone) panel[zone] = "zone-" + std::to_string(zone);
  hang.unit<Sp16>(1, std::move(panel));
  hang.unit<Ev2>(2, Names{{1, "elevator-1"}, {2, "elevator-2"}});
  hang.unit<La8>(3, Names{{1, "lobby-light"}, {La8::air + 1, "lobby-air"}});
  hang.unit<Bt8>(4, Names{{1, "button-1"}});
}

void hang_bench(Hang hang, const std::string& prefix) {
  for (int unit = 1; unit <= 16; ++unit) {
    hang.lock(unit, prefix + std::to_string(unit), el_100());
  }
}

void hang_keys(Hang hang) {
  const LockSpec specs[] = {el_100(), el_100(), el_100(), el_100(),
                            io_80(),  io_80(),  pk_9(),   pk_9s()};
  int unit = 1;
  for (const LockSpec& spec : specs) {
    hang.lock(unit, "lock-" + std::to_string(unit), spec);
    ++unit;
  }
  hang.unit<Sb8>(9, Names{{1, "lock-9"}});
  hang.unit<Jema2>(10, Names{{1, "lobby-door"}}, Jema2::Behind::door, Jema2::Behind::lock);
  hang.unit<La8>(11, Names{{1, "light-1"}});
}

}  // namespace

std::optional<SceneName> scene_named(std::string_view name) {
  if (name == "sample") return SceneName::sample;
  if (name == "bench") return SceneName::bench;
  if (name == "keys") return SceneName::keys;
  return std::nullopt;
}

Scene make_scene(SceneName name, Duration think, MoveSink& moves, MemoryKeep* keep) {
  Scene scene;
  scene.line_a = std::make_unique<Bank>("line-a", think, moves);
  if (name == SceneName::keys) {
    hang_keys(Hang(*scene.line_a, moves, keep));
    return scene;
  }
  if (name == SceneName::bench) {
    scene.tcp = std::make_unique<Bank>("tcp", think, moves);
    hang_bench(Hang(*scene.line_a, moves, keep), "rtu-");
    hang_bench(Hang(*scene.tcp, moves, keep), "tcp-");
    return scene;
  }
  scene.line_b = std::make_unique<Bank>("line-b", think, moves);
  scene.tcp = std::make_unique<Bank>("tcp-1", think, moves);
  hang_line_a(Hang(*scene.line_a, moves, keep));
  hang_line_b(Hang(*scene.line_b, moves, keep));
  hang_tcp(Hang(*scene.tcp, moves, keep));
  return scene;
}

}  // namespace building
