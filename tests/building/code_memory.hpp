#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/building/key_schedule.hpp"
#include "tests/building/slot_place.hpp"
#include "tests/building/stored_key.hpp"

namespace building {

// As input 110 tells it. `full` is only ever given because a test wants it (`refuse`).
enum class MemoryResult : std::uint16_t {
  done = 0,
  busy = 1,
  already_there = 2,
  no_such_slot = 3,
  full = 4,
  not_enabled = 5,
  bad_content = 6,
};

struct MemoryArea {
  std::uint16_t places = 0;
  bool codes = false;
  bool cards = false;
  bool master = false;  // counts only if it is enabled
};

struct SlotEntry {
  StoredKey key;
  KeySchedule schedule;
  bool operator==(const SlotEntry&) const = default;
};

// All that a lock's memory holds.
struct MemoryImage {
  std::uint32_t serial = 0;
  std::uint16_t changes = 0;  // wraps
  std::uint16_t masters = 0;  // areas 1 to this are enabled
  std::map<SlotPlace, SlotEntry> slots;
};

// The memory of a lock for codes and cards. An area that is not enabled is as good as not there:
// its slots are kept, but none is seen, changed or opens.
class CodeMemory {
 public:
  struct Answer {
    MemoryResult result = MemoryResult::done;
    std::optional<SlotPlace> where = std::nullopt;  // already_there
    bool changed = false;
  };
  // A key that was shown: where it lies, and whether it opens now.
  struct Match {
    SlotPlace place;
    bool opens = false;
  };

  CodeMemory(std::vector<MemoryArea> areas, bool keeps_schedules);

  // Replaces what the slot holds. The same code or card in another slot is `already_there`.
  Answer write(SlotPlace place, SlotEntry entry);
  Answer remove(SlotPlace place);
  // `into` becomes empty if the slot is.
  MemoryResult read(SlotPlace place, SlotEntry& into) const;

  bool taken(SlotPlace place) const;
  // Without `minute` schedules do not count. Of several slots with the key the first that opens,
  // by area and slot.
  std::optional<Match> find(const StoredKey& key, std::optional<std::uint32_t> minute) const;

  std::uint16_t areas() const { return static_cast<std::uint16_t>(areas_.size()); }
  // 0: no such area.
  std::uint16_t places(std::uint16_t area) const;
  std::uint16_t masters_most() const;
  void enable_masters(std::uint16_t count) { image_.masters = count; }

  const MemoryImage& image() const { return image_; }
  // A new piece of hardware, empty.
  void renew(std::uint32_t serial) { image_ = MemoryImage{serial, 0, 0, {}}; }
  // Nothing is taken over if something in it cannot be in this memory.
  std::expected<void, std::string> restore(MemoryImage image);

 private:
  bool exists(SlotPlace place) const;
  bool enabled(std::uint16_t area) const;
  bool fits(SlotPlace place, const SlotEntry& entry) const;
  std::optional<SlotPlace> elsewhere(SlotPlace place, const StoredKey& key) const;

  std::vector<MemoryArea> areas_;
  bool keeps_schedules_;
  MemoryImage image_;
};

}  // namespace building
