#pragma once

#include <optional>

#include "firmware/base/clock.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// The gateway's own troubles: clock, storage. Loop thread.
class Health {
 public:
  // Storage is nearly full below the first, and no longer above the second.
  static constexpr std::uint64_t nearly_full_bytes = 64ULL << 20U;
  static constexpr std::uint64_t room_again_bytes = 96ULL << 20U;
  static constexpr std::chrono::seconds interval{5};

  Health(const ports::Store& store, const Clock& clock, Troubles& troubles)
      : store_(store), clock_(clock), troubles_(troubles) {}

  // At every tick; looks once in `interval`. True if it looked.
  bool look(ports::Change& change);

 private:
  const ports::Store& store_;
  const Clock& clock_;
  Troubles& troubles_;
  std::optional<SteadyTime> looked_;
};

}  // namespace genkan::services
