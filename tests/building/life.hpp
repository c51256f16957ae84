#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/building/time.hpp"

namespace building {

// People in the building, for demonstrations: elevators run, doors open and close, parcels come and
// go, somebody rings. It only speaks commands of the control socket. Pure.
class Life {
 public:
  Life(std::uint32_t seed, Time now);

  Time next() const { return planned_.begin()->first; }
  // What happens up to `now`, as commands in order.
  std::vector<std::string> due(Time now);

 private:
  void plan(Time at);  // something at `at`, and the next planning a while later
  void someone_comes_home(Time at);
  void parcel(Time at);
  void ring(Time at);
  int between(int low, int high);
  std::string dwelling();

  std::mt19937 random_;
  std::multimap<Time, std::string> planned_;  // an empty command: plan something
};

}  // namespace building
