#pragma once

#include <array>
#include <string_view>

// The words of a bus in a site file, in the order of their enumerations.
namespace genkan::services {

inline constexpr std::array<std::string_view, 3> parity_words{"none", "even", "odd"};
inline constexpr std::array<std::string_view, 3> direction_words{"automatic", "kernel", "rts"};

}  // namespace genkan::services
