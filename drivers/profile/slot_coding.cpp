#include "drivers/profile/slot_coding.hpp"

#include <algorithm>

namespace genkan::profile {

namespace {

using std::chrono::minutes;

unsigned bits_of(const KeyCoding& coding) { return coding.as == KeyCoding::As::bcd ? 4 : 8; }

// The symbols of all words, the high part of each first.
std::vector<std::uint8_t> spread(const KeyCoding& coding, const std::vector<std::uint16_t>& words) {
  const unsigned bits = bits_of(coding);
  const unsigned mask = (1U << bits) - 1;
  std::vector<std::uint8_t> all;
  for (const unsigned word : words) {
    for (unsigned shift = 16; shift > 0; shift -= bits) {
      all.push_back(static_cast<std::uint8_t>(word >> (shift - bits) & mask));
    }
  }
  return all;
}

constexpr unsigned days_of_week = 7;
constexpr unsigned all_days = 0x7F;

// Monday's bit is the lowest here; some locks begin with Sunday.
std::int64_t turned(domain::Weekdays days, bool sunday_first) {
  const unsigned bits = days & all_days;
  return sunday_first ? (bits << 1U | bits >> (days_of_week - 1)) & all_days : bits;
}

domain::Weekdays turned_back(std::int64_t raw, bool sunday_first) {
  const auto bits = static_cast<unsigned>(raw) & all_days;
  const unsigned days = sunday_first ? (bits >> 1U | bits << (days_of_week - 1)) & all_days : bits;
  return static_cast<domain::Weekdays>(days);
}

}  // namespace

std::size_t room(const KeyCoding& coding, std::size_t words) {
  return words * 16 / bits_of(coding);
}

std::vector<std::uint16_t> pack(const KeyCoding& coding, const std::vector<std::uint8_t>& symbols,
                                std::size_t words) {
  const unsigned bits = bits_of(coding);
  const unsigned offset = coding.as == KeyCoding::As::ascii ? '0' : 0;
  std::vector<std::uint16_t> list(words);
  std::size_t next = 0;
  for (auto& word : list) {
    unsigned value = 0;
    for (unsigned filled = 0; filled < 16; filled += bits, ++next) {
      value = value << bits | (next < symbols.size() ? symbols[next] + offset : coding.fill);
    }
    word = static_cast<std::uint16_t>(value);
  }
  return list;
}

std::optional<std::vector<std::uint8_t>> unpack(const KeyCoding& coding,
                                                const std::vector<std::uint16_t>& words,
                                                std::optional<std::int64_t> length) {
  auto all = spread(coding, words);
  if (length) {
    if (*length < 1 || *length > static_cast<std::int64_t>(all.size())) return std::nullopt;
    all.resize(static_cast<std::size_t>(*length));
  } else {
    while (!all.empty() && all.back() == coding.fill) all.pop_back();
  }
  if (coding.as == KeyCoding::As::bytes) return all;
  const unsigned offset = coding.as == KeyCoding::As::ascii ? '0' : 0;
  for (auto& symbol : all) {
    if (symbol < offset || symbol - offset > 9) return std::nullopt;
    symbol = static_cast<std::uint8_t>(symbol - offset);
  }
  return all;
}

std::vector<std::uint8_t> symbols_of(const domain::SlotContent& content) {
  std::vector<std::uint8_t> symbols;
  if (const auto* code = std::get_if<domain::Code>(&content.key)) {
    for (const char digit : code->digits())
      symbols.push_back(static_cast<std::uint8_t>(digit - '0'));
  } else {
    const auto bytes = std::get<domain::CardNumber>(content.key).bytes();
    symbols.assign(bytes.begin(), bytes.end());
  }
  return symbols;
}

std::optional<domain::SlotContent> content_of(SlotKind kind,
                                              const std::vector<std::uint8_t>& symbols) {
  if (kind == SlotKind::card) {
    const auto card = domain::CardNumber::from_bytes(symbols);
    if (!card) return std::nullopt;
    return domain::SlotContent{.key = *card, .schedule = {}};
  }
  std::string digits;
  for (const auto symbol : symbols) digits += static_cast<char>('0' + symbol);
  const auto code = domain::Code::parse(digits);
  if (!code || kind == SlotKind::empty) return std::nullopt;
  return domain::SlotContent{.key = *code, .schedule = {}};
}

RawSchedule raw_schedule(const Profile& profile,
                         const std::optional<domain::LockSchedule>& schedule) {
  RawSchedule raw;
  if (!schedule) return raw;
  const domain::LocalTime epoch = profile.memory->epoch;
  raw.mode = schedule->window ? ScheduleMode::weekly : ScheduleMode::span;
  raw.first = (schedule->first - epoch).count();
  raw.last = (schedule->last - epoch).count();
  if (!schedule->window) return raw;
  const auto step = profile.lock->schedule_step.count();
  raw.weekdays = turned(schedule->weekdays, profile.memory->schedule->sunday_first);
  raw.from = schedule->window->first.count() / step;
  raw.to = (schedule->window->second.count() + step - 1) / step;
  return raw;
}

std::optional<domain::LockSchedule> schedule_of(const Profile& profile, const RawSchedule& raw) {
  if (raw.mode == ScheduleMode::always) return std::nullopt;
  domain::LockSchedule schedule;
  const domain::LocalTime epoch = profile.memory->epoch;
  schedule.first = epoch + minutes(raw.first);
  schedule.last = epoch + minutes(raw.last);
  if (raw.mode == ScheduleMode::span) return schedule;
  const auto step = profile.lock->schedule_step;
  schedule.weekdays = turned_back(raw.weekdays, profile.memory->schedule->sunday_first);
  schedule.window = std::pair<minutes, minutes>(raw.from * step, raw.to * step);
  return schedule;
}

std::int64_t highest_raw(const Register& reg) {
  const unsigned bits = reg.bit_count > 0 ? reg.bit_count : reg.width() * 16U;
  return (std::int64_t{1} << std::min(bits, 32U)) - 1;
}

}  // namespace genkan::profile
