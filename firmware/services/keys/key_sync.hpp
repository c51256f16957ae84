#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/domain/locks/key_claims.hpp"
#include "firmware/domain/locks/slot_plan.hpp"
#include "firmware/ports/lock_memory.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/keys/key_facts.hpp"
#include "firmware/services/keys/key_news.hpp"
#include "firmware/services/keys/key_standings.hpp"

namespace genkan::services {

// How a lock's memory stands, for people.
struct LockKeys {
  const domain::LockModel* model = nullptr;  // null: not a lock, or without a memory
  std::vector<domain::KeyStanding> standings;
  std::map<domain::SlotAddress, domain::SlotReading> foreign;
  std::optional<domain::MemoryImage> image;  // as last read
  WallTime read_at{};  // of the image that the standings were made from; none: not yet
  std::optional<std::uint32_t> serial;
  std::optional<std::chrono::seconds> clock_off;  // ahead: above 0; locks that keep schedules
  std::string fault;                              // why the lock cannot be brought up to date
};

// The reconciler of keys: for each lock it computes what should be in its memory (domain/locks),
// and closes the difference to what is there, one slot at a time, each noted on disk before the
// lock is touched. Nothing is remembered in a timer: the plan is made anew from the records after
// every step, at every start, after every loss of the device, and once a day with the memory read
// whole (DEV-5). While the gateway's clock is not trusted nothing is written or removed. Loop
// thread.
class KeySync final : public KeyStandings {
 public:
  struct Needs {
    boost::asio::any_io_executor loop;
    ports::LockMemory& memory;
    ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    const domain::KeyBook& book;
    const domain::Holidays& holidays;
    const domain::KeyHasher& hasher;
    const KeyFacts& facts;
    KeyNews& news;
  };
  explicit KeySync(const Needs& needs);
  ~KeySync() override;  // what is under way ends without touching the sync any more
  KeySync(const KeySync&) = delete;
  KeySync& operator=(const KeySync&) = delete;

  // The notes of the last run; before the first tick.
  void restore(const std::map<DeviceId, std::vector<domain::SlotNote>>& notes);
  // The notes as they are, of devices that are not there too.
  std::map<DeviceId, std::vector<domain::SlotNote>> notes() const;
  // What another gateway noted of locks of which nothing is noted here; they are on disk already.
  // Takes effect at the next site_changed().
  void adopt(const std::vector<std::pair<DeviceId, domain::SlotNote>>& notes);
  // Devices came or went, or their lead or coupling changed. Notes of devices that are gone stay on
  // disk until the device is back or forget() is told.
  void site_changed();
  // Keys, groups, holders or holidays changed: all locks are looked at again.
  void book_changed();
  // The device answers again: its memory is read before anything is written.
  void returned(const DeviceId& device);
  // It missed an answer or two and is there again: what rested goes on, after a look at the lock.
  void heard_again(const DeviceId& device);
  // Somebody asks: read the memory at the next turn.
  void read_again(const DeviceId& device);
  // The same, at once, even if the lock was given a rest; ends once it was tried, at most `most`.
  // False: it was not by then, or the device has no memory.
  boost::asio::awaitable<bool> read_now(DeviceId device, std::chrono::milliseconds most);
  // Once a second, or when a test's clock has moved.
  void tick();

  LockKeys keys_of(const DeviceId& device) const override;
  // How one owner's keys stand at all doors.
  std::vector<std::pair<DeviceId, domain::KeyStanding>> standings_of(
      domain::KeyOwner owner, const std::string& id) const override;
  // Whose key is in that slot, as far as we wrote it: for "unlocked by" (HIS-2).
  std::optional<domain::KeyRef> owner_of(const DeviceId& device, domain::SlotAddress slot) const;
  // Keys of ours that are, or may be, in the lock's memory (SITE-7).
  std::vector<domain::KeyRef> still_in(const DeviceId& device) const override;
  // No lock is being talked to, and none has anything to do now.
  bool idle() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the coroutines under way
};

}  // namespace genkan::services
