#include "tests/building/keypad.hpp"

namespace building {

void Keypad::wrong(Time now) {
  wrong_.push_back(now);
  while (now - wrong_.front() > within) wrong_.pop_front();
  if (wrong_.size() < most_wrong) return;
  wrong_.clear();
  locked_until_ = now + locked_for;
}

void Keypad::hold(bool on) {
  held_ = on;
  if (on) return;
  locked_until_ = Time{};
  wrong_.clear();
}

}  // namespace building
