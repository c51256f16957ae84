#include "firmware/base/log.hpp"

#include <atomic>
#include <string>

#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

// The one mutable global of the program: a filter, read by every thread.
std::atomic<LogLevel> lowest{LogLevel::info};

std::string_view prefix(LogLevel level) {
  switch (level) {  // sd-daemon(3)
    case LogLevel::debug: return "<7>";
    case LogLevel::info: return "<6>";
    case LogLevel::notice: return "<5>";
    case LogLevel::warning: return "<4>";
    case LogLevel::error: return "<3>";
  }
  return "<3>";
}

}  // namespace

void set_log_level(LogLevel level) { lowest = level; }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < lowest.load(std::memory_order_relaxed)) return;
  std::string line(prefix(level));
  line += printable(message, 1000);
  for (const auto& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    line += printable(field.value, 400);
  }
  line += '\n';
  // A log line that cannot be written has nobody to be told to.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace genkan
