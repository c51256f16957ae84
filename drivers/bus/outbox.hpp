#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "drivers/bus/bus.hpp"

namespace genkan::bus {

// Carries answers and events from the worker to the loop. Any thread.
class Outbox {
 public:
  Outbox(boost::asio::any_io_executor loop, Bus::Events events);

  // Each is one post. An answer's `done` may be empty.
  void answer(std::function<void(Answer)> done, Answer answer);
  void reports(std::vector<PollReport> reports);
  void unit(std::uint8_t unit, bool dead);
  void line(std::string fault);
  // From now on no event is delivered, not even those already posted; answers still are.
  void silence();

 private:
  struct Receiver {
    Bus::Events events;
    std::atomic<bool> listening{true};
  };

  boost::asio::any_io_executor loop_;
  std::shared_ptr<Receiver> receiver_;
};

}  // namespace genkan::bus
