#pragma once

#include <string>

#include "firmware/base/metrics_text.hpp"
#include "firmware/services/cloud/cloud.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// How the gateway is, as numbers for Prometheus (docs/API.md): names genkan_*, counters _total,
// seconds, bytes and ratios as units. Loop thread.
class Metrics {
 public:
  struct Needs {
    const ports::Fleet& fleet;
    const ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    const Troubles& troubles;
    const GatewayPolicy& policy;
    Cloud& cloud;
  };
  explicit Metrics(const Needs& needs) : needs_(needs), started_(needs.clock.steady()) {}

  // In the text format 0.0.4.
  std::string text() const;

 private:
  void put_gateway(MetricsText& out) const;
  void put_storage(MetricsText& out) const;
  void put_buses(MetricsText& out) const;
  void put_devices(MetricsText& out) const;
  void put_troubles(MetricsText& out) const;
  void put_cloud(MetricsText& out) const;

  Needs needs_;
  SteadyTime started_;
};

}  // namespace genkan::services
