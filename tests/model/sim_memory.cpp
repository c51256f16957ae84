#include "tests/model/sim_memory.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/base/text.hpp"

namespace genkan::model {

namespace asio = boost::asio;

namespace {

std::string hex_of(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

domain::SlotContent content_of(const SimSlot& slot) {
  if (slot.secret.card) {
    return {domain::CardNumber::parse(slot.secret.text).value(), slot.schedule};
  }
  return {domain::Code::parse(slot.secret.text).value(), slot.schedule};
}

std::string text_of(domain::SlotAddress address) { return cat(address.area, "/", address.number); }

}  // namespace

std::string_view name_of(LockOp op) {
  constexpr std::array<std::string_view, 6> names{"read",  "write",     "remove",
                                                  "clock", "set clock", "mark"};
  return names[static_cast<std::size_t>(op)];
}

Secret secret_of(const domain::SlotContent& content) {
  if (const auto* code = std::get_if<domain::Code>(&content.key)) {
    return {false, std::string(code->digits())};
  }
  return {true, hex_of(std::get<domain::CardNumber>(content.key).bytes())};
}

SimMemory::SimMemory(asio::any_io_executor loop, const Clock& clock, LockWatcher& watcher)
    : loop_(std::move(loop)), clock_(clock), watcher_(watcher) {}

SimLock& SimMemory::add(std::string id, Model model) {
  const auto serial = static_cast<std::uint32_t>(1000 + locks_.size());
  return locks_.emplace(id, SimLock(id, model, serial)).first->second;
}

bool SimMemory::hanging(const std::string& id) const {
  return std::ranges::any_of(hanging_, [&](const Waiting& one) { return one.lock == id; });
}

void SimMemory::let_go() {
  for (auto& waiting : hanging_) waiting.gate->cancel();
  hanging_.clear();
}

const domain::LockModel* SimMemory::model(const DeviceId& device) const {
  const auto at = locks_.find(device.str());
  return at == locks_.end() ? nullptr : &at->second.domain_model();
}

asio::awaitable<CallFate> SimMemory::begin(SimLock& lock, LockOp op) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  const CallFate fate = watcher_.fate(lock, op);
  if (!fate.hangs) co_return fate;
  asio::steady_timer gate(loop_, asio::steady_timer::time_point::max());
  hanging_.push_back({lock.id(), &gate});
  boost::system::error_code ignored;
  co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return fate;
}

Error SimMemory::no_answer(SimLock& lock, LockOp op) {
  lock.note(cat(name_of(op), ": no answer"));
  watcher_.on_end(lock, op, false);
  return Error(lock.reachable ? ErrorCode::timeout : ErrorCode::unreachable, "no answer");
}

asio::awaitable<Result<ports::MemoryRead>> SimMemory::read(DeviceId device, SteadyTime) {
  SimLock& lock = at(device.str());
  const CallFate fate = co_await begin(lock, LockOp::read);
  if (!lock.reachable || !fate.answered) co_return std::unexpected(no_answer(lock, LockOp::read));
  ports::MemoryRead read;
  read.enabled_areas = lock.enabled;
  if (lock.tells_serial) read.serial = lock.serial;
  read.changes = lock.changes;
  for (const auto& [address, slot] : lock.slots) {
    if (!lock.is_counted(address.area)) continue;
    ports::SlotRead& one = read.occupied[address];
    one.card = slot.secret.card;
    if (lock.tells_contents) one.content = content_of(slot);
  }
  lock.note(cat("read: ", read.occupied.size(), " taken"));
  watcher_.on_end(lock, LockOp::read, true);
  co_return read;
}

asio::awaitable<Result<ports::SlotWritten>> SimMemory::write(DeviceId device,
                                                             domain::SlotAddress address,
                                                             domain::SlotContent content,
                                                             SteadyTime) {
  using ports::SlotAnswer;
  using ports::SlotRefusal;
  SimLock& lock = at(device.str());
  const CallFate fate = co_await begin(lock, LockOp::write);
  const Secret secret = secret_of(content);
  ports::SlotWritten answer;
  const auto there = lock.holds(secret);
  if (!lock.reachable || !fate.done) {
    co_return std::unexpected(no_answer(lock, LockOp::write));
  }
  if (fate.refused) {
    answer = {SlotAnswer::refused, std::nullopt, SlotRefusal::full};
  } else if (!lock.has_slot(address)) {
    answer = {SlotAnswer::refused, std::nullopt, SlotRefusal::no_such_slot};
  } else if (!lock.is_counted(address.area)) {
    answer = {SlotAnswer::refused, std::nullopt, SlotRefusal::not_enabled};
  } else if (const auto& area = lock.domain_model().areas[address.area];
             !(secret.card ? area.cards : area.codes)) {
    answer = {SlotAnswer::refused, std::nullopt, SlotRefusal::bad_content};
  } else if (there && *there != address) {
    answer = {SlotAnswer::already_there, there, SlotRefusal::none};
  } else {
    watcher_.on_write(lock, address, secret);
    lock.slots[address] = {secret, content.schedule, false};
    ++lock.changes;
  }
  constexpr std::array<std::string_view, 3> words{"done", "already there", "refused"};
  lock.note(cat("write ", secret.text, " to ", text_of(address), ": ",
                words[static_cast<std::size_t>(answer.answer)], fate.answered ? "" : ", unheard"));
  if (!fate.answered) co_return std::unexpected(no_answer(lock, LockOp::write));
  watcher_.on_end(lock, LockOp::write, answer.answer != SlotAnswer::refused);
  co_return answer;
}

asio::awaitable<Result<>> SimMemory::remove(DeviceId device, domain::SlotAddress address,
                                            SteadyTime) {
  SimLock& lock = at(device.str());
  const CallFate fate = co_await begin(lock, LockOp::remove);
  if (!lock.reachable || !fate.done) {
    co_return std::unexpected(no_answer(lock, LockOp::remove));
  }
  if (fate.refused || !lock.has_slot(address) || !lock.is_counted(address.area)) {
    lock.note(cat("remove ", text_of(address), ": refused"));
    watcher_.on_end(lock, LockOp::remove, false);
    co_return fail(ErrorCode::rejected, "the lock refuses");
  }
  if (lock.slots.contains(address)) {
    watcher_.on_remove(lock, address);
    lock.note(cat("remove ", text_of(address), " (", lock.slots[address].secret.text, "): done",
                  fate.answered ? "" : ", unheard"));
    lock.slots.erase(address);
    ++lock.changes;
  }
  if (!fate.answered) co_return std::unexpected(no_answer(lock, LockOp::remove));
  watcher_.on_end(lock, LockOp::remove, true);
  co_return Result<>{};
}

asio::awaitable<Result<std::chrono::local_seconds>> SimMemory::clock(DeviceId device, SteadyTime) {
  SimLock& lock = at(device.str());
  const CallFate fate = co_await begin(lock, LockOp::clock);
  if (!lock.reachable || !fate.answered) co_return std::unexpected(no_answer(lock, LockOp::clock));
  watcher_.on_end(lock, LockOp::clock, true);
  co_return lock.clock(clock_.steady());
}

asio::awaitable<Result<>> SimMemory::set_clock(DeviceId device, std::chrono::local_seconds now,
                                               SteadyTime) {
  SimLock& lock = at(device.str());
  const SteadyTime called = clock_.steady();
  const CallFate fate = co_await begin(lock, LockOp::set_clock);
  if (!lock.reachable || !fate.done) {
    co_return std::unexpected(no_answer(lock, LockOp::set_clock));
  }
  lock.note("clock set");
  lock.set_clock(now, called);
  if (!fate.answered) co_return std::unexpected(no_answer(lock, LockOp::set_clock));
  watcher_.on_end(lock, LockOp::set_clock, true);
  co_return Result<>{};
}

asio::awaitable<Result<ports::MemoryMark>> SimMemory::mark(DeviceId device, SteadyTime) {
  SimLock& lock = at(device.str());
  const CallFate fate = co_await begin(lock, LockOp::mark);
  if (!lock.reachable || !fate.answered) co_return std::unexpected(no_answer(lock, LockOp::mark));
  watcher_.on_end(lock, LockOp::mark, true);
  ports::MemoryMark mark;
  if (lock.tells_serial) mark.serial = lock.serial;
  mark.changes = lock.changes;
  co_return mark;
}

}  // namespace genkan::model
