#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"

namespace genkan::domain {

// So many a minute, and `burst` at once after a pause. Time is passed in and never goes back.
class TokenBucket {
 public:
  TokenBucket(std::uint32_t a_minute, std::uint32_t burst) : a_minute_(a_minute), burst_(burst) {}

  // Takes one; false: there is none.
  bool take(SteadyTime now);
  bool has_one(SteadyTime now) const { return tokens_at(now) >= 1; }
  // As full as it gets.
  bool is_full(SteadyTime now) const { return tokens_at(now) >= burst_; }

 private:
  double tokens_at(SteadyTime now) const;

  std::uint32_t a_minute_, burst_;
  double missing_ = 0;  // at since_
  SteadyTime since_{};
};

// A bucket for each sender. Of more than most_senders of one key at once, further ones of that key
// are refused: a key cannot shut out the senders of another by making up names. As many keys as are
// trusted (most_trust_keys), so 16,000 buckets at most.
class SenderRate {
 public:
  static constexpr std::size_t most_senders = 1000;

  SenderRate(std::uint32_t a_minute, std::uint32_t burst) : a_minute_(a_minute), burst_(burst) {}
  // `kid` is trusted, `sender` is who asks with it.
  bool take(std::string_view kid, std::string_view sender, SteadyTime now);

 private:
  using Buckets = std::map<std::string, TokenBucket, std::less<>>;

  std::uint32_t a_minute_, burst_;
  std::map<std::string, Buckets, std::less<>> keys_;
};

}  // namespace genkan::domain
