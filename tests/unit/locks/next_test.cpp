#include <algorithm>
#include <array>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/locks/support.hpp"

// SlotPlan::next: between now and then nothing changes by time alone.

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

struct Scene {
  LockModel model;
  std::vector<Claim> claims;
  std::vector<SlotNote> notes;
  std::optional<MemoryImage> image;
};

class Scenes {
 public:
  explicit Scenes(std::uint64_t seed) : random_(seed) {}

  Scene one() {
    Scene scene;
    scene.model = std::array{small(4), nine_codes(), own_schedule()}[below(3)];
    for (std::size_t i = below(14); i > 0; --i) scene.claims.push_back(a_claim());
    if (below(3) > 0) scene.image.emplace();
    for (std::uint16_t slot = 1; slot <= 4; ++slot) add_slot(scene, slot);
    return scene;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  int number() { return static_cast<int>(below(5)); }

  Claim a_claim() {
    const int start = static_cast<int>(below(48 * 60));
    auto made = claim(cat("r", below(6)), number(), at(0, start),
                      at(0, start + 1 + static_cast<int>(below(600))));
    made.key.card = below(4) == 0;
    made.made = at(0, static_cast<int>(below(100)));
    made.secret_lost = below(12) == 0;
    made.schedule = schedule(1, 2 + static_cast<int>(below(2)));
    return made;
  }

  void add_slot(Scene& scene, std::uint16_t slot) {
    const int held = number();
    if (scene.image && below(3) > 0) {
      SlotReading reading;
      if (below(4) > 0) reading.hash = secret(held);
      reading.schedule = schedule(1, 2);
      scene.image->occupied[{0, slot}] = reading;
    }
    if (below(3) == 0) return;
    auto made = note(0, slot, cat("r", below(6)), below(4) > 0 ? held : number(),
                     static_cast<NoteState>(below(3)));
    made.schedule = schedule(1, 2);
    made.failures = static_cast<std::uint16_t>(below(6));
    made.next_try = at(0, static_cast<int>(below(72 * 60)));
    scene.notes.push_back(made);
  }

  std::mt19937_64 random_;
};

bool same(const SlotPlan& left, const SlotPlan& right) {
  return left.actions == right.actions && left.standings == right.standings &&
         left.foreign == right.foreign;
}

}  // namespace

TEST_CASE("KEY-2, KEY-5, KEY-8: nothing changes before the next moment that a plan names") {
  int changes = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed ", seed);
    const Scene scene = Scenes(seed).one();
    const auto plan = [&scene](WallTime now) {
      return plan_slots(scene.model, scene.claims, scene.notes, scene.image, now);
    };
    auto before = plan(at(0));
    for (int minute = 1; minute <= 75 * 60; ++minute) {
      const WallTime now = at(0, minute);
      const auto present = plan(now);
      const bool named = before.next && *before.next <= now;
      INFO(clock_text(now), " ", actions_text(before), " | ", standings_text(before), " -> ",
           actions_text(present), " | ", standings_text(present));
      if (!named) REQUIRE(same(before, present));
      if (!same(before, present)) ++changes;
      before = present;
    }
    CHECK_FALSE(before.next);
  }
  CHECK(changes > 500);
}

TEST_CASE("KEY: a plan is sound whatever the notes and the memory say") {
  for (std::uint64_t seed = 1000; seed < 3000; ++seed) {
    INFO("seed ", seed);
    const Scene scene = Scenes(seed).one();
    const auto plan = plan_slots(scene.model, scene.claims, scene.notes, scene.image,
                                 at(static_cast<int>(seed % 48)));
    std::set<SlotAddress> written;
    std::set<SlotAddress> emptied;
    bool writes = false;
    for (const SlotAction& action : plan.actions) {
      const bool noted =
          std::ranges::find(scene.notes, action.address, &SlotNote::address) != scene.notes.end();
      const bool writing = action.what == SlotAction::What::write;
      if (!writing) CHECK(noted);
      if (action.what == SlotAction::What::remove) CHECK_FALSE(writes);
      if (action.what == SlotAction::What::remove) emptied.insert(action.address);
      if (action.what == SlotAction::What::forget) emptied.insert(action.address);
      writes = writes || writing;
      if (!writing) continue;
      CHECK(written.insert(action.address).second);
      CHECK((noted || scene.image));
      const auto& foreign = plan.foreign;
      CHECK(std::ranges::find(foreign, action.address) == foreign.end());
      const auto place = std::ranges::find(scene.notes, action.address, &SlotNote::address);
      if (place != scene.notes.end() && !emptied.contains(action.address)) {
        CHECK(place->hash == action.claim->hash);
      }
    }
  }
}
