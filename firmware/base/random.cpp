#include "firmware/base/random.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/random.h>

namespace genkan {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      std::abort();
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

int c_random(void*, unsigned char* out, std::size_t size) {
  fill_random({out, size});
  return 0;
}

std::uint32_t random_below(std::uint32_t bound) { return random_below(bound, fill_random); }

std::uint32_t random_below(std::uint32_t bound, const RandomBytes& source) {
  if (bound == 0) return 0;
  // 2^32 mod bound: so many of the lowest numbers are left out, that each remainder is as frequent.
  const std::uint32_t uneven = (0U - bound) % bound;
  std::uint32_t number = 0;
  do {
    std::array<std::uint8_t, sizeof number> bytes{};
    source(bytes);
    std::memcpy(&number, bytes.data(), sizeof number);
  } while (number < uneven);
  return number % bound;
}

}  // namespace genkan
