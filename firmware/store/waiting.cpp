#include "firmware/store/waiting.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace asio = boost::asio;

void Waiting::complete(Answer answer) {
  answer_ = std::move(answer);
  timer_.cancel();
}

asio::awaitable<Waiting::Answer> Waiting::wait(std::shared_ptr<Waiting> self,
                                               std::chrono::milliseconds within, std::string what) {
  self->timer_.expires_after(within);
  const auto [error] = co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  if (self->answer_) co_return *std::move(self->answer_);
  const bool nothing_done = self->give_up();
  if (error) co_return fail(ErrorCode::cancelled, what + ": given up");
  if (nothing_done) {
    co_return fail(ErrorCode::timeout,
                   cat(what, ": the disk was busy for ", within.count(), " ms; nothing was done"));
  }
  co_return fail(ErrorCode::timeout, cat(what, ": no answer from the disk for ", within.count(),
                                         " ms; it may still be done"));
}

}  // namespace genkan::store
