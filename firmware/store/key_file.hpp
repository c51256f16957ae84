#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/store/gateway_keys.hpp"

// `gateway.key`: the secrets that bind codes and cards at rest to this gateway (KEY-24,
// docs/SECRETS.md). Text, so that it can be printed, kept in a safe and typed again:
//
//   genkan key file 1
//   seal 6f0c2a91 <64 hexadecimal digits>
//   root b8e1d7f3 <64 hexadecimal digits>
//
// The id in front of a secret follows from it, so a damaged line is found. Of several `seal` lines
// the first seals and all open; of several `root` lines the first counts. The first line may stand
// again between them: two files put one behind the other are a key file.
namespace genkan::store {

struct NamedKey {
  std::string id;  // 8 hexadecimal digits
  SecretKey secret;
  bool operator==(const NamedKey&) const = default;
};

// The key with the id that follows from it.
NamedKey named(const SecretKey& secret);
// 32 bytes from the cryptographic source.
NamedKey new_key();

struct KeyFile {
  static constexpr std::size_t most_keys = 8;  // of each sort
  std::vector<NamedKey> seal;
  std::vector<NamedKey> root;
  bool operator==(const KeyFile&) const = default;

  bool complete() const { return !seal.empty() && !root.empty(); }
};

// Adds what `kept` does not have yet, behind what it has; past most_keys the last are left out.
void add_keys(KeyFile& kept, const KeyFile& more);

enum class KeyFileState {
  absent,
  sound,
  damaged,     // `keys` has what could be read
  unreadable,  // the system refuses it; `fault` says why
};
struct KeyFileReading {
  KeyFileState state = KeyFileState::absent;
  KeyFile keys;
  std::string fault;  // never repeats what stands in the file
};

KeyFileReading parse_key_file(std::string_view text);
// `forbidden`, with what to do, if group or others may read or write it, or it is no plain file.
Result<KeyFileReading> read_key_file(const std::filesystem::path& path);
// Mode 0600. Written beside it, synced, put in its place, the folder synced: whenever the power
// fails, either file is there, whole.
Result<> write_key_file(const std::filesystem::path& path, const KeyFile& keys);
// Gives it the name `<path>.damaged-<time>` too. It keeps its own until write_key_file() puts
// another in its place: should the power fail in between, what can be read of it is not forgotten.
Result<std::filesystem::path> set_key_file_aside(const std::filesystem::path& path, WallTime now);

}  // namespace genkan::store
