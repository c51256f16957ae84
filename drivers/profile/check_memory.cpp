#include <algorithm>

#include "drivers/profile/draft.hpp"
#include "drivers/profile/slot_coding.hpp"
#include "firmware/base/text.hpp"

// What can only be seen with a memory whole.
namespace genkan::profile {

namespace {

using domain::SlotArea;

constexpr std::int64_t day_min = 1440;

struct View {
  const Draft& draft;
  const domain::LockModel& lock;
  const Memory& memory;
  const MemoryTables& tables;

  const Register& reg(RegisterIndex index) const { return draft.profile.registers[index]; }
  // The [[memory.area]] that an area comes from.
  const TomlTable& area_table(std::size_t area) const {
    return tables.areas[tables.area_from[area]];
  }
  bool any(bool SlotArea::* what) const {
    return std::ranges::any_of(lock.areas, [what](const SlotArea& area) { return area.*what; });
  }
};

std::int64_t last_number(const View& view, std::size_t area) {
  return std::int64_t{view.memory.areas[area].first} + view.lock.areas[area].places - 1;
}

void check_names(const View& view) {
  for (std::size_t i = 0; i < view.lock.areas.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (view.lock.areas[i].name != view.lock.areas[j].name) continue;
      view.area_table(i).complain("name",
                                  cat("makes a second area '", view.lock.areas[i].name, "'"));
      return;
    }
  }
}

void check_numbers(const View& view) {
  const auto& box = view.memory.mailbox;
  for (std::size_t i = 0; i < view.lock.areas.size(); ++i) {
    if (last_number(view, i) > highest_raw(view.reg(box.slot))) {
      view.area_table(i).complain(
          "places", cat("reaches slot ", last_number(view, i), "; register ",
                        view.reg(box.slot).name, " ends at ", highest_raw(view.reg(box.slot))));
      return;
    }
    if (box.area && view.memory.areas[i].number > highest_raw(view.reg(*box.area))) {
      view.area_table(i).complain(cat("the area's number ", view.memory.areas[i].number,
                                      " is more than register ", view.reg(*box.area).name,
                                      " can hold"));
      return;
    }
    for (std::size_t j = 0; j < i; ++j) {
      const bool same = box.area ? view.memory.areas[i].number == view.memory.areas[j].number
                                 : view.memory.areas[i].first <= last_number(view, j) &&
                                       view.memory.areas[j].first <= last_number(view, i);
      if (!same) continue;
      view.area_table(i).complain(cat(
          "area '", view.lock.areas[i].name, "' has ", box.area ? "the number" : "slots",
          " of area '", view.lock.areas[j].name, "'; ",
          box.area ? "give it another 'number'"
                   : "give it another 'first', or name the register 'area' in [memory.mailbox]"));
      return;
    }
  }
}

void check_sorts(const View& view) {
  const auto& box = view.memory.mailbox;
  const TomlTable& table = *view.tables.mailbox;
  const bool mixed = std::ranges::any_of(
      view.lock.areas, [](const SlotArea& area) { return area.codes && area.cards; });
  if (!box.kind && mixed) {
    table.complain("kind",
                   "is missing: an area takes codes and cards, so something must tell which "
                   "a slot has");
  }
  const auto need = [&](bool held, SlotKind kind, std::string_view word) {
    if (held && box.kind && !box.kind->raw_of(kind)) {
      table.complain("kind", cat("has no value that means '", word, "'"));
    }
  };
  need(view.any(&SlotArea::codes), SlotKind::code, "code");
  need(view.any(&SlotArea::cards), SlotKind::card, "card");
  if (view.any(&SlotArea::cards) && !box.length) {
    table.complain("length",
                   "is missing: a card may end in the byte that fills, so something must "
                   "tell how long it is");
  }
  const auto words = view.reg(box.content).width();
  if ((view.any(&SlotArea::codes) && room(box.code, words) < domain::Code::fewest) ||
      (view.any(&SlotArea::cards) && room(box.card, words) < 4)) {
    table.complain("content", cat("is '", view.reg(box.content).name, "', ", words,
                                  words == 1 ? " word" : " words",
                                  ", too short for any key; give the register 'words'"));
  }
}

void check_reading(const View& view) {
  const auto& box = view.memory.mailbox;
  const TomlTable& table = *view.tables.memory;
  if (!box.result.raw_of(SlotResult::done)) {
    view.tables.mailbox->complain("result", "has no value that means 'done'");
  }
  if (box.there_area && !box.there_slot) {
    view.tables.mailbox->complain("there_area", "needs 'there_slot' beside it");
  }
  if (view.any(&SlotArea::needs_enabling) && !view.memory.enabled) {
    table.complain(
        "'enabled' is missing: an area needs enabling, so a register must tell how many "
        "are");
  }
  if (!view.memory.taken) {
    if (!box.read) {
      table.complain(
          "nothing tells which slots are taken: name the register 'taken', or give the "
          "'command' of [memory.mailbox] a value for 'read'");
    }
    return;
  }
  std::int64_t bits = 0;
  std::int64_t lowest = std::int64_t{1} << 32;
  for (std::size_t i = 0; i < view.lock.areas.size(); ++i) {
    bits =
        std::max<std::int64_t>(bits, box.area ? view.lock.areas[i].places : last_number(view, i));
    lowest = std::min<std::int64_t>(lowest, view.memory.areas[i].first);
  }
  if (!box.area) bits = bits - lowest + 1;
  const auto words = view.reg(*view.memory.taken).width();
  if (bits > words * 16) {
    table.complain("taken",
                   cat("is '", view.reg(*view.memory.taken).name, "', ", words * 16, " bits for ",
                       bits, " slots; give the register 'words' = ", (bits + 15) / 16));
  }
}

void check_schedule(const View& view) {
  if (!view.memory.schedule) return;
  const auto& schedule = *view.memory.schedule;
  const TomlTable& table = *view.tables.schedule;
  for (const auto& [mode, word] :
       {std::pair(ScheduleMode::always, "always"), std::pair(ScheduleMode::span, "span"),
        std::pair(ScheduleMode::weekly, "weekly")}) {
    if (!schedule.mode.raw_of(mode)) {
      table.complain("mode", cat("has no value that means '", word, "'"));
    }
  }
  const auto need = [&](std::string_view key, RegisterIndex index, std::int64_t highest) {
    if (highest_raw(view.reg(index)) < highest) {
      table.complain(key, cat("is '", view.reg(index).name, "', which ends at ",
                              highest_raw(view.reg(index)), "; it must reach ", highest));
    }
  };
  constexpr std::int64_t ten_years_min = 10 * 365 * day_min;
  need("first", schedule.first, ten_years_min);
  need("last", schedule.last, ten_years_min);
  need("weekdays", schedule.weekdays, domain::every_day);
  need("from", schedule.from, day_min / view.lock.schedule_step.count());
  need("to", schedule.to, day_min / view.lock.schedule_step.count());
}

// Two things in one place would overwrite each other.
void check_overlaps(const View& view) {
  const auto& memory = view.memory;
  const auto& box = memory.mailbox;
  std::vector<RegisterIndex> written{box.slot, box.content, box.command};
  if (box.area) written.push_back(*box.area);
  if (box.kind) written.push_back(box.kind->reg);
  if (box.length) written.push_back(*box.length);
  written.insert(written.end(), box.zero.begin(), box.zero.end());
  if (memory.schedule) {
    const auto& at = *memory.schedule;
    written.insert(written.end(), {at.mode.reg, at.first, at.last, at.weekdays, at.from, at.to});
  }
  const auto bits = [&view](RegisterIndex index) {
    const Register& reg = view.reg(index);
    const std::int64_t from = reg.address * std::int64_t{16} + reg.first_bit;
    return std::pair(from, from + (reg.bit_count > 0 ? reg.bit_count : reg.width() * 16));
  };
  for (std::size_t i = 0; i < written.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto [from, end] = bits(written[i]);
      const auto [other_from, other_end] = bits(written[j]);
      if (from >= other_end || other_from >= end) continue;
      view.tables.mailbox->complain(
          written[i] == written[j]
              ? cat("register ", view.reg(written[i]).name, " is used for two things")
              : cat("registers ", view.reg(written[j]).name, " and ", view.reg(written[i]).name,
                    " lie in one place"));
      return;
    }
  }
}

}  // namespace

void check_memory(const Draft& draft) {
  const Profile& profile = draft.profile;
  const MemoryTables& tables = draft.memory;
  if (!profile.memory || !profile.lock || !tables.sound || !tables.mailbox) return;
  const bool registers_sound =
      std::ranges::all_of(draft.registers, [](const RegisterNote& note) { return note.sound; });
  if (!registers_sound) return;
  const View view{draft, *profile.lock, *profile.memory, tables};
  check_names(view);
  check_numbers(view);
  check_sorts(view);
  check_reading(view);
  check_schedule(view);
  check_overlaps(view);
}

}  // namespace genkan::profile
