#include "tests/building/bolt.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace building {

std::string_view name_of(BoltWord word) {
  switch (word) {
    case BoltWord::unlocked: return "unlocked";
    case BoltWord::locked: return "locked";
    case BoltWord::moving: return "moving";
    case BoltWord::jammed: return "jammed";
  }
  return "jammed";
}

Bolt::Bolt(Agenda& agenda, int key, Duration travel, Report report)
    : agenda_(agenda), key_(key), travel_(travel), report_(std::move(report)) {}

void Bolt::drive(bool lock, Time at, By by) {
  if (word_ == BoltWord::moving) {
    const double gone = std::chrono::duration<double>(at - since_) / travel_;
    const double way = target_ > position_ ? gone : -gone;
    position_ = std::clamp(position_ + way, 0.0, 1.0);
  }
  target_ = lock ? 1 : 0;
  since_ = at;
  const double distance = std::abs(target_ - position_);
  if (distance == 0) {
    agenda_.drop(key_);
    become(lock ? BoltWord::locked : BoltWord::unlocked, at, by);
    return;
  }
  become(BoltWord::moving, at, by);
  const Duration takes(std::llround(distance * static_cast<double>(travel_.count())));
  agenda_.put(key_, at + takes, [this, by](Time then) { arrive(then, by); });
}

void Bolt::arrive(Time at, By by) {
  if (jam_) {
    position_ = 0.5;
    become(BoltWord::jammed, at, by);
    return;
  }
  position_ = target_;
  become(target_ > 0.5 ? BoltWord::locked : BoltWord::unlocked, at, by);
}

void Bolt::set_jam(bool jam, Time at) {
  jam_ = jam;
  if (!jam && word_ == BoltWord::jammed) drive(wanted_locked(), at, By::physics);
}

void Bolt::become(BoltWord word, Time at, By by) {
  if (word == word_) return;
  word_ = word;
  report_(at, word, by);
}

}  // namespace building
