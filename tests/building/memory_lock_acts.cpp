// What people and the world do to a lock with a memory: the verbs of the control socket.
#include <iterator>
#include <utility>

#include <boost/json.hpp>

#include "tests/building/memory_json.hpp"
#include "tests/building/memory_lock.hpp"

namespace building {

namespace {

constexpr int most_seconds = 1'000'000'000;  // a clock is moved at most by so much (32 years)
constexpr int most_drift = 200'000;          // parts in a million

boost::json::object refused(std::string_view why) { return {{"accepted", false}, {"why", why}}; }

std::string sentence(const CodeMemory::Answer& answer) {
  switch (answer.result) {
    case MemoryResult::already_there:
      return "it is in area " + std::to_string(answer.where->area) + " slot " +
             std::to_string(answer.where->slot) + " already";
    case MemoryResult::no_such_slot: return "the lock has no such slot";
    case MemoryResult::not_enabled: return "this master area is not enabled";
    default: return "this area does not take such keys";
  }
}

Said taken(const std::expected<int, std::string>& number) {
  if (!number) return std::unexpected(number.error());
  return {};
}

}  // namespace

const MemoryLock::NamedAct MemoryLock::acts[] = {
    {"tamper", &MemoryLock::tamper},   {"power", &MemoryLock::power},
    {"lockout", &MemoryLock::lockout}, {"fault-code", &MemoryLock::fault_code},
    {"key", &MemoryLock::key},         {"code", &MemoryLock::code},
    {"card", &MemoryLock::card},       {"touch", &MemoryLock::touch},
    {"program", &MemoryLock::program}, {"erase", &MemoryLock::erase},
    {"memory", &MemoryLock::memory},   {"swap", &MemoryLock::swap},
    {"clock", &MemoryLock::clock},     {"drift", &MemoryLock::drift},
    {"masters", &MemoryLock::masters}, {"refuse", &MemoryLock::refuse},
};

Said MemoryLock::tell(int, std::string_view verb, Words words, Time now) {
  if (lock_.knows(verb)) return lock_.tell(verb, words, now);
  for (const NamedAct& one : acts) {
    if (one.verb == verb) return (this->*one.act)(words, now);
  }
  return lacks(verb);
}

Said MemoryLock::flag(bool& which, Words words, std::string_view yes, std::string_view no) {
  const auto on = either(words, yes, no);
  if (!on) return std::unexpected(on.error());
  which = *on;
  return {};
}

Said MemoryLock::tamper(Words words, Time) { return flag(tamper_, words, "on", "off"); }
Said MemoryLock::power(Words words, Time) { return flag(supply_lost_, words, "lost", "ok"); }

Said MemoryLock::lockout(Words words, Time) {
  bool on = false;
  const Said said = flag(on, words, "on", "off");
  if (said) keypad_.hold(on);
  return said;
}

Said MemoryLock::fault_code(Words words, Time) {
  const auto code = number(words, 0, 0, 65'535, "the code");
  if (code) fault_ = static_cast<std::uint16_t>(*code);
  return taken(code);
}

// `key SLOT [AREA]`: whoever has the key of that slot uses it, whatever is in it.
Said MemoryLock::key(Words words, Time now) {
  const int areas = memory_.areas();
  const auto area = words.size() > 1 ? number(words, 1, 0, areas - 1, "the area") : 0;
  if (!area) return std::unexpected(area.error());
  const auto in = static_cast<std::uint16_t>(*area);
  const auto slot = number(words, 0, 1, memory_.places(in), "the slot");
  if (!slot) return std::unexpected(slot.error());
  const SlotPlace used{in, static_cast<std::uint16_t>(*slot)};
  SlotEntry entry;
  memory_.read(used, entry);
  const bool card = entry.key.kind == KeyKind::card;
  if (!card && keypad_.locked(now)) return std::unexpected("the keypad is locked out");
  lock_.use_key(used, card, now);
  return {};
}

std::optional<std::uint32_t> MemoryLock::schedule_minute(Time now) const {
  if (!spec_.schedules) return std::nullopt;
  return clock_.minute(now);
}

Said MemoryLock::shown(const StoredKey& key, Time now) {
  const auto match = memory_.find(key, schedule_minute(now));
  const bool opens = match && match->opens;
  const bool card = key.kind == KeyKind::card;
  if (!card) opens ? keypad_.right() : keypad_.wrong(now);
  if (!opens) return refused(match ? "schedule" : "unknown");
  lock_.use_key(match->place, card, now);
  return boost::json::object{
      {"accepted", true}, {"area", match->place.area}, {"slot", match->place.slot}};
}

Said MemoryLock::code(Words words, Time now) {
  const auto key = code_of(words.size() == 1 ? words[0] : "");
  if (!key) return std::unexpected(key.error());
  if (supply_lost_) return refused("supply");
  if (keypad_.locked(now)) return refused("lockout");
  return shown(*key, now);
}

Said MemoryLock::card(Words words, Time now) {
  const auto key = card_of(words.size() == 1 ? words[0] : "");
  if (!key) return std::unexpected(key.error());
  if (supply_lost_) return refused("supply");
  return shown(*key, now);
}

Said MemoryLock::touch(Words words, Time now) {
  const auto lock = either(words, "lock", "unlock");
  if (!lock) return std::unexpected(lock.error());
  if (supply_lost_) return std::unexpected("the supply is lost");
  return lock_.touch(*lock, now);
}

std::expected<SlotPlace, std::string> MemoryLock::place(Words words) const {
  const auto area = number(words, 0, 0, memory_.areas() - 1, "the area");
  if (!area) return std::unexpected(area.error());
  const auto in = static_cast<std::uint16_t>(*area);
  const auto slot = number(words, 1, 1, memory_.places(in), "the slot");
  if (!slot) return std::unexpected(slot.error());
  return SlotPlace{in, static_cast<std::uint16_t>(*slot)};
}

Said MemoryLock::program(Words words, Time now) {
  const auto where = place(words);
  if (!where) return std::unexpected(where.error());
  if (words.size() != 4) return std::unexpected("say program DEV AREA SLOT code|card VALUE");
  const auto code = either(words.subspan(2, 1), "code", "card");
  if (!code) return std::unexpected(code.error());
  const auto key = *code ? code_of(words[3]) : card_of(words[3]);
  if (!key) return std::unexpected(key.error());
  const CodeMemory::Answer answer = memory_.write(*where, {*key, {}});
  if (answer.result != MemoryResult::done) return std::unexpected(sentence(answer));
  if (answer.changed) slot_changed(now, *where, "write", By::hand);
  return {};
}

Said MemoryLock::erase(Words words, Time now) {
  const auto where = place(words);
  if (!where) return std::unexpected(where.error());
  const CodeMemory::Answer answer = memory_.remove(*where);
  if (answer.result != MemoryResult::done) return std::unexpected(sentence(answer));
  if (answer.changed) slot_changed(now, *where, "remove", By::hand);
  return {};
}

Said MemoryLock::memory(Words, Time now) {
  boost::json::object object = to_json(memory_.image());
  if (spec_.schedules) {
    object["clock"] = {{"minute", clock_.minute(now)}, {"second", clock_.second(now)}};
  }
  return object;
}

Said MemoryLock::swap(Words, Time now) {
  memory_.renew(new_serial());
  registers_.reset();
  keypad_ = {};
  clock_.power_up(now);
  save();
  return {};
}

Said MemoryLock::clock(Words words, Time now) {
  if (!spec_.schedules) return lacks("clock");
  const auto by = number(words, 0, -most_seconds, most_seconds, "the seconds");
  if (by) clock_.move(std::chrono::seconds(*by), now);
  return taken(by);
}

Said MemoryLock::drift(Words words, Time now) {
  if (!spec_.schedules) return lacks("drift");
  const auto rate = number(words, 0, -most_drift, most_drift, "parts in a million");
  if (rate) clock_.drift(*rate, now);
  return taken(rate);
}

Said MemoryLock::masters(Words words, Time) {
  if (memory_.masters_most() == 0) return lacks("masters");
  const auto count = number(words, 0, 0, memory_.masters_most(), "how many master areas");
  if (!count) return std::unexpected(count.error());
  memory_.enable_masters(static_cast<std::uint16_t>(*count));
  save();
  return {};
}

Said MemoryLock::refuse(Words words, Time) {
  if (words.size() == 1 && words[0] == "off") {
    registers_.refuse(std::nullopt);
    return {};
  }
  const auto result = number(words, 0, 0, 6, "the result (or off)");
  if (result) registers_.refuse(static_cast<MemoryResult>(*result));
  return taken(result);
}

}  // namespace building
