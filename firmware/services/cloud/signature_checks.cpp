#include "firmware/services/cloud/signature_checks.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>

#include "firmware/base/clock.hpp"
#include "firmware/base/text.hpp"

namespace genkan::services {

namespace asio = boost::asio;

namespace {

constexpr auto longest_wait = 10s;
constexpr int niceness = 5;

// Who waits on the loop.
struct Caller {
  explicit Caller(const asio::any_io_executor& loop) : timer(loop, longest_wait) {}
  asio::steady_timer timer;
  std::optional<bool> holds;  // the loop's thread alone
};

struct Job {
  Jws jws;
  P256Public key;
  std::shared_ptr<Caller> caller;
};

}  // namespace

struct SignatureChecks::Thread {
  explicit Thread(asio::any_io_executor its_loop)
      : loop(std::move(its_loop)), thread(&Thread::run, this) {}
  ~Thread() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_one();
    thread.join();
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  bool add(Job job) {
    {
      const std::lock_guard lock(mutex);
      if (jobs.size() >= most_waiting) return false;
      jobs.push_back(std::move(job));
    }
    wake.notify_one();
    return true;
  }

  void run() {
    // On Linux of this thread alone: where processors are few, the buses' threads go first.
    ::setpriority(PRIO_PROCESS, 0, niceness);
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return stopping || !jobs.empty(); });
      if (stopping) return;
      Job job = std::move(jobs.front());
      jobs.pop_front();
      checking = true;
      lock.unlock();
      deliver(job.caller, jws_holds(job.jws, job.key));
      lock.lock();
      checking = false;
    }
  }

  void deliver(std::shared_ptr<Caller> caller, bool holds) {
    asio::post(loop, [caller = std::move(caller), holds] {
      caller->holds = holds;
      caller->timer.cancel();
    });
  }

  asio::any_io_executor loop;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> jobs;   // under mutex, as below
  bool checking = false;  //
  bool stopping = false;  //
  std::thread thread;
};

SignatureChecks::SignatureChecks(asio::any_io_executor loop)
    : thread_(std::make_unique<Thread>(std::move(loop))) {}

SignatureChecks::~SignatureChecks() = default;

std::size_t SignatureChecks::waiting() const {
  const std::lock_guard lock(thread_->mutex);
  return thread_->jobs.size() + (thread_->checking ? 1 : 0);
}

asio::awaitable<Result<bool>> SignatureChecks::check(Jws jws, P256Public key) {
  const auto caller = std::make_shared<Caller>(thread_->loop);
  if (!thread_->add({std::move(jws), key, caller})) {
    co_await asio::post(thread_->loop, asio::use_awaitable);
    co_return fail(ErrorCode::busy, cat(most_waiting, " signatures wait to be checked"));
  }
  const auto token = asio::as_tuple(asio::use_awaitable);
  const auto ended = co_await caller->timer.async_wait(token);
  static_cast<void>(ended);
  if (!caller->holds) co_return fail(ErrorCode::timeout, "a signature was not checked in time");
  co_return *caller->holds;
}

}  // namespace genkan::services
