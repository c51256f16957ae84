#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"

// From a cloud's publish to the coil and to the answer: the whole product with a real broker, while
// the locks of scene "bench" are polled flat out. Times are CLOCK_MONOTONIC of one machine, in
// milliseconds; the coil's is the simulated building's own.
namespace genkan::bench {

struct CommandRun {
  test::MqttClient& cloud;
  test::Building& building;
  std::string gateway;
  std::string prefix;  // of the locks' ids: "rtu-", "tcp-"
  int without = 0;     // the number of a lock that is left out; 0: none
  int count = 150;
  // What is sent for a command; nothing: the plain call.
  std::function<test::MqttRequest(const std::string& device, std::string_view command)> request{};
};

struct CommandTimes {
  std::vector<double> to_coil;
  std::vector<double> to_answer;
};

// Sends the commands to locks 1 … 16 in turn, one each 120 to 180 ms, so that about three bolts are
// always on their way and read back meanwhile. Throws if one is not done.
CommandTimes command_times(const CommandRun& run);

// What twenty lines over the bare libraries reach from publish to coil: a subscriber of a broker in
// clear that writes the coil of tcp-16 at once.
std::vector<double> bare_coil_times(test::Building& building, int broker_port, int count);

// Quantiles over several rounds: the median of each.
class Rounds {
 public:
  void add(const std::vector<double>& times);
  double p50() const;
  double p99() const;

 private:
  std::vector<double> p50_;
  std::vector<double> p99_;
};

}  // namespace genkan::bench
