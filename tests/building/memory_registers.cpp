#include "tests/building/memory_registers.hpp"

#include <utility>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t first_taken = 30;
constexpr std::uint16_t last_taken = 44;
constexpr std::uint16_t slots_a_word = 16;

constexpr std::uint16_t area_register = 99;
constexpr std::uint16_t slot_register = 100;
constexpr std::uint16_t kind_register = 101;
constexpr std::uint16_t first_content = 102;
constexpr std::uint16_t last_content = 106;
constexpr std::uint16_t length_register = 107;
constexpr std::uint16_t first_reserved = 108;
constexpr std::uint16_t last_reserved = 109;
constexpr std::uint16_t command_register = 110;  // input: the result
constexpr std::uint16_t there_slot = 111;
constexpr std::uint16_t there_area = 112;
constexpr std::uint16_t first_schedule = 120;
constexpr std::uint16_t last_schedule = 126;

constexpr std::uint16_t write_command = 1;
constexpr std::uint16_t remove_command = 2;
constexpr std::uint16_t read_command = 3;

Duration takes(std::uint16_t command) {
  switch (command) {
    case write_command: return 120ms;
    case remove_command: return 80ms;
    default: return 20ms;
  }
}

bool between(std::uint16_t address, std::uint16_t first, std::uint16_t last) {
  return address >= first && address <= last;
}

}  // namespace

MemoryRegisters::MemoryRegisters(Agenda& agenda, int key, CodeMemory& memory, bool schedules,
                                 Changed changed)
    : agenda_(agenda),
      key_(key),
      memory_(memory),
      schedules_(schedules),
      changed_(std::move(changed)) {}

std::optional<std::uint16_t> MemoryRegisters::input(std::uint16_t address) const {
  const MemoryImage& image = memory_.image();
  switch (address) {
    case 20: return memory_.places(0);
    case 21: return memory_.places(1);
    case 22: return image.masters;
    case 24: return static_cast<std::uint16_t>(image.serial >> 16U);
    case 25: return static_cast<std::uint16_t>(image.serial & 0xFFFFU);
    case 26: return image.changes;
    case command_register: return static_cast<std::uint16_t>(result_);
    case there_slot: return there_.slot;
    case there_area: return there_.area;
    default: break;
  }
  if (!between(address, first_taken, last_taken)) return std::nullopt;
  return taken_word(static_cast<std::uint16_t>(address - first_taken));
}

std::uint16_t MemoryRegisters::taken_word(std::uint16_t word) const {
  unsigned bits = 0;
  for (unsigned bit = 0; bit < slots_a_word; ++bit) {
    const auto slot = static_cast<std::uint16_t>(word * slots_a_word + bit + 1);
    if (memory_.taken({place_.area, slot})) bits |= 1U << bit;
  }
  return static_cast<std::uint16_t>(bits);
}

std::optional<std::uint16_t> MemoryRegisters::holding(std::uint16_t address) const {
  if (address == area_register) return place_.area;
  if (address == slot_register) return place_.slot;
  if (address == kind_register) return static_cast<std::uint16_t>(key_words_.kind);
  if (between(address, first_content, last_content)) {
    return key_words_.content[address - first_content];
  }
  if (address == length_register) return key_words_.length;
  if (between(address, first_reserved, last_reserved)) return std::uint16_t{0};
  if (address == command_register) return command_;
  if (schedules_ && between(address, first_schedule, last_schedule)) {
    return schedule_words_[address - first_schedule];
  }
  return std::nullopt;
}

bool MemoryRegisters::value_possible(std::uint16_t address, std::uint16_t value) const {
  if (address == kind_register) return value <= static_cast<std::uint16_t>(KeyKind::card);
  if (between(address, first_reserved, last_reserved)) return value == 0;
  if (address == command_register) return between(value, write_command, read_command);
  if (between(address, first_schedule, last_schedule)) {
    return schedule_word_possible(address - first_schedule, value);
  }
  return true;
}

bool MemoryRegisters::secret(std::uint16_t address) const {
  return between(address, first_content, length_register);
}

void MemoryRegisters::write(std::uint16_t address, std::uint16_t value, Time at) {
  if (address == area_register) {
    place_.area = value;
  } else if (address == slot_register) {
    place_.slot = value;
  } else if (address == kind_register) {
    key_words_.kind = static_cast<KeyKind>(value);
  } else if (between(address, first_content, last_content)) {
    key_words_.content[address - first_content] = value;
  } else if (address == length_register) {
    key_words_.length = value;
  } else if (between(address, first_schedule, last_schedule)) {
    schedule_words_[address - first_schedule] = value;
  } else if (address == command_register) {
    command_ = value;
    start(at);
  }
}

void MemoryRegisters::start(Time at) {
  result_ = MemoryResult::busy;
  there_ = {};
  const SlotEntry entry{key_words_, schedule_of(schedule_words_)};
  agenda_.put(key_, at + takes(command_),
              [this, place = place_, entry](Time then) { finish(then, place, entry); });
}

void MemoryRegisters::finish(Time at, SlotPlace place, const SlotEntry& entry) {
  if (refusal_) {
    result_ = *refusal_;
    return;
  }
  if (command_ == read_command) {
    read(place);
    return;
  }
  const bool writes = command_ == write_command;
  const CodeMemory::Answer answer = writes ? memory_.write(place, entry) : memory_.remove(place);
  result_ = answer.result;
  there_ = answer.where.value_or(SlotPlace{});
  if (answer.changed) changed_(at, place, writes ? What::write : What::remove);
}

void MemoryRegisters::read(SlotPlace place) {
  SlotEntry entry;
  result_ = memory_.read(place, entry);
  if (result_ != MemoryResult::done) return;
  key_words_ = entry.key;
  if (schedules_) schedule_words_ = words_of(entry.schedule);
}

void MemoryRegisters::reset() {
  agenda_.drop(key_);
  place_ = {};
  key_words_ = {};
  schedule_words_ = {};
  command_ = 0;
  result_ = MemoryResult::done;
  there_ = {};
  refusal_.reset();
}

}  // namespace building
