#include "tests/building/life.hpp"

namespace building {

namespace {
using namespace std::chrono_literals;
constexpr int floors = 6;
constexpr int doors_a_floor = 4;
}  // namespace

Life::Life(std::uint32_t seed, Time now) : random_(seed) { planned_.emplace(now + 2s, ""); }

int Life::between(int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random_);
}

std::string Life::dwelling() {
  return std::to_string(between(1, floors) * 100 + between(1, doors_a_floor));
}

std::vector<std::string> Life::due(Time now) {
  std::vector<std::string> commands;
  while (next() <= now) {
    const auto node = planned_.extract(planned_.begin());
    if (node.mapped().empty()) {
      plan(node.key());
    } else {
      commands.push_back(node.mapped());
    }
  }
  return commands;
}

void Life::plan(Time at) {
  planned_.emplace(at + std::chrono::seconds(between(3, 9)), "");
  switch (between(0, 9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      planned_.emplace(at, "elevator " + std::to_string(between(1, 2)) + " floor " +
                               std::to_string(between(1, floors)));
      break;
    case 4:
    case 5:
    case 6: someone_comes_home(at); break;
    case 7:
    case 8: parcel(at); break;
    default: ring(at); break;
  }
}

void Life::someone_comes_home(Time at) {
  const std::string lock = "lock-" + dwelling();
  planned_.emplace(at, "hand " + lock + " unlock");
  planned_.emplace(at + 2500ms, "door " + lock + " open");
  planned_.emplace(at + 6s, "door " + lock + " close");
  planned_.emplace(at + 7s, "hand " + lock + " lock");
}

void Life::parcel(Time at) {
  const std::string part = std::to_string(between(1, 12));
  planned_.emplace(at, "deposit " + part + " " + dwelling());
  planned_.emplace(at + std::chrono::seconds(between(30, 90)), "collect " + part);
}

void Life::ring(Time at) {
  planned_.emplace(at, "call " + dwelling());
  planned_.emplace(at + 4s, "answer");
  planned_.emplace(at + 12s, "cancel");
}

}  // namespace building
