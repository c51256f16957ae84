#pragma once

#include <optional>
#include <string>
#include <vector>

// How benches report: a JSON object a figure on standard output, remarks behind '#'.
namespace genkan::bench {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> floor{};  // the physical or bare-library figure of the same run
  std::string goal{};             // for people; empty: none
  std::optional<bool> met{};
};
void report(const Figure& figure);
void remark(const std::string& sentence);

// The value below which `share` (0 to 1) of the values lie; 0 if there are none.
double quantile(std::vector<double> values, double share);
double median(const std::vector<double>& values);

}  // namespace genkan::bench
