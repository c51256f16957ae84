#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/ports/lock_memory.hpp"

namespace genkan::fakes {

// A lock's memory without a lock. The test changes it as a hand at the lock would.
struct FakeLock {
  domain::LockModel model;
  std::map<domain::SlotAddress, domain::SlotContent> slots;
  std::uint8_t enabled_areas = 0;
  std::uint32_t serial = 1;
  std::uint32_t changes = 0;  // the fake counts what comes over the bus; a hand counts itself
  std::chrono::local_seconds clock{};
  bool tells_contents = true;
  bool says_where = true;  // an "already there" names the slot
  // What the lock does instead of its work: no answer, or a refusal of writes.
  std::optional<Error> fault;
  ports::SlotRefusal refusal = ports::SlotRefusal::none;
};

// 230 places for codes and cards; works as soon as written.
domain::LockModel shared_memory();
// 80 places, and 9 areas of 90 cards that count if enabled; keeps schedules and a clock.
domain::LockModel scheduling_memory();
// 9 codes and, apart from them, 90 cards.
domain::LockModel separate_memory();

// The memories of FakeLocks. What is asked is done one hop of the loop later. Deterministic, one
// thread.
class FakeLockMemory final : public ports::LockMemory {
 public:
  explicit FakeLockMemory(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {}

  // The lock of that id; made, without a memory, when it is first asked for.
  FakeLock& lock(const std::string& device) { return locks_[DeviceId(device)]; }

  // What reached the locks, in order, never with contents: "lock-101 write 0/230".
  const std::vector<std::string>& done() const { return done_; }

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
  // The lock once its turn has come; one at a time.
  ports::asio::awaitable<Result<FakeLock*>> reach(DeviceId device, std::string what);
  ports::SlotWritten put(FakeLock& lock, domain::SlotAddress address, domain::SlotContent content);

  boost::asio::any_io_executor loop_;
  std::map<DeviceId, FakeLock> locks_;
  std::set<DeviceId> busy_;
  std::vector<std::string> done_;
};

}  // namespace genkan::fakes
