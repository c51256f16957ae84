#pragma once

#include <functional>
#include <memory>

#include "drivers/bus/bus.hpp"

namespace genkan::devices {

// What the devices need of a bus: bus::Bus, or a test's own. The contract of each call is Bus's.
class Link {
 public:
  virtual ~Link() = default;
  virtual void submit(bus::Exchange exchange, bus::Lane lane, SteadyTime deadline,
                      std::function<void(bus::Answer)> done) = 0;
  virtual bus::PollId add_poll(const bus::PollSpec& spec) = 0;
  virtual void remove_poll(bus::PollId poll) = 0;
  virtual void hurry(bus::PollId poll) = 0;
  virtual void set_traits(std::uint8_t unit, bus::UnitTraits traits) = 0;
  virtual void forget_unit(std::uint8_t unit) = 0;
  virtual ports::BusStatistics statistics() const = 0;
};

// Opens the link of one bus; its events are called on the loop, never inside this call.
using LinkFactory =
    std::function<std::unique_ptr<Link>(const domain::BusConfig&, bus::Bus::Events)>;

// The factory that opens real buses.
LinkFactory open_buses(boost::asio::any_io_executor loop);

}  // namespace genkan::devices
