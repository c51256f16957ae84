#pragma once

#include <chrono>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// Forgets what is long over: reservations and visitors' single keys whose last end is more than 60
// days past and that no lock may still hold. The journal keeps what happened. Loop thread.
class KeyRetention {
 public:
  static constexpr std::chrono::days kept{60};
  static constexpr std::size_t most_a_turn = 200;

  explicit KeyRetention(KeyDesk& desk) : desk_(desk) {}

  // Whether a turn is due: once a day while the clock is trusted, and again at once where more is
  // left than one turn takes.
  bool due() const;
  // How many were forgotten. Not due again from the call on, until a day later (an hour after a
  // failure).
  boost::asio::awaitable<Result<std::size_t>> run();

 private:
  ports::KeyChange what_is_over() const;

  KeyDesk& desk_;
  std::optional<SteadyTime> next_;
};

}  // namespace genkan::services
