#pragma once

#include <initializer_list>
#include <string_view>

namespace genkan {

enum class LogLevel { debug, info, notice, warning, error };

struct LogField {
  std::string_view name;  // lower case
  std::string_view value;
};

// Writes one line to standard error with the priority prefix that systemd's journal reads, the
// message, then the fields as name=value. Any thread; one write call a line. Control characters in
// values become '?'. Codes, card numbers, tokens and passwords are never passed here: the types
// that hold them cannot be turned into a string_view.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped (default: info).
void set_log_level(LogLevel level);

}  // namespace genkan
