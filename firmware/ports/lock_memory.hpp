#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/domain/locks/lock_model.hpp"

namespace genkan::ports {

namespace asio = boost::asio;

// A slot as it was read: who gives contents away tells them, others only that it is taken.
struct SlotRead {
  bool card = false;
  std::optional<domain::SlotContent> content;
};

struct MemoryRead {
  std::map<domain::SlotAddress, SlotRead> occupied;
  std::uint8_t enabled_areas = 0;  // how many of the areas that need enabling count, in order
  // Says which piece of hardware it is, where it can tell; another one: the lock was swapped.
  std::optional<std::uint32_t> serial;
  // Counts what was changed in the memory, by us or by hand, where it can tell; wraps.
  std::optional<std::uint32_t> changes;
};

// What tells at the price of one or two exchanges that a memory is not what it was.
struct MemoryMark {
  std::optional<std::uint32_t> serial;   // as in MemoryRead
  std::optional<std::uint32_t> changes;  //
  bool operator==(const MemoryMark&) const = default;
};

// How a write or removal ended at the lock.
enum class SlotAnswer : std::uint8_t {
  done,
  already_there,  // the same key is in the lock: in `where`, if it says
  refused,        // `refusal` says why
};
enum class SlotRefusal : std::uint8_t {
  none,
  no_such_slot,
  full,
  not_enabled,  // the area, at the lock
  bad_content,  // it cannot hold such a key: too long, of the wrong sort for the area
};
struct SlotWritten {
  SlotAnswer answer = SlotAnswer::done;
  std::optional<domain::SlotAddress> where;
  SlotRefusal refusal = SlotRefusal::none;
};

// The memories of the building's locks, over the bulk lane: a door's own command never waits for
// more than the one exchange that is on the wire. Loop thread. One call to a device at a time; a
// second one is ErrorCode::busy. Errors: unknown, unsupported (no memory), unreachable, timeout,
// rejected, busy, cancelled (the device is taken off, or the gateway stops). Each call ends at or
// before `deadline`; one that ended by it may or may not have done its work. The deadline is the
// caller's to choose: a slot takes some 0.3 s on a quiet line of 19,200 baud, five times as long
// where sixteen locks are polled flat out, and a whole memory that many times its taken slots.
class LockMemory {
 public:
  virtual ~LockMemory() = default;

  // Null for unknown devices and those that are no locks.
  virtual const domain::LockModel* model(const DeviceId& device) const = 0;

  // The whole memory.
  virtual asio::awaitable<Result<MemoryRead>> read(DeviceId device, SteadyTime deadline) = 0;
  // Writes and waits for the lock's own answer, then reads the slot back where the lock can be
  // read.
  virtual asio::awaitable<Result<SlotWritten>> write(DeviceId device, domain::SlotAddress address,
                                                     domain::SlotContent content,
                                                     SteadyTime deadline) = 0;
  // Proven gone: read back where it can be read, otherwise by the lock's answer. Removing from an
  // empty slot is done.
  virtual asio::awaitable<Result<>> remove(DeviceId device, domain::SlotAddress address,
                                           SteadyTime deadline) = 0;
  // The lock's clock, on the building's wall.
  virtual asio::awaitable<Result<std::chrono::local_seconds>> clock(DeviceId device,
                                                                    SteadyTime deadline) = 0;
  // `now` is what the wall shows at this call; the time until it is sent is added. Read back.
  virtual asio::awaitable<Result<>> set_clock(DeviceId device, std::chrono::local_seconds now,
                                              SteadyTime deadline) = 0;
  // Whether it is still the memory that was read; empty where the model can tell neither.
  virtual asio::awaitable<Result<MemoryMark>> mark(DeviceId device, SteadyTime deadline) = 0;
};

}  // namespace genkan::ports
