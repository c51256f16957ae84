// What a lock's worker does to single slots.
#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_lock.hpp"

namespace genkan::services {

namespace asio = boost::asio;

namespace {

using domain::NoteState;
using domain::RecordKind;

constexpr std::chrono::seconds slot_time{20};

std::string sentence(ports::SlotRefusal refusal) {
  switch (refusal) {
    case ports::SlotRefusal::none: break;
    case ports::SlotRefusal::no_such_slot: return "the lock has no such slot";
    case ports::SlotRefusal::full: return "the lock says that its memory is full";
    case ports::SlotRefusal::not_enabled: return "the area is not enabled at the lock";
    case ports::SlotRefusal::bad_content: return "the lock cannot hold such a key";
  }
  return "the lock did not take the key";
}

bool lock_was_silent(const Error& error) {
  return error.code() == ErrorCode::unreachable || error.code() == ErrorCode::timeout ||
         error.code() == ErrorCode::busy || error.code() == ErrorCode::cancelled;
}

}  // namespace

asio::awaitable<KeyLock::Step> KeyLock::act(domain::SlotAction action) {
  using What = domain::SlotAction::What;
  switch (action.what) {
    case What::remove: co_return co_await remove(action.address);
    case What::write: co_return co_await write(action.address, std::move(*action.claim));
    case What::adopt:
      written(note_of(action.address, *action.claim), *action.claim, RecordKind::key_already_there);
      break;
    case What::hand_over: {
      domain::SlotNote note = notes_.at(action.address);
      note.key = action.claim->key;
      written(std::move(note), *action.claim, RecordKind::key_handed_over);
      break;
    }
    case What::forget: {
      ports::Change change;
      const auto& note = notes_.at(action.address);
      if (note.state == NoteState::written) {
        change.records.push_back(record(RecordKind::key_lost, note.key, action.address));
      } else if (note.state == NoteState::removing) {
        change.records.push_back(record(RecordKind::key_removed, note.key, action.address));
      }
      drop(action.address, std::move(change));
      break;
    }
  }
  co_return Step::done;
}

asio::awaitable<KeyLock::Step> KeyLock::write(domain::SlotAddress slot, domain::Claim claim) {
  const auto content = content_of(claim);
  if (!content) {  // changed since the plan was made
    dirty_ = true;
    co_return Step::done;
  }
  domain::SlotNote note = note_of(slot, claim);
  note.state = NoteState::writing;
  const bool noted = co_await note_first(note);
  if (!noted || stopped_) co_return Step::failed;
  if (dirty_) co_return Step::done;  // it may not be wanted any more; the note lets us see to it
  const auto written_as =
      co_await needs_.memory.write(device_, slot, *content, needs_.clock.steady() + slot_time);
  if (stopped_) co_return Step::failed;
  if (!written_as) {
    failed(std::move(note), written_as.error(), Outcome::not_known);
    co_return Step::done;
  }
  answered();
  mark_.reset();
  switch (written_as->answer) {
    case ports::SlotAnswer::done: written(std::move(note), claim, RecordKind::key_written); break;
    case ports::SlotAnswer::already_there:
      already_there(std::move(note), claim, written_as->where);
      break;
    case ports::SlotAnswer::refused:
      failed(std::move(note), Error(ErrorCode::rejected, sentence(written_as->refusal)),
             Outcome::nothing_done);
      break;
  }
  co_return Step::done;
}

// KEY-6: it counts as written. In a slot that is not ours it is told as foreign.
void KeyLock::already_there(domain::SlotNote note, const domain::Claim& claim,
                            const std::optional<domain::SlotAddress>& where) {
  if (where && *where == note.address) {
    return written(std::move(note), claim, RecordKind::key_already_there);
  }
  ports::Change change;
  change.records.push_back(record(RecordKind::key_already_there, claim.key, where));
  if (image_ && where) image_->occupied[*where] = {claim.key.card, claim.hash, {}};
  if (image_ && !where) image_->elsewhere.insert(claim.hash);
  drop(note.address, std::move(change));
}

asio::awaitable<KeyLock::Step> KeyLock::remove(domain::SlotAddress slot) {
  domain::SlotNote note = notes_.at(slot);
  if (note.state != NoteState::removing) {
    note.state = NoteState::removing;
    note.failures = 0;
    note.since = needs_.clock.wall();
    const bool noted = co_await note_first(note);
    if (!noted || stopped_) co_return Step::failed;
  }
  const auto removed =
      co_await needs_.memory.remove(device_, slot, needs_.clock.steady() + slot_time);
  if (stopped_) co_return Step::failed;
  if (!removed) {
    failed(std::move(note), removed.error(), Outcome::not_known);
    co_return Step::done;
  }
  answered();
  mark_.reset();
  if (image_) image_->occupied.erase(slot);
  ports::Change change;
  change.records.push_back(record(RecordKind::key_removed, note.key, slot));
  drop(slot, std::move(change));
  co_return Step::done;
}

asio::awaitable<bool> KeyLock::note_first(domain::SlotNote note) {
  ports::Change change;
  change.keys.slot_notes.emplace_back(device_, note);
  const auto committed = co_await needs_.store.commit(std::move(change));
  if (stopped_ || !committed) co_return false;
  notes_.insert_or_assign(note.address, std::move(note));
  co_return true;
}

domain::SlotNote KeyLock::note_of(domain::SlotAddress slot, const domain::Claim& claim) const {
  domain::SlotNote note;
  note.address = slot;
  note.key = claim.key;
  note.hash = claim.hash;
  note.schedule = claim.schedule;
  note.since = needs_.clock.wall();
  const auto before = notes_.find(slot);
  if (before != notes_.end() && before->second.key == claim.key) {
    note.failures = before->second.failures;
  }
  return note;
}

void KeyLock::written(domain::SlotNote note, const domain::Claim& claim, RecordKind kind) {
  note.state = NoteState::written;
  note.hash = claim.hash;
  note.schedule = claim.schedule;
  note.since = needs_.clock.wall();
  note.failures = 0;
  note.fault = domain::NotSet::none;
  note.next_try = {};
  if (image_) image_->occupied[note.address] = {claim.key.card, claim.hash, claim.schedule};
  ports::Change change;
  change.records.push_back(record(kind, note.key, note.address));
  keep(std::move(note), std::move(change));
}

void KeyLock::failed(domain::SlotNote note, const Error& error, Outcome outcome) {
  if (note.failures < 1'000) ++note.failures;
  note.fault =
      error.code() == ErrorCode::rejected ? domain::NotSet::rejected : domain::NotSet::unreachable;
  note.next_try = needs_.clock.wall() + domain::retry_pause(note.state, note.failures);
  ports::Change change;
  if (note.failures == 1 && note.state == NoteState::writing) {
    change.records.push_back(
        record(RecordKind::key_write_failed, note.key, note.address, error.message()));
  }
  if (outcome == Outcome::not_known) {
    image_holds_ = false;
    read_wanted_ = true;
  }
  if (lock_was_silent(error)) no_answer(error);
  keep(std::move(note), std::move(change));
}

void KeyLock::keep(domain::SlotNote note, ports::Change change) {
  change.keys.slot_notes.emplace_back(device_, note);
  notes_.insert_or_assign(note.address, std::move(note));
  keep_news(std::move(change));
}

void KeyLock::drop(domain::SlotAddress slot, ports::Change change) {
  notes_.erase(slot);
  stale_.erase(slot);
  change.keys.slot_notes_removed.emplace_back(device_, slot);
  keep_news(std::move(change));
}

void KeyLock::keep_news(ports::Change change) {
  if (change.records.empty() && change.keys.empty() && change.troubles_set.empty() &&
      change.troubles_cleared.empty()) {
    return;
  }
  needs_.store.submit(std::move(change));
}

std::optional<domain::SlotContent> KeyLock::content_of(const domain::Claim& claim) const {
  const std::optional<domain::Code>* code = nullptr;
  const std::optional<domain::Card>* card = nullptr;
  if (claim.key.owner == domain::KeyOwner::reservation) {
    const auto* found = needs_.book.find(domain::ReservationId(claim.key.id));
    if (found == nullptr) return std::nullopt;
    code = &found->code;
    card = &found->card;
  } else if (claim.key.owner == domain::KeyOwner::holder) {
    const auto* found = needs_.book.find(domain::HolderId(claim.key.id));
    if (found == nullptr) return std::nullopt;
    code = &found->code;
    card = &found->card;
  } else {
    return std::nullopt;
  }
  if (claim.key.card) {
    if (!*card || needs_.hasher.of((*card)->number) != claim.hash) return std::nullopt;
    return domain::SlotContent{(*card)->number, claim.schedule};
  }
  if (!*code || needs_.hasher.of(**code) != claim.hash) return std::nullopt;
  return domain::SlotContent{**code, claim.schedule};
}

domain::RecordDraft KeyLock::record(RecordKind kind, const domain::KeyRef& key,
                                    std::optional<domain::SlotAddress> slot,
                                    std::string_view why) const {
  static const domain::LockModel none;
  const auto* lock = model();
  return needs_.news.of_key(kind, device_, key, slot, lock == nullptr ? none : *lock, why);
}

}  // namespace genkan::services
