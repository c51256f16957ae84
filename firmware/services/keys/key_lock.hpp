#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "firmware/services/keys/key_sync.hpp"
#include "firmware/services/keys/zones.hpp"
#include "firmware/services/signal.hpp"

namespace genkan::services {

// One lock of the reconciler: what we noted, what was read, what is due. Loop thread; held by
// shared_ptr, since work under way may outlive its place.
class KeyLock final : public std::enable_shared_from_this<KeyLock> {
 public:
  using Notes = std::map<domain::SlotAddress, domain::SlotNote>;

  KeyLock(const KeySync::Needs& needs, Zones& zones, DeviceId device, Notes notes);

  // Something is to be done now, and nothing is under way.
  bool due() const;
  bool working() const { return working_; }
  // Does all that is due, one step after the other. Called after take_up(), when due() says so.
  void take_up() { working_ = true; }
  boost::asio::awaitable<void> work();
  // No step begins from now on; what is under way touches nothing any more when it ends.
  void stop();

  // What should be in the lock may have changed.
  void look_again() { dirty_ = true; }
  // The memory is read before anything is written; failures so far do not count any more.
  void returned();
  void heard_again();
  void read_again();
  // How often the memory was read, or it was tried.
  std::uint32_t reads() const { return reads_; }
  // Waits for the next try after the first `before`, at most `most`; false if none ended by then.
  boost::asio::awaitable<bool> read_since(std::uint32_t before, std::chrono::milliseconds most);

  const domain::LockModel* model() const { return needs_.memory.model(device_); }
  const Notes& notes() const { return notes_; }
  const std::vector<domain::KeyStanding>& standings() const { return plan_.standings; }
  LockKeys view() const;

 private:
  enum class Step { done, failed };  // failed: no use in trying the next thing now

  boost::asio::awaitable<Step> read_memory();
  // A look at the price of an exchange or two: is it the memory that was read, is its clock right?
  bool look_is_due(WallTime now) const;
  boost::asio::awaitable<Step> look();
  boost::asio::awaitable<Step> check_mark();
  boost::asio::awaitable<Step> check_clock(const domain::TimeZone& zone);
  boost::asio::awaitable<Step> act(domain::SlotAction action);
  boost::asio::awaitable<Step> write(domain::SlotAddress slot, domain::Claim claim);
  boost::asio::awaitable<Step> remove(domain::SlotAddress slot);
  // Puts a note on disk before the lock is touched.
  boost::asio::awaitable<bool> note_first(domain::SlotNote note);

  std::chrono::local_seconds local_now(const domain::TimeZone& zone) const;
  // A reading that somebody may wait for ended: it failed, or the keys were compared with it.
  void tell_read();
  void no_answer(const Error& error);
  void answered();
  void plan();
  void unreachable_says(std::vector<domain::KeyStanding>& standings) const;

  void take_claims(const domain::LockModel& lock, WallTime now);
  void take_image(const ports::MemoryRead& read);
  void renew_stale_notes(const domain::MemoryImage& image, ports::Change& change);
  void tell_swap(const ports::MemoryRead& read, ports::Change& change);
  void tell_news_of(const domain::SlotPlan& next);
  void tell_foreign(const std::vector<domain::SlotAddress>& now, ports::Change& change);
  void tell_standing(const domain::KeyStanding* before, const domain::KeyStanding& now,
                     ports::Change& change);
  void already_there(domain::SlotNote note, const domain::Claim& claim,
                     const std::optional<domain::SlotAddress>& where);
  domain::SlotNote note_of(domain::SlotAddress slot, const domain::Claim& claim) const;
  void written(domain::SlotNote note, const domain::Claim& claim, domain::RecordKind kind);
  void keep(domain::SlotNote note, ports::Change change);
  void drop(domain::SlotAddress slot, ports::Change change);
  void keep_news(ports::Change change);
  enum class Outcome : std::uint8_t { nothing_done, not_known };
  void failed(domain::SlotNote note, const Error& error, Outcome outcome);
  std::optional<domain::SlotContent> content_of(const domain::Claim& claim) const;
  domain::RecordDraft record(domain::RecordKind kind, const domain::KeyRef& key,
                             std::optional<domain::SlotAddress> slot,
                             std::string_view why = {}) const;

  const KeySync::Needs& needs_;
  Zones& zones_;
  const DeviceId device_;
  Notes notes_;
  // As last read, for people; the plan believes it only while it holds: what became of a slot that
  // was being written or emptied when the lock went silent is not known until it is read again.
  std::optional<domain::MemoryImage> image_;
  bool image_holds_ = false;
  std::vector<domain::SlotAddress> foreign_;  // when an image last held
  WallTime image_at_{};
  WallTime compared_at_{};  // of the image that the standings are of; none: none yet
  std::optional<std::uint32_t> serial_;
  std::optional<std::chrono::seconds> clock_off_;
  std::vector<domain::Claim> claims_;
  WallTime claims_until_{};  // made anew after this
  domain::SlotPlan plan_;
  // Told as not set, by key and end of the time that was meant.
  std::map<std::pair<domain::KeyRef, WallTime>, domain::NotSet> missing_;
  std::string fault_;
  bool working_ = false;
  bool stopped_ = false;
  bool dirty_ = true;
  bool read_wanted_ = true;
  WallTime planned_at_{};                  // a clock that went back makes it due again
  WallTime plan_until_{};                  // when time alone makes it due
  std::set<domain::SlotAddress> stale_;    // notes with the hash of a lost key
  std::optional<ports::MemoryMark> mark_;  // of the image; none: to be taken anew, we changed it
  WallTime look_at_{};                     // when the lock is looked at next
  SteadyTime audit_at_{};                  // when the memory is read again without a reason (DEV-5)
  SteadyTime rest_until_{};                // the lock did not answer: not before this
  std::uint16_t silent_ = 0;               // how often in a row
  std::uint32_t reads_ = 0;
  Signal read_;
};

}  // namespace genkan::services
