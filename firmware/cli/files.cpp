#include "firmware/cli/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::cli {

Result<std::string> content_of(const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in || !(text << in.rdbuf())) {
    return fail(ErrorCode::invalid, cat("cannot read ", file, ": ", std::strerror(errno)));
  }
  return text.str();
}

Result<> write_file(const std::string& file, const std::string& text, Readers readers) {
  const auto half = cat(file, ".new");
  if (readers == Readers::owner) {
    std::remove(half.c_str());  // of an earlier run, with other rights
    const int made = ::open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) ::close(made);
  }
  std::ofstream out(half, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out && std::rename(half.c_str(), file.c_str()) == 0) return {};
  const auto why = std::strerror(errno);
  std::remove(half.c_str());
  return fail(ErrorCode::io, cat("cannot write ", file, ": ", why));
}

std::string typed_secret(const std::string& typed) {
  if (typed != "-") return typed;
  std::string line;
  std::getline(std::cin, line);
  while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace genkan::cli
