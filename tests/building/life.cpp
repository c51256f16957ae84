#include "tests/building/life.hpp"

#include <algorithm>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr int floors = 6;
constexpr int doors_a_floor = 4;
constexpr int compartments = 12;
// A courier who finds so many parcels waiting takes theirs away again.
constexpr std::size_t most_parcels = 5;
constexpr Duration hand_takes = 2s;  // from the opening to the parcel
constexpr Duration shut_after = 8s;  // an empty compartment that was opened

}  // namespace

Life::Life(std::uint32_t seed, Time now) : random_(seed) {
  planned_.emplace(now + 2s, Plan{What::elevator});
  planned_.emplace(now + 4s, Plan{What::somebody});
  planned_.emplace(now + 9s, Plan{What::courier});
  planned_.emplace(now + 20s, Plan{What::ring});
}

int Life::between(int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random_);
}

std::string Life::dwelling() {
  return std::to_string(between(1, floors) * 100 + between(1, doors_a_floor));
}

void Life::say(Time at, std::string command) {
  planned_.emplace(at, Plan{What::command, std::move(command)});
}

void Life::again(Time at, What what, int least_seconds, int most_seconds) {
  planned_.emplace(at + std::chrono::seconds(between(least_seconds, most_seconds)), Plan{what});
}

std::vector<std::string> Life::due(Time now) {
  std::vector<std::string> commands;
  while (next() <= now) {
    const auto node = planned_.extract(planned_.begin());
    carry_out(node.key(), node.mapped(), commands);
  }
  return commands;
}

void Life::carry_out(Time at, const Plan& plan, std::vector<std::string>& commands) {
  switch (plan.what) {
    case What::command: commands.push_back(plan.command); break;
    case What::somebody: someone_comes_home(at); break;
    case What::elevator: elevator(at); break;
    case What::courier: courier(at); break;
    case What::ring: ring(at); break;
  }
}

void Life::someone_comes_home(Time at) {
  again(at, What::somebody, 8, 20);
  const std::string lock = "lock-" + dwelling();
  Time& busy_until = busy_[lock];
  if (at < busy_until) return;
  busy_until = at + 10s;
  say(at, "hand " + lock + " unlock");
  say(at + 2500ms, "door " + lock + " open");
  say(at + 6s, "door " + lock + " close");
  say(at + 7s, "hand " + lock + " lock");
}

// One call at a time, and a rest in between.
void Life::elevator(Time at) {
  again(at, What::elevator, 12, 25);
  say(at,
      "elevator " + std::to_string(between(1, 2)) + " floor " + std::to_string(between(1, floors)));
}

void Life::courier(Time at) {
  again(at, What::courier, 40, 90);
  if (parcels_.size() >= most_parcels) return;
  int part = between(1, compartments);
  while (parcels_.contains(part)) part = part % compartments + 1;
  parcels_.insert(part);
  say(at, "deposit " + std::to_string(part) + " " + dwelling());
}

void Life::released(int compartment, Time now) {
  const std::string part = std::to_string(compartment);
  if (parcels_.erase(compartment) > 0) say(now + hand_takes, "collect " + part);
  say(now + shut_after, "shut " + part);
}

void Life::ring(Time at) {
  again(at, What::ring, 60, 120);
  say(at, "call " + dwelling());
  say(at + 4s, "answer");
  say(at + 12s, "cancel");
}

}  // namespace building
