#pragma once

#include <string>

#include "firmware/base/error.hpp"

// Files that are named on the command line.
namespace genkan::cli {

// No file that the daemon takes is longer (a site with all its keys).
constexpr std::size_t most_content = 16 * std::size_t{1024} * 1024;

// `file`: "-" is standard input. ErrorCode::invalid: it cannot be read, or is longer.
Result<std::string> content_of(const std::string& file);

// A code, pattern or number: as it was typed, or for "-" the next line of standard input, so that
// it stands in no shell's history and in no list of processes.
std::string typed_secret(const std::string& typed);

}  // namespace genkan::cli
