#include "tests/building/lock_body.hpp"

#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {
constexpr std::uint16_t low_battery = 20;  // percent; below it the device says "low"
}

LockBody::LockBody(Agenda& agenda, int key, Duration travel, Report report)
    : report_(std::move(report)), bolt_(agenda, key, travel, [this](Time at, BoltWord word, By by) {
        this->report(at, "bolt", name_of(word), by);
      }) {}

void LockBody::report(Time at, std::string_view what, std::string_view value, By by) {
  const bool by_slot = by == By::key || by == By::card;
  report_(Move{.at = at,
               .device = {},
               .what = std::string(what),
               .value = boost::json::string(value),
               .by = by,
               .slot = by_slot ? used_ : std::nullopt});
}

void LockBody::drive(bool lock, Time at, Operator who, By by, std::optional<SlotPlace> used) {
  operated_by_ = who;
  used_ = used;
  bolt_.drive(lock, at, by);
}

void LockBody::command(bool lock, Time at) {
  commanded_ = lock;
  if (lock && door_open_) return;
  drive(lock, at, Operator::remote, By::bus);
}

bool LockBody::battery_low() const { return battery_ < low_battery; }

bool LockBody::knows(std::string_view verb) const {
  return verb == "door" || verb == "hand" || verb == "jam" || verb == "force" || verb == "battery";
}

Said LockBody::tell(std::string_view verb, std::span<const std::string> words, Time now) {
  if (verb == "door") return door(words, now);
  if (verb == "hand") return hand(words, now);
  if (verb == "force") return force(now);
  if (verb == "jam") {
    const auto on = either(words, "on", "off");
    if (!on) return std::unexpected(on.error());
    bolt_.set_jam(*on, now);
    return {};
  }
  const auto percent = number(words, 0, 0, 100, "the battery");
  if (!percent) return std::unexpected(percent.error());
  battery_ = static_cast<std::uint16_t>(*percent);
  return {};
}

Said LockBody::door(std::span<const std::string> words, Time now) {
  const auto open = either(words, "open", "close");
  if (!open) return std::unexpected(open.error());
  if (*open == door_open_) return {};
  if (*open && bolt_.word() != BoltWord::unlocked) {
    return std::unexpected("the bolt is " + std::string(name_of(bolt_.word())) +
                           "; 'force' breaks the door open");
  }
  door_open_ = *open;
  if (!*open) forced_ = false;
  report(now, "door", door_open_ ? "open" : "closed", By::hand);
  return {};
}

Said LockBody::hand(std::span<const std::string> words, Time now) {
  const auto lock = either(words, "lock", "unlock");
  if (!lock) return std::unexpected(lock.error());
  if (*lock && door_open_) return std::unexpected("the door is open");
  drive(*lock, now, Operator::hand, By::hand);
  return {};
}

Said LockBody::force(Time now) {
  if (door_open_) return std::unexpected("the door is open already");
  if (bolt_.word() == BoltWord::unlocked)
    return std::unexpected("the bolt is unlocked: use 'door'");
  door_open_ = true;
  forced_ = true;
  report(now, "door", "open", By::hand);
  return {};
}

void LockBody::use_key(SlotPlace slot, bool card, Time now) {
  drive(false, now, card ? Operator::card : Operator::key, card ? By::card : By::key, slot);
}

Said LockBody::touch(bool lock, Time now) {
  if (lock && door_open_) return std::unexpected("the door is open");
  drive(lock, now, Operator::touch, By::touch);
  return {};
}

void LockBody::show(boost::json::object& into) const {
  into["bolt"] = name_of(bolt_.word());
  into["commanded"] = commanded_ ? "locked" : "unlocked";
  into["jam"] = bolt_.jam();
  into["door"] = door_open_ ? "open" : "closed";
  into["forced"] = forced_;
  into["battery"] = battery_;
  into["operated_by"] = operator_bits();
  into["slot"] = slot();
}

}  // namespace building
