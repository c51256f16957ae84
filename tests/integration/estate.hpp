#pragma once

#include <memory>
#include <string>

#include "tests/integration/cloud.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {

// The sample building (or another scene), its gateway and a cloud of its own; unsigned commands are
// refused. Nothing runs but building and genkand until it is started.
struct Estate {
  // `cloud_settings`: further lines of genkand's [cloud].
  explicit Estate(const std::string& cloud_settings = {},
                  Building::Scene scene = Building::Scene::sample);

  House house;
  Cloud cloud;
  std::unique_ptr<Process> agent;

  // Also again, after a kill.
  void start_agent();
  // Enrolled by the cloud, claimed on the gateway; waits for the agent's certificate request.
  void claim();
  // Everything: broker, agent, claim, genkan-cloud, until the gateway is connected.
  void open();
  bool connected();

  // A signed command by genkan-cloud send.
  CliAnswer command(const std::string& device, const std::string& what);
  std::string bolt(const std::string& device);
  std::int64_t head();
  // Whether the mirror has all that the journal has.
  bool mirrored();
};

}  // namespace genkan::test
