#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/fakes/temp_dir.hpp"

// Programs under test: started, watched and ended by those who started them.
namespace genkan::test {

struct ProcessUse {
  std::uint64_t resident_kib = 0;
  std::uint64_t peak_kib = 0;
  double processor_seconds = 0;
  std::size_t descriptors = 0;
};

// A child process. Its output goes to a file. It dies with the thread that started it (Linux,
// PR_SET_PDEATHSIG) and is ended (SIGTERM, then SIGKILL after 5 s) with the object.
class Process {
 public:
  Process(std::vector<std::string> command, std::filesystem::path output);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number);
  // The exit status (128 + signal if it was killed); nothing if it still runs after `within`.
  std::optional<int> wait(std::chrono::milliseconds within);
  // Orderly: SIGTERM, then SIGKILL after `within`. The exit status.
  int stop(std::chrono::milliseconds within = std::chrono::seconds(5));
  std::string output() const;
  ProcessUse use() const;

 private:
  std::filesystem::path output_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// Asks `holds` every few milliseconds until it says yes; false after `within`.
bool wait_until(const std::function<bool()>& holds, std::chrono::milliseconds within);

// A TCP port of 127.0.0.1 that was free a moment ago.
int free_port();

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace genkan::test
