#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "drivers/devices/delay.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/domain/device_state.hpp"

namespace genkan::devices {

// What every part of the fleet shares. The clock outlives the fleet.
struct Context {
  boost::asio::any_io_executor loop;
  std::shared_ptr<Delay> delay;
  const Clock& clock;
  // Tells the listener of a change; does nothing once the fleet is gone.
  std::function<void(const DeviceId&, const domain::Reported& before, const domain::Reported& now)>
      tell;
  // The names of a panel's zones that are active and not bypassed, as last read.
  std::function<std::vector<std::string>(const DeviceId& panel)> active_zones;
};

}  // namespace genkan::devices
