#include "tests/building/el100.hpp"

#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration travel = 400ms;
constexpr Duration memory_takes = 60ms;  // a write to its flash
constexpr int bolt_key = 0;
constexpr int memory_key = 1;

constexpr std::uint16_t slot_register = 100;
constexpr std::uint16_t kind_register = 101;
constexpr std::uint16_t first_digits = 102;
constexpr std::uint16_t last_digits = 105;
constexpr std::uint16_t memory_register = 110;  // holding: command; input: result

}  // namespace

El100::El100(Identity identity, MoveSink& moves)
    : Unit(std::move(identity), moves),
      lock_(agenda_, bolt_key, travel,
            [this](Time at, std::string_view what, boost::json::value value, By by) {
              moved(at, 1, what, std::move(value), by);
            }) {}

std::uint16_t El100::status() const {
  unsigned word = lock_.bolt_bits();
  word |= lock_.door_open() ? 1U << 2 : 0U;
  word |= tamper_ ? 1U << 3 : 0U;
  word |= lock_.forced() ? 1U << 4 : 0U;
  word |= lockout_ ? 1U << 5 : 0U;
  word |= supply_lost_ ? 1U << 6 : 0U;
  word |= lock_.battery_low() ? 1U << 7 : 0U;
  word |= static_cast<unsigned>(lock_.operator_bits()) << 8;
  return static_cast<std::uint16_t>(word);
}

std::optional<std::uint16_t> El100::input(std::uint16_t address) const {
  switch (address) {
    case 0: return status();
    case 1: return lock_.battery();
    case 2: return lock_.slot();
    case 3: return fault_;
    case 20:
    case 21: return CodeMemory::slots;
    case memory_register: return static_cast<std::uint16_t>(memory_result_);
    default: return std::nullopt;
  }
}

std::optional<std::uint16_t> El100::holding(std::uint16_t address) const {
  if (address == slot_register) return slot_register_;
  if (address == kind_register) return static_cast<std::uint16_t>(key_registers_.kind);
  if (address >= first_digits && address <= last_digits) {
    return key_registers_.digits[address - first_digits];
  }
  if (address == memory_register) return memory_command_;
  return std::nullopt;
}

std::optional<std::uint16_t> El100::read(Table table, std::uint16_t address) const {
  if (table == Table::input) return input(address);
  if (table == Table::holding) return holding(address);
  if (table == Table::coil && address == 0) return lock_.commanded() ? 1 : 0;
  return std::nullopt;
}

Refusal El100::check(Table table, std::uint16_t address, std::uint16_t value) const {
  if (table == Table::coil) {
    if (address != 0) return Refusal::address;
    return supply_lost_ ? Refusal::failure : Refusal::none;
  }
  if (!holding(address)) return Refusal::address;
  if (memory_result_ == CodeMemory::Outcome::busy) return Refusal::failure;
  if (address == kind_register && value > 2) return Refusal::value;
  if (secret(table, address) && !CodeMemory::digits_valid(value)) return Refusal::value;
  if (address == memory_register && (value < 1 || value > 3)) return Refusal::value;
  return Refusal::none;
}

void El100::write(Table table, std::uint16_t address, std::uint16_t value, Time at) {
  if (table == Table::coil) {
    lock_.command(value != 0, at);
  } else if (address == slot_register) {
    slot_register_ = value;
  } else if (address == kind_register) {
    key_registers_.kind = static_cast<CodeMemory::Kind>(value);
  } else if (address == memory_register) {
    memory_command_ = value;
    memory_result_ = CodeMemory::Outcome::busy;
    agenda_.put(memory_key, at + memory_takes, [this](Time then) { run_memory(then); });
  } else {
    key_registers_.digits.at(address - first_digits) = value;
  }
}

void El100::run_memory(Time) {
  switch (memory_command_) {
    case 1: memory_result_ = memory_.write(slot_register_, key_registers_); break;
    case 2: memory_result_ = memory_.remove(slot_register_); break;
    default: memory_result_ = memory_.read(slot_register_, key_registers_); break;
  }
}

bool El100::secret(Table table, std::uint16_t address) const {
  return table == Table::holding && address >= first_digits && address <= last_digits;
}

Said El100::key(std::span<const std::string> words, Time now) {
  const auto slot = number(words, 0, 1, CodeMemory::slots, "the slot");
  if (!slot) return std::unexpected(slot.error());
  if (lockout_) return std::unexpected("the keypad is locked out");
  const auto at = static_cast<std::uint16_t>(*slot);
  lock_.use_key(at, memory_.kind(at) == CodeMemory::Kind::card, now);
  return {};
}

Said El100::tell(int, std::string_view verb, std::span<const std::string> words, Time now) {
  if (lock_.knows(verb)) return lock_.tell(verb, words, now);
  if (verb == "key") return key(words, now);
  if (verb == "fault-code") {
    const auto code = number(words, 0, 0, 65'535, "the code");
    if (!code) return std::unexpected(code.error());
    fault_ = static_cast<std::uint16_t>(*code);
    return {};
  }
  bool* flag = verb == "tamper" ? &tamper_ : verb == "lockout" ? &lockout_ : nullptr;
  if (verb == "power") flag = &supply_lost_;
  if (flag == nullptr) return lacks(verb);
  const auto on = verb == "power" ? either(words, "lost", "ok") : either(words, "on", "off");
  if (!on) return std::unexpected(on.error());
  *flag = *on;
  return {};
}

boost::json::object El100::show(int) const {
  boost::json::object object;
  lock_.show(object);
  object["tamper"] = tamper_;
  object["lockout"] = lockout_;
  object["power"] = supply_lost_ ? "lost" : "ok";
  object["fault"] = fault_;
  object["slots_used"] = memory_.used();
  object["status"] = status();
  return object;
}

}  // namespace building
