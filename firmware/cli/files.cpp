#include "firmware/cli/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "firmware/base/text.hpp"

namespace genkan::cli {

Result<std::string> content_of(const std::string& file) {
  std::string text(most_content + 1, '\0');
  const auto most = static_cast<std::streamsize>(text.size());
  std::streamsize size = 0;
  if (file == "-") {
    size = std::cin.rdbuf()->sgetn(text.data(), most);
  } else {
    std::ifstream in(file, std::ios::binary);
    in.read(text.data(), most);
    if (!in.is_open() || in.bad()) {
      return fail(ErrorCode::invalid, cat("cannot read ", file, ": ", std::strerror(errno)));
    }
    size = in.gcount();
  }
  text.resize(static_cast<std::size_t>(size));
  if (text.size() <= most_content) return text;
  return fail(ErrorCode::invalid, cat(file == "-" ? "standard input" : file, " has more than ",
                                      most_content, " bytes"));
}

std::string typed_secret(const std::string& typed) {
  if (typed != "-") return typed;
  std::string line;
  std::getline(std::cin, line);
  while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace genkan::cli
