#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "firmware/ports/lock_memory.hpp"
#include "tests/model/sim_lock.hpp"

namespace genkan::model {

enum class LockOp { read, write, remove, clock, set_clock, mark };
std::string_view name_of(LockOp op);

// What becomes of one call.
struct CallFate {
  bool done = true;      // it happened at the lock
  bool answered = true;  // and the gateway learns what; otherwise: no answer in time
  bool refused = false;  // the lock says no, and does nothing
  bool hangs = false;    // first it waits for let_go()
};

// The world that the locks are in: it decides what goes wrong, and watches what is done.
class LockWatcher {
 public:
  virtual ~LockWatcher() = default;
  virtual CallFate fate(SimLock& lock, LockOp op) = 0;
  // A write or removal takes effect at a reachable lock now.
  virtual void on_write(SimLock& lock, domain::SlotAddress slot, const Secret& secret) = 0;
  virtual void on_remove(SimLock& lock, domain::SlotAddress slot) = 0;
  // How a call ended for the gateway.
  virtual void on_end(SimLock& lock, LockOp op, bool well) = 0;
};

// The memories of all locks behind the product's port. Calls end one hop of the loop later, or, if
// they hang, after let_go(). One thread, deterministic.
class SimMemory final : public ports::LockMemory {
 public:
  SimMemory(boost::asio::any_io_executor loop, const Clock& clock, LockWatcher& watcher);

  SimLock& add(std::string id, Model model);
  SimLock& at(const std::string& id) { return locks_.at(id); }
  std::map<std::string, SimLock>& locks() { return locks_; }
  // A device that is off the site for the product: model() knows it no more.
  bool hanging() const { return !hanging_.empty(); }
  bool hanging(const std::string& id) const;
  void let_go();

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
  struct Waiting {
    std::string lock;
    boost::asio::steady_timer* gate;
  };
  // Waits its hop (or longer); what becomes of the call.
  ports::asio::awaitable<CallFate> begin(SimLock& lock, LockOp op);
  Error no_answer(SimLock& lock, LockOp op);

  boost::asio::any_io_executor loop_;
  const Clock& clock_;
  LockWatcher& watcher_;
  std::map<std::string, SimLock> locks_;
  std::list<Waiting> hanging_;
};

Secret secret_of(const domain::SlotContent& content);

}  // namespace genkan::model
