#include "drivers/devices/memory_talk.hpp"

#include <algorithm>
#include <utility>

#include "drivers/devices/answers.hpp"
#include "firmware/base/text.hpp"

namespace genkan::devices {

namespace asio = boost::asio;

namespace {

using profile::SlotOrder;
using profile::SlotResult;

constexpr int most_tries = 3;  // of one exchange whose answers are lost
// Between two tries while the device says that it is busy; a profile may ask for longer ones.
constexpr auto shortest_pause = std::chrono::milliseconds{5};

// Modbus Application Protocol V1.1b3, section 7.
constexpr std::uint8_t acknowledge = 5;  // accepted, takes a while
constexpr std::uint8_t device_busy = 6;
constexpr std::uint8_t gateway_path = 10;  // a gateway's words for silence
constexpr std::uint8_t gateway_target = 11;

bool is_exception(const bus::Answer& answer, std::uint8_t code) {
  return answer.ending == bus::Ending::exception && answer.exception == code;
}

// It went out, and nobody knows what became of it.
bool lost(const bus::Answer& answer) {
  switch (answer.ending) {
    case bus::Ending::silent: return answer.sent;
    case bus::Ending::garbage:
    case bus::Ending::partial:
    case bus::Ending::wrong_unit:
    case bus::Ending::wrong_crc:
    case bus::Ending::wrong_function:
    case bus::Ending::wrong_length:
    case bus::Ending::wrong_echo: return true;
    default: return is_exception(answer, gateway_path) || is_exception(answer, gateway_target);
  }
}

bool is_write(const bus::Exchange& question) { return !question.values.empty(); }

std::chrono::milliseconds usual_time(const profile::Mailbox& box, SlotOrder order) {
  switch (order) {
    case SlotOrder::write: return box.write_takes;
    case SlotOrder::remove: return box.remove_takes;
    case SlotOrder::read: break;
  }
  return box.read_takes;
}

}  // namespace

MemoryTalk::MemoryTalk(std::shared_ptr<Device> device, SteadyTime deadline)
    : device_(std::move(device)), deadline_(deadline), wake_(device_->new_wake()) {}

Error MemoryTalk::error(ErrorCode code, const std::string& sentence) const {
  return {code, cat("device ", device_->config().id.str(), ": ", sentence)};
}

std::string MemoryTalk::name_of(domain::SlotAddress address) const {
  return cat("slot ", address.number, " of area ", profile().lock->areas[address.area].name);
}

std::optional<Error> MemoryTalk::hindrance() const {
  if (device_->detached() || !device_->link()) {
    return error(ErrorCode::cancelled, "it was taken off the gateway");
  }
  if (const std::string fault = device_->line_fault(); !fault.empty()) {
    return error(ErrorCode::unreachable, cat("its line is down: ", fault));
  }
  if (now() >= deadline_) {
    return error(ErrorCode::timeout, "its memory did not get done within the time");
  }
  return std::nullopt;
}

asio::awaitable<void> MemoryTalk::pause_until(SteadyTime when) {
  const SteadyTime until = std::min(when, deadline_);
  while (!device_->detached() && now() < until) co_await wake_->until(until);
}

asio::awaitable<bus::Answer> MemoryTalk::ask_once(bus::Exchange question) {
  auto answer = std::make_shared<std::optional<bus::Answer>>();
  device_->link()->submit(std::move(question), bus::Lane::bulk, deadline_,
                          [answer, wake = wake_](const bus::Answer& came) {
                            *answer = came;
                            wake->notify();
                          });
  while (!*answer && !device_->detached() && now() < deadline_) {
    co_await wake_->until(deadline_);
  }
  bus::Answer none;
  none.ending = device_->detached() ? bus::Ending::cancelled : bus::Ending::expired;
  co_return answer->value_or(none);
}

asio::awaitable<Result<std::vector<std::uint16_t>>> MemoryTalk::ask_until_answered(
    bus::Exchange question) {
  const profile::Mailbox& box = profile().memory->mailbox;
  const SteadyTime busy_limit = now() + box.longest;
  int tries = 0;
  while (true) {
    if (auto hindered = hindrance()) co_return fail(std::move(*hindered));
    bus::Exchange copy = question;
    const bus::Answer answer = co_await ask_once(std::move(copy));
    if (answer.ending == bus::Ending::answered) co_return answer.values;
    if (is_write(question) && is_exception(answer, acknowledge)) {
      co_return std::vector<std::uint16_t>{};
    }
    if (is_exception(answer, device_busy)) {
      if (now() >= busy_limit) {
        co_return fail(error(ErrorCode::timeout, "its memory stays busy"));
      }
      co_await pause_until(now() + std::max<std::chrono::milliseconds>(box.pause, shortest_pause));
      continue;
    }
    if (!lost(answer) || ++tries == most_tries) {
      if (auto hindered = hindrance()) co_return fail(std::move(*hindered));
      const Error why = error_of(answer, question.unit);
      co_return fail(error(why.code(), why.message()));
    }
  }
}

asio::awaitable<Result<profile::RegisterImage>> MemoryTalk::ask(
    std::vector<bus::Exchange> questions) {
  profile::RegisterImage image;
  for (const bus::Exchange& question : questions) {
    bus::Exchange copy = question;
    const auto values = co_await ask_until_answered(std::move(copy));
    if (!values) co_return fail(values.error());
    if (!is_write(question)) put_answer(image, question, *values);
  }
  co_return image;
}

asio::awaitable<Result<SlotResult>> MemoryTalk::result(std::chrono::milliseconds usual) {
  const profile::Mailbox& box = profile().memory->mailbox;
  const SteadyTime given = now();
  SteadyTime next = given + usual;
  while (true) {
    co_await pause_until(next);
    auto questions = result_exchanges(profile(), place());
    const auto image = co_await ask(std::move(questions));
    if (!image) co_return fail(image.error());
    const auto result = result_of(profile(), place(), *image);
    if (!result) {
      co_return fail(
          error(ErrorCode::rejected, "its memory gave a result that its profile does not name"));
    }
    if (*result != SlotResult::busy) co_return *result;
    if (now() - given >= box.longest) {
      co_return fail(error(ErrorCode::timeout, "its memory stays busy"));
    }
    next = now() + box.pause;
  }
}

asio::awaitable<Result<SlotResult>> MemoryTalk::order(SlotOrder order, domain::SlotAddress address,
                                                      std::optional<domain::SlotContent> content) {
  auto questions =
      order_exchanges(profile(), place(), order, address, content ? &*content : nullptr);
  const auto given = co_await ask(std::move(questions));
  if (!given) co_return fail(given.error());
  Result<SlotResult> ended = co_await result(usual_time(profile().memory->mailbox, order));
  co_return ended;
}

}  // namespace genkan::devices
