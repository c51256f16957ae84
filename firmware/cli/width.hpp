#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace genkan::cli {

// How many columns of a terminal the text takes: East Asian wide characters take two, combining
// marks none. Escape sequences for colours take none.
std::size_t width_of(std::string_view text);

// The text with spaces behind it up to `columns`; as it is if it is wider.
std::string padded(std::string_view text, std::size_t columns);

// At most `columns` of the text; what was cut is marked with "…". For text without colours.
std::string cut(std::string_view text, std::size_t columns);

}  // namespace genkan::cli
