#include "firmware/store/secrets.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/keys/secret_seal.hpp"

namespace genkan::store {

namespace {

// In the order of domain::KeyOwner.
constexpr std::array<std::string_view, 5> owner_words{"reservation", "holder", "temporary_key",
                                                      "room", "resident"};

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

SecretKey derive(const SecretKey& from, std::string_view what) {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  hkdf_sha256(from.bytes(), {}, bytes_of(what), bytes);
  const SecretKey key{std::span<const std::uint8_t, SecretKey::size>(bytes)};
  wipe(bytes);
  return key;
}

GatewayKeys keys_from(const SecretKey& root) {
  return {derive(root, "genkan hashing 1"), derive(root, "genkan token 1"),
          derive(root, "genkan link 1"), derive(root, "genkan receive 1"),
          derive(root, "genkan sealed 1")};
}

// Ids have no zero byte, so no two owners are written the same.
std::string associated_data(const domain::KeyRef& whose) {
  constexpr char nul = '\0';
  return cat("genkan secret 1", nul, owner_word(whose.owner), nul, whose.id, nul,
             whose.card ? "card" : "code");
}

}  // namespace

std::string_view owner_word(domain::KeyOwner owner) {
  return owner_words[static_cast<std::size_t>(owner)];
}

std::optional<domain::KeyOwner> owner_from_word(std::string_view word) {
  const auto at = std::ranges::find(owner_words, word);
  if (at == owner_words.end()) return std::nullopt;
  return static_cast<domain::KeyOwner>(at - owner_words.begin());
}

Secrets::Secrets(std::filesystem::path path, KeyFile file, bool saved)
    : path_(std::move(path)), keys_(keys_from(file.root.front().secret)), saved_(saved) {
  take(std::move(file));
}

void Secrets::take(KeyFile file) {
  file_ = std::move(file);
  sealing_.clear();
  for (const auto& key : file_.seal) sealing_.emplace(key.id, derive(key.secret, "genkan seal 1"));
}

Result<Secrets> Secrets::load(std::filesystem::path path) {
  auto reading = read_key_file(path);
  if (!reading) return fail(reading.error());
  KeyFile keys = std::move(reading->keys);
  if (keys.seal.empty()) keys.seal.push_back(new_key());
  if (keys.root.empty()) keys.root.push_back(new_key());
  return Secrets(std::move(path), std::move(keys), reading->state == KeyFileState::sound);
}

Result<> Secrets::ensure_saved(WallTime now) {
  if (saved_) return {};
  auto reading = read_key_file(path_);
  if (!reading) return fail(reading.error());
  if (reading->state == KeyFileState::unreadable) return fail(ErrorCode::io, reading->fault);
  if (reading->state == KeyFileState::damaged) {
    const auto aside = set_key_file_aside(path_, now);
    if (!aside) return fail(aside.error());
    log(LogLevel::error, "the key file is damaged; it was set aside and another one made",
        {{"damage", reading->fault}, {"file", aside->string()}});
  }
  KeyFile all = std::move(reading->keys);
  add_keys(all, file_);
  if (auto written = write_key_file(path_, all); !written) return written;
  saved_ = true;
  // Ours seals on; what the file had is there to open.
  add_keys(file_, all);
  take(std::move(file_));
  log(LogLevel::notice, "a key file was made; keep a copy of it in a safe place",
      {{"file", path_.string()}, {"key", sealing_id()}});
  return {};
}

Sealed Secrets::seal(const domain::KeyRef& whose, const domain::Code& code) const {
  return {sealing_id(),
          domain::seal_secret(sealing_.at(sealing_id()).bytes(), code, associated_data(whose))};
}

Sealed Secrets::seal(const domain::KeyRef& whose, const domain::CardNumber& card) const {
  return {sealing_id(),
          domain::seal_secret(sealing_.at(sealing_id()).bytes(), card, associated_data(whose))};
}

Result<const SecretKey*> Secrets::key_of(const Sealed& sealed) const {
  const auto key = sealing_.find(sealed.key);
  if (key != sealing_.end()) return &key->second;
  return fail(ErrorCode::unknown,
              cat("it was sealed with key ", printable(sealed.key), ", which the key file lacks"));
}

Result<domain::Code> Secrets::open_code(const domain::KeyRef& whose, const Sealed& sealed) const {
  const auto key = key_of(sealed);
  if (!key) return fail(key.error());
  return domain::open_code((*key)->bytes(), sealed.bytes, associated_data(whose));
}

Result<domain::CardNumber> Secrets::open_card(const domain::KeyRef& whose,
                                              const Sealed& sealed) const {
  const auto key = key_of(sealed);
  if (!key) return fail(key.error());
  return domain::open_card((*key)->bytes(), sealed.bytes, associated_data(whose));
}

Result<> Secrets::begin_rotation() {
  KeyFile with_new;
  with_new.seal.push_back(new_key());
  add_keys(with_new, file_);
  if (with_new.seal.size() <= file_.seal.size()) return {};  // full: finish the ones before first
  if (auto written = write_key_file(path_, with_new); !written) return written;
  take(std::move(with_new));
  return {};
}

Result<> Secrets::end_rotation() {
  const KeyFile current{{file_.seal.front()}, {file_.root.front()}};
  if (auto written = write_key_file(path_, current); !written) return written;
  take(current);
  return {};
}

}  // namespace genkan::store
