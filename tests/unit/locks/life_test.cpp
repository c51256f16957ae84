#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/locks/naive_sync.hpp"
#include "tests/unit/locks/support.hpp"

// Random reservations, edits, faults, hands at the lock and restarts over three days: what the lock
// holds is right at every moment, or it is said why not.

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

constexpr int minutes_in_all = 3 * 24 * 60;

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : random_(seed),
        lock_(model_of(seed), seed % 3 != 0, seed % 5 != 0),
        sync_(
            lock_, [this] { return mishap(); }, [this] { return one_in(kill_odds_); }),
        lead_(std::array{0, 15, 30, 60}[static_cast<std::size_t>(below(4))]),
        mishap_odds_(one_in(3) ? 0 : 6),
        kill_odds_(one_in(2) ? 0 : 8) {
    lock_.enable(static_cast<std::uint8_t>(below(3)));
    for (int i = 0; i < 10; ++i) add_key();
  }

  void live() {
    for (int minute = 0; minute < minutes_in_all;) {
      now_ = at(0, minute);
      something_happens();
      sync_.run(claims_, now_, one_in(2) || hands_);
      check();
      const auto next = sync_.plan(claims_, now_).next;
      const int due = next ? std::max(1, static_cast<int>((*next - now_) / std::chrono::minutes{1}))
                           : minutes_in_all;
      const int ahead = std::min(due, 1 + below(90));
      // Nothing is to be done between now and the next moment that the plan names.
      now_ = at(0, minute + below(ahead));
      CHECK(sync_.plan(claims_, now_).actions.empty());
      check();
      minute += ahead;
    }
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  bool one_in(int odds) { return odds > 0 && below(odds) == 0; }

  static LockModel model_of(std::uint64_t seed) {
    LockModel model;
    switch (seed % 4) {
      case 0: model.areas = {{"owner", 5, true, true, false}}; break;
      case 1:
        model.areas = {{"codes", 3, true, false, false}, {"cards", 4, false, true, false}};
        break;
      case 2: model.areas = {{"owner", 40, true, true, false}}; break;
      default:
        model.areas = {{"owner", 4, true, true, false},
                       {"master-1", 2, false, true, true},
                       {"master-2", 2, false, true, true}};
        model.schedule_in_lock = true;
    }
    return model;
  }

  Mishap mishap() {
    if (!one_in(mishap_odds_)) return Mishap::none;
    return std::array{Mishap::silent, Mishap::answer_lost,
                      Mishap::refused}[static_cast<std::size_t>(below(3))];
  }

  void add_key() {
    const bool card = one_in(3);
    KeyRef key{KeyOwner::reservation, cat("r", ++keys_), card};
    const KeyHash hash = secret((card ? 100 : 0) + below(7));
    const int occurrences = lock_.model().schedule_in_lock ? 1 : 1 + below(4);
    const auto made = at(0, below(1000));
    int start = below(minutes_in_all / 10) * 10;
    for (int i = 0; i < occurrences; ++i) {
      const int end = start + 10 * (1 + below(40));
      Claim claim;
      claim.key = key;
      claim.hash = hash;
      claim.made = made;
      claim.opens = {at(0, start), at(0, end)};
      claim.in_lock = {claim.opens.start - minutes{lead_}, claim.opens.end};
      if (lock_.model().schedule_in_lock) claim.schedule = schedule(start / 10, end / 10);
      claims_.push_back(claim);
      start = end + (one_in(3) ? 0 : 10 * below(30));
    }
  }

  void drop_key(const KeyRef& key) {
    std::erase_if(claims_, [&key](const Claim& claim) { return claim.key == key; });
  }

  void something_happens() {
    if (one_in(6)) add_key();
    if (one_in(12) && !claims_.empty()) drop_key(some_claim().key);
    if (one_in(12) && !claims_.empty()) change_secret(KeyRef(some_claim().key));
    if (one_in(sync_.reachable() ? 10 : 3)) sync_.set_reachable(!sync_.reachable(), now_);
    hands_ = one_in(5);
    if (hands_) somebody_at_the_lock();
    std::erase_if(claims_, [this](const Claim& claim) {
      return claim.in_lock.end <= now_ - std::chrono::hours{12};
    });
  }

  const Claim& some_claim() {
    return claims_[static_cast<std::size_t>(below(static_cast<int>(claims_.size())))];
  }

  void change_secret(const KeyRef& key) {
    const KeyHash hash = secret((key.card ? 100 : 0) + below(7));
    for (Claim& claim : claims_) {
      if (claim.key == key) claim.hash = hash;
    }
  }

  // Whoever stands there is seen by the counter of changes before the next exchange; of locks that
  // do not give contents away, only a slot that is free is programmed.
  void somebody_at_the_lock() {
    const auto area =
        static_cast<std::uint8_t>(below(static_cast<int>(lock_.model().areas.size())));
    const SlotArea& place = lock_.model().areas[area];
    const SlotAddress address{area, static_cast<std::uint16_t>(1 + below(place.places))};
    if (!lock_.counts(address)) return;
    switch (below(8)) {
      case 0: lock_.erase(address); break;
      case 1: lock_.swap(); break;
      case 2: lock_.enable(static_cast<std::uint8_t>(below(3))); break;
      default: {
        const bool card = place.cards && (!place.codes || one_in(2));
        const KeyHash hash = secret((card ? 100 : 0) + (one_in(3) ? below(7) : 50 + below(20)));
        const auto noted = sync_.notes().find(address);
        // What we were about to write there ourselves could not be told from ours.
        const bool told =
            noted == sync_.notes().end() || (lock_.readable() && noted->second.hash != hash);
        if (lock_.with(hash) || !told) return;
        lock_.program(address, card, hash);
      }
    }
    // Somebody at a lock that is away is met when it is back, and then the memory is read first.
    if (!sync_.reachable()) sync_.set_reachable(true, now_);
  }

  void check() {
    INFO("at ", clock_text(now_));
    CHECK(lock_.sins().empty());
    const SlotPlan plan = sync_.plan(claims_, now_);
    INFO(standings_text(plan));
    check_what_is_in(plan);
    check_what_is_due(plan);
  }

  bool is_due(const KeyHash& hash) const {
    return std::ranges::any_of(claims_, [&hash, this](const Claim& claim) {
      return claim.hash == hash && claim.in_lock.contains(now_);
    });
  }

  void check_what_is_in(const SlotPlan& plan) {
    for (const auto& [address, slot] : lock_.slots()) {
      if (slot.by_hand) continue;
      INFO("slot ", static_cast<int>(address.area), ":", address.number);
      CHECK(sync_.notes().contains(address));
      const auto leaving = std::ranges::find_if(plan.standings, [&](const KeyStanding& standing) {
        return standing.address == address && standing.state == KeyState::still_opens;
      });
      if (is_due(slot.secret) || leaving != plan.standings.end()) continue;
      FAIL_CHECK("a key is in the lock outside its time, and nobody says so");
    }
  }

  void check_what_is_due(const SlotPlan& plan) {
    for (const Claim& claim : claims_) {
      if (!claim.in_lock.contains(now_)) continue;
      const auto said = std::ranges::find_if(plan.standings, [&](const KeyStanding& standing) {
        return standing.key == claim.key && standing.state != KeyState::still_opens &&
               standing.state != KeyState::removing;
      });
      INFO(claim.key.id);
      REQUIRE(said != plan.standings.end());
      CHECK(said->opens.start <= claim.opens.start);
      check_true(*said, claim);
    }
  }

  void check_true(const KeyStanding& said, const Claim& claim) {
    const SimulatedLock::Slot* held = nullptr;
    if (said.address && lock_.slots().contains(*said.address)) {
      held = &lock_.slots().at(*said.address);
    }
    if (said.state == KeyState::set) {
      if (!sync_.has_image()) return;  // believed, until the lock answers again
      const bool foreign = said.why == NotSet::code_foreign;
      if (foreign && !said.address) {
        CHECK(lock_.with(claim.hash));
        return;
      }
      REQUIRE(held);
      CHECK(held->secret == claim.hash);
      CHECK(held->by_hand == foreign);
      if (!foreign) CHECK(held->schedule == claim.schedule);
      return;
    }
    REQUIRE(said.state == KeyState::not_set);
    switch (said.why) {
      case NotSet::no_address: CHECK_FALSE(lock_.has_free(claim.key.card, sync_.notes())); break;
      case NotSet::code_in_use: check_in_use(said, claim); break;
      case NotSet::unreachable:
      case NotSet::rejected: CHECK(sync_.notes().at(*said.address).next_try > now_); break;
      case NotSet::unread: CHECK_FALSE(sync_.reachable()); break;
      default: FAIL_CHECK("no reason that could be true");
    }
  }

  void check_in_use(const KeyStanding& said, const Claim& claim) {
    REQUIRE(said.in_favour_of);
    const bool earlier = std::ranges::any_of(claims_, [&](const Claim& other) {
      return other.key == *said.in_favour_of && other.hash == claim.hash &&
             other.in_lock.contains(now_) &&
             std::tie(other.opens.start, other.made, other.key) <
                 std::tie(claim.opens.start, claim.made, claim.key);
    });
    CHECK(earlier);
  }

  std::mt19937_64 random_;
  SimulatedLock lock_;
  NaiveSync sync_;
  int lead_;
  int mishap_odds_;
  int kill_odds_;
  bool hands_ = false;
  int keys_ = 0;
  WallTime now_{};
  std::vector<Claim> claims_;
};

}  // namespace

TEST_CASE("KEY-1 to KEY-9, DEV-4, DEV-5: random lives of one lock") {
  const char* wanted = std::getenv("GENKAN_LOCK_LIVES");
  const auto lives = wanted ? std::strtoull(wanted, nullptr, 10) : 200;
  for (std::uint64_t seed = 1; seed <= lives; ++seed) {
    INFO("seed ", seed);
    Life(seed).live();
  }
}
