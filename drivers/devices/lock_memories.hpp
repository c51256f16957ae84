#pragma once

#include <functional>
#include <memory>
#include <set>

#include "drivers/devices/device.hpp"
#include "firmware/ports/lock_memory.hpp"

namespace genkan::devices {

// The memories of the fleet's locks. README.md beside this tells how they are read and written.
class LockMemories final : public ports::LockMemory {
 public:
  // `find` gives the device of an id, or null.
  using Find = std::function<std::shared_ptr<Device>(const DeviceId&)>;
  explicit LockMemories(Find find) : find_(std::move(find)) {}

  const domain::LockModel* model(const DeviceId& device) const override;
  ports::asio::awaitable<Result<ports::MemoryRead>> read(DeviceId device,
                                                         SteadyTime deadline) override;
  ports::asio::awaitable<Result<ports::SlotWritten>> write(DeviceId device,
                                                           domain::SlotAddress address,
                                                           domain::SlotContent content,
                                                           SteadyTime deadline) override;
  ports::asio::awaitable<Result<>> remove(DeviceId device, domain::SlotAddress address,
                                          SteadyTime deadline) override;
  ports::asio::awaitable<Result<std::chrono::local_seconds>> clock(DeviceId device,
                                                                   SteadyTime deadline) override;
  ports::asio::awaitable<Result<>> set_clock(DeviceId device, std::chrono::local_seconds now,
                                             SteadyTime deadline) override;
  ports::asio::awaitable<Result<ports::MemoryMark>> mark(DeviceId device,
                                                         SteadyTime deadline) override;

 private:
  // A device of which one action is under way, until the last copy goes.
  struct Entry {
    std::shared_ptr<Device> device;
    std::shared_ptr<void> turn;
  };
  enum class Part { memory, clock };
  Result<Entry> enter(const DeviceId& id, Part part);

  Find find_;
  // Shared with the actions under way, which may outlive this.
  std::shared_ptr<std::set<DeviceId>> under_way_ = std::make_shared<std::set<DeviceId>>();
};

}  // namespace genkan::devices
