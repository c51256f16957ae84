#include "firmware/services/keys/turn.hpp"

#include "firmware/base/clock.hpp"

namespace genkan::services {

Turn::Held::~Held() {
  if (!state_) return;
  state_->taken = false;
  state_->free.ring();
}

boost::asio::awaitable<Result<Turn::Held>> Turn::take() {
  const SteadyTime end = Steady::now() + longest_wait;
  const std::shared_ptr<State> state = state_;
  while (state->taken) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (state->free.waiting() >= most_waiting || left.count() <= 0) {
      co_return fail(ErrorCode::busy, "too many changes of keys at once; try again in a moment");
    }
    co_await state->free.wait(left);
  }
  state->taken = true;
  co_return Held(state);
}

}  // namespace genkan::services
