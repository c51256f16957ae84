#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <type_traits>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace genkan::store::testing {

// When the child is killed: `lines` after its start and then some microseconds. Counted in lines,
// so that it lies in the middle of the work however slow the machine is.
struct Moment {
  std::size_t lines;
  std::chrono::microseconds delay;
};

// Runs work(report) in a child process, which writes one Line a write to `report` for each thing
// that it was told is on disk, and never ends by itself. It is killed (SIGKILL) at `moment`; each
// line that it wrote goes to heard(line).
template <class Line, class Work, class Heard>
void run_until_killed(Moment moment, const Work& work, const Heard& heard) {
  static_assert(std::is_trivially_copyable_v<Line>);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    work(ends[1]);
    ::_exit(2);
  }
  ::close(ends[1]);
  Line line{};
  for (std::size_t got = 0; ::read(ends[0], &line, sizeof line) == sizeof line; ++got) {
    heard(line);
    if (got + 1 != moment.lines) continue;
    const auto end = std::chrono::steady_clock::now() + moment.delay;
    while (std::chrono::steady_clock::now() < end) {
    }
    ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

}  // namespace genkan::store::testing
