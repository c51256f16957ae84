#pragma once

#include <string>

#include "firmware/base/error.hpp"

// Files that are named on the command line.
namespace genkan::cli {

// `file`: "-" is standard input.
Result<std::string> content_of(const std::string& file);

enum class Readers { everybody, owner };  // within the umask
// Whole or not at all: written beside it and moved to its place.
Result<> write_file(const std::string& file, const std::string& text,
                    Readers readers = Readers::everybody);

// A code, pattern or number: as it was typed, or for "-" the next line of standard input, so that
// it stands in no shell's history and in no list of processes.
std::string typed_secret(const std::string& typed);

}  // namespace genkan::cli
