#include "tests/building/code_memory.hpp"

#include <algorithm>

namespace building {

namespace {
bool exists(std::uint16_t slot) { return slot >= 1 && slot <= CodeMemory::slots; }
}  // namespace

CodeMemory::Outcome CodeMemory::write(std::uint16_t slot, const Key& key) {
  if (!exists(slot)) return Outcome::no_such_slot;
  const bool elsewhere = std::ranges::any_of(keys_, [slot, &key](const auto& entry) {
    return entry.first != slot && entry.second == key;
  });
  if (elsewhere) return Outcome::already_there;
  if (key.kind == Kind::empty) {
    keys_.erase(slot);
  } else {
    keys_[slot] = key;
  }
  return Outcome::ok;
}

CodeMemory::Outcome CodeMemory::remove(std::uint16_t slot) {
  if (!exists(slot)) return Outcome::no_such_slot;
  keys_.erase(slot);
  return Outcome::ok;
}

CodeMemory::Outcome CodeMemory::read(std::uint16_t slot, Key& into) const {
  if (!exists(slot)) return Outcome::no_such_slot;
  const auto found = keys_.find(slot);
  into = found == keys_.end() ? Key{} : found->second;
  return Outcome::ok;
}

CodeMemory::Kind CodeMemory::kind(std::uint16_t slot) const {
  const auto found = keys_.find(slot);
  return found == keys_.end() ? Kind::empty : found->second.kind;
}

bool CodeMemory::digits_valid(std::uint16_t four) {
  for (unsigned shift = 0; shift < 16; shift += 4) {
    const unsigned digit = (four >> shift) & 0xFU;
    if (digit > 9 && digit != 0xF) return false;
  }
  return true;
}

}  // namespace building
