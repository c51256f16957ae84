#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

// Lists of lines, shown line by line when a check fails.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static doctest::String convert(const std::vector<std::string>& lines) {
    std::string all;
    for (const auto& line : lines) all += "\n    | " + line;
    return all.c_str();
  }
};
