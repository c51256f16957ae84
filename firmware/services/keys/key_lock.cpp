#include "firmware/services/keys/key_lock.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace asio = boost::asio;

namespace {

using domain::KeyState;
using domain::NotSet;
using domain::RecordKind;

// A plan's horizon. It is made anew at least once an hour, and what begins within the horizon is in
// it, so nothing can begin unseen. An hour more than a day, for the days on which clocks change.
constexpr std::chrono::hours planned_ahead{26};
constexpr std::chrono::hours planned_for{1};
// Comparing a lock's whole memory costs its line some seconds in the bulk lane (DEV-5: once a day).
constexpr std::chrono::hours audit_every{24};
// Whether somebody changed something at the lock, and its clock: one to three exchanges.
constexpr std::chrono::minutes look_every{15};
// One slot: three exchanges and the lock's own working time, with a busy line between them.
constexpr std::chrono::seconds slot_time{20};
constexpr std::chrono::minutes memory_time{5};
// A lock that does not answer: 5 s, 10 s, 20 s … 1 h (KEY-5). The bus tells when it is back, and
// then it is tried at once.
constexpr std::chrono::seconds first_rest{5};
constexpr std::chrono::hours longest_rest{1};

const std::optional<domain::MemoryImage> no_image;

std::chrono::seconds rest_after(std::uint16_t failures) {
  const auto doublings = std::min<std::uint16_t>(failures, 12);
  return std::min<std::chrono::seconds>(longest_rest, first_rest * (1 << doublings));
}

}  // namespace

KeyLock::KeyLock(const KeySync::Needs& needs, Zones& zones, DeviceId device, Notes notes)
    : needs_(needs), zones_(zones), device_(std::move(device)), notes_(std::move(notes)) {
  for (const auto& [its_device, slot] : needs_.facts.stale_hashes) {
    if (its_device == device_) stale_.insert(slot);
  }
}

bool KeyLock::due() const {
  if (working_ || stopped_) return false;
  const WallTime now = needs_.clock.wall();
  const SteadyTime steady = needs_.clock.steady();
  if (dirty_ || now >= plan_until_ || now < planned_at_) return true;
  if (steady < rest_until_) return false;
  return read_wanted_ || steady >= audit_at_ || look_is_due(now) || !plan_.actions.empty();
}

void KeyLock::returned() {
  rest_until_ = {};
  silent_ = 0;
  read_wanted_ = true;
  dirty_ = true;
  image_holds_ = false;  // nobody knows what was done to it meanwhile
  for (auto& [slot, note] : notes_) {
    note.failures = 0;
    note.next_try = {};
  }
}

void KeyLock::stop() {
  stopped_ = true;
  read_.ring();
}

asio::awaitable<bool> KeyLock::read_since(std::uint32_t before, std::chrono::milliseconds most) {
  const auto self = shared_from_this();
  const SteadyTime end = Steady::now() + most;
  while (reads_ == before && !stopped_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) break;
    co_await read_.wait(left);
  }
  co_return reads_ != before;
}

void KeyLock::read_again() {
  read_wanted_ = true;
  look_at_ = {};
  rest_until_ = {};
}

void KeyLock::heard_again() {
  if (silent_ > 0 || needs_.clock.steady() < rest_until_) returned();
}

asio::awaitable<void> KeyLock::work() {
  const auto self = shared_from_this();
  // What a step brings to be done is done in the next one. The bound only guards against a lock
  // that undoes whatever is done to it.
  constexpr int most_steps = 4096;
  for (int step = 0; step < most_steps && !stopped_; ++step) {
    const bool resting = needs_.clock.steady() < rest_until_;
    if (!resting && (read_wanted_ || needs_.clock.steady() >= audit_at_)) {
      const Step read = co_await read_memory();
      if (stopped_) break;
      if (read == Step::failed) continue;  // the rest of the round goes without an image
    }
    if (!resting && look_is_due(needs_.clock.wall())) {
      const Step looked = co_await look();
      if (stopped_) break;
      if (looked == Step::failed || read_wanted_) continue;
    }
    plan();
    // Without an answer from the lock only what does not touch it can be done.
    const auto can = [resting](const domain::SlotAction& action) {
      return !resting || (action.what != domain::SlotAction::What::write &&
                          action.what != domain::SlotAction::What::remove);
    };
    const auto next = std::ranges::find_if(plan_.actions, can);
    if (next == plan_.actions.end()) break;
    domain::SlotAction action = *next;
    const Step acted = co_await act(std::move(action));
    if (acted == Step::failed) break;  // the disk: the next tick tries again
  }
  working_ = false;
}

