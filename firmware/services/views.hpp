#pragma once

#include <optional>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/cloud/cloud.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/holds.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// The present, as JSON for the API and the topics; the shapes stand in gateway.hpp. Loop thread.
class Views {
 public:
  struct Needs {
    const ports::Fleet& fleet;
    const ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    const Troubles& troubles;
    const Holds& holds;
    const GatewayPolicy& policy;
    const Cloud& cloud;
  };
  explicit Views(const Needs& needs) : needs_(needs) {}

  void started() { started_ = {needs_.clock.steady(), needs_.clock.wall()}; }

  json::object status() const;
  json::object devices() const;
  std::optional<json::object> device(const DeviceId& device) const;
  json::object troubles() const;
  json::object buses() const;
  json::object models() const;

 private:
  struct Start {
    SteadyTime steady{};
    WallTime wall{};
  };
  json::object device_json(const domain::DeviceConfig& device) const;

  Needs needs_;
  Start started_;
};

}  // namespace genkan::services
