#pragma once

#include <functional>
#include <string_view>

#include "tests/building/agenda.hpp"
#include "tests/building/moves.hpp"

namespace building {

enum class BoltWord : std::uint8_t { unlocked = 0, locked = 1, moving = 2, jammed = 3 };
std::string_view name_of(BoltWord word);

// A motor-driven bolt: it takes its travel time from end to end, turns round where it is when it is
// told the other way, and stops half-way when it is jammed.
class Bolt {
 public:
  using Report = std::function<void(Time at, BoltWord word, By by)>;

  // Lies thrown at first. Uses `key` of the agenda, which must outlive it.
  Bolt(Agenda& agenda, int key, Duration travel, Report report);

  void drive(bool lock, Time at, By by);
  // Removing a jam lets a jammed bolt finish its way.
  void set_jam(bool jam, Time at);

  BoltWord word() const { return word_; }
  bool jam() const { return jam_; }
  // Where it lies or is going.
  bool wanted_locked() const { return target_ > 0.5; }

 private:
  void arrive(Time at, By by);
  void become(BoltWord word, Time at, By by);

  Agenda& agenda_;
  int key_;
  Duration travel_;
  Report report_;
  BoltWord word_ = BoltWord::locked;
  double position_ = 1;  // 0 withdrawn … 1 thrown, at `since_`
  double target_ = 1;
  Time since_{};
  bool jam_ = false;
};

}  // namespace building
