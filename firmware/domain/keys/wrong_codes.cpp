#include "firmware/domain/keys/wrong_codes.hpp"

#include <algorithm>
#include <tuple>

namespace genkan::domain {

bool WrongCodes::locked_out(std::string_view place, SteadyTime now) const {
  return now < until(place);
}

SteadyTime WrongCodes::until(std::string_view place) const {
  const auto found = counts_.find(place);
  return found == counts_.end() ? SteadyTime{} : found->second.locked_until;
}

bool WrongCodes::wrong(std::string_view place, SteadyTime now) {
  if (locked_out(place, now)) return false;
  Count& count = count_of(place, now);
  const auto begin = count.times.begin();
  const auto kept = std::remove_if(begin, begin + count.wrong,
                                   [now](SteadyTime time) { return now - time > within; });
  *kept = now;  // fewer than `most` are kept: the fifth empties them
  count.wrong = static_cast<std::uint8_t>(kept - begin + 1);
  count.last = now;
  if (count.wrong < most) return false;
  count.wrong = 0;
  count.locked_until = now + locked_for;
  return true;
}

void WrongCodes::right(std::string_view place) {
  if (const auto found = counts_.find(place); found != counts_.end()) counts_.erase(found);
}

WrongCodes::Count& WrongCodes::count_of(std::string_view place, SteadyTime now) {
  if (const auto found = counts_.find(place); found != counts_.end()) return found->second;
  if (counts_.size() >= most_kept) {
    const auto quietest = std::ranges::min_element(counts_, {}, [now](const auto& entry) {
      return std::make_tuple(now < entry.second.locked_until, entry.second.last);
    });
    counts_.erase(quietest);
  }
  return counts_.try_emplace(std::string(place)).first->second;
}

}  // namespace genkan::domain
