#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/error.hpp"
#include "firmware/services/signal.hpp"

namespace genkan::services {

// One change of keys at a time: what was checked is still so when it is on disk. Loop thread.
class Turn {
 public:
  static constexpr std::size_t most_waiting = 64;
  static constexpr std::chrono::seconds longest_wait{20};  // a commit ends within 10

  struct State {
    bool taken = false;
    Signal free;
  };
  // Held until it is destroyed.
  class Held {
   public:
    explicit Held(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Held(Held&& other) noexcept = default;
    Held& operator=(Held&&) = delete;
    ~Held();

   private:
    std::shared_ptr<State> state_;
  };
  // ErrorCode::busy after the longest wait, or at once if so many wait already.
  boost::asio::awaitable<Result<Held>> take();

 private:
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace genkan::services
