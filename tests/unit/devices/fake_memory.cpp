#include "tests/unit/devices/fake_memory.hpp"

#include <utility>

namespace genkan::devices::test {

namespace {

// Results of a command.
constexpr std::uint16_t done = 0;
constexpr std::uint16_t busy = 1;
constexpr std::uint16_t already_there = 2;
constexpr std::uint16_t no_such_slot = 3;
constexpr std::uint16_t not_enabled = 5;
constexpr std::uint16_t bad_content = 6;

constexpr std::uint16_t write_command = 1;
constexpr std::uint16_t remove_command = 2;

std::chrono::milliseconds takes(std::uint16_t command) {
  return command == write_command    ? std::chrono::milliseconds(120)
         : command == remove_command ? std::chrono::milliseconds(80)
                                     : std::chrono::milliseconds(20);
}

}  // namespace

FakeMemory::FakeMemory(World& world, std::uint8_t unit, std::vector<std::uint16_t> places,
                       bool schedules)
    : world_(world), unit_(unit), places_(std::move(places)), schedules_(schedules) {
  clock_set_ = world.time.steady();
  input(20) = places_.front();
  input(21) = places_.size() > 1 ? places_[1] : std::uint16_t{0};
  input(24) = 0x0001;
  input(25) = 0x2345;
  world.wire.physics = [this, before = world.wire.physics](const FakeWire::Write& write) {
    if (before) before(write);
    if (write.unit == unit_) written(write);
  };
  world.wire.before_read = [this, before = world.wire.before_read](std::uint8_t asked) {
    if (before) before(asked);
    if (asked == unit_) live();
  };
  world.wire.fate = [this, before = world.wire.fate](const bus::Exchange& exchange) {
    const auto told = before ? before(exchange) : std::nullopt;
    return told || exchange.unit != unit_ ? told : fate(exchange);
  };
}

std::uint16_t& FakeMemory::holding(std::uint16_t address) {
  return world_.wire.at(unit_, bus::Table::holding, address);
}

std::uint16_t& FakeMemory::input(std::uint16_t address) {
  return world_.wire.at(unit_, bus::Table::input, address);
}

FakeMemory::Slot FakeMemory::code(const std::string& digits) {
  Slot slot{.kind = 1};
  slot.content.fill(0xFFFF);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const unsigned shift = 12 - 4 * (i % 4);
    auto& word = slot.content.at(i / 4);
    word = static_cast<std::uint16_t>((word & ~(0xFU << shift)) |
                                      static_cast<unsigned>(digits[i] - '0') << shift);
  }
  slot.length = static_cast<std::uint16_t>(digits.size());
  return slot;
}

FakeMemory::Slot FakeMemory::card(const std::vector<std::uint8_t>& bytes) {
  Slot slot{.kind = 2};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto& word = slot.content.at(i / 2);
    word = static_cast<std::uint16_t>(word | unsigned{bytes[i]} << (i % 2 == 0 ? 8U : 0U));
  }
  slot.length = static_cast<std::uint16_t>(bytes.size());
  return slot;
}

void FakeMemory::put(Place place, Slot slot) {
  slots[place] = slot;
  changed();
}

void FakeMemory::put_code(Place place, const std::string& digits) { put(place, code(digits)); }

void FakeMemory::put_card(Place place, std::vector<std::uint8_t> bytes) { put(place, card(bytes)); }

void FakeMemory::erase(Place place) {
  slots.erase(place);
  changed();
}

void FakeMemory::set_enabled(std::uint16_t areas) { input(22) = enabled_ = areas; }

void FakeMemory::swap(std::uint32_t serial) {
  slots.clear();
  input(24) = static_cast<std::uint16_t>(serial >> 16);
  input(25) = static_cast<std::uint16_t>(serial & 0xFFFF);
  input(26) = 0;
  show_bits();
}

std::optional<FakeWire::Fate> FakeMemory::fate(const bus::Exchange& exchange) {
  const unsigned end = exchange.address + unsigned{exchange.count};
  const bool order = !exchange.values.empty() && exchange.address <= 110 && end > 110;
  if (!order || !busy_) return std::nullopt;
  ++refusals;
  world_.wire.exception = 6;
  return FakeWire::Fate::exception;
}

