#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/domain/locks/lock_model.hpp"
#include "tests/model/oracle.hpp"

namespace genkan::model {

// One lock with a memory, as a thing on the door: what was put into it, its own clock, and what a
// person at its keypad would experience.
struct SimSlot {
  Secret secret;
  std::optional<domain::LockSchedule> schedule;
  bool by_hand = false;  // programmed at the lock
};

class SimLock {
 public:
  SimLock(std::string id, Model model, std::uint32_t serial);

  const std::string& id() const { return id_; }
  Model model() const { return model_; }
  const domain::LockModel& domain_model() const { return domain_model_; }

  std::map<domain::SlotAddress, SimSlot> slots;
  std::uint8_t enabled = 0;  // master areas
  std::uint32_t serial;
  std::uint32_t changes = 0;  // to the memory
  bool tells_contents = true;
  bool tells_serial = true;
  bool reachable = true;

  bool is_counted(std::uint8_t area) const;  // not a master area that is not enabled
  bool has_slot(domain::SlotAddress address) const;
  // The slot that holds it, if one does that counts.
  std::optional<domain::SlotAddress> holds(const Secret& secret) const;
  // Whether it opens now. `steady`: real time.
  bool opens(const Secret& secret, SteadyTime steady) const;
  bool slot_opens(domain::SlotAddress address, SteadyTime steady) const;

  // Its clock, on its own wall.
  std::chrono::local_seconds clock(SteadyTime steady) const;
  void set_clock(std::chrono::local_seconds now, SteadyTime steady);
  void set_drift(int parts_per_million) { drift_ = parts_per_million; }

  // The last things that happened to it, for messages.
  void note(std::string what);
  const std::deque<std::string>& notes() const { return notes_; }

 private:
  std::string id_;
  Model model_;
  domain::LockModel domain_model_;
  std::chrono::local_seconds clock_set_to_{};
  SteadyTime clock_set_at_{};
  int drift_ = 0;
  std::deque<std::string> notes_;
};

domain::LockModel domain_model_of(Model model);
// Also in UTC minutes of 2000: what a clock without power begins with.
constexpr std::chrono::local_days power_up{std::chrono::year(2000) / 1 / 1};

}  // namespace genkan::model
