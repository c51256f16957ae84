#include <utility>

#include "drivers/devices/memory_actions.hpp"
#include "drivers/devices/slot_proof.hpp"
#include "firmware/base/text.hpp"

// One slot.
namespace genkan::devices {

namespace asio = boost::asio;

namespace {

using domain::SlotAddress;
using domain::SlotContent;
using ports::SlotAnswer;
using ports::SlotRefusal;
using ports::SlotWritten;
using profile::SlotOrder;
using profile::SlotResult;

SlotWritten refused(SlotRefusal why) {
  return {.answer = SlotAnswer::refused, .where = {}, .refusal = why};
}

SlotRefusal refusal_of(SlotResult result) {
  switch (result) {
    case SlotResult::no_such_slot: return SlotRefusal::no_such_slot;
    case SlotResult::full: return SlotRefusal::full;
    case SlotResult::not_enabled: return SlotRefusal::not_enabled;
    case SlotResult::bad_content: return SlotRefusal::bad_content;
    case SlotResult::done:
    case SlotResult::busy:
    case SlotResult::already_there: break;
  }
  return SlotRefusal::none;
}

std::string_view words_of(SlotResult result) {
  switch (result) {
    case SlotResult::done: return "done";
    case SlotResult::busy: return "busy";
    case SlotResult::already_there: return "already there";
    case SlotResult::no_such_slot: return "no such slot";
    case SlotResult::full: return "full";
    case SlotResult::not_enabled: return "the area is not enabled";
    case SlotResult::bad_content: return "bad content";
  }
  return "";
}

// Whether the slot holds it now; by its contents where the lock gives them away, otherwise by its
// bit.
asio::awaitable<Result<bool>> holds(MemoryTalk& talk, SlotAddress address, SlotContent content) {
  const profile::Profile& model = talk.profile();
  if (!model.memory->mailbox.read) {
    auto bit = co_await is_taken(talk, address);
    co_return bit;
  }
  const auto found = co_await find_in_slot(talk, address);
  if (!found) co_return fail(found.error());
  co_return found->content == as_kept(model, content);
}

asio::awaitable<Result<std::optional<SlotAddress>>> where_it_is(MemoryTalk& talk,
                                                                SlotAddress asked) {
  auto questions = there_exchanges(talk.profile(), talk.place());
  const auto image = co_await talk.ask(std::move(questions));
  if (!image) co_return fail(image.error());
  co_return there_of(talk.profile(), talk.place(), asked, *image);
}

// The lock says that it has the key already. If that is in this very slot, it is done.
asio::awaitable<Result<SlotWritten>> already_there(MemoryTalk& talk, SlotAddress address,
                                                   SlotContent content) {
  const auto where = co_await where_it_is(talk, address);
  if (!where) co_return fail(where.error());
  SlotWritten written{.answer = SlotAnswer::already_there, .where = *where};
  if (*where && **where != address) co_return written;
  if (!talk.profile().memory->mailbox.read) co_return written;
  const auto here = co_await holds(talk, address, std::move(content));
  if (!here) co_return fail(here.error());
  if (*here) written = {.answer = SlotAnswer::done, .where = {}};
  co_return written;
}

}  // namespace

asio::awaitable<Result<SlotWritten>> write_slot(std::shared_ptr<Device> device, SlotAddress address,
                                                SlotContent content, SteadyTime deadline) {
  MemoryTalk talk(std::move(device), deadline);
  switch (fit(talk.profile(), address, content)) {
    case profile::Fit::no_such_slot: co_return refused(SlotRefusal::no_such_slot);
    case profile::Fit::bad_content: co_return refused(SlotRefusal::bad_content);
    case profile::Fit::fits: break;
  }
  const auto result = co_await talk.order(SlotOrder::write, address, content);
  if (!result) co_return fail(result.error());
  if (*result == SlotResult::already_there) {
    auto written = co_await already_there(talk, address, std::move(content));
    co_return written;
  }
  if (*result != SlotResult::done) co_return refused(refusal_of(*result));
  const auto kept = co_await holds(talk, address, std::move(content));
  if (!kept) co_return fail(kept.error());
  if (!*kept) {
    co_return fail(talk.error(ErrorCode::rejected,
                              cat(talk.name_of(address), " does not hold what was written")));
  }
  co_return SlotWritten{};
}

asio::awaitable<Result<>> remove_slot(std::shared_ptr<Device> device, SlotAddress address,
                                      SteadyTime deadline) {
  MemoryTalk talk(std::move(device), deadline);
  if (!exists(talk.profile(), address)) {
    co_return fail(talk.error(ErrorCode::rejected, cat("it has no slot ", address.number,
                                                       " in its area ", address.area)));
  }
  const auto result = co_await talk.order(SlotOrder::remove, address, std::nullopt);
  if (!result) co_return fail(result.error());
  if (*result != SlotResult::done) {
    co_return fail(talk.error(ErrorCode::rejected, cat("it did not remove ", talk.name_of(address),
                                                       ": ", words_of(*result))));
  }
  bool gone = false;
  if (talk.profile().memory->taken) {
    const auto bit = co_await is_taken(talk, address);
    if (!bit) co_return fail(bit.error());
    gone = !*bit;
  } else {
    const auto found = co_await find_in_slot(talk, address);
    if (!found) co_return fail(found.error());
    gone = found->kind == profile::SlotKind::empty;
  }
  if (!gone) {
    co_return fail(talk.error(ErrorCode::rejected,
                              cat(talk.name_of(address), " is still taken after it was removed")));
  }
  co_return Result<>{};
}

}  // namespace genkan::devices
