#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "firmware/domain/calendar/local_time.hpp"

// How a lock's memory is reached: a mailbox of registers that takes a slot and what to do with it
// (docs/PROFILES.md, [memory]). What of it concerns the rules is domain::LockModel.
namespace genkan::profile {

using RegisterIndex = std::uint16_t;  // into Profile::registers

// What the raw values of a register mean.
template <class Word>
struct Meanings {
  RegisterIndex reg = 0;
  std::map<std::int32_t, Word> values;

  // The first raw value that means the word; nothing if none does.
  std::optional<std::int32_t> raw_of(Word word) const {
    for (const auto& [raw, means] : values) {
      if (means == word) return raw;
    }
    return std::nullopt;
  }
};

enum class SlotKind : std::uint8_t { empty, code, card };
enum class SlotResult : std::uint8_t {
  done,
  busy,
  already_there,
  no_such_slot,
  full,
  not_enabled,
  bad_content,
};
enum class ScheduleMode : std::uint8_t { always, span, weekly };

// How a key stands in the content's words. Each word's high part comes first.
struct KeyCoding {
  enum class As : std::uint8_t {
    bcd,    // codes: a digit in four bits, four a word
    ascii,  // codes: a digit in a byte, two a word
    bytes,  // cards: two a word
  };
  As as = As::bcd;
  std::uint8_t fill = 0xF;  // what follows the key: four bits for bcd, otherwise a byte
  bool operator==(const KeyCoding&) const = default;
};

struct Mailbox {
  std::optional<RegisterIndex> area;
  RegisterIndex slot = 0;
  std::optional<Meanings<SlotKind>> kind;
  RegisterIndex content = 0;
  KeyCoding code;
  KeyCoding card{KeyCoding::As::bytes, 0};
  std::optional<RegisterIndex> length;  // digits or bytes
  std::vector<RegisterIndex> zero;      // written 0 together with the others
  RegisterIndex command = 0;
  std::int32_t write = 0;  // raw values of the command
  std::int32_t remove = 0;
  std::optional<std::int32_t> read;  // none: contents are not given away
  Meanings<SlotResult> result;
  std::optional<RegisterIndex> there_slot;  // where an 'already there' is
  std::optional<RegisterIndex> there_area;
  bool together = true;  // registers side by side go out as one write, the command included
  // How long the lock usually works on each; its result is first looked at then.
  std::chrono::milliseconds write_takes{0};
  std::chrono::milliseconds remove_takes{0};
  std::chrono::milliseconds read_takes{0};
  std::chrono::milliseconds pause{20};      // between two looks at the result
  std::chrono::milliseconds longest{2000};  // for one command, from its echo
};

// A schedule that the lock keeps with the key.
struct ScheduleRegisters {
  Meanings<ScheduleMode> mode;
  RegisterIndex first = 0;  // minutes since the epoch
  RegisterIndex last = 0;
  RegisterIndex weekdays = 0;
  RegisterIndex from = 0;  // steps since midnight
  RegisterIndex to = 0;
  bool sunday_first = false;  // whose bit is the lowest: Monday's or Sunday's
};

struct ClockRegisters {
  RegisterIndex minutes = 0;  // since the epoch
  std::optional<RegisterIndex> seconds;
};

struct Memory {
  // What the area register takes for each area of the model, and the number of its first place.
  struct Place {
    std::uint16_t number = 0;
    std::uint16_t first = 1;
  };
  std::vector<Place> areas;  // beside LockModel::areas
  Mailbox mailbox;
  std::optional<ScheduleRegisters> schedule;
  std::optional<ClockRegisters> clock;
  // Which slots are taken, a bit each from the lowest of the first word: of the area selected, or
  // where there is no area register, of all from the lowest number on.
  std::optional<RegisterIndex> taken;
  std::optional<RegisterIndex> enabled;  // how many of the areas that need enabling count
  std::optional<RegisterIndex> serial;
  std::optional<RegisterIndex> changes;
  domain::LocalDay epoch{};
};

}  // namespace genkan::profile
