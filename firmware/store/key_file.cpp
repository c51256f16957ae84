#include "firmware/store/key_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/base/cipher.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"
#include "firmware/store/side_files.hpp"

namespace genkan::store {

namespace {

constexpr std::string_view first_line = "genkan key file 1";
constexpr std::size_t id_bytes = 4;
// Some hundred bytes with all the keys that it may have; the rest is room for remarks.
constexpr std::size_t most_bytes = 16'384;

// Text with secrets in it.
class WipedText {
 public:
  explicit WipedText(std::size_t size) : text_(size, '\0') {}
  ~WipedText() { wipe({reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()}); }
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;
  std::string& text() { return text_; }

 private:
  std::string text_;
};

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::string because() { return std::strerror(errno); }

std::optional<std::uint8_t> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<SecretKey> secret_from(std::string_view digits) {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  if (digits.size() != bytes.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = digit_of(digits[2 * i]);
    const auto low = digit_of(digits[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  const SecretKey secret{std::span<const std::uint8_t, SecretKey::size>(bytes)};
  wipe(bytes);
  return secret;
}

std::string_view next_word(std::string_view& line) {
  const auto begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  line.remove_prefix(begin);
  const auto end = std::min(line.find_first_of(" \t\r"), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

void add_key(std::vector<NamedKey>& keys, const NamedKey& key) {
  if (keys.size() < KeyFile::most_keys &&
      std::ranges::find(keys, key.id, &NamedKey::id) == keys.end()) {
    keys.push_back(key);
  }
}

// What is wrong with the line; empty if nothing is.
std::string_view take_line(std::string_view line, KeyFile& keys) {
  const auto word = next_word(line);
  if (word.empty() || word.front() == '#') return {};
  if (word != "seal" && word != "root") return "begins with neither 'seal' nor 'root'";
  const auto id = next_word(line);
  const auto secret = secret_from(next_word(line));
  if (!secret || !next_word(line).empty()) return "has no key of 64 hexadecimal digits";
  NamedKey key = named(*secret);
  if (key.id != id) return "has a key that does not fit its name";
  add_key(word == "seal" ? keys.seal : keys.root, key);
  return {};
}

void append_keys(std::string& text, std::string_view word, const std::vector<NamedKey>& keys) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const auto& key : keys) {
    text += word;
    text += ' ';
    text += key.id;
    text += ' ';
    for (const auto byte : key.secret.bytes()) {
      text += digits[byte >> 4];
      text += digits[byte & 0xF];
    }
    text += '\n';
  }
}

KeyFileReading unreadable(const std::filesystem::path& path) {
  return {KeyFileState::unreadable, {}, cat("cannot read ", path.string(), ": ", because())};
}

Result<> check_access(int descriptor, const std::filesystem::path& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) {
    return fail(ErrorCode::io, cat("cannot look at ", path.string(), ": ", because()));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::forbidden,
                cat("the key file ", path.string(), " is no plain file; move it away"));
  }
  if ((status.st_mode & 0077U) == 0) return {};
  return fail(ErrorCode::forbidden,
              cat("the key file ", path.string(),
                  " can be read or changed by group or others: with it every code in the database "
                  "can be read. Run 'chmod 600 ",
                  path.string(), "' and start again; if others may have read it, rotate the key"));
}

}  // namespace

NamedKey named(const SecretKey& secret) {
  constexpr std::string_view what = "genkan key id 1";
  const auto hash = hmac_sha256(
      secret.bytes(), {{reinterpret_cast<const std::uint8_t*>(what.data()), what.size()}});
  return {hex(std::span(hash).first(id_bytes)), secret};
}

NamedKey new_key() {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  fill_random(bytes);
  NamedKey key = named(SecretKey{std::span<const std::uint8_t, SecretKey::size>(bytes)});
  wipe(bytes);
  return key;
}

void add_keys(KeyFile& kept, const KeyFile& more) {
  for (const auto& key : more.seal) add_key(kept.seal, key);
  for (const auto& key : more.root) add_key(kept.root, key);
}

KeyFileReading parse_key_file(std::string_view text) {
  KeyFileReading reading{KeyFileState::sound, {}, {}};
  int number = 0;
  const auto complain = [&reading](std::string fault) {
    if (reading.fault.empty()) reading.fault = std::move(fault);
    reading.state = KeyFileState::damaged;
  };
  if (!text.starts_with(first_line)) complain("line 1 is not 'genkan key file 1'");
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line == first_line) continue;
    const auto fault = take_line(line, reading.keys);
    if (!fault.empty()) complain(cat("line ", number, " ", fault));
  }
  if (reading.keys.seal.empty()) complain("it has no 'seal' line");
  if (reading.keys.root.empty()) complain("it has no 'root' line");
  return reading;
}

Result<KeyFileReading> read_key_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.open()) {
    if (errno == ENOENT) return KeyFileReading{};
    return unreadable(path);
  }
  if (auto checked = check_access(file.get(), path); !checked) return fail(checked.error());
  WipedText buffer(most_bytes + 1);
  std::size_t size = 0;
  while (size < buffer.text().size()) {
    const auto got = ::read(file.get(), buffer.text().data() + size, buffer.text().size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most_bytes) {
    return KeyFileReading{
        KeyFileState::damaged, {}, cat("it is larger than ", most_bytes, " bytes")};
  }
  return parse_key_file(std::string_view(buffer.text()).substr(0, size));
}

Result<> write_key_file(const std::filesystem::path& path, const KeyFile& keys) {
  WipedText buffer(most_bytes);  // never grows, so that no copy is left behind
  std::string& text = buffer.text();
  text.assign(cat(first_line, "\n"));
  append_keys(text, "seal", keys.seal);
  append_keys(text, "root", keys.root);
  return write_file(path, text, Readers::owner);
}

Result<std::filesystem::path> set_key_file_aside(const std::filesystem::path& path, WallTime now) {
  const auto target = aside_name(path, now);
  if (::link(path.c_str(), target.c_str()) != 0) {
    return fail(ErrorCode::io, cat("cannot set aside ", path.string(), ": ", because()));
  }
  if (auto synced = sync_folder_of(path); !synced) return fail(synced.error());
  return target;
}

}  // namespace genkan::store
