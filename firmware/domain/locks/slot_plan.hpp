#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/domain/keys/key_ref.hpp"
#include "firmware/domain/locks/lock_model.hpp"

// What a lock's memory should hold, what it holds, and what to do about the difference (KEY-1 to
// KEY-9, DEV-4, DEV-5). Pure: the same input gives the same plan, so that a restart at any instant
// goes on where it was.
//
// One secret has at most one slot in a lock. Of the claims to it that are in their memory time, the
// first by (opens.start, made, key) has it; the others are not_set, code_in_use. When the first
// ends the next takes the slot over, without a word to the lock unless the schedule in it differs.
//
// A slot that we have no note of is foreign: somebody programmed it at the lock. It is never
// written or removed. Where it holds the secret of a claim, the key opens, and nothing more can be
// done: the claim stands as `set` with why = code_foreign and the foreign slot's address (KEY-6: it
// counts as written), so that people can be told both: it works, and it will still work when its
// time is over.
namespace genkan::domain {

// One key that should be in one lock's memory for a time. Of one owner there may be several, one
// for each occurrence; those that touch are one key to the lock.
struct Claim {
  KeyRef key;
  KeyHash hash;                          // equal secrets, equal hashes
  Interval opens;                        // from when to when it is meant to open
  Interval in_lock;                      // from opens.start - lead to opens.end
  WallTime made{};                       // of the owner: the order of claims that start together
  std::optional<LockSchedule> schedule;  // schedule_in_lock only; as it should be in the slot now
  // The key file is lost and the secret cannot be read: `hash` means nothing. Such a claim keeps
  // the slot that a note gives to its key until its time is over, before all others, and writes
  // nothing.
  bool secret_lost = false;
  bool operator==(const Claim&) const = default;
};

// Why a key is not in its lock, or not out of it.
enum class NotSet : std::uint8_t {
  none,
  no_address,    // KEY-3
  code_in_use,   // KEY-4: by another reservation or not yet removed
  code_foreign,  // the same code stands in a slot that was programmed at the lock; with state `set`
  unreachable,   // the lock does not answer
  rejected,      // the lock refused it
  no_secret,     // the key file is lost: the code cannot be read any more
  unread,        // the lock's memory could not yet be read since start or since the lock came back
};
std::string_view name_of(NotSet why);

// What we did to a slot, on disk before the lock is touched. A slot without a note is foreign.
enum class NoteState : std::uint8_t {
  writing,   // may or may not be in the lock
  written,   // the lock said so, or it was read back
  removing,  // may or may not be gone
};
std::string_view name_of(NoteState state);
std::optional<NoteState> note_state_named(std::string_view name);

struct SlotNote {
  SlotAddress address;
  KeyRef key;                            // for whom; changes without touching the lock (hand-over)
  KeyHash hash;                          // of what was written
  std::optional<LockSchedule> schedule;  // of what was written
  NoteState state = NoteState::writing;
  WallTime since{};  // of the state
  // Failures in a row in this state, and when to try again (KEY-5). 0: none. When a lost lock is
  // back, the caller sets next_try to then.
  std::uint16_t failures = 0;
  WallTime next_try{};
  NotSet fault = NotSet::none;  // of the last failure: unreachable (also if none) or rejected
  bool operator==(const SlotNote&) const = default;
};

// What was read from one slot of the lock.
struct SlotReading {
  bool card = false;
  // None: the lock does not give contents away, or they are no key that we could have made.
  std::optional<KeyHash> hash;
  std::optional<LockSchedule> schedule;
  bool operator==(const SlotReading&) const = default;
};

// The memory as it was last read back, whole, and kept in step with what the lock answered since.
// After a write or removal of which the outcome is not known, its slot is read again or the image
// dropped: the plan believes an image.
struct MemoryImage {
  // A lock that answers 'already there' and where: the caller enters the hash there (KEY-6).
  std::map<SlotAddress, SlotReading> occupied;
  std::uint8_t enabled_areas = 0;  // how many of those that need enabling count, in order
  std::set<KeyHash> elsewhere{};   // 'already there', and the lock did not say where
};

// How a key stands at a lock, for people (RES-9, KEY-3, KEY-8).
enum class KeyState : std::uint8_t {
  waiting,      // its time to be written has not come
  setting,      // being written, not yet failed
  set,          // in the lock
  not_set,      // should be, and is not: `why`
  removing,     // ended or deleted: being removed, not yet failed
  still_opens,  // likewise, and a removal has failed: it is not proven that it is gone; `why`
};
std::string_view name_of(KeyState state);

struct KeyStanding {
  KeyRef key;
  KeyState state = KeyState::waiting;
  NotSet why = NotSet::none;
  std::optional<SlotAddress> address;
  std::optional<KeyRef> in_favour_of;  // KEY-4: who has the code now
  Interval opens;                      // the occurrence that is meant; of one deleted: nothing
  bool operator==(const KeyStanding&) const = default;
};

// One thing to do, in the order in which it must be done.
struct SlotAction {
  enum class What : std::uint8_t {
    remove,  // the slot's key goes
    write,   // `claim` goes into the slot (it is free, or holds an older schedule of the same key)
    hand_over,  // the note changes its key; the lock is not touched (KEY-4, back to back)
    adopt,      // the lock holds it already: note it as written (KEY-6)
    forget,     // the lock does not hold it any more: drop the note
  };
  What what;
  SlotAddress address;
  std::optional<Claim> claim;  // write, hand_over, adopt
  bool operator==(const SlotAction&) const = default;
};

struct SlotPlan {
  // Those that are due at `now`: what changes only notes, then removals, then writes by their
  // start. A write may count on a removal before it: after one that failed, plan again.
  std::vector<SlotAction> actions;
  // One for each key that is due or to come, by key; then one for each slot that is to be emptied.
  std::vector<KeyStanding> standings;
  std::vector<SlotAddress> foreign;
  // When the plan changes by time alone: the next start less lead, end or retry; never later than
  // that. None: never.
  std::optional<WallTime> next;
};

// `claims`: all that may be in the lock now or later (those whose time is long over may be left
// out). `image`: none if the memory was not read since start or since the device came back; then
// notes are believed, what has ended is removed, and written is only into slots with a note; a key
// without one is not_set, unread. A removal is retried after a day, a write after growing pauses up
// to an hour (KEY-5), as the notes' next_try says; one that lies further ahead than the pause (the
// clock went back) does not count.
//
// Against an image, notes are judged so:
//   slot empty              the lock lost the key or never had it: forgotten, and written again if
//   it
//                           is due; a write that failed keeps its slot until its next try
//   the note's secret       ours: `writing` and `removing` become written if the key is due
//   another secret          overwritten at the lock by hand: forgotten; the slot is foreign now
//   contents not told       taken is ours
//   area not enabled        cannot be told: a due key goes elsewhere, and the slot is to be emptied
// Notes with hashes from before the loss of the key file (KeyMemory::stale_hashes) get the hash
// that was read in their slot before they are passed in.
SlotPlan plan_slots(const LockModel& model, const std::vector<Claim>& claims,
                    const std::vector<SlotNote>& notes, const std::optional<MemoryImage>& image,
                    WallTime now);

// After a failed write (1 min, 2, 4 … 1 h) or removal (1 min, 5, 30, then once a day).
std::chrono::minutes retry_pause(NoteState state, std::uint16_t failures);

}  // namespace genkan::domain
