#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/domain/keys/key_ref.hpp"

// The one decision (KEY-60): everything that is shown to the gateway is decided here, in memory,
// without network or disk.
namespace genkan::domain {

// What was shown, where and when.
struct Shown {
  Credential how;
  KeyHash hash;   // of the secret
  DeviceId door;  // what it shall open
  WallTime when{};
  ClockTrust clock = ClockTrust::trusted;
};

// In the order in which they are told (KEY-60): of several keys with one secret, the one that comes
// first here is the nearest to opening. A single key is looked at from the other end: is it for
// this door, is it revoked, disabled, used up, can the time be told, is it its time.
enum class Refusal : std::uint8_t {
  none,
  locked_out,       // DEV-12; told by the caller, the ring does not count
  too_early,        // before its first time
  not_now,          // between two windows
  clock_untrusted,  // the time cannot be told, and the key is not one that always opens
  disabled,         // a holder's
  used_up,          // KEY-40
  too_late,         // its time is over for good
  revoked,          //
  wrong_door,       // known, not here
  unknown_key,      // nobody has it
};
std::string_view name_of(Refusal refusal);
std::string_view sentence(Refusal refusal);  // for people

struct Decision {
  bool granted = false;
  Refusal why = Refusal::unknown_key;
  // Whose, where it is known: at a wrong door only if no other has the same secret.
  std::optional<KeyRef> key;
  // The time that it is open in, or the next one, with its allowance. None for a key that always
  // opens, has no time left, or whose time cannot be told.
  std::optional<Interval> opens;
  bool counted = false;  // each use must be counted on disk before the door moves
};

// What one key opens. Of one key and credential there may be several (a group with doors of two
// buildings); a door in both lists has the allowance.
struct Grant {
  KeyRef key;
  Credential how;
  KeyHash hash;
  std::vector<DeviceId> doors;         // opened in `timing`
  std::vector<DeviceId> common_doors;  // likewise, from `allowance` before it (RES-41)
  std::chrono::minutes allowance{0};
  Timing timing;
  // Of the building. Without one only a key that always opens does.
  std::shared_ptr<const TimeZone> zone;
  std::uint16_t uses_left = 0;  // counted only
  bool counted = false;
  bool revoked = false;
  bool disabled = false;
};

// Loop thread.
class KeyRing {
 public:
  // `holidays` outlives the ring.
  explicit KeyRing(const Holidays& holidays);
  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  // Puts a grant in place of those with the same key and credential.
  void put(Grant grant);
  // Puts it beside those that are there.
  void add(Grant grant);
  // All grants of that key, of whatever credential; its owner's card and code are two keys.
  void remove(const KeyRef& key);
  void clear();
  // The holidays are others now.
  void holidays_changed();

  // Of several keys with one secret, one that opens wins: one that is not counted before one that
  // is, then the one that has been open for longest, then by owner and id. Otherwise the refusal
  // that is nearest to opening is told (too early before wrong door), of equals the one that opens
  // first. p99 below 100 µs with 250,000 keys (bench).
  Decision decide(const Shown& shown) const;
  // A counted key was used; the next decision sees it. The caller puts it on disk.
  void use(const KeyRef& key);

  std::size_t size() const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace genkan::domain
