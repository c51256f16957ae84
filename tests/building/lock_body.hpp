#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "tests/building/bolt.hpp"
#include "tests/building/unit.hpp"

namespace building {

// Who moved the bolt last, as the status word of our locks tells it.
enum class Operator : std::uint8_t { unknown, hand, key, card, auto_lock, remote };

// A door leaf with an electric bolt, a contact, a battery and a keypad: what el-100 and each lock
// of sb-8 are made of.
class LockBody {
 public:
  using Report =
      std::function<void(Time at, std::string_view what, boost::json::value value, By by)>;
  LockBody(Agenda& agenda, int key, Duration travel, Report report);

  // The coil: throws or withdraws the bolt. A command to lock with the door open is taken, and the
  // bolt stays where it is, also after the door closes.
  void command(bool lock, Time at);
  bool commanded() const { return commanded_; }

  // door, hand, jam, force, battery. Nothing else is known here.
  bool knows(std::string_view verb) const;
  Said tell(std::string_view verb, std::span<const std::string> words, Time now);
  // Somebody's key or card: withdraws the bolt.
  void use_key(std::uint16_t slot, bool card, Time now);

  std::uint16_t bolt_bits() const { return static_cast<std::uint16_t>(bolt_.word()); }
  std::uint16_t operator_bits() const { return static_cast<std::uint16_t>(operated_by_); }
  bool door_open() const { return door_open_; }
  bool forced() const { return forced_; }
  std::uint16_t battery() const { return battery_; }
  bool battery_low() const;
  std::uint16_t slot() const { return slot_; }
  void show(boost::json::object& into) const;

 private:
  Said door(std::span<const std::string> words, Time now);
  Said hand(std::span<const std::string> words, Time now);
  Said force(Time now);

  Report report_;
  Bolt bolt_;
  bool commanded_ = true;
  bool door_open_ = false;
  bool forced_ = false;
  std::uint16_t battery_ = 95;  // percent
  Operator operated_by_ = Operator::unknown;
  std::uint16_t slot_ = 0;
};

}  // namespace building