asio::awaitable<KeyLock::Step> KeyLock::read_memory() {
  const auto deadline = needs_.clock.steady() + memory_time;
  read_wanted_ = false;  // wanted again meanwhile, it is read once more
  const auto read = co_await needs_.memory.read(device_, deadline);
  if (stopped_) co_return Step::failed;
  if (!read) {
    read_wanted_ = true;
    no_answer(read.error());
    tell_read();
    co_return Step::failed;
  }
  answered();
  audit_at_ = needs_.clock.steady() + audit_every;
  take_image(*read);
  co_return Step::done;
}

// One that lies further ahead than any is set was set by a clock that has gone back since: it may
// have set the lock's clock wrong too.
bool KeyLock::look_is_due(WallTime now) const {
  return now >= look_at_ || look_at_ - now > look_every + std::chrono::seconds{1};
}

asio::awaitable<KeyLock::Step> KeyLock::look() {
  const domain::TimeZone& zone = zones_.of(device_);
  const WallTime wall = needs_.clock.wall();
  // And right after the building's clocks change.
  look_at_ = zone.next_change(wall, wall + look_every) + std::chrono::seconds{1};
  const Step marked = co_await check_mark();
  if (stopped_) co_return Step::failed;
  const auto* lock = model();
  Step clock = Step::done;
  if (marked == Step::done && lock != nullptr && lock->has_clock) {
    clock = co_await check_clock(zone);
    if (stopped_) co_return Step::failed;
  }
  if (marked == Step::done && clock == Step::done) co_return Step::done;
  look_at_ = wall;  // once it has rested
  co_return Step::failed;
}

asio::awaitable<KeyLock::Step> KeyLock::check_mark() {
  const auto mark = co_await needs_.memory.mark(device_, needs_.clock.steady() + slot_time);
  if (stopped_) co_return Step::failed;
  if (!mark) {
    no_answer(mark.error());
    co_return Step::failed;
  }
  answered();
  if (!mark_) {
    mark_ = *mark;
  } else if (*mark_ != *mark) {
    read_wanted_ = true;
  }
  co_return Step::done;
}

asio::awaitable<KeyLock::Step> KeyLock::check_clock(const domain::TimeZone& zone) {
  const auto shown = co_await needs_.memory.clock(device_, needs_.clock.steady() + slot_time);
  if (stopped_) co_return Step::failed;
  if (!shown) {
    no_answer(shown.error());
    co_return Step::failed;
  }
  answered();
  clock_off_ = *shown - local_now(zone);
  if (std::chrono::abs(*clock_off_) <= model()->clock_limit) {
    ports::Change change;
    needs_.news.trouble(domain::TroubleKind::clock_wrong, device_, domain::Standing::no, "",
                        change);
    keep_news(std::move(change));
    co_return Step::done;
  }
  ports::Change found;
  needs_.news.trouble(domain::TroubleKind::clock_wrong, device_, domain::Standing::yes,
                      cat("off by ", clock_off_->count(), " s"), found);
  keep_news(std::move(found));
  const auto set =
      co_await needs_.memory.set_clock(device_, local_now(zone), needs_.clock.steady() + slot_time);
  if (stopped_) co_return Step::failed;
  if (!set) {
    no_answer(set.error());
    co_return Step::failed;
  }
  ports::Change mended;
  auto record = needs_.news.of_lock(RecordKind::lock_clock_set, device_);
  record.body["off_s"] = clock_off_->count();
  mended.records.push_back(std::move(record));
  needs_.news.trouble(domain::TroubleKind::clock_wrong, device_, domain::Standing::no, "", mended);
  keep_news(std::move(mended));
  clock_off_ = std::chrono::seconds{0};
  co_return Step::done;
}

