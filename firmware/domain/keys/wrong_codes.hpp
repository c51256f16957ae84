#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"

namespace genkan::domain {

// Wrong entries (DEV-12): 5 within a minute lock the place for 3 minutes; a right one clears it.
// Kept by place (a reader, a door's page) and, beside it, by source (an account, an address), so
// that one person cannot try at many doors. Steady time: a clock that jumps frees nobody. At most
// 1,024 places and sources are kept; past that the one that has been quiet for longest goes, those
// that are not locked out first.
class WrongCodes {
 public:
  static constexpr int most = 5;
  static constexpr std::chrono::minutes within{1};  // any minute, not that of the clock
  static constexpr std::chrono::minutes locked_for{3};
  static constexpr std::size_t most_kept = 1024;

  // Whether an entry may be tried now. Tries while locked out are not counted.
  bool locked_out(std::string_view place, SteadyTime now) const;
  // Returns true for the one that locks it out.
  bool wrong(std::string_view place, SteadyTime now);
  void right(std::string_view place);
  // When the lock-out ends; now or earlier: there is none.
  SteadyTime until(std::string_view place) const;

 private:
  struct Count {
    std::array<SteadyTime, most>
        times{};             // of the wrong ones that may count still, the oldest first
    std::uint8_t wrong = 0;  // how many of them
    SteadyTime last{};
    SteadyTime locked_until{};
  };
  Count& count_of(std::string_view place, SteadyTime now);

  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace genkan::domain
