#include "drivers/devices/slot_proof.hpp"

#include "firmware/base/text.hpp"

namespace genkan::devices {

namespace asio = boost::asio;

namespace {
// The mailbox may show another slot if something else wrote to it in between.
constexpr int most_tries = 3;
}  // namespace

asio::awaitable<Result<profile::SlotFound>> find_in_slot(MemoryTalk& talk,
                                                         domain::SlotAddress address) {
  for (int i = 0; i < most_tries; ++i) {
    const auto result = co_await talk.order(profile::SlotOrder::read, address, std::nullopt);
    if (!result) co_return fail(result.error());
    if (*result != profile::SlotResult::done) {
      co_return fail(
          talk.error(ErrorCode::rejected, cat("it refused to read ", talk.name_of(address))));
    }
    auto questions = slot_exchanges(talk.profile(), talk.place());
    const auto image = co_await talk.ask(std::move(questions));
    if (!image) co_return fail(image.error());
    auto found = slot_of(talk.profile(), talk.place(), address, *image);
    if (found.ours) co_return found;
  }
  co_return fail(
      talk.error(ErrorCode::rejected,
                 cat("it was asked for ", talk.name_of(address),
                     " and shows another slot; is somebody else writing to its registers?")));
}

asio::awaitable<Result<bool>> is_taken(MemoryTalk& talk, domain::SlotAddress address) {
  auto questions = taken_exchanges(talk.profile(), talk.place(), address, address);
  const auto image = co_await talk.ask(std::move(questions));
  if (!image) co_return fail(image.error());
  co_return taken(talk.profile(), talk.place(), address, *image);
}

}  // namespace genkan::devices
