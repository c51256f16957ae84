#include "firmware/domain/locks/slot_plan.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "firmware/domain/locks/free_slots.hpp"
#include "firmware/domain/locks/noted_slots.hpp"

namespace genkan::domain {

namespace {

using What = SlotAction::What;

bool goes_before(const Claim& left, const Claim& right) {
  return std::tie(left.opens.start, left.made, left.key) <
         std::tie(right.opens.start, right.made, right.key);
}

int turn(What what) {
  switch (what) {
    case What::forget: return 0;
    case What::adopt: return 1;
    case What::hand_over: return 2;
    case What::remove: return 3;
    case What::write: return 4;
  }
  return 4;
}

bool is_done_before(const SlotAction& left, const SlotAction& right) {
  if (left.what != right.what) return turn(left.what) < turn(right.what);
  if (left.what == What::write && goes_before(*left.claim, *right.claim)) return true;
  if (left.what == What::write && goes_before(*right.claim, *left.claim)) return false;
  return left.address < right.address;
}

std::vector<const Claim*> in_order(const std::vector<Claim>& claims) {
  std::vector<const Claim*> sorted;
  sorted.reserve(claims.size());
  for (const Claim& claim : claims) sorted.push_back(&claim);
  std::ranges::sort(
      sorted, [](const Claim* left, const Claim* right) { return goes_before(*left, *right); });
  return sorted;
}

// Keys whose secret cannot be read any more and whose time is not over.
std::set<KeyRef> lost_keys(const std::vector<Claim>& claims, WallTime now) {
  std::set<KeyRef> lost;
  for (const Claim& claim : claims) {
    if (claim.secret_lost && claim.in_lock.contains(now)) lost.insert(claim.key);
  }
  return lost;
}

bool has_failed(const SlotNote& note, NoteState at) {
  return note.state == at && note.failures > 0;
}

NotSet fault_of(const SlotNote& note) {
  return note.fault == NotSet::none ? NotSet::unreachable : note.fault;
}

class Planner {
 public:
  Planner(const LockModel& model, const std::vector<Claim>& claims,
          const std::vector<SlotNote>& notes, const std::optional<MemoryImage>& image, WallTime now)
      : model_(model),
        image_(image),
        now_(now),
        claims_(in_order(claims)),
        slots_(model, notes, image, lost_keys(claims, now)) {}

  SlotPlan run() {
    for (const SlotAddress address : slots_.overwritten()) act(What::forget, address, nullptr);
    share_secrets();
    for (const auto& [hash, due] : due_) serve(hash, due);
    empty_unused();
    place_new();
    look_ahead();
    return finish();
  }

 private:
  // The claims in their memory time, by secret; a lost one by what its key's note has.
  void share_secrets() {
    for (const Claim* claim : claims_) {
      if (!claim->in_lock.contains(now_)) continue;
      if (!claim->secret_lost) {
        due_[claim->hash].push_back(claim);
      } else if (const NotedSlot* kept = slots_.that_may_hold(claim->key)) {
        auto& due = due_[kept->note->hash];
        due.insert(std::ranges::find(due, false, &Claim::secret_lost), claim);
      } else {
        find_place(*claim);
      }
    }
  }

  // One secret: the first of its claims has it (KEY-4).
  void serve(const KeyHash& hash, const std::vector<const Claim*>& due) {
    const Claim& first = *due.front();
    if (NotedSlot* slot = slots_.with(hash, first.key)) {
      slot->used = true;
      keep(*slot, first);
    } else {
      find_place(first);
    }
    for (const Claim* later : due) {
      if (later->key == first.key) continue;
      stand(*later, KeyState::not_set, NotSet::code_in_use, std::nullopt, first.key);
    }
  }

  // A due claim and our slot with its secret.
  void keep(NotedSlot& slot, const Claim& claim) {
    const SlotNote& note = *slot.note;
    if (claim.secret_lost) {
      keep_lost(slot, claim);
    } else if (slot.presence == Presence::present && has_schedule(note, claim)) {
      settle(note, claim);
    } else if (slot.presence == Presence::absent && slots_.is_foreign(claim.hash)) {
      forget(slot);
      find_place(claim);
    } else {
      write_again(note, claim);
    }
  }

  // What cannot be written again stays as it is.
  void keep_lost(const NotedSlot& slot, const Claim& claim) {
    const SlotNote& note = *slot.note;
    if (slot.presence == Presence::unknown) {
      stand(claim, KeyState::not_set, NotSet::no_secret, note.address);
    } else {
      Claim as_noted = claim;
      as_noted.hash = note.hash;
      as_noted.schedule = note.schedule;
      settle(note, as_noted);
    }
  }

  bool has_schedule(const SlotNote& note, const Claim& claim) const {
    return !model_.schedule_in_lock || slots_.schedule_in(note) == claim.schedule;
  }

  // The lock holds what it should: only the note may be behind.
  void settle(const SlotNote& note, const Claim& claim) {
    const bool knows = note.state == NoteState::written &&
                       (!model_.schedule_in_lock || note.schedule == claim.schedule);
    if (!knows) {
      act(What::adopt, note.address, &claim);
    } else if (note.key != claim.key) {
      act(What::hand_over, note.address, &claim);
    }
    stand(claim, KeyState::set, NotSet::none, note.address);
  }

