#pragma once

#include <string_view>

namespace genkan::services {

// Whether `wanted` stands in `text`; ASCII letters count in either case. Nothing stands everywhere.
bool contains(std::string_view text, std::string_view wanted);

}  // namespace genkan::services
