#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "drivers/devices/device.hpp"
#include "drivers/profile/mailbox.hpp"

namespace genkan::devices {

// One action's conversation with a lock's memory: single exchanges in the bulk lane, each asked
// when the one before has been answered, so that a command never waits behind more than one of
// them. A lost answer is asked for again, twice: every exchange sets or reads the same thing a
// second time. "Busy" (exception 6) is waited out for the model's longest time. Loop thread; lives
// in the coroutine that calls it. Nothing of what it carries is logged.
class MemoryTalk {
 public:
  // The device's profile has a memory.
  MemoryTalk(std::shared_ptr<Device> device, SteadyTime deadline);

  const profile::Profile& profile() const { return device_->profile(); }
  profile::DevicePlace place() const { return {device_->config().unit, device_->config().channel}; }
  SteadyTime now() const { return device_->context().clock.steady(); }

  // Asks one after the other; what the reads brought. Errors: unreachable, timeout, rejected,
  // busy (the bus's queue is full), cancelled (the device is taken off).
  boost::asio::awaitable<Result<profile::RegisterImage>> ask(std::vector<bus::Exchange> questions);
  // Gives an order and waits for the lock's own answer, never `busy`.
  boost::asio::awaitable<Result<profile::SlotResult>> order(
      profile::SlotOrder order, domain::SlotAddress address,
      std::optional<domain::SlotContent> content);

  // With the device's name in front.
  Error error(ErrorCode code, const std::string& sentence) const;
  // "slot 12 of area owner"
  std::string name_of(domain::SlotAddress address) const;

 private:
  boost::asio::awaitable<bus::Answer> ask_once(bus::Exchange question);
  boost::asio::awaitable<Result<std::vector<std::uint16_t>>> ask_until_answered(
      bus::Exchange question);
  boost::asio::awaitable<Result<profile::SlotResult>> result(std::chrono::milliseconds usual);
  boost::asio::awaitable<void> pause_until(SteadyTime when);
  std::optional<Error> hindrance() const;

  std::shared_ptr<Device> device_;
  SteadyTime deadline_;
  std::shared_ptr<Wake> wake_;
};

}  // namespace genkan::devices
