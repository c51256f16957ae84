#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "tests/building/agenda.hpp"
#include "tests/building/code_memory.hpp"
#include "tests/building/unit.hpp"

namespace building {

// The registers through which a lock's memory is read and written over the bus (README.md, "the
// memory of the locks"): input 20 to 26, 30 to 44 and 110 to 112, holding 99 to 110 and, where
// schedules are kept, 120 to 126.
class MemoryRegisters {
 public:
  enum class What : std::uint8_t { write, remove };
  // A slot was changed over the bus.
  using Changed = std::function<void(Time at, SlotPlace place, What what)>;

  // Uses `key` of the agenda; agenda and memory must outlive it.
  MemoryRegisters(Agenda& agenda, int key, CodeMemory& memory, bool schedules, Changed changed);

  std::optional<std::uint16_t> input(std::uint16_t address) const;
  std::optional<std::uint16_t> holding(std::uint16_t address) const;
  // Of a mapped holding register.
  bool value_possible(std::uint16_t address, std::uint16_t value) const;
  bool secret(std::uint16_t address) const;
  bool busy() const { return result_ == MemoryResult::busy && agenda_.has(key_); }
  // Not while busy. Writing the command starts it, on what the registers hold at that moment.
  void write(std::uint16_t address, std::uint16_t value, Time at);

  // Commands take their time, do nothing and end with this result; nothing: as they should.
  void refuse(std::optional<MemoryResult> result) { refusal_ = result; }
  // As after power-up; a command under way is lost.
  void reset();

 private:
  void start(Time at);
  void finish(Time at, SlotPlace place, const SlotEntry& entry);
  void read(SlotPlace place);
  std::uint16_t taken_word(std::uint16_t word) const;

  Agenda& agenda_;
  int key_;
  CodeMemory& memory_;
  bool schedules_;
  Changed changed_;

  SlotPlace place_;
  StoredKey key_words_;
  KeySchedule::Words schedule_words_{};
  std::uint16_t command_ = 0;
  MemoryResult result_ = MemoryResult::done;
  SlotPlace there_;  // of the last `already_there`, else 0
  std::optional<MemoryResult> refusal_;
};

}  // namespace building
