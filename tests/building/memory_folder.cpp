#include "tests/building/memory_folder.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <boost/json.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "tests/building/io.hpp"
#include "tests/building/memory_json.hpp"

namespace building {

namespace {

// The largest memory (io-80: 80 codes, 810 cards, each with a schedule) is some 170 kB.
constexpr std::uintmax_t most_bytes = 1'000'000;

void write_whole(const Descriptor& file, const std::string& text, const std::string& path) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(file.get(), text.data() + done, text.size() - done);
    done += static_cast<std::size_t>(check(static_cast<int>(count), path));
  }
}

}  // namespace

MemoryFolder::MemoryFolder(std::string folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
}

std::optional<MemoryImage> MemoryFolder::load(const std::string& device) {
  const std::string path = file(device);
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    if (std::filesystem::file_size(path) > most_bytes) throw std::runtime_error("it is too large");
    std::ifstream stream(path);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return memory_from_json(boost::json::parse(text));
  } catch (const std::exception& error) {
    throw std::runtime_error(path + " is no lock's memory: " + error.what());
  }
}

void MemoryFolder::save(const std::string& device, const MemoryImage& image) {
  const std::string next = file(device) + ".next";
  const Descriptor stream(
      check(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), next));
  write_whole(stream, boost::json::serialize(to_json(image)) + "\n", next);
  std::filesystem::rename(next, file(device));
}

}  // namespace building
