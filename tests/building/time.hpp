#pragma once

#include <chrono>

namespace building {

using Time = std::chrono::steady_clock::time_point;  // CLOCK_MONOTONIC on Linux
using Duration = std::chrono::nanoseconds;

}  // namespace building
