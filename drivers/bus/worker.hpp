#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "drivers/bus/bus.hpp"
#include "drivers/bus/conversation.hpp"
#include "drivers/bus/line.hpp"
#include "drivers/bus/outbox.hpp"
#include "drivers/bus/scheduler.hpp"
#include "drivers/bus/statistics.hpp"
#include "drivers/bus/wake.hpp"

namespace genkan::bus {

// The thread that drives one line. What other threads touch is under mutex_, which is never held
// during input or output; the thread sleeps nowhere but in wait().
class Bus::Worker final : Attention {
 public:
  Worker(boost::asio::any_io_executor loop, const Options& options, Events events);
  ~Worker() override;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void submit(Exchange exchange, Lane lane, SteadyTime deadline, std::function<void(Answer)> done);
  PollId add_poll(const PollSpec& spec);
  void remove_poll(PollId poll);
  void hurry(PollId poll);
  void set_traits(std::uint8_t unit, UnitTraits traits);
  void forget_unit(std::uint8_t unit);
  bool up() const { return up_.load(); }
  ports::BusStatistics statistics() const;

 private:
  // A lost line is tried again after 0.25 s, 0.5 s, then each second, beginning anew once somebody
  // answered on it.
  static constexpr std::chrono::milliseconds first_reopen_pause{250};

  enum class State : std::uint8_t { opening, up, down, stopped };

  Woke wait(SteadyTime until, AtStop at_stop) override;
  bool command_waits() override;
  bool stopping() override { return stopping_.load(); }

  void run();
  // One look at the open line: at most one exchange, or one wait.
  void step();
  void rest(SteadyTime until);
  void exchange(Turn turn);
  Turn lesson_before(Turn turn);
  void conclude(Turn turn, Spoken spoken);
  void note(const Noticed& noticed, SteadyTime now);  // mutex_ held

  void open();
  void opened();
  void line_lost(const std::string& fault);
  void end_waiting(Ending ending);
  void end_due(SteadyTime now);
  void post_kept_back(SteadyTime now);

  const domain::BusConfig config_;
  const Framing framing_;
  Outbox outbox_;
  Wake wake_;
  std::atomic<bool> up_{false};
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;
  Scheduler scheduler_;           // under mutex_
  Statistics statistics_;         // under mutex_
  State state_ = State::opening;  // under mutex_
  std::string fault_;             // under mutex_

  // The thread's own:
  std::unique_ptr<Line> line_;
  Conversation conversation_;
  SteadyTime reopen_at_{};
  std::chrono::milliseconds reopen_pause_;
  SteadyTime post_at_{};
  bool was_up_ = false;

  std::thread thread_;
};

}  // namespace genkan::bus
