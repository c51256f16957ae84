#pragma once

#include <string>

namespace genkan::cli {

// The daemon's complaint about a field of a request, in the words of the command line: "recurrence.
// first: is missing" becomes "--first: is missing". What is about no such field stays as it is.
std::string in_options(std::string complaint);

}  // namespace genkan::cli
