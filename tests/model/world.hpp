#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/model/dice.hpp"
#include "tests/model/oracle_slots.hpp"
#include "tests/model/product.hpp"

namespace genkan::model {

// The product does not do what the rules say. The text tells seed, time, door, what the oracle
// says, what the lock holds and what was done to it last.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What all seeds share; made once, costs a second.
struct Places {
  Places();
  Wall tokyo{"Asia/Tokyo"};
  Wall new_york{"America/New_York"};
  Wall london{"Europe/London"};
  Wall lord_howe{"Australia/Lord_Howe"};
  std::vector<const Wall*> walls{&tokyo, &new_york, &london, &lord_howe};
  Holidays holidays = holidays_of_japan();
  domain::Holidays product_holidays;
  fakes::FakeModels models;
  std::unique_ptr<domain::KeyHasher> hasher;
};

// A site of four buildings in four zones with 40 locks, the product on it, and everything that can
// happen to them, by the dice of one seed. Time goes from one moment at which anything can change
// to the next, and to random ones between; after each, what every door opens to is compared with
// what the oracle says.
class World final : public LockWatcher {
 public:
  World(const Places& places, std::uint64_t seed);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Throws Failure.
  void run(int days);

  struct Counts {
    std::uint64_t checks = 0;   // a key compared at a door
    std::uint64_t steps = 0;    // moments
    std::uint64_t touched = 0;  // writes and removals at locks
    std::uint64_t restarts = 0;
    std::uint64_t excused = 0;  // a key that was not as it should be, shown as such
    std::uint64_t full = 0;     // not set for want of a slot
  };
  const Counts& counts() const { return counts_; }

 private:
  // What the world knows of a lock beside the lock.
  struct Place {
    SimLock* lock = nullptr;
    SlotOracle slots;
    bool exact = false;      // `slots` tells who must have one
    int errors = 0;          // since all was well
    Millis last_error = 0;   //
    bool answered = true;    // the last call
    Millis changed_at = -1;  // behind the product's back; -1: it has read the memory since
    Millis clock_at = 0;     // when its clock was last disturbed
    int flaky = 0;           // percent of calls that go wrong
    std::uint32_t seen = 0;  // its changes at the last check
    bool looked_at = false;  // the keys were compared with what is shown since then
  };

  // LockWatcher
  CallFate fate(SimLock& lock, LockOp op) override;
  void on_write(SimLock& lock, domain::SlotAddress slot, const Secret& secret) override;
  void on_remove(SimLock& lock, domain::SlotAddress slot) override;
  void on_end(SimLock& lock, LockOp op, bool well) override;

  // world.cpp: time
  Millis gateway_time() const { return millis(clock_.wall()); }
  bool working() const { return product_ != nullptr && clock_.trust() == ClockTrust::trusted; }
  void pass(Millis time);
  void at(Millis when, std::function<void()> event);
  Millis next_moment();
  void dry();
  void settle();
  void tell(std::string what);
  [[noreturn]] void fail_at(const std::string& door, std::string_view what);
  // The same from within a call of the product: told once the loop is dry.
  void fail_later(const std::string& door, std::string_view what);
  std::string story_of(const std::string& door);

  // world_site.cpp
  void build();
  void add_door(std::size_t building, int number, Model model, bool common);
  void fill_by_hand(SimLock& lock, int left);
  void put_site(ports::Change change);

  // world_people.cpp: what people do at their desks
  void plan_people(int days);
  void reserve();
  void edit();
  void remove();
  void put(const Booking& booking);
  void follow(Booking& booking);
  void make_holder();
  void change_holder();
  void put_holder(const Booking& holder);
  void change_group();
  void change_site();
  When some_time(const std::string& door);
  When some_recurrence(DayNumber today);
  std::string some_code();
  std::string some_card();
  void clear_out();
  std::vector<std::string> ids(bool holders) const;

  // world_faults.cpp: what happens to locks, gateway and clocks
  void plan_faults(int days);
  void restart();
  void start();
  void clock_jumps();
  void lock_away();
  void lock_back(const std::string& door, bool told);
  void lock_flaky();
  void swap();
  void program();
  void erase();
  void power_cut();
  void masters();
  void wrong_clock();
  void changed_by_hand(Place& place, bool told);
  Place& some_place();

  // world_check.cpp
  void check();
  void check_door(const std::string& door, Place& place);
  void check_missing(const std::string& door, Place& place, const Due& due);
  void check_lingering(const std::string& door, Place& place, domain::SlotAddress slot);
  void check_schedules(const std::string& door, Place& place);
  void check_shown(const std::string& door, Place& place);
  std::string what_is_shown_wrong(const std::string& door, const Place& place);
  bool is_recovered(const std::string& door, const Place& place);
  bool check_clock(const std::string& door, Place& place);
  bool is_excused(const std::string& door, Place& place, Millis pause);
  bool is_shown_missing(const std::string& door, const Secret& secret);
  bool is_shown_lingering(const std::string& door, domain::SlotAddress slot);
  bool is_full(const Place& place, const Secret& secret) const;
  SlotOracle::AtTheLock at_the_lock(const Place& place) const;
  void check_slots(const std::string& door, Place& place, bool calm);

  const Places& places_;
  std::uint64_t seed_;
  Dice dice_;
  Millis now_;            // the real time
  Millis offset_ = 0;     // of the gateway's clock
  Millis last_jump_ = 0;  // of that clock
  boost::asio::io_context loop_{1};
  fakes::FakeClock clock_;
  SimMemory memory_;
  Oracle oracle_;
  std::map<std::string, Place> doors_;  // with a memory
  domain::Inventory site_;
  ports::Memory disk_;
  std::unique_ptr<Product> product_;
  bool dying_ = false;  // what is under way is the end of a killed product
  int boots_ = 0;
  std::multimap<Millis, std::function<void()>> events_;
  std::deque<std::string> told_;
  std::map<std::string, std::uint32_t> revisions_;
  std::map<std::string, When> validity_;
  std::vector<std::string> codes_;  // that come again and again
  int next_id_ = 1;
  Millis last_made_ = 0;
  std::string failed_;  // by fail_later
  Counts counts_;
};

}  // namespace genkan::model
