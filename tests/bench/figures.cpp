#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "firmware/base/json.hpp"

namespace genkan::bench {

void report(const Figure& figure) {
  json::object row;
  row["name"] = figure.name;
  row["value"] = figure.value;
  row["unit"] = figure.unit;
  row["floor"] = nullptr;
  row["ratio"] = nullptr;
  if (figure.floor) {
    row["floor"] = *figure.floor;
    if (*figure.floor > 0) row["ratio"] = figure.value / *figure.floor;
  }
  row["goal"] = nullptr;
  if (!figure.goal.empty()) row["goal"] = figure.goal;
  row["met"] = nullptr;
  if (figure.met) row["met"] = *figure.met;
  std::printf("%s\n", json::serialize(row).c_str());
  std::fflush(stdout);
}

void remark(const std::string& sentence) {
  std::printf("# %s\n", sentence.c_str());
  std::fflush(stdout);
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = std::ceil(share * static_cast<double>(values.size()));
  const auto index = rank < 1 ? std::size_t{0} : static_cast<std::size_t>(rank) - 1;
  return values[std::min(index, values.size() - 1)];
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

}  // namespace genkan::bench
