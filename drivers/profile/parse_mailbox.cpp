#include <algorithm>
#include <array>

#include "drivers/profile/draft.hpp"
#include "firmware/base/text.hpp"

// The registers of [memory]: its own, [memory.mailbox], [memory.schedule], [memory.clock].
namespace genkan::profile {

namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kinds{"empty", "code", "card"};
constexpr std::array<std::string_view, 7> results{
    "done", "busy", "already_there", "no_such_slot", "full", "not_enabled", "bad_content"};
constexpr std::array<std::string_view, 3> modes{"always", "span", "weekly"};
constexpr std::array<std::string_view, 2> code_ways{"bcd", "ascii"};
constexpr std::array<std::string_view, 2> week_starts{"monday", "sunday"};

constexpr std::int64_t longest_work_ms = 10'000;
constexpr std::int64_t shortest_limit_ms = 100;
constexpr std::int64_t longest_limit_ms = 60'000;
constexpr std::int64_t longest_pause_ms = 1000;
constexpr std::int64_t longest_clock_limit_s = 3600;
constexpr std::int64_t longest_step_min = 720;
constexpr std::int64_t day_min = 1440;

enum class Use : std::uint8_t { read, write };
enum class Shape : std::uint8_t { value, block, any };

void check_use(const TomlTable& table, std::string_view key, RegisterIndex index, Use use,
               Shape shape, const Draft& draft) {
  const Register& reg = draft.profile.registers[index];
  if (!draft.registers[index].sound) return;
  const auto complain = [&](std::string why) {
    table.complain(key, cat("is '", reg.name, "', ", why));
  };
  if (reg.of_bits()) return complain("one bit; right would be a register of words");
  if (use == Use::write && reg.table == bus::Table::input) {
    return complain(
        "in the input table, which can only be read; it is written, so it must be in "
        "the holding table");
  }
  if (reg.encoding == Encoding::i16 || reg.encoding == Encoding::i32) {
    return complain("which has a sign; right would be u16 or u32");
  }
  if (shape == Shape::value && reg.words > 0) {
    return complain(cat(shape_of(reg), "; right would be one value"));
  }
  if (shape == Shape::block && reg.bit_count > 0) {
    return complain("some bits of a word; right would be a whole word, or a block with 'words'");
  }
  if (reg.parts > 0) return complain("which has parts");
  if (reg.scale != 1 || reg.offset != 0) {
    return complain("which has 'scale' or 'offset'; a memory takes raw values");
  }
  if (draft.profile.info.channels > 1 && reg.per_channel == 0 && reg.bits_per_channel == 0) {
    complain("which all channels share; each lock needs a memory of its own ('per_channel')");
  }
}

// A register's name under `key`; nothing if it is absent or was complained about.
std::optional<RegisterIndex> take_place(TomlTable& table, std::string_view key, const Draft& draft,
                                        Use use, Shape shape = Shape::value) {
  if (!table.has(key)) {
    table.optional_text(key);  // so that it is known
    return std::nullopt;
  }
  const auto index = draft.take_register(table, key);
  if (index) check_use(table, key, *index, use, shape, draft);
  return index;
}

RegisterIndex need_place(TomlTable& table, std::string_view key, const Draft& draft, Use use,
                         Shape shape = Shape::value) {
  if (!table.has(key)) table.complain(key, "is missing: the name of a register");
  return take_place(table, key, draft, use, shape).value_or(0);
}

// { register = "result", values = { 0 = "done", 1 = "busy" } }
template <class Word>
std::optional<Meanings<Word>> take_meanings(TomlTable& above, std::string_view key,
                                            std::span<const std::string_view> words,
                                            const Draft& draft, Use use) {
  auto table = above.optional_table(key);
  if (!table) return std::nullopt;
  Meanings<Word> meanings;
  const auto reg = take_place(*table, "register", draft, use);
  if (!table->has("register")) table->complain("register", "is missing: the name of a register");
  meanings.reg = reg.value_or(0);
  auto pairs = table->optional_table("values");
  if (!table->has("values")) {
    table->complain("values",
                    cat("is missing: which raw value means which of ", alternatives(words)));
  }
  if (!pairs) return meanings;
  for (const auto& [number, text] : pairs->scalars()) {
    const auto raw = reg ? draft.take_raw(*pairs, number, number, *reg) : std::nullopt;
    const auto word = std::ranges::find(words, text);
    if (word == words.end()) {
      pairs->complain(number, cat("= '", printable(text, 40), "'; allowed: ", alternatives(words),
                                  hint(text, words)));
    } else if (raw &&
               !meanings.values.emplace(*raw, static_cast<Word>(word - words.begin())).second) {
      pairs->complain(number, cat("names the raw value ", *raw, " a second time"));
    }
  }
  return meanings;
}

template <class Word>
Meanings<Word> need_meanings(TomlTable& above, std::string_view key,
                             std::span<const std::string_view> words, const Draft& draft, Use use) {
  if (!above.has(key)) {
    above.complain(
        key, cat("is missing; right would be ", key, " = { register = \"…\", values = { 0 = \"",
                 words[0], "\", 1 = \"", words[1], "\" } }"));
  }
  return take_meanings<Word>(above, key, words, draft, use).value_or(Meanings<Word>{});
}

void parse_command_values(TomlTable& above, const Draft& draft, Mailbox& box) {
  auto table = above.optional_table("command");
  if (!above.has("command")) {
    above.complain("command",
                   "is missing; right would be command = { register = \"…\", write = 1, "
                   "remove = 2, read = 3 }");
  }
  if (!table) return;
  const auto reg = take_place(*table, "register", draft, Use::write);
  if (!table->has("register")) table->complain("register", "is missing: the name of a register");
  const RawRange range = reg ? draft.raw_range(*reg) : RawRange{0, 65'535};
  box.command = reg.value_or(0);
  box.write = static_cast<std::int32_t>(table->integer("write", range.low, range.high));
  box.remove = static_cast<std::int32_t>(table->integer("remove", range.low, range.high));
  if (const auto read = table->optional_integer("read", range.low, range.high)) {
    box.read = static_cast<std::int32_t>(*read);
  }
  if (table->has("write") && table->has("remove") &&
      (box.write == box.remove || box.read == box.write || box.read == box.remove)) {
    table->complain("'write', 'remove' and 'read' must be different values");
  }
}

void parse_key_codings(TomlTable& table, Mailbox& box) {
  const bool ascii = table.optional_word("code_as", code_ways).value_or(0) == 1;
  box.code = ascii ? KeyCoding{KeyCoding::As::ascii, 0} : KeyCoding{KeyCoding::As::bcd, 0xF};
  if (const auto fill = table.optional_integer("code_fill", ascii ? 0 : 10, ascii ? 255 : 15)) {
    box.code.fill = static_cast<std::uint8_t>(*fill);
  }
  if (const auto fill = table.optional_integer("card_fill", 0, 255)) {
    box.card.fill = static_cast<std::uint8_t>(*fill);
  }
}

void parse_limits(TomlTable& table, Mailbox& box) {
  const auto take = [&table](std::string_view key, std::int64_t low, std::int64_t high,
                             milliseconds otherwise) {
    return milliseconds(table.optional_integer(key, low, high).value_or(otherwise.count()));
  };
  box.write_takes = take("write_ms", 0, longest_work_ms, box.write_takes);
  box.remove_takes = take("remove_ms", 0, longest_work_ms, box.remove_takes);
  box.read_takes = take("read_ms", 0, longest_work_ms, box.read_takes);
  box.pause = take("pause_ms", 0, longest_pause_ms, box.pause);
  box.longest = take("longest_ms", shortest_limit_ms, longest_limit_ms, box.longest);
  const auto usual = std::max({box.write_takes, box.remove_takes, box.read_takes});
  if (usual >= box.longest) {
    table.complain(table.has("longest_ms") ? "longest_ms" : "write_ms",
                   cat("must leave a command more than its usual time: the longest is ",
                       box.longest.count(), " ms, the usual up to ", usual.count(), " ms"));
  }
}

void parse_box(TomlTable& table, const Draft& draft, Mailbox& box) {
  box.area = take_place(table, "area", draft, Use::write);
  box.slot = need_place(table, "slot", draft, Use::write);
  box.kind = take_meanings<SlotKind>(table, "kind", kinds, draft, Use::write);
  box.content = need_place(table, "content", draft, Use::write, Shape::block);
  box.length = take_place(table, "length", draft, Use::write);
  for (const auto& name : table.optional_texts("zero").value_or(std::vector<std::string>{})) {
    const auto reg = draft.register_named(name);
    if (!reg) {
      table.complain("zero",
                     cat("has '", printable(name, 40), "', but no [register.", printable(name, 40),
                         "] is in this file", hint(name, draft.register_names())));
      continue;
    }
    check_use(table, "zero", *reg, Use::write, Shape::any, draft);
    box.zero.push_back(*reg);
  }
  parse_command_values(table, draft, box);
  box.result = need_meanings<SlotResult>(table, "result", results, draft, Use::read);
  box.there_slot = take_place(table, "there_slot", draft, Use::read);
  box.there_area = take_place(table, "there_area", draft, Use::read);
  box.together = table.optional_flag("together").value_or(true);
  parse_key_codings(table, box);
  parse_limits(table, box);
}

ScheduleRegisters parse_schedule(TomlTable& table, const Draft& draft, domain::LockModel& lock) {
  ScheduleRegisters schedule;
  schedule.mode = need_meanings<ScheduleMode>(table, "mode", modes, draft, Use::write);
  schedule.first = need_place(table, "first", draft, Use::write);
  schedule.last = need_place(table, "last", draft, Use::write);
  schedule.weekdays = need_place(table, "weekdays", draft, Use::write);
  schedule.from = need_place(table, "from", draft, Use::write);
  schedule.to = need_place(table, "to", draft, Use::write);
  schedule.sunday_first = table.optional_word("week_begins", week_starts).value_or(0) == 1;
  const auto step = table.optional_integer("step_min", 1, longest_step_min);
  lock.schedule_in_lock = true;
  lock.schedule_step = std::chrono::minutes(step.value_or(lock.schedule_step.count()));
  if (day_min % lock.schedule_step.count() != 0) {
    table.complain("step_min", cat("is ", lock.schedule_step.count(),
                                   "; a day of 1440 minutes must be whole steps"));
  }
  return schedule;
}

ClockRegisters parse_clock(TomlTable& table, const Draft& draft, domain::LockModel& lock) {
  ClockRegisters clock;
  clock.minutes = need_place(table, "minutes", draft, Use::write);
  clock.seconds = take_place(table, "seconds", draft, Use::write);
  lock.has_clock = true;
  lock.clock_limit =
      std::chrono::seconds(table.optional_integer("limit_s", 1, longest_clock_limit_s)
                               .value_or(lock.clock_limit.count()));
  return clock;
}

}  // namespace

void parse_mailbox(Draft& draft, Memory& memory) {
  TomlTable& table = *draft.memory.memory;
  memory.taken = take_place(table, "taken", draft, Use::read, Shape::block);
  memory.enabled = take_place(table, "enabled", draft, Use::read);
  memory.serial = take_place(table, "serial", draft, Use::read);
  memory.changes = take_place(table, "changes", draft, Use::read);
  draft.memory.mailbox = table.optional_table("mailbox");
  if (!table.has("mailbox")) {
    table.complain("[memory.mailbox] is missing: the registers that take a slot and a command");
  }
  if (draft.memory.mailbox) parse_box(*draft.memory.mailbox, draft, memory.mailbox);
  draft.memory.schedule = table.optional_table("schedule");
  if (draft.memory.schedule) {
    memory.schedule = parse_schedule(*draft.memory.schedule, draft, *draft.profile.lock);
  }
  draft.memory.clock = table.optional_table("clock");
  if (draft.memory.clock) {
    memory.clock = parse_clock(*draft.memory.clock, draft, *draft.profile.lock);
  }
  for (auto* part : {&draft.memory.schedule, &draft.memory.clock}) {
    if (*part && !table.has("epoch")) {
      (*part)->complain(
          "[memory] needs 'epoch' for it: the day from which the lock counts minutes, "
          "as in epoch = \"2000-01-01\"");
    }
  }
}

}  // namespace genkan::profile
