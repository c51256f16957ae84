// The simulated building as a program: what it leaves, and what survives its restart.
#include <filesystem>

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/integration/harness.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("building: it ends orderly on SIGTERM and quit, and leaves only its record") {
  TempDir folder;
  for (const bool by_signal : {true, false}) {
    Building building(folder.path(), Building::Scene::sample);
    CHECK(std::filesystem::is_symlink(building.line("line-a")));
    building.control("zone 5 active");
    CHECK(building.moves().size() == 1);
    if (by_signal) {
      building.process().signal(SIGTERM);
    } else {
      building.control("quit");
    }
    CHECK(building.process().wait(5s) == 0);
    for (const char* left : {"line-a", "line-b", "control.sock"}) {
      CHECK_MESSAGE(!std::filesystem::exists(std::filesystem::symlink_status(folder.path() / left)),
                    left);
    }
    CHECK(std::filesystem::exists(folder.path() / "moves.jsonl"));
  }
}

TEST_CASE("building: a restart after SIGKILL takes its folder over") {
  TempDir folder;
  {
    Building building(folder.path(), Building::Scene::bench);
    building.process().signal(SIGKILL);
    REQUIRE(building.process().wait(5s).has_value());
  }
  Building building(folder.path(), Building::Scene::bench);
  CHECK(building.control("devices").at("devices").as_array().size() == 32);
  CHECK(building.site().find('@') == std::string::npos);
}

}  // namespace
}  // namespace genkan::test
