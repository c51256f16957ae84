#include <utility>

#include "drivers/devices/memory_actions.hpp"
#include "drivers/devices/memory_talk.hpp"

// The clock of a lock that keeps schedules.
namespace genkan::devices {

namespace asio = boost::asio;

namespace {

using std::chrono::local_seconds;

constexpr int most_tries = 3;
// The lock counts whole seconds, and so do we; an exchange may wait its turn for another.
constexpr auto close_enough = std::chrono::seconds{2};

asio::awaitable<Result<local_seconds>> look(MemoryTalk& talk) {
  auto questions = clock_exchanges(talk.profile(), talk.place());
  const auto image = co_await talk.ask(std::move(questions));
  if (!image) co_return fail(image.error());
  const auto shown = clock_of(talk.profile(), talk.place(), *image);
  if (!shown) co_return fail(talk.error(ErrorCode::rejected, "its clock cannot be read"));
  co_return *shown;
}

}  // namespace

asio::awaitable<Result<local_seconds>> read_clock(std::shared_ptr<Device> device,
                                                  SteadyTime deadline) {
  MemoryTalk talk(std::move(device), deadline);
  auto shown = co_await look(talk);
  co_return shown;
}

asio::awaitable<Result<>> set_clock(std::shared_ptr<Device> device, local_seconds now,
                                    SteadyTime deadline) {
  MemoryTalk talk(std::move(device), deadline);
  const SteadyTime began = talk.now();
  const auto wall = [&talk, now, began] {
    return now + std::chrono::floor<std::chrono::seconds>(talk.now() - began);
  };
  for (int i = 0; i < most_tries; ++i) {
    auto questions = set_clock_exchanges(talk.profile(), talk.place(), wall());
    if (questions.empty()) {
      co_return fail(talk.error(ErrorCode::rejected, "its clock cannot show that time"));
    }
    const auto sent = co_await talk.ask(std::move(questions));
    if (!sent) co_return fail(sent.error());
    const auto shown = co_await look(talk);
    if (!shown) co_return fail(shown.error());
    const auto off = *shown - wall();
    if (off <= close_enough && off >= -close_enough) co_return Result<>{};
  }
  co_return fail(talk.error(ErrorCode::rejected, "its clock does not take the time"));
}

}  // namespace genkan::devices
