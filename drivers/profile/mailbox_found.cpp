#include <algorithm>

#include "drivers/profile/mailbox_look.hpp"
#include "drivers/profile/slot_coding.hpp"

// What is found in a slot, and where an 'already there' is.
namespace genkan::profile {

namespace {

std::vector<RegisterIndex> slot_registers(const Profile& profile) {
  const Memory& memory = *profile.memory;
  const Mailbox& box = memory.mailbox;
  std::vector<RegisterIndex> list{box.slot, box.content};
  if (box.area) list.push_back(*box.area);
  if (box.kind) list.push_back(box.kind->reg);
  if (box.length) list.push_back(*box.length);
  if (memory.schedule) {
    const ScheduleRegisters& at = *memory.schedule;
    list.insert(list.end(), {at.mode.reg, at.first, at.last, at.weekdays, at.from, at.to});
  }
  return list;
}

std::optional<RawSchedule> look_at_schedule(const ScheduleRegisters& at, const Look& look) {
  const auto mode = look.word(at.mode);
  const auto first = look.raw(at.first);
  const auto last = look.raw(at.last);
  const auto weekdays = look.raw(at.weekdays);
  const auto from = look.raw(at.from);
  const auto to = look.raw(at.to);
  if (!mode || !first || !last || !weekdays || !from || !to) return std::nullopt;
  return RawSchedule{*mode, *first, *last, *weekdays, *from, *to};
}

// Without a register that tells it, the area does, and an empty place holds nothing but fill or 0.
std::optional<SlotKind> kind_of(const Profile& profile, domain::SlotAddress address,
                                const Look& look) {
  const Mailbox& box = profile.memory->mailbox;
  if (box.kind) return look.word(*box.kind);
  const auto words = look.words(box.content);
  if (!words) return std::nullopt;
  const bool card = !area_of(profile, address).codes;
  const bool empty = std::ranges::all_of(*words, [](std::uint16_t word) { return word == 0; }) ||
                     *words == pack(coding_of(profile, card), {}, words->size());
  if (empty) return SlotKind::empty;
  return card ? SlotKind::card : SlotKind::code;
}

std::optional<domain::SlotContent> found_content(const Profile& profile, SlotKind kind,
                                                 const Look& look) {
  const Memory& memory = *profile.memory;
  const auto words = look.words(memory.mailbox.content);
  if (!words || kind == SlotKind::empty) return std::nullopt;
  std::optional<std::int64_t> length;
  if (memory.mailbox.length) length = look.raw(*memory.mailbox.length);
  const auto symbols = unpack(coding_of(profile, kind == SlotKind::card), *words, length);
  auto content = symbols ? content_of(kind, *symbols) : std::nullopt;
  if (!content || !memory.schedule) return content;
  const auto raw = look_at_schedule(*memory.schedule, look);
  if (!raw) return std::nullopt;
  content->schedule = schedule_of(profile, *raw);
  return content;
}

}  // namespace

std::vector<bus::Exchange> there_exchanges(const Profile& profile, DevicePlace place) {
  const Mailbox& box = profile.memory->mailbox;
  std::vector<RegisterIndex> list;
  if (box.there_slot) list.push_back(*box.there_slot);
  if (box.there_slot && box.there_area) list.push_back(*box.there_area);
  return read_exchanges(profile, place, list);
}

std::optional<domain::SlotAddress> there_of(const Profile& profile, DevicePlace place,
                                            domain::SlotAddress asked, const RegisterImage& image) {
  const Memory& memory = *profile.memory;
  const Look look(profile, place, image);
  if (!memory.mailbox.there_slot) return std::nullopt;
  const auto slot = look.raw(*memory.mailbox.there_slot);
  std::optional<std::int64_t> area;
  if (memory.mailbox.there_area) area = look.raw(*memory.mailbox.there_area);
  if (memory.mailbox.area && !area) area = memory.areas[asked.area].number;
  for (std::size_t i = 0; slot && i < memory.areas.size(); ++i) {
    const auto number = *slot - memory.areas[i].first + 1;
    if (area && *area != memory.areas[i].number) continue;
    if (number < 1 || number > profile.lock->areas[i].places) continue;
    return domain::SlotAddress{static_cast<std::uint8_t>(i), static_cast<std::uint16_t>(number)};
  }
  return std::nullopt;
}

std::vector<bus::Exchange> slot_exchanges(const Profile& profile, DevicePlace place) {
  return read_exchanges(profile, place, slot_registers(profile));
}

SlotFound slot_of(const Profile& profile, DevicePlace place, domain::SlotAddress address,
                  const RegisterImage& image) {
  const Memory& memory = *profile.memory;
  const Look look(profile, place, image);
  SlotFound found;
  found.ours =
      look.raw(memory.mailbox.slot) == number_of(profile, address) &&
      (!memory.mailbox.area || look.raw(*memory.mailbox.area) == memory.areas[address.area].number);
  const auto kind = kind_of(profile, address, look);
  if (!kind) {
    found.ours = false;
    return found;
  }
  found.kind = *kind;
  found.content = found_content(profile, *kind, look);
  return found;
}

domain::SlotContent as_kept(const Profile& profile, const domain::SlotContent& content) {
  domain::SlotContent kept = content;
  if (content.schedule)
    kept.schedule = schedule_of(profile, raw_schedule(profile, content.schedule));
  return kept;
}

}  // namespace genkan::profile
