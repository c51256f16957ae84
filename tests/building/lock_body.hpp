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
enum class Operator : std::uint8_t { unknown, hand, key, card, auto_lock, remote, touch };

// A door leaf with an electric bolt, a contact and a battery: what the locks with a memory and each
// lock of sb-8 are made of.
class LockBody {
 public:
  // Without the device's name.
  using Report = std::function<void(Move move)>;
  LockBody(Agenda& agenda, int key, Duration travel, Report report);

  // The coil: throws or withdraws the bolt. A command to lock with the door open is taken, and the
  // bolt stays where it is, also after the door closes.
  void command(bool lock, Time at);
  bool commanded() const { return commanded_; }

  // door, hand, jam, force, battery. Nothing else is known here.
  bool knows(std::string_view verb) const;
  Said tell(std::string_view verb, std::span<const std::string> words, Time now);
  // Somebody's key or card: withdraws the bolt.
  void use_key(SlotPlace slot, bool card, Time now);
  // The outside panel.
  Said touch(bool lock, Time now);

  std::uint16_t bolt_bits() const { return static_cast<std::uint16_t>(bolt_.word()); }
  std::uint16_t operator_bits() const { return static_cast<std::uint16_t>(operated_by_); }
  bool door_open() const { return door_open_; }
  bool forced() const { return forced_; }
  std::uint16_t battery() const { return battery_; }
  bool battery_low() const;
  std::uint16_t slot() const { return used_ ? used_->slot : std::uint16_t{0}; }
  void show(boost::json::object& into) const;

 private:
  Said door(std::span<const std::string> words, Time now);
  Said hand(std::span<const std::string> words, Time now);
  Said force(Time now);
  void report(Time at, std::string_view what, std::string_view value, By by);
  void drive(bool lock, Time at, Operator who, By by, std::optional<SlotPlace> used = std::nullopt);

  Report report_;
  Bolt bolt_;
  bool commanded_ = true;
  bool door_open_ = false;
  bool forced_ = false;
  std::uint16_t battery_ = 95;  // percent
  Operator operated_by_ = Operator::unknown;
  std::optional<SlotPlace> used_;  // what moved the bolt last, if a key or card did
};

}  // namespace building
