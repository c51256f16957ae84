#pragma once

#include <chrono>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "firmware/ports/store.hpp"
#include "firmware/services/cloud/cloud.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/signal.hpp"

namespace genkan::services {

// Reads the journal, and waits for what is not there yet. Loop thread.
class Journal {
 public:
  static constexpr std::size_t most_waiting = 64;
  static constexpr std::chrono::seconds longest_wait{60};

  Journal(ports::Store& store, const Cloud& cloud) : store_(store), cloud_(cloud) {}

  boost::asio::awaitable<Result<JournalPage>> read(ports::JournalQuery query,
                                                   std::chrono::milliseconds wait);
  void committed(const std::vector<domain::Record>& records);
  // Ends all waiting.
  void stop();

 private:
  ports::Store& store_;
  const Cloud& cloud_;  // knows the journal's name
  Signal news_;
  bool stopped_ = false;
};

}  // namespace genkan::services
