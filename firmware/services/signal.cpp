#include "firmware/services/signal.hpp"

#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace genkan::services {

namespace asio = boost::asio;

struct Signal::Waiters {
  struct Waiter {
    asio::steady_timer timer;
    bool rung = false;
  };
  std::list<Waiter*> list;
};

namespace {

// Takes its entry out of the list, however the waiting ends.
template <class List>
class Listed {
 public:
  Listed(std::shared_ptr<List> owner, typename List::Waiter& waiter)
      : owner_(std::move(owner)), at_(owner_->list.insert(owner_->list.end(), &waiter)) {}
  ~Listed() { owner_->list.erase(at_); }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

 private:
  std::shared_ptr<List> owner_;
  typename std::list<typename List::Waiter*>::iterator at_;
};

}  // namespace

Signal::Signal() : waiters_(std::make_shared<Waiters>()) {}
Signal::~Signal() = default;

asio::awaitable<bool> Signal::wait(std::chrono::milliseconds most) {
  const std::shared_ptr<Waiters> waiters = waiters_;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Waiters::Waiter waiter{asio::steady_timer(executor, most)};
  const Listed<Waiters> listed(waiters, waiter);
  const auto token = asio::as_tuple(asio::use_awaitable);
  const auto ended = co_await waiter.timer.async_wait(token);
  static_cast<void>(ended);
  co_return waiter.rung;
}

void Signal::ring() {
  for (Waiters::Waiter* waiter : waiters_->list) {
    waiter->rung = true;
    waiter->timer.cancel();
  }
}

std::size_t Signal::waiting() const { return waiters_->list.size(); }

}  // namespace genkan::services
