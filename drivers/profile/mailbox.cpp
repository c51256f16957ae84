#include "drivers/profile/mailbox.hpp"

#include <algorithm>

#include "drivers/profile/mailbox_look.hpp"
#include "drivers/profile/slot_coding.hpp"

namespace genkan::profile {

namespace {

bool is_card(const domain::SlotContent& content) {
  return std::holds_alternative<domain::CardNumber>(content.key);
}

std::size_t content_words(const Profile& profile) {
  return profile.registers[profile.memory->mailbox.content].width();
}

// Every register of the mailbox, emptied.
std::vector<Assignment> emptied(const Profile& profile) {
  const Mailbox& box = profile.memory->mailbox;
  std::vector<Assignment> all{{box.content, 0, std::vector<std::uint16_t>(content_words(profile))}};
  if (box.kind) all.push_back({box.kind->reg, box.kind->raw_of(SlotKind::empty).value_or(0)});
  if (box.length) all.push_back({*box.length});
  for (const auto reg : box.zero) {
    all.push_back({reg, 0, std::vector<std::uint16_t>(profile.registers[reg].width())});
  }
  return all;
}

void assign_schedule(const Profile& profile, const domain::SlotContent& content,
                     std::vector<Assignment>& all) {
  if (!profile.memory->schedule) return;
  const ScheduleRegisters& at = *profile.memory->schedule;
  const RawSchedule raw = raw_schedule(profile, content.schedule);
  all.push_back({at.mode.reg, at.mode.raw_of(raw.mode).value_or(0)});
  all.push_back({at.first, raw.first});
  all.push_back({at.last, raw.last});
  all.push_back({at.weekdays, raw.weekdays});
  all.push_back({at.from, raw.from});
  all.push_back({at.to, raw.to});
}

std::vector<Assignment> filled(const Profile& profile, const domain::SlotContent& content) {
  const Mailbox& box = profile.memory->mailbox;
  const bool card = is_card(content);
  const auto symbols = symbols_of(content);
  std::vector<Assignment> all{
      {box.content, 0, pack(coding_of(profile, card), symbols, content_words(profile))}};
  if (box.kind) {
    all.push_back(
        {box.kind->reg, box.kind->raw_of(card ? SlotKind::card : SlotKind::code).value_or(0)});
  }
  if (box.length) all.push_back({*box.length, static_cast<std::int64_t>(symbols.size())});
  for (const auto reg : box.zero) {
    all.push_back({reg, 0, std::vector<std::uint16_t>(profile.registers[reg].width())});
  }
  assign_schedule(profile, content, all);
  return all;
}

std::int32_t command_of(const Mailbox& box, SlotOrder order) {
  switch (order) {
    case SlotOrder::write: return box.write;
    case SlotOrder::remove: return box.remove;
    case SlotOrder::read: break;
  }
  return box.read.value_or(0);
}

bool covers(const bus::Exchange& exchange, const Profile& profile, DevicePlace place,
            RegisterIndex reg) {
  const unsigned at = profile.registers[reg].place(place.channel, 0);
  return at >= exchange.address && at < unsigned{exchange.address} + exchange.count;
}

}  // namespace

bool exists(const Profile& profile, domain::SlotAddress address) {
  return address.area < profile.lock->areas.size() && address.number >= 1 &&
         address.number <= area_of(profile, address).places;
}

Fit fit(const Profile& profile, domain::SlotAddress address, const domain::SlotContent& content) {
  if (!exists(profile, address)) return Fit::no_such_slot;
  const auto& area = area_of(profile, address);
  const bool card = is_card(content);
  const auto symbols = symbols_of(content);
  const bool held = (card ? area.cards : area.codes) &&
                    symbols.size() <= room(coding_of(profile, card), content_words(profile));
  if (!held) return Fit::bad_content;
  if (!content.schedule) return Fit::fits;
  if (!profile.memory->schedule) return Fit::bad_content;
  const RawSchedule raw = raw_schedule(profile, content.schedule);
  const auto& at = *profile.memory->schedule;
  const auto takes = [&profile](RegisterIndex reg, std::int64_t value) {
    return value >= 0 && value <= highest_raw(profile.registers[reg]);
  };
  const bool kept = takes(at.first, raw.first) && takes(at.last, raw.last) &&
                    takes(at.from, raw.from) && takes(at.to, raw.to) && at.mode.raw_of(raw.mode);
  return kept ? Fit::fits : Fit::bad_content;
}

std::vector<bus::Exchange> order_exchanges(const Profile& profile, DevicePlace place,
                                           SlotOrder order, domain::SlotAddress address,
                                           const domain::SlotContent* content) {
  const Memory& memory = *profile.memory;
  const Mailbox& box = memory.mailbox;
  auto all = order == SlotOrder::write && content != nullptr ? filled(profile, *content)
                                                             : emptied(profile);
  if (box.area) all.push_back({*box.area, memory.areas[address.area].number});
  all.push_back({box.slot, number_of(profile, address)});
  all.push_back({box.command, command_of(box, order)});
  auto exchanges = write_exchanges(profile, place, all, box.command, box.together);
  if (order == SlotOrder::remove) {
    std::erase_if(exchanges, [&](const bus::Exchange& exchange) {
      const bool area = box.area && covers(exchange, profile, place, *box.area);
      return !area && !covers(exchange, profile, place, box.slot) &&
             !covers(exchange, profile, place, box.command);
    });
  }
  return exchanges;
}

std::vector<bus::Exchange> result_exchanges(const Profile& profile, DevicePlace place) {
  return read_exchanges(profile, place, {{profile.memory->mailbox.result.reg}});
}

std::optional<SlotResult> result_of(const Profile& profile, DevicePlace place,
                                    const RegisterImage& image) {
  return Look(profile, place, image).word(profile.memory->mailbox.result);
}

std::vector<bus::Exchange> select_exchanges(const Profile& profile, DevicePlace place,
                                            std::uint8_t area) {
  const Memory& memory = *profile.memory;
  if (!memory.mailbox.area) return {};
  const Assignment select{*memory.mailbox.area, memory.areas[area].number};
  return write_exchanges(profile, place, {{select}}, std::nullopt, true);
}

}  // namespace genkan::profile
