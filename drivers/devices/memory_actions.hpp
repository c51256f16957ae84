#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "drivers/devices/device.hpp"
#include "firmware/ports/lock_memory.hpp"

// What can be done with a lock's memory, each as ports::LockMemory says. The device's profile has a
// memory (and, for the clock, a clock); nobody else talks to that memory meanwhile.
namespace genkan::devices {

// Which slots are taken first, then only those. If the lock tells that its memory changed while it
// was read, it is read again, three times in all; then ErrorCode::busy.
boost::asio::awaitable<Result<ports::MemoryRead>> read_memory(std::shared_ptr<Device> device,
                                                              SteadyTime deadline);
boost::asio::awaitable<Result<ports::MemoryMark>> read_mark(std::shared_ptr<Device> device,
                                                            SteadyTime deadline);
boost::asio::awaitable<Result<ports::SlotWritten>> write_slot(std::shared_ptr<Device> device,
                                                              domain::SlotAddress address,
                                                              domain::SlotContent content,
                                                              SteadyTime deadline);
boost::asio::awaitable<Result<>> remove_slot(std::shared_ptr<Device> device,
                                             domain::SlotAddress address, SteadyTime deadline);
boost::asio::awaitable<Result<std::chrono::local_seconds>> read_clock(
    std::shared_ptr<Device> device, SteadyTime deadline);
// Read back: within 2 s of what it should be, or sent again, three times in all.
boost::asio::awaitable<Result<>> set_clock(std::shared_ptr<Device> device,
                                           std::chrono::local_seconds now, SteadyTime deadline);

}  // namespace genkan::devices
