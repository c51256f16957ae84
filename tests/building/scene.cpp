#include "tests/building/scene.hpp"

#include <map>
#include <string>
#include <utility>

#include "tests/building/boards.hpp"
#include "tests/building/box12.hpp"
#include "tests/building/el100.hpp"
#include "tests/building/ev2.hpp"
#include "tests/building/ic1.hpp"
#include "tests/building/jema2.hpp"
#include "tests/building/sb8.hpp"
#include "tests/building/sp16.hpp"

namespace building {

namespace {

using Names = std::map<int, std::string>;

// Adds units to one line.
class Hang {
 public:
  Hang(Bank& bank, MoveSink& moves) : bank_(bank), moves_(moves) {}

  template <class Model, class... More>
  void unit(int number, Names names, More... more) {
    Identity identity{bank_.line(), static_cast<std::uint8_t>(number), std::move(names)};
    bank_.add(std::make_unique<Model>(std::move(identity), moves_, more...));
  }

 private:
  Bank& bank_;
  MoveSink& moves_;
};

std::string lock_name(int floor, int door) {
  return "lock-" + std::to_string(floor) + "0" + std::to_string(door);
}

void hang_line_a(Hang hang) {
  for (int unit = 1; unit <= 16; ++unit) {
    hang.unit<El100>(unit, Names{{1, lock_name((unit - 1) / 4 + 1, (unit - 1) % 4 + 1)}});
  }
}

void hang_line_b(Hang hang) {
  for (int unit = 1; unit <= 6; ++unit) {
    hang.unit<El100>(unit, Names{{1, lock_name((unit - 1) / 4 + 5, (unit - 1) % 4 + 1)}});
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
    hang.unit<El100>(unit, Names{{1, prefix + std::to_string(unit)}});
  }
}

}  // namespace

std::optional<SceneName> scene_named(std::string_view name) {
  if (name == "sample") return SceneName::sample;
  if (name == "bench") return SceneName::bench;
  return std::nullopt;
}

Scene make_scene(SceneName name, Duration think, MoveSink& moves) {
  Scene scene;
  scene.line_a = std::make_unique<Bank>("line-a", think, moves);
  if (name == SceneName::bench) {
    scene.tcp = std::make_unique<Bank>("tcp", think, moves);
    hang_bench(Hang(*scene.line_a, moves), "rtu-");
    hang_bench(Hang(*scene.tcp, moves), "tcp-");
    return scene;
  }
  scene.line_b = std::make_unique<Bank>("line-b", think, moves);
  scene.tcp = std::make_unique<Bank>("tcp-1", think, moves);
  hang_line_a(Hang(*scene.line_a, moves));
  hang_line_b(Hang(*scene.line_b, moves));
  hang_tcp(Hang(*scene.tcp, moves));
  return scene;
}

}  // namespace building