void FakeMemory::written(const FakeWire::Write& write) {
  if (write.table != bus::Table::holding) return;
  if (write.address == 99) show_bits();
  if (write.address == 110) begin(write.value);
  if (write.address == 132 && !stops_clock) {
    clock_s = (std::uint64_t{holding(130)} << 16 | holding(131)) * 60 + holding(132);
    clock_set_ = world_.time.steady();
  }
}

void FakeMemory::begin(std::uint16_t command) {
  orders.push_back(command);
  if (at_command) at_command(command);
  busy_ = true;
  input(110) = busy;
  if (takes_time) world_.after(takes(command), [this, command] { finish(command); });
}

void FakeMemory::finish(std::uint16_t command) {
  busy_ = false;
  input(110) = always ? *always : work(command);
}

std::uint16_t FakeMemory::work(std::uint16_t command) {
  const Place place{holding(99), holding(100)};
  if (place.first >= places_.size() || place.second < 1 || place.second > places_[place.first]) {
    return no_such_slot;
  }
  if (schedules_ && place.first > enabled_) return not_enabled;
  if (pretends.contains(command)) return done;
  if (command == write_command) return write_slot(place);
  if (command == remove_command) {
    if (slots.erase(place) > 0) changed();
    return done;
  }
  read_slot(place);
  return done;
}

std::uint16_t FakeMemory::write_slot(Place place) {
  Slot slot{.kind = holding(101), .length = holding(107)};
  for (std::uint16_t i = 0; i < 5; ++i)
    slot.content.at(i) = holding(static_cast<std::uint16_t>(102 + i));
  if (schedules_) {
    for (std::uint16_t i = 0; i < 7; ++i) {
      slot.schedule.at(i) = holding(static_cast<std::uint16_t>(120 + i));
    }
  }
  if (slot.kind < 1 || slot.kind > 2 || slot.length == 0) return bad_content;
  for (const auto& [other, held] : slots) {
    const bool same =
        held.kind == slot.kind && held.content == slot.content && held.length == slot.length;
    if (!same || other == place) continue;
    input(111) = other.second;
    input(112) = other.first;
    return already_there;
  }
  const auto before = slots.find(place);
  if (before != slots.end() && before->second == slot) return done;
  slots[place] = slot;
  changed();
  return done;
}

void FakeMemory::read_slot(Place place) {
  const auto found = slots.find(place);
  const Slot slot = found == slots.end() ? Slot{} : found->second;
  holding(101) = slot.kind;
  for (std::uint16_t i = 0; i < 5; ++i)
    holding(static_cast<std::uint16_t>(102 + i)) = slot.content.at(i);
  holding(107) = slot.length;
  for (std::uint16_t i = 0; schedules_ && i < 7; ++i) {
    holding(static_cast<std::uint16_t>(120 + i)) = slot.schedule.at(i);
  }
}

void FakeMemory::changed() {
  ++input(26);
  show_bits();
}

void FakeMemory::show_bits() {
  for (std::uint16_t i = 0; i < 15; ++i) input(static_cast<std::uint16_t>(30 + i)) = 0;
  if (!bits_stick) marks_.clear();
  for (const auto& [place, slot] : slots) marks_.insert(place);
  for (const auto& [area, slot] : marks_) {
    if (area != holding(99)) continue;
    const auto bit = slot - 1;
    auto& word = input(static_cast<std::uint16_t>(30 + bit / 16));
    word = static_cast<std::uint16_t>(word | 1U << (bit % 16));
  }
}

void FakeMemory::live() {
  const auto since = std::chrono::floor<std::chrono::seconds>(world_.time.steady() - clock_set_);
  const std::uint64_t shown = clock_s + static_cast<std::uint64_t>(since.count());
  holding(130) = static_cast<std::uint16_t>(shown / 60 >> 16);
  holding(131) = static_cast<std::uint16_t>(shown / 60 & 0xFFFF);
  holding(132) = static_cast<std::uint16_t>(shown % 60);
}

}  // namespace genkan::devices::test
