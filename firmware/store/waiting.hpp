#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "firmware/base/error.hpp"
#include "firmware/domain/record.hpp"

namespace genkan::store {

// A caller on the loop that waits for the writer or the reader; completed once, on the loop.
class Waiting {
 public:
  using Answer = Result<std::vector<domain::Record>>;

  explicit Waiting(const boost::asio::any_io_executor& loop) : timer_(loop) {}

  // Any thread. True for exactly one of both: the disk's side may begin the work, or the caller has
  // given up and nothing of it will be done.
  bool begin() { return move_on(Stage::begun); }
  bool give_up() { return move_on(Stage::given_up); }

  // On the loop.
  void complete(Answer answer);
  // Waits for the answer, at most `within`; `what` begins the sentence if it does not come.
  static boost::asio::awaitable<Answer> wait(std::shared_ptr<Waiting> self,
                                             std::chrono::milliseconds within, std::string what);

 private:
  enum class Stage : std::uint8_t { waiting, begun, given_up };
  bool move_on(Stage stage) {
    auto expected = Stage::waiting;
    return stage_.compare_exchange_strong(expected, stage);
  }

  boost::asio::steady_timer timer_;
  std::optional<Answer> answer_;
  std::atomic<Stage> stage_{Stage::waiting};
};

}  // namespace genkan::store
