#include "drivers/devices/lock_memories.hpp"

#include <utility>

#include "drivers/devices/memory_actions.hpp"
#include "firmware/base/text.hpp"

namespace genkan::devices {

namespace asio = boost::asio;

const domain::LockModel* LockMemories::model(const DeviceId& id) const {
  const auto device = find_(id);
  return device && device->profile().lock ? &*device->profile().lock : nullptr;
}

Result<LockMemories::Entry> LockMemories::enter(const DeviceId& id, Part part) {
  auto device = find_(id);
  if (!device) return fail(ErrorCode::unknown, cat("there is no device ", id.str()));
  const profile::Profile& profile = device->profile();
  if (!profile.memory) {
    return fail(ErrorCode::unsupported,
                cat("device ", id.str(), ": its model has no memory for keys"));
  }
  if (part == Part::clock && !profile.memory->clock) {
    return fail(ErrorCode::unsupported, cat("device ", id.str(), ": its model has no clock"));
  }
  if (!under_way_->insert(id).second) {
    return fail(ErrorCode::busy,
                cat("device ", id.str(), ": its memory is being worked on; try again later"));
  }
  std::shared_ptr<void> turn(nullptr, [all = under_way_, id](void*) { all->erase(id); });
  return Entry{.device = std::move(device), .turn = std::move(turn)};
}

asio::awaitable<Result<ports::MemoryRead>> LockMemories::read(DeviceId id, SteadyTime deadline) {
  const auto entry = enter(id, Part::memory);
  if (!entry) co_return fail(entry.error());
  auto read = co_await read_memory(entry->device, deadline);
  co_return read;
}

asio::awaitable<Result<ports::SlotWritten>> LockMemories::write(DeviceId id,
                                                                domain::SlotAddress address,
                                                                domain::SlotContent content,
                                                                SteadyTime deadline) {
  const auto entry = enter(id, Part::memory);
  if (!entry) co_return fail(entry.error());
  auto written = co_await write_slot(entry->device, address, std::move(content), deadline);
  co_return written;
}

asio::awaitable<Result<>> LockMemories::remove(DeviceId id, domain::SlotAddress address,
                                               SteadyTime deadline) {
  const auto entry = enter(id, Part::memory);
  if (!entry) co_return fail(entry.error());
  auto removed = co_await remove_slot(entry->device, address, deadline);
  co_return removed;
}

asio::awaitable<Result<std::chrono::local_seconds>> LockMemories::clock(DeviceId id,
                                                                        SteadyTime deadline) {
  const auto entry = enter(id, Part::clock);
  if (!entry) co_return fail(entry.error());
  auto shown = co_await read_clock(entry->device, deadline);
  co_return shown;
}

asio::awaitable<Result<>> LockMemories::set_clock(DeviceId id, std::chrono::local_seconds now,
                                                  SteadyTime deadline) {
  const auto entry = enter(id, Part::clock);
  if (!entry) co_return fail(entry.error());
  auto set = co_await devices::set_clock(entry->device, now, deadline);
  co_return set;
}

asio::awaitable<Result<ports::MemoryMark>> LockMemories::mark(DeviceId id, SteadyTime deadline) {
  const auto entry = enter(id, Part::memory);
  if (!entry) co_return fail(entry.error());
  auto mark = co_await read_mark(entry->device, deadline);
  co_return mark;
}

}  // namespace genkan::devices
