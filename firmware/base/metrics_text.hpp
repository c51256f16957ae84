#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace genkan {

// Prometheus' text format, version 0.0.4: families one after the other, each with its samples.
// https://prometheus.io/docs/instrumenting/exposition_formats/
class MetricsText {
 public:
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  enum class Type : std::uint8_t { gauge, counter, untyped };
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Begins a family; its samples follow. `name`: [a-z_][a-z0-9_]*, counters end in _total.
  void family(std::string_view name, Type type, std::string_view help);
  // A sample of the family. Label values are escaped; not-a-number is NaN.
  void sample(double value, Labels labels = {});
  // A family of one sample without labels.
  void one(std::string_view name, Type type, std::string_view help, double value);

  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

// Resident memory in bytes and processor time in seconds of this process (0 where /proc is not
// there), under the names that Prometheus' own clients use.
void put_process_metrics(MetricsText& metrics);

}  // namespace genkan
