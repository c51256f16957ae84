#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "cloud-agent/agent/answers.hpp"
#include "cloud-agent/agent/daemon.hpp"
#include "cloud-agent/agent/request.hpp"
#include "cloud-agent/agent/window.hpp"

namespace genkan::agent {

// Takes the cloud's requests, passes them on to genkand, and sends the answers back. One thread:
// the loop's.
class RequestDesk {
 public:
  // Requests being carried out; a further one is answered with 429. Each has a connection to
  // genkand, which takes 64 in all: a flood of slow requests leaves room for the users on site.
  static constexpr std::size_t most_in_hand = 32;
  // Answers that wait for the broker; further ones are dropped, the caller asks again.
  static constexpr std::size_t most_answers = 128;
  // An answer older than this is of no use any more.
  static constexpr std::chrono::seconds answer_lifetime{60};

  struct Counts {
    std::uint64_t carried_out = 0;
    std::uint64_t refused = 0;   // by check_request
    std::string why_refused{};   // the last of them
    std::uint64_t busy = 0;      // answered with 429
    std::uint64_t repeated = 0;  // delivered twice, run once
    std::uint64_t unsent = 0;    // answers that the broker never took
  };

  RequestDesk(boost::asio::any_io_executor loop, Daemon& daemon, Window& window);

  void take(mqtt::Inbound message);
  // Sends answers as far as there is room.
  void pump();
  const Counts& counts() const { return counts_; }
  std::size_t in_hand() const { return in_hand_; }

 private:
  struct Waiting {
    AnswerAddress address;
    Answer answer;
    SteadyTime since;
  };

  boost::asio::awaitable<void> carry_out(CloudRequest request, std::string name);
  void refuse(Refusal refusal);
  void answer(AnswerAddress address, Answer answer);
  void sent(Waiting waiting, mqtt::Delivery delivery, int reason);

  boost::asio::any_io_executor loop_;
  Daemon& daemon_;
  Window& window_;
  Answers answers_;
  std::deque<Waiting> waiting_;
  std::size_t in_hand_ = 0;
  SteadyTime refusal_logged_{};
  std::uint64_t refusals_untold_ = 0;
  Counts counts_;
};

}  // namespace genkan::agent
