#pragma once

#include <array>
#include <cstdint>

#include "firmware/services/gateway.hpp"
#include "firmware/services/keys/key_secrets.hpp"

namespace genkan::test {

// The same at each start of a test's gateway.
inline const services::KeySecrets& key_secrets() {
  constexpr std::array<std::uint8_t, 32> hashing{1};
  constexpr std::array<std::uint8_t, 32> token{2};
  constexpr std::array<std::uint8_t, 32> link{3};
  constexpr std::array<std::uint8_t, 32> receive{4};
  constexpr std::array<std::uint8_t, 32> sealed{5};
  static const services::KeySecrets secrets(hashing, token, link, receive, sealed);
  return secrets;
}

// What a gateway's keys need, without chance: fixed secrets, numbers in a fixed order, the holidays
// of the law.
inline services::KeyMeans key_means(boost::asio::any_io_executor loop, ports::LockMemory& memory,
                                    const services::KeySecrets& secrets = key_secrets()) {
  const auto numbers = [state = std::uint64_t{1}](std::uint32_t bound) mutable {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return bound == 0 ? 0U : static_cast<std::uint32_t>(state >> 33U) % bound;
  };
  return {std::move(loop), memory, secrets, numbers, domain::Holidays()};
}

}  // namespace genkan::test