  void write_again(const SlotNote& note, const Claim& claim) {
    const bool failed = has_failed(note, NoteState::writing);
    if (!failed || !waits(note)) act(What::write, note.address, &claim);
    stand(claim, failed ? KeyState::not_set : KeyState::setting,
          failed ? fault_of(note) : NotSet::none, note.address);
  }

  // A due claim without a slot of ours.
  void find_place(const Claim& claim) {
    if (claim.secret_lost) {
      stand(claim, KeyState::not_set, NotSet::no_secret, std::nullopt);
    } else if (slots_.is_foreign(claim.hash)) {
      stand(claim, KeyState::set, NotSet::code_foreign, slots_.foreign_with(claim.hash));
    } else if (!image_) {
      stand(claim, KeyState::not_set, NotSet::unread, std::nullopt);
    } else {
      new_.push_back(&claim);
    }
  }

  // Slots of ours that no due claim has (KEY-8).
  void empty_unused() {
    for (NotedSlot& slot : slots_.slots()) {
      if (slot.used || slot.forgotten) continue;
      if (slot.presence == Presence::absent) {
        forget(slot);
        continue;
      }
      const SlotNote& note = *slot.note;
      const bool failed = has_failed(note, NoteState::removing);
      if (!failed || !waits(note)) act(What::remove, note.address, nullptr);
      leaving_.push_back({note.key, failed ? KeyState::still_opens : KeyState::removing,
                          failed ? fault_of(note) : NotSet::none, note.address, std::nullopt,
                          last_opening(note.key)});
    }
  }

  Interval last_opening(const KeyRef& key) const {
    Interval last{};
    for (const Claim* claim : claims_) {
      if (claim->key == key && claim->in_lock.end <= now_) last = claim->opens;
    }
    return last;
  }

  void place_new() {
    if (new_.empty()) return;
    FreeSlots free(model_, image_->enabled_areas);
    for (const SlotAddress address : slots_.foreign()) free.take(address);
    std::set<SlotAddress> emptied;
    for (const SlotAction& action : actions_) {
      if (action.what == What::remove) emptied.insert(action.address);
    }
    for (const NotedSlot& slot : slots_.slots()) {
      if (slot.forgotten) continue;
      emptied.contains(slot.note->address) ? free.expect(slot.note->address)
                                           : free.take(slot.note->address);
    }
    std::ranges::sort(
        new_, [](const Claim* left, const Claim* right) { return goes_before(*left, *right); });
    for (const Claim* claim : new_) {
      if (const auto address = free.next(claim->key.card)) {
        act(What::write, *address, claim);
        stand(*claim, KeyState::setting, NotSet::none, address);
      } else {
        stand(*claim, KeyState::not_set, NotSet::no_address, std::nullopt);
      }
    }
  }

  void look_ahead() {
    for (const Claim* claim : claims_) {
      if (claim->in_lock.start > now_) stand(*claim, KeyState::waiting, NotSet::none, std::nullopt);
      soonest(claim->in_lock.start);
      soonest(claim->in_lock.end);
    }
  }

  // Whether its next try lies ahead. One further away than the pause after so many failures was set
  // by a clock that has gone back since.
  bool waits(const SlotNote& note) {
    const auto pause = retry_pause(note.state, note.failures);
    soonest(note.next_try);
    soonest(note.next_try - pause);
    return note.next_try > now_ && note.next_try - now_ <= pause;
  }

  void soonest(WallTime when) {
    if (when > now_ && (!next_ || when < *next_)) next_ = when;
  }

  void forget(NotedSlot& slot) {
    slot.forgotten = true;
    act(What::forget, slot.note->address, nullptr);
  }

  void act(What what, SlotAddress address, const Claim* claim) {
    actions_.push_back({what, address, claim ? std::optional(*claim) : std::nullopt});
  }

  // What is said of a key first stays: its claim that is due comes before those to come.
  void stand(const Claim& claim, KeyState state, NotSet why, std::optional<SlotAddress> address,
             std::optional<KeyRef> in_favour_of = std::nullopt) {
    standings_.emplace(claim.key, KeyStanding{claim.key, state, why, address,
                                              std::move(in_favour_of), claim.opens});
  }

  SlotPlan finish() {
    SlotPlan plan;
    plan.actions = std::move(actions_);
    std::ranges::sort(plan.actions, is_done_before);
    for (auto& [key, standing] : standings_) plan.standings.push_back(std::move(standing));
    std::ranges::move(leaving_, std::back_inserter(plan.standings));
    plan.foreign.assign(slots_.foreign().begin(), slots_.foreign().end());
    plan.next = next_;
    return plan;
  }

  const LockModel& model_;
  const std::optional<MemoryImage>& image_;
  WallTime now_;
  std::vector<const Claim*> claims_;  // in KEY-4's order
  NotedSlots slots_;
  std::map<KeyHash, std::vector<const Claim*>> due_;
  std::vector<const Claim*> new_;  // due, and to be given a slot
  std::vector<SlotAction> actions_;
  std::map<KeyRef, KeyStanding> standings_;
  std::vector<KeyStanding> leaving_;
  std::optional<WallTime> next_;
};

}  // namespace

SlotPlan plan_slots(const LockModel& model, const std::vector<Claim>& claims,
                    const std::vector<SlotNote>& notes, const std::optional<MemoryImage>& image,
                    WallTime now) {
  return Planner(model, claims, notes, image, now).run();
}

}  // namespace genkan::domain
