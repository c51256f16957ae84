#pragma once

#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"

namespace genkan::demo {

// The whole of it in one folder: broker, simulated building, genkand with the sample site and every
// device answering; genkan-agent ready to start.
struct House {
  // `building`: further options of the simulated building.
  explicit House(const std::vector<std::string>& building = {});

  test::TempDir folder;
  test::MosquittoBroker broker;
  test::Building building;
  test::Gateway gateway;
  test::Agent agent;
};

}  // namespace genkan::demo
