#include "tests/fakes/lock_memory.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/base/text.hpp"

namespace genkan::fakes {

namespace asio = boost::asio;

namespace {

domain::SlotArea area(std::string name, std::uint16_t places, bool codes, bool cards) {
  domain::SlotArea area;
  area.name = std::move(name);
  area.places = places;
  area.codes = codes;
  area.cards = cards;
  return area;
}

std::string place(domain::SlotAddress address) {
  return cat(int{address.area}, "/", address.number);
}

bool exists(const domain::LockModel& model, domain::SlotAddress address) {
  return address.area < model.areas.size() && address.number >= 1 &&
         address.number <= model.areas[address.area].places;
}

bool is_enabled(const FakeLock& lock, std::uint8_t area) {
  if (!lock.model.areas[area].needs_enabling) return true;
  int before = 0;  // how many that need enabling come up to this one
  for (std::uint8_t i = 0; i <= area; ++i) before += lock.model.areas[i].needs_enabling ? 1 : 0;
  return before <= lock.enabled_areas;
}

}  // namespace

domain::LockModel shared_memory() {
  domain::LockModel model;
  model.areas.push_back(area("keys", 230, true, true));
  return model;
}

domain::LockModel scheduling_memory() {
  domain::LockModel model;
  model.areas.push_back(area("owner", 80, true, true));
  for (int i = 1; i <= 9; ++i) {
    model.areas.push_back(area(cat("master-", i), 90, false, true));
    model.areas.back().needs_enabling = true;
  }
  model.schedule_in_lock = true;
  model.has_clock = true;
  model.lead_most = std::chrono::minutes(60);
  return model;
}

domain::LockModel separate_memory() {
  domain::LockModel model;
  model.areas.push_back(area("codes", 9, true, false));
  model.areas.push_back(area("cards", 90, false, true));
  return model;
}

const domain::LockModel* FakeLockMemory::model(const DeviceId& device) const {
  const auto found = locks_.find(device);
  return found == locks_.end() ? nullptr : &found->second.model;
}

asio::awaitable<Result<FakeLock*>> FakeLockMemory::reach(DeviceId device, std::string what) {
  if (busy_.contains(device)) co_return fail(ErrorCode::busy, "the lock is being talked to");
  busy_.insert(device);
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  busy_.erase(device);
  const auto found = locks_.find(device);
  if (found == locks_.end()) co_return fail(ErrorCode::unknown, "there is no such lock");
  FakeLock& lock = found->second;
  if (lock.fault) co_return fail(*lock.fault);
  if (!lock.model.has_memory()) co_return fail(ErrorCode::unsupported, "it has no memory");
  done_.push_back(cat(device.str(), " ", what));
  co_return &lock;
}

asio::awaitable<Result<ports::MemoryRead>> FakeLockMemory::read(DeviceId device,
                                                                SteadyTime /*deadline*/) {
  const auto lock = co_await reach(std::move(device), "read");
  if (!lock) co_return fail(lock.error());
  ports::MemoryRead read;
  read.enabled_areas = (*lock)->enabled_areas;
  read.serial = (*lock)->serial;
  read.changes = (*lock)->changes;
  for (const auto& [address, content] : (*lock)->slots) {
    ports::SlotRead slot;
    slot.card = std::holds_alternative<domain::CardNumber>(content.key);
    if ((*lock)->tells_contents) slot.content = content;
    read.occupied.emplace(address, std::move(slot));
  }
  co_return read;
}

ports::SlotWritten FakeLockMemory::put(FakeLock& lock, domain::SlotAddress address,
                                       domain::SlotContent content) {
  using ports::SlotAnswer;
  const auto refused = [](ports::SlotRefusal why) {
    return ports::SlotWritten{SlotAnswer::refused, {}, why};
  };
  if (lock.refusal != ports::SlotRefusal::none) return refused(lock.refusal);
  if (!exists(lock.model, address)) return refused(ports::SlotRefusal::no_such_slot);
  const bool card = std::holds_alternative<domain::CardNumber>(content.key);
  const auto& place_area = lock.model.areas[address.area];
  if (card ? !place_area.cards : !place_area.codes) return refused(ports::SlotRefusal::bad_content);
  if (!is_enabled(lock, address.area)) return refused(ports::SlotRefusal::not_enabled);
  const auto same = std::ranges::find_if(lock.slots, [&](const auto& entry) {
    return entry.first != address && entry.second.key == content.key;
  });
  if (same != lock.slots.end()) {
    ports::SlotWritten there{SlotAnswer::already_there, {}, ports::SlotRefusal::none};
    if (lock.says_where) there.where = same->first;
    return there;
  }
  lock.slots.insert_or_assign(address, std::move(content));
  ++lock.changes;
  return {};
}

asio::awaitable<Result<ports::SlotWritten>> FakeLockMemory::write(DeviceId device,
                                                                  domain::SlotAddress address,
                                                                  domain::SlotContent content,
                                                                  SteadyTime /*deadline*/) {
  const auto lock = co_await reach(std::move(device), cat("write ", place(address)));
  if (!lock) co_return fail(lock.error());
  co_return put(**lock, address, std::move(content));
}

asio::awaitable<Result<>> FakeLockMemory::remove(DeviceId device, domain::SlotAddress address,
                                                 SteadyTime /*deadline*/) {
  const auto lock = co_await reach(std::move(device), cat("remove ", place(address)));
  if (!lock) co_return fail(lock.error());
  if ((*lock)->slots.erase(address) > 0) ++(*lock)->changes;
  co_return Result<>{};
}

asio::awaitable<Result<std::chrono::local_seconds>> FakeLockMemory::clock(DeviceId device,
                                                                          SteadyTime /*deadline*/) {
  const auto lock = co_await reach(std::move(device), "clock");
  if (!lock) co_return fail(lock.error());
  co_return (*lock)->clock;
}

asio::awaitable<Result<>> FakeLockMemory::set_clock(DeviceId device, std::chrono::local_seconds now,
                                                    SteadyTime /*deadline*/) {
  const auto lock = co_await reach(std::move(device), "set_clock");
  if (!lock) co_return fail(lock.error());
  (*lock)->clock = now;
  co_return Result<>{};
}

asio::awaitable<Result<ports::MemoryMark>> FakeLockMemory::mark(DeviceId device,
                                                                SteadyTime /*deadline*/) {
  const auto lock = co_await reach(std::move(device), "mark");
  if (!lock) co_return fail(lock.error());
  co_return ports::MemoryMark{(*lock)->serial, (*lock)->changes};
}

}  // namespace genkan::fakes
