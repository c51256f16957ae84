#pragma once

#include "tests/building/code_memory.hpp"
#include "tests/building/keypad.hpp"
#include "tests/building/lock_body.hpp"
#include "tests/building/lock_clock.hpp"
#include "tests/building/lock_spec.hpp"
#include "tests/building/memory_keep.hpp"
#include "tests/building/memory_registers.hpp"
#include "tests/building/unit.hpp"

namespace building {

// An electric lock with a memory for codes and cards, one channel: el-100, io-80, pk-9, pk-9s.
class MemoryLock final : public Unit {
 public:
  // With `keep`, which must outlive it, the memory goes on where it was saved last, and is saved
  // after each change. Throws std::runtime_error if what was kept cannot be this model's.
  MemoryLock(Identity identity, MoveSink& moves, LockSpec spec, MemoryKeep* keep = nullptr);

  std::string_view model() const override { return spec_.model; }
  bool has(Table table) const override { return table != Table::discrete; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  Refusal check_all(Table table, std::uint16_t first,
                    std::span<const std::uint16_t> values) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table, std::uint16_t) const override { return 1; }
  bool secret(Table table, std::uint16_t address) const override;
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  using Words = std::span<const std::string>;
  using Act = Said (MemoryLock::*)(Words words, Time now);
  struct NamedAct {
    std::string_view verb;
    Act act;
  };
  static const NamedAct acts[];

  void powered_up(Time at) override { clock_.power_up(at); }
  std::uint16_t status() const;
  std::optional<std::uint16_t> input(std::uint16_t address) const;
  std::optional<std::uint16_t> holding(std::uint16_t address) const;
  void save();
  std::uint32_t new_serial();
  std::optional<std::uint32_t> schedule_minute(Time now) const;

  // memory_lock_acts.cpp: what people and tests do.
  Said flag(bool& which, Words words, std::string_view yes, std::string_view no);
  Said tamper(Words words, Time now);
  Said power(Words words, Time now);
  Said fault_code(Words words, Time now);
  Said lockout(Words words, Time now);
  Said key(Words words, Time now);
  Said code(Words words, Time now);
  Said card(Words words, Time now);
  Said touch(Words words, Time now);
  Said program(Words words, Time now);
  Said erase(Words words, Time now);
  Said memory(Words words, Time now);
  Said swap(Words words, Time now);
  Said clock(Words words, Time now);
  Said drift(Words words, Time now);
  Said masters(Words words, Time now);
  Said refuse(Words words, Time now);
  Said shown(const StoredKey& key, Time now);
  std::expected<SlotPlace, std::string> place(Words words) const;
  void slot_changed(Time at, SlotPlace place, std::string_view value, By by);

  LockSpec spec_;
  MemoryKeep* keep_;
  LockBody lock_;
  bool tamper_ = false;
  bool supply_lost_ = false;
  std::uint16_t fault_ = 0;
  Keypad keypad_;
  CodeMemory memory_;
  MemoryRegisters registers_;
  LockClock clock_;
  std::uint16_t clock_high_ = 0;  // holding 130 and 131, until 132 is written
  std::uint16_t clock_low_ = 0;
};

}  // namespace building
