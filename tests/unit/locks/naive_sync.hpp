#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "firmware/domain/locks/slot_plan.hpp"
#include "tests/unit/locks/simulated_lock.hpp"

namespace genkan::domain::test {

// What may go wrong with one exchange.
enum class Mishap : std::uint8_t {
  none,
  silent,       // nothing arrives
  answer_lost,  // done, and nobody hears of it
  refused,
};

// The simplest program that carries out plans: notes on disk before the lock is touched, an image
// that is kept in step, retries. It may be killed before and after every exchange.
class NaiveSync {
 public:
  struct Killed {};

  NaiveSync(SimulatedLock& lock, std::function<Mishap()> mishap, std::function<bool()> kill)
      : lock_(lock), mishap_(std::move(mishap)), kill_(std::move(kill)) {}

  // Plans and acts until nothing is left to do now. `read_first`: reads the memory before the first
  // plan where it must be read; otherwise after it.
  void run(const std::vector<Claim>& claims, WallTime now, bool read_first);
  void set_reachable(bool reachable, WallTime now);

  SlotPlan plan(const std::vector<Claim>& claims, WallTime now) const;
  const std::map<SlotAddress, SlotNote>& notes() const { return notes_; }
  bool reachable() const { return reachable_; }
  bool has_image() const { return image_.has_value(); }

 private:
  void settle(const std::vector<Claim>& claims, WallTime now, bool read_first);
  void read();
  // False: it failed, and the rest of the plan is not to be trusted.
  bool carry_out(const SlotAction& action, WallTime now);
  bool write(SlotAddress address, const Claim& claim, WallTime now);
  bool remove(SlotAddress address, WallTime now);
  bool failed(SlotAddress address, NotSet fault, WallTime now);
  Mishap exchange();
  void may_be_killed() const;

  SimulatedLock& lock_;
  std::function<Mishap()> mishap_;
  std::function<bool()> kill_;
  bool reachable_ = true;
  std::map<SlotAddress, SlotNote> notes_;  // the disk
  std::optional<MemoryImage> image_;
  int changes_seen_ = 0;
};

}  // namespace genkan::domain::test
