#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/building/time.hpp"

namespace building {

// People in the building, for demonstrations: elevators run, doors open and close, couriers bring
// parcels, somebody rings. Nothing that they do is worth an alarm: nobody forces a
// door or takes a parcel out of a compartment that the gateway has not released. It only
// speaks commands of the control socket, and hears which compartments were released. Pure.
class Life {
 public:
  Life(std::uint32_t seed, Time now);

  Time next() const { return planned_.begin()->first; }
  // What happens up to `now`, as commands in order.
  std::vector<std::string> due(Time now);
  // The gateway has released this compartment of the delivery box: whoever has a parcel in it takes
  // it out.
  void released(int compartment, Time now);

 private:
  enum class What : std::uint8_t { command, somebody, elevator, courier, ring };
  struct Plan {
    What what = What::command;
    std::string command{};
  };

  void carry_out(Time at, const Plan& plan, std::vector<std::string>& commands);
  void say(Time at, std::string command);
  void again(Time at, What what, int least_seconds, int most_seconds);
  void someone_comes_home(Time at);
  void elevator(Time at);
  void courier(Time at);
  void ring(Time at);
  int between(int low, int high);
  std::string dwelling();

  std::mt19937 random_;
  std::multimap<Time, Plan> planned_;
  std::map<std::string, Time> busy_;  // a lock, and until when somebody is at it
  std::set<int> parcels_;             // compartments with one
};

}  // namespace building
