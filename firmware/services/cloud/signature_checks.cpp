#include "firmware/services/cloud/signature_checks.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
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

// What is to be done, and who waits for it on the loop.
struct Job {
  explicit Job(const asio::any_io_executor& loop) : timer(loop, longest_wait) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;
  virtual void work() = 0;  // on the thread

  asio::steady_timer timer;
  bool done = false;  // the loop's thread alone
};

template <class Value>
struct JobOf final : Job {
  JobOf(const asio::any_io_executor& loop, std::function<Value()> its_work)
      : Job(loop), make(std::move(its_work)) {}
  void work() override { value.emplace(make()); }

  std::function<Value()> make;
  std::optional<Value> value;  // the thread's, then, once it is done, the loop's
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

  bool add(std::shared_ptr<Job> job) {
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
      auto job = std::move(jobs.front());
      jobs.pop_front();
      checking = true;
      lock.unlock();
      job->work();
      deliver(std::move(job));
      lock.lock();
      checking = false;
    }
  }

  void deliver(std::shared_ptr<Job> job) {
    asio::post(loop, [job = std::move(job)] {
      job->done = true;
      job->timer.cancel();
    });
  }

  asio::any_io_executor loop;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::shared_ptr<Job>> jobs;  // under mutex, as below
  bool checking = false;                  //
  bool stopping = false;                  //
  std::thread thread;
};

SignatureChecks::SignatureChecks(asio::any_io_executor loop)
    : thread_(std::make_unique<Thread>(std::move(loop))) {}

SignatureChecks::~SignatureChecks() = default;

std::size_t SignatureChecks::waiting() const {
  const std::lock_guard lock(thread_->mutex);
  return thread_->jobs.size() + (thread_->checking ? 1 : 0);
}

template <class Value>
asio::awaitable<Result<Value>> SignatureChecks::run(std::function<Value()> work) {
  const auto job = std::make_shared<JobOf<Value>>(thread_->loop, std::move(work));
  if (!thread_->add(job)) {
    co_await asio::post(thread_->loop, asio::use_awaitable);
    co_return fail(ErrorCode::busy, cat(most_waiting, " signatures wait to be checked"));
  }
  const auto token = asio::as_tuple(asio::use_awaitable);
  const auto ended = co_await job->timer.async_wait(token);
  static_cast<void>(ended);
  if (!job->done) co_return fail(ErrorCode::timeout, "a signature was not checked in time");
  co_return Result<Value>(std::in_place, std::move(*job->value));
}

asio::awaitable<Result<bool>> SignatureChecks::check(Jws jws, P256Public key) {
  return run<bool>([jws = std::move(jws), key] { return jws_holds(jws, key); });
}

asio::awaitable<Result<std::string>> SignatureChecks::open(const P256Key& receiver,
                                                           std::string jwe) {
  auto opened = co_await run<Result<std::string>>(
      [key = &receiver, jwe = std::move(jwe)] { return jwe_open(*key, jwe); });
  if (!opened) co_return fail(opened.error());
  co_return std::move(*opened);
}

}  // namespace genkan::services
