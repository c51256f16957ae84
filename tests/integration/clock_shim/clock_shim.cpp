// Preloaded into a program (shifted_clock.hpp): its wall clock is off by as many seconds as the
// file that GENKAN_CLOCK_SHIFT names says when the program first asks. Plain system calls alone: a
// sanitizer asks for the time before there is memory to be had.
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

long read_shift() {
  const char* name = std::getenv("GENKAN_CLOCK_SHIFT");  // NOLINT(concurrency-mt-unsafe): at first
  if (name == nullptr) return 0;
  const auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC));
  if (file < 0) return 0;
  char text[24] = {};
  const long got = ::syscall(SYS_read, file, text, sizeof text - 1);
  ::syscall(SYS_close, file);
  return got > 0 ? std::strtol(text, nullptr, 10) : 0;
}

bool known = false;
long shift = 0;

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  // Threads that find out at once find the same.
  if (!known) {
    shift = read_shift();
    known = true;
  }
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += shift;
  return result;
}
