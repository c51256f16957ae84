#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/cloud.hpp"
#include "tests/integration/mirror_view.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/long/fleet/fleet.hpp"

namespace genkan::fleet {

// What two programs took between two moments.
struct Cost {
  double seconds = 0;
  double cloud = 0;   // processor seconds
  double broker = 0;  // likewise
};

// A cloud with its broker, and a fleet of simulated gateways. Throws std::runtime_error.
class Town {
 public:
  // `gateways`: how many there may be.
  explicit Town(unsigned gateways);

  // Enrols every gateway, with the cloud's own library: certificate request, certificate, contract.
  // Seconds it took.
  double enrol();
  // Lets gateways connect until `count` have; seconds until all are online in the mirror.
  double grow(unsigned count);

  // Until the mirror has every record and everybody is online; seconds. Nothing after `within`.
  std::optional<double> wait_whole(std::chrono::seconds within);
  // Until the mirror knows so many gateways as online; seconds.
  std::optional<double> wait_online(std::int64_t count, std::chrono::seconds within);

  // Signed commands to gateways in turn, publish to answer in ms. Throws if one is not done.
  std::vector<double> command_times(int count);
  // The same by genkan-cloud send, a process each, from its start to its end.
  std::vector<double> send_times(int count);

  void kill_broker();  // and starts it again once everybody has noticed

  // Since construction, or the broker's start.
  Cost cost();
  double cloud_mib();
  double broker_mib();

  Fleet& fleet() { return *fleet_; }
  test::Cloud& cloud() { return cloud_; }
  test::MirrorView& mirror() { return *mirror_; }

 private:
  std::string next_gateway();

  test::TempDir folder_;
  test::Cloud cloud_;
  unsigned most_;
  std::vector<Gateway::Setup> setups_;
  unsigned grown_ = 0;
  unsigned asked_ = 0;
  std::optional<test::MirrorView> mirror_;
  std::optional<Fleet> fleet_;
  std::optional<test::MqttClient> client_;
};

}  // namespace genkan::fleet
