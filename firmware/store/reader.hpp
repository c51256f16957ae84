#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "firmware/store/sqlite.hpp"
#include "firmware/store/waiting.hpp"

namespace genkan::store {

// The thread that owns the reading connection: one question after the other, each a read
// transaction of its own, so that none holds the log for long.
class Reader {
 public:
  static constexpr std::size_t most_waiting = 256;
  using Question = std::function<Waiting::Answer(const Connection&)>;
  // Called on the reader's thread.
  using Deliver = std::function<void(std::shared_ptr<Waiting>, Waiting::Answer)>;

  Reader(std::filesystem::path database, Deliver deliver);
  // Questions that wait are answered `cancelled`.
  ~Reader();

  // Any thread; `busy` when most_waiting questions wait.
  Result<> ask(std::shared_ptr<Waiting> caller, Question question);

 private:
  struct Job {
    std::shared_ptr<Waiting> caller;
    Question question;
  };

  void run();
  Waiting::Answer answer(const Question& question);
  Result<> ensure_open();

  const std::filesystem::path path_;
  const Deliver deliver_;
  std::optional<Connection> connection_;  // the reader's thread alone
  bool immutable_ = false;                // likewise

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace genkan::store
