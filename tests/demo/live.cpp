#include "tests/demo/live.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/demo/house.hpp"

namespace genkan::demo {

namespace {

// At most 78 columns: most terminals have 80.
constexpr const char* hints = R"(Three things to try, in another terminal:
  ./dev genkan unlock lock-203                    a bolt moves, and is read back
  ./dev building zone 5 active; ./dev genkan arm  refused, and says why
  ./dev building unplug line-b                    a line dies; back: plug line-b
)";

// A name in build/ for something of the running demo, for ./dev genkan and ./dev building; the
// demo that was started last has it.
class Shortcut {
 public:
  Shortcut(std::filesystem::path name, const std::filesystem::path& target)
      : name_(std::move(name)), target_(target) {
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
    std::filesystem::create_symlink(target_, name_, ignored);
  }
  ~Shortcut() {
    std::error_code ignored;
    if (std::filesystem::read_symlink(name_, ignored) == target_) {
      std::filesystem::remove(name_, ignored);
    }
  }
  Shortcut(const Shortcut&) = delete;
  Shortcut& operator=(const Shortcut&) = delete;

 private:
  std::filesystem::path name_;
  std::filesystem::path target_;
};

volatile sig_atomic_t watcher = 0;
volatile sig_atomic_t stopping = 0;

// Ctrl-C and a closed terminal reach the children by themselves; a SIGTERM is passed on to the one
// that watches.
void pass_on(int number) {
  stopping = 1;
  if (number == SIGTERM && watcher > 0) ::kill(watcher, SIGTERM);
}

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = pass_on;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
}

// Runs `genkan watch` on this terminal until it ends.
int watch(const test::Gateway& gateway) {
  const std::string program = test::cli_program();
  const std::string socket = gateway.socket();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::execl(program.c_str(), "genkan", "--socket", socket.c_str(), "watch", "--note", hints,
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  watcher = child;
  if (stopping != 0) ::kill(child, SIGTERM);  // it came before there was a watcher
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  watcher = 0;
  // Ctrl-C is how one leaves; nothing failed by it.
  return WIFSIGNALED(status) || WEXITSTATUS(status) == 0 ? 0 : 1;
}

int live() {
  House house({"--life"});
  house.agent.start();
  const Shortcut api("build/demo-api.sock", house.gateway.socket());
  const Shortcut control("build/demo-building.sock", house.building.folder() / "control.sock");
  const int result = watch(house.gateway);
  std::puts("Stopping; nothing stays behind.");
  return result;
}

}  // namespace

int show_live() {
  catch_signals();
  std::puts("Starting the building…");
  try {
    return live();
  } catch (const std::runtime_error&) {
    // Ctrl-C while it starts: the children had it too, and nobody wants to hear of that.
    if (stopping == 0) throw;
    std::puts("Stopped; nothing stays behind.");
    return 0;
  }
}

}  // namespace genkan::demo
