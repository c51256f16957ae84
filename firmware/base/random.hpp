#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

// Chance that nobody can guess, from the kernel. Any thread.
namespace genkan {

// Fills `out`. getrandom(2): waits, once after power-on, until the kernel has gathered enough;
// where the kernel refuses (it has no reason to), the program ends rather than go on with bytes
// that can be guessed.
void fill_random(std::span<std::uint8_t> out);

// The same in the form in which C libraries ask for chance; 0 always.
int c_random(void* unused, unsigned char* out, std::size_t size);

// From 0 to below `bound`, each number equally likely. `bound` 0 gives 0.
std::uint32_t random_below(std::uint32_t bound);

// The same over any source of bytes, for tests.
using RandomBytes = std::function<void(std::span<std::uint8_t>)>;
std::uint32_t random_below(std::uint32_t bound, const RandomBytes& source);

}  // namespace genkan
