#include "tests/building/memory_lock.hpp"

#include <stdexcept>
#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration travel = 400ms;
constexpr int bolt_key = 0;
constexpr int memory_key = 1;

constexpr std::uint16_t clock_high = 130;
constexpr std::uint16_t clock_low = 131;
constexpr std::uint16_t clock_seconds = 132;
constexpr std::uint16_t most_seconds = 59;

bool of_clock(std::uint16_t address) { return address >= clock_high && address <= clock_seconds; }

}  // namespace

MemoryLock::MemoryLock(Identity identity, MoveSink& moves, LockSpec spec, MemoryKeep* keep)
    : Unit(std::move(identity), moves),
      spec_(std::move(spec)),
      keep_(keep),
      lock_(agenda_, bolt_key, travel, [this](Move move) { moved(1, std::move(move)); }),
      memory_(spec_.areas, spec_.schedules),
      registers_(agenda_, memory_key, memory_, spec_.schedules,
                 [this](Time at, SlotPlace place, MemoryRegisters::What what) {
                   const bool wrote = what == MemoryRegisters::What::write;
                   slot_changed(at, place, wrote ? "write" : "remove", By::bus);
                 }) {
  memory_.renew(new_serial());
  if (keep_ == nullptr) return;
  if (auto kept = keep_->load(name(1))) {
    const auto restored = memory_.restore(std::move(*kept));
    if (!restored) throw std::runtime_error("the memory of " + name(1) + ": " + restored.error());
  } else {
    save();
  }
}

// Line, unit and how often the lock was swapped: the same in every run of the program.
std::uint32_t MemoryLock::new_serial() {
  std::uint32_t line = 0;
  for (const char one : identity().line) line = line * 31 + static_cast<unsigned char>(one);
  const std::uint32_t before = memory_.image().serial;
  const std::uint32_t generation = (before & 0xFFU) + 1;
  return (line & 0xFFFFU) << 16U | static_cast<std::uint32_t>(identity().unit) << 8U |
         (generation & 0xFFU);
}

void MemoryLock::save() {
  if (keep_ != nullptr) keep_->save(name(1), memory_.image());
}

std::uint16_t MemoryLock::status() const {
  unsigned word = lock_.bolt_bits();
  word |= lock_.door_open() ? 1U << 2 : 0U;
  word |= tamper_ ? 1U << 3 : 0U;
  word |= lock_.forced() ? 1U << 4 : 0U;
  word |= keypad_.locked(now()) ? 1U << 5 : 0U;
  word |= supply_lost_ ? 1U << 6 : 0U;
  word |= lock_.battery_low() ? 1U << 7 : 0U;
  word |= static_cast<unsigned>(lock_.operator_bits()) << 8;
  return static_cast<std::uint16_t>(word);
}

std::optional<std::uint16_t> MemoryLock::input(std::uint16_t address) const {
  switch (address) {
    case 0: return status();
    case 1: return lock_.battery();
    case 2: return lock_.slot();
    case 3: return fault_;
    default: return registers_.input(address);
  }
}

std::optional<std::uint16_t> MemoryLock::holding(std::uint16_t address) const {
  if (!spec_.schedules || !of_clock(address)) return registers_.holding(address);
  const std::uint32_t minute = clock_.minute(now());
  if (address == clock_high) return static_cast<std::uint16_t>(minute >> 16U);
  if (address == clock_low) return static_cast<std::uint16_t>(minute & 0xFFFFU);
  return clock_.second(now());
}

std::optional<std::uint16_t> MemoryLock::read(Table table, std::uint16_t address) const {
  if (table == Table::input) return input(address);
  if (table == Table::holding) return holding(address);
  if (table == Table::coil && address == 0) return lock_.commanded() ? 1 : 0;
  return std::nullopt;
}

Refusal MemoryLock::check(Table table, std::uint16_t address, std::uint16_t value) const {
  if (table == Table::coil) {
    if (address != 0) return Refusal::address;
    return supply_lost_ ? Refusal::failure : Refusal::none;
  }
  if (!holding(address)) return Refusal::address;
  if (of_clock(address)) {
    return address == clock_seconds && value > most_seconds ? Refusal::value : Refusal::none;
  }
  return registers_.value_possible(address, value) ? Refusal::none : Refusal::value;
}

// The clock is set whole or not at all, and nothing of the memory while it works.
Refusal MemoryLock::check_all(Table table, std::uint16_t first,
                              std::span<const std::uint16_t> values) const {
  const Refusal one_by_one = Unit::check_all(table, first, values);
  if (one_by_one != Refusal::none || table != Table::holding) return one_by_one;
  if (of_clock(first)) {
    return first == clock_high && values.size() == 3 ? Refusal::none : Refusal::value;
  }
  return registers_.busy() ? Refusal::busy : Refusal::none;
}

void MemoryLock::write(Table table, std::uint16_t address, std::uint16_t value, Time at) {
  if (table == Table::coil) {
    lock_.command(value != 0, at);
  } else if (address == clock_high) {
    clock_high_ = value;
  } else if (address == clock_low) {
    clock_low_ = value;
  } else if (address == clock_seconds) {
    clock_.set(static_cast<std::uint32_t>(clock_high_) << 16U | clock_low_, value, at);
  } else {
    registers_.write(address, value, at);
  }
}

bool MemoryLock::secret(Table table, std::uint16_t address) const {
  return table == Table::holding && registers_.secret(address);
}

void MemoryLock::slot_changed(Time at, SlotPlace place, std::string_view value, By by) {
  moved(1, Move{.at = at,
                .device = {},
                .what = "slot",
                .value = boost::json::string(value),
                .by = by,
                .slot = place});
  save();
}

boost::json::object MemoryLock::show(int) const {
  boost::json::object object;
  lock_.show(object);
  object["tamper"] = tamper_;
  object["lockout"] = keypad_.locked(now());
  object["power"] = supply_lost_ ? "lost" : "ok";
  object["fault"] = fault_;
  object["serial"] = memory_.image().serial;
  object["masters"] = memory_.image().masters;
  object["slots_used"] = memory_.image().slots.size();
  object["status"] = status();
  return object;
}

}  // namespace building
