#include "tests/unit/locks/naive_sync.hpp"

#include <doctest/doctest.h>

namespace genkan::domain::test {

namespace {
constexpr int most_rounds = 400;
}

void NaiveSync::run(const std::vector<Claim>& claims, WallTime now, bool read_first) {
  for (bool settled = false; !settled;) {
    try {
      settle(claims, now, read_first);
      settled = true;
    } catch (const Killed&) {
      image_.reset();
    }
  }
}

void NaiveSync::set_reachable(bool reachable, WallTime now) {
  if (reachable && !reachable_) {
    image_.reset();
    for (auto& [address, note] : notes_) {
      if (note.failures > 0) note.next_try = now;
    }
  }
  reachable_ = reachable;
}

SlotPlan NaiveSync::plan(const std::vector<Claim>& claims, WallTime now) const {
  std::vector<SlotNote> notes;
  for (const auto& [address, note] : notes_) notes.push_back(note);
  return plan_slots(lock_.model(), claims, notes, image_, now);
}

void NaiveSync::settle(const std::vector<Claim>& claims, WallTime now, bool read_first) {
  if (read_first) read();
  for (int round = 0; round < most_rounds; ++round) {
    const SlotPlan next = plan(claims, now);
    bool removed = true;
    for (const SlotAction& action : next.actions) {
      if (action.what == SlotAction::What::write) {
        REQUIRE(action.claim);
        CHECK(action.claim->in_lock.contains(now));
      }
      if (action.what == SlotAction::What::remove) CHECK(removed);
      removed = removed && action.what != SlotAction::What::write;
      if (!carry_out(action, now)) break;
    }
    const bool knew = image_.has_value();
    read();
    if (next.actions.empty() && knew == image_.has_value()) return;
  }
  FAIL("the plans do not come to rest");
}

// Where it was not read since start, since the lock came back, or since somebody was at the lock.
void NaiveSync::read() {
  if (!reachable_ || (image_ && changes_seen_ == lock_.changes())) return;
  image_ = lock_.read();
  changes_seen_ = lock_.changes();
}

bool NaiveSync::carry_out(const SlotAction& action, WallTime now) {
  switch (action.what) {
    case SlotAction::What::forget: notes_.erase(action.address); return true;
    case SlotAction::What::hand_over:
      notes_.at(action.address).key = action.claim->key;
      return true;
    case SlotAction::What::adopt: {
      SlotNote& note = notes_.at(action.address);
      note = {action.address,         action.claim->key,  action.claim->hash,
              action.claim->schedule, NoteState::written, now};
      return true;
    }
    case SlotAction::What::write: return write(action.address, *action.claim, now);
    case SlotAction::What::remove: return remove(action.address, now);
  }
  return true;
}

bool NaiveSync::write(SlotAddress address, const Claim& claim, WallTime now) {
  SlotNote note{address, claim.key, claim.hash, claim.schedule, NoteState::writing, now};
  const auto before = notes_.find(address);
  if (before != notes_.end() && before->second.state == NoteState::writing) {
    note.failures = before->second.failures;
  }
  notes_[address] = note;
  may_be_killed();
  const Mishap mishap = exchange();
  if (mishap == Mishap::silent) return failed(address, NotSet::unreachable, now);
  if (mishap == Mishap::refused) return failed(address, NotSet::rejected, now);
  const auto written = lock_.write(address, {claim.key.card, claim.hash, claim.schedule, false});
  if (mishap == Mishap::answer_lost) return failed(address, NotSet::unreachable, now);
  may_be_killed();
  if (written.answer == SimulatedLock::Answer::refused) {
    return failed(address, NotSet::rejected, now);
  }
  if (written.answer == SimulatedLock::Answer::already_there) {
    if (image_ && written.where) {
      image_->occupied[*written.where].hash = claim.hash;
    } else if (image_) {
      image_->elsewhere.insert(claim.hash);
    }
    return false;
  }
  SlotNote& done = notes_.at(address);
  done.state = NoteState::written;
  done.failures = 0;
  if (image_) {
    SlotReading reading;
    reading.card = claim.key.card;
    if (lock_.readable()) {
      reading.hash = claim.hash;
      reading.schedule = claim.schedule;
    }
    image_->occupied[address] = reading;
  }
  return true;
}

bool NaiveSync::remove(SlotAddress address, WallTime now) {
  SlotNote& note = notes_.at(address);
  if (note.state != NoteState::removing) {
    note.failures = 0;
    note.since = now;
  }
  note.state = NoteState::removing;
  may_be_killed();
  const Mishap mishap = exchange();
  if (mishap == Mishap::silent) return failed(address, NotSet::unreachable, now);
  if (mishap == Mishap::refused) return failed(address, NotSet::rejected, now);
  const auto answer = lock_.remove(address);
  if (mishap == Mishap::answer_lost) return failed(address, NotSet::unreachable, now);
  may_be_killed();
  if (answer == SimulatedLock::Answer::refused) return failed(address, NotSet::rejected, now);
  notes_.erase(address);
  if (image_) image_->occupied.erase(address);
  return true;
}

bool NaiveSync::failed(SlotAddress address, NotSet fault, WallTime now) {
  SlotNote& note = notes_.at(address);
  ++note.failures;
  note.fault = fault;
  note.next_try = now + retry_pause(note.state, note.failures);
  if (fault == NotSet::unreachable) image_.reset();
  return false;
}

Mishap NaiveSync::exchange() { return reachable_ ? mishap_() : Mishap::silent; }

void NaiveSync::may_be_killed() const {
  if (kill_()) throw Killed{};
}

}  // namespace genkan::domain::test