// The wall's seconds: the zones count minutes, and no offset in use has seconds.
std::chrono::local_seconds KeyLock::local_now(const domain::TimeZone& zone) const {
  const WallTime wall = needs_.clock.wall();
  const auto into_minute = wall - std::chrono::floor<std::chrono::minutes>(wall);
  return zone.to_local(wall) + std::chrono::floor<std::chrono::seconds>(into_minute);
}

void KeyLock::no_answer(const Error& error) {
  fault_ = error.message();
  rest_until_ = needs_.clock.steady() + rest_after(silent_);
  if (silent_ < 1'000) ++silent_;
}

void KeyLock::answered() {
  fault_.clear();
  silent_ = 0;
}

void KeyLock::plan() {
  const auto* lock = model();
  if (lock == nullptr) {
    plan_ = {};
    return;
  }
  const WallTime now = needs_.clock.wall();
  if (dirty_ || now < planned_at_ || now >= claims_until_) take_claims(*lock, now);
  std::vector<domain::SlotNote> notes;
  notes.reserve(notes_.size());
  for (const auto& [slot, note] : notes_) notes.push_back(note);
  const auto& believed = image_holds_ ? image_ : no_image;
  domain::SlotPlan next = domain::plan_slots(*lock, claims_, notes, believed, now);
  planned_at_ = now;
  plan_until_ = std::min(next.next.value_or(claims_until_), claims_until_);
  if (!fault_.empty()) unreachable_says(next.standings);
  tell_news_of(next);
  plan_ = std::move(next);
  if (!image_holds_ || compared_at_ == image_at_) return;
  compared_at_ = image_at_;
  tell_read();
}

void KeyLock::tell_read() {
  ++reads_;
  read_.ring();
}

void KeyLock::take_claims(const domain::LockModel& lock, WallTime now) {
  dirty_ = false;
  const domain::ClaimContext context{.book = needs_.book,
                                     .inventory = needs_.directory.inventory(),
                                     .holidays = needs_.holidays,
                                     .hasher = needs_.hasher,
                                     .zone = zones_.of(device_),
                                     .coupled_since = needs_.facts.since_of(device_),
                                     .unreadable = needs_.facts.unreadable};
  const WallTime until = now + planned_ahead;
  claims_ = domain::claims_of(context, device_, lock, now, until);
  claims_until_ =
      std::min(now + planned_for, domain::claims_hold_until(context, device_, lock, now, until));
}

// What cannot be done because the lock does not answer, in the words for people.
void KeyLock::unreachable_says(std::vector<domain::KeyStanding>& standings) const {
  for (auto& standing : standings) {
    const bool unread = standing.state == KeyState::not_set && standing.why == NotSet::unread;
    if (standing.state == KeyState::setting || unread) {
      standing.state = KeyState::not_set;
      standing.why = NotSet::unreachable;
    } else if (standing.state == KeyState::removing) {
      standing.state = KeyState::still_opens;
      standing.why = NotSet::unreachable;
    }
  }
}

LockKeys KeyLock::view() const {
  LockKeys keys;
  keys.model = model();
  keys.standings = plan_.standings;
  if (image_) {
    for (const auto& slot : foreign_) {
      const auto at = image_->occupied.find(slot);
      if (at != image_->occupied.end()) keys.foreign.emplace(*at);
    }
  }
  keys.image = image_;
  keys.read_at = compared_at_;
  keys.serial = serial_;
  keys.clock_off = clock_off_;
  keys.fault = fault_;
  return keys;
}

}  // namespace genkan::services
