#include <algorithm>
#include <utility>

#include "drivers/devices/memory_actions.hpp"
#include "drivers/devices/slot_proof.hpp"
#include "firmware/base/text.hpp"

// The whole memory.
namespace genkan::devices {

namespace asio = boost::asio;

namespace {

using domain::SlotAddress;

constexpr int most_passes = 3;

asio::awaitable<Result<ports::MemoryMark>> mark_of(MemoryTalk& talk) {
  const profile::Profile& model = talk.profile();
  const profile::Memory& memory = *model.memory;
  std::vector<profile::RegisterIndex> registers;
  if (memory.serial) registers.push_back(*memory.serial);
  if (memory.changes) registers.push_back(*memory.changes);
  auto questions = read_exchanges(model, talk.place(), registers);
  const auto image = co_await talk.ask(std::move(questions));
  if (!image) co_return fail(image.error());
  const auto look = [&](std::optional<profile::RegisterIndex> reg) -> std::optional<std::uint32_t> {
    if (!reg) return std::nullopt;
    const auto raw = image->raw(model.registers[*reg], talk.place().channel, 0);
    return raw ? std::optional(static_cast<std::uint32_t>(*raw)) : std::nullopt;
  };
  co_return ports::MemoryMark{.serial = look(memory.serial), .changes = look(memory.changes)};
}

asio::awaitable<Result<std::uint8_t>> enabled_areas(MemoryTalk& talk) {
  const profile::Profile& model = talk.profile();
  const auto most = std::ranges::count_if(
      model.lock->areas, [](const domain::SlotArea& area) { return area.needs_enabling; });
  if (!model.memory->enabled) co_return static_cast<std::uint8_t>(most);
  std::vector<profile::RegisterIndex> registers{*model.memory->enabled};
  auto questions = read_exchanges(model, talk.place(), registers);
  const auto image = co_await talk.ask(std::move(questions));
  if (!image) co_return fail(image.error());
  const auto raw =
      image->raw(model.registers[*model.memory->enabled], talk.place().channel, 0).value_or(0);
  co_return static_cast<std::uint8_t>(std::min<std::int64_t>(raw, most));
}

// The places of an area that are taken, or all of them where the lock does not tell.
asio::awaitable<Result<std::vector<SlotAddress>>> to_be_read(MemoryTalk& talk, std::uint8_t area) {
  const profile::Profile& model = talk.profile();
  const std::uint16_t places = model.lock->areas[area].places;
  profile::RegisterImage image;
  if (model.memory->taken) {
    auto select = select_exchanges(model, talk.place(), area);
    const auto selected = co_await talk.ask(std::move(select));
    if (!selected) co_return fail(selected.error());
    auto questions = taken_exchanges(model, talk.place(), {area, 1}, {area, places});
    auto bits = co_await talk.ask(std::move(questions));
    if (!bits) co_return fail(bits.error());
    image = std::move(*bits);
  }
  std::vector<SlotAddress> list;
  for (std::uint16_t number = 1; number <= places; ++number) {
    const SlotAddress address{area, number};
    if (!model.memory->taken || taken(model, talk.place(), address, image)) {
      list.push_back(address);
    }
  }
  co_return list;
}

asio::awaitable<Result<>> read_area(MemoryTalk& talk, std::uint8_t area, ports::MemoryRead& into) {
  const auto list = co_await to_be_read(talk, area);
  if (!list) co_return fail(list.error());
  for (const SlotAddress address : *list) {
    if (!talk.profile().memory->mailbox.read) {
      const bool card = !talk.profile().lock->areas[area].codes;
      into.occupied.emplace(address, ports::SlotRead{.card = card, .content = {}});
      continue;
    }
    auto found = co_await find_in_slot(talk, address);
    if (!found) co_return fail(found.error());
    if (found->kind == profile::SlotKind::empty) continue;
    const bool card = found->kind == profile::SlotKind::card;
    into.occupied.emplace(address,
                          ports::SlotRead{.card = card, .content = std::move(found->content)});
  }
  co_return Result<>{};
}

// Areas that need enabling and are not enabled hold nothing that counts, and are left out.
asio::awaitable<Result<ports::MemoryRead>> one_pass(MemoryTalk& talk) {
  ports::MemoryRead read;
  const auto enabled = co_await enabled_areas(talk);
  if (!enabled) co_return fail(enabled.error());
  read.enabled_areas = *enabled;
  const auto& areas = talk.profile().lock->areas;
  int needing = 0;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    if (areas[i].needs_enabling && ++needing > read.enabled_areas) continue;
    const auto done = co_await read_area(talk, static_cast<std::uint8_t>(i), read);
    if (!done) co_return fail(done.error());
  }
  co_return read;
}

}  // namespace

asio::awaitable<Result<ports::MemoryMark>> read_mark(std::shared_ptr<Device> device,
                                                     SteadyTime deadline) {
  MemoryTalk talk(std::move(device), deadline);
  auto mark = co_await mark_of(talk);
  co_return mark;
}

asio::awaitable<Result<ports::MemoryRead>> read_memory(std::shared_ptr<Device> device,
                                                       SteadyTime deadline) {
  MemoryTalk talk(std::move(device), deadline);
  auto before = co_await mark_of(talk);
  if (!before) co_return fail(before.error());
  for (int i = 0; i < most_passes; ++i) {
    auto read = co_await one_pass(talk);
    if (!read) co_return fail(read.error());
    auto after = co_await mark_of(talk);
    if (!after) co_return fail(after.error());
    if (*after == *before) {
      read->serial = after->serial;
      read->changes = after->changes;
      co_return read;
    }
    before = std::move(after);
  }
  co_return fail(talk.error(ErrorCode::busy,
                            "its memory is being changed at the lock; try again "
                            "later"));
}

}  // namespace genkan::devices
