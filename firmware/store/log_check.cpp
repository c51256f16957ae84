#include "firmware/store/log_check.hpp"

#include <cstdint>
#include <fstream>
#include <span>
#include <vector>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

// The layout is https://www.sqlite.org/walformat.html.
constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::size_t most_bytes = 64u << 20;
constexpr std::uint32_t magic_little = 0x377F0682;  // checksums over little-endian words
constexpr std::uint32_t magic_big = 0x377F0683;

using Bytes = std::span<const std::uint8_t>;

std::uint32_t big(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 |
         static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

std::uint32_t little(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at + 3]) << 24 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 1]) << 8 | bytes[at];
}

struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool operator==(const Checksum&) const = default;

  void add(Bytes bytes, bool big_endian) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += (big_endian ? big(bytes, at) : little(bytes, at)) + second;
      second += (big_endian ? big(bytes, at + 4) : little(bytes, at + 4)) + first;
    }
  }
};

Checksum stored(Bytes bytes, std::size_t at) { return {big(bytes, at), big(bytes, at + 4)}; }

struct Frame {
  bool follows = false;  // its checksum follows from the one that stands in the frame before
  bool commits = false;
};

Frame look(Bytes log, Bytes frame, Checksum before, bool big_endian) {
  Checksum sum = before;
  sum.add(frame.first(8), big_endian);
  sum.add(frame.subspan(frame_header_bytes), big_endian);
  const bool same_salts = big(frame, 8) == big(log, 16) && big(frame, 12) == big(log, 20);
  return {same_salts && sum == stored(frame, 16), big(frame, 4) != 0};
}

std::vector<std::uint8_t> load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto size = std::min(static_cast<std::size_t>(file.tellg()), most_bytes);
  std::vector<std::uint8_t> bytes(size);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

}  // namespace

std::string log_fault(const std::filesystem::path& database) {
  const auto bytes = load(database.string() + "-wal");
  const Bytes log(bytes);
  if (log.size() <= header_bytes + frame_header_bytes) return {};
  const std::uint32_t magic = big(log, 0);
  const bool big_endian = magic == magic_big;
  const std::size_t page = big(log, 8);
  Checksum sum;
  sum.add(log.first(24), big_endian);
  // The header is 32 bytes of one sector and synced before any frame: a crash cannot tear it.
  if ((magic != magic_little && magic != magic_big) || page < 512 || page > 65'536 ||
      sum != stored(log, 24)) {
    return "the head of the write-ahead log is damaged";
  }
  std::size_t bad_frame = 0;  // 1-based; 0: none yet
  int commits_in_run = 0;     // transactions that hold together behind it
  std::size_t index = 0;
  const std::size_t frame_bytes = frame_header_bytes + page;
  for (std::size_t at = header_bytes; at + frame_bytes <= log.size(); at += frame_bytes) {
    ++index;
    const Bytes bytes_of_frame = log.subspan(at, frame_bytes);
    const Frame frame = look(log, bytes_of_frame, sum, big_endian);
    sum = stored(bytes_of_frame, 16);
    if (!frame.follows) {
      if (bad_frame == 0) bad_frame = index;
      commits_in_run = 0;
    } else if (bad_frame != 0 && frame.commits && ++commits_in_run == 2) {
      return cat("the write-ahead log is damaged at frame ", bad_frame,
                 ", before transactions that were complete");
    }
  }
  return {};
}

}  // namespace genkan::store
