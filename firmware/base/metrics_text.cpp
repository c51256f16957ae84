#include "firmware/base/metrics_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

std::string_view name_of(MetricsText::Type type) {
  switch (type) {
    case MetricsText::Type::gauge: return "gauge";
    case MetricsText::Type::counter: return "counter";
    case MetricsText::Type::untyped: return "untyped";
  }
  return "untyped";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char character : text) {
    if (character == '\\' || character == '"') out += '\\';
    out += character == '\n' ? std::string("\\n") : std::string(1, character);
  }
  return out;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end.ptr};
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void MetricsText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_ += cat("# HELP ", name, ' ', help, "\n# TYPE ", name, ' ', name_of(type), '\n');
}

void MetricsText::sample(double value, Labels labels) {
  text_ += name_;
  char before = '{';
  for (const auto& [name, label] : labels) {
    text_ += cat(before, name, "=\"", escaped(label), '"');
    before = ',';
  }
  if (labels.size() > 0) text_ += '}';
  text_ += cat(' ', number_text(value), '\n');
}

void MetricsText::one(std::string_view name, Type type, std::string_view help, double value) {
  family(name, type, help);
  sample(value);
}

void put_process_metrics(MetricsText& metrics) {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;  // pages
  statm >> size >> resident;
  metrics.one("process_resident_memory_bytes", MetricsText::Type::gauge, "Resident memory.",
              statm ? resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  metrics.one("process_cpu_seconds_total", MetricsText::Type::counter, "Processor time.",
              seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

}  // namespace genkan
