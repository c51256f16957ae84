#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "drivers/devices/wake.hpp"
#include "firmware/domain/command.hpp"

namespace genkan::devices {

// One command on its way; whoever asked waits on `wake` for `outcome`.
struct Ticket {
  domain::DeviceCommand command;
  SteadyTime deadline;
  std::shared_ptr<Wake> wake;
  std::optional<domain::Outcome> outcome;
  bool started = false;

  // The first ending counts.
  void end(domain::Outcome how);
};

// The commands of one device, one after the other. At most `most_waiting` wait. Loop thread.
class CommandQueue {
 public:
  static constexpr std::size_t most_waiting = 8;

  // Puts the ticket at the end and ends those waiting that it contradicts, or ends it as busy.
  void add(const std::shared_ptr<Ticket>& ticket);
  // The next that is to run, marked as started; null if none waits or one runs. Those whose
  // deadline has passed are ended.
  std::shared_ptr<Ticket> start(SteadyTime now);
  // The one that runs is over.
  void finished() { running_.reset(); }
  // Takes out one whose deadline passed before it began.
  void expire(const std::shared_ptr<Ticket>& ticket);
  // Ends all, also the one that runs.
  void clear(const domain::Outcome& how);

 private:
  std::deque<std::shared_ptr<Ticket>> waiting_;
  std::shared_ptr<Ticket> running_;
};

// Whether the newer command makes the older one pointless (lock and unlock, on and off, …).
bool contradicts(const domain::DeviceCommand& newer, const domain::DeviceCommand& older);

}  // namespace genkan::devices
