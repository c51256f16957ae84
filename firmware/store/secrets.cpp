#include "firmware/store/secrets.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

// What is sealed has one length, so that a sealed code does not tell how many digits it has: a byte
// for the length, the secret, zeroes.
constexpr std::size_t padded_size = 16;
static_assert(domain::Code::most < padded_size && domain::CardNumber::most < padded_size);

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
          derive(root, "genkan link 1")};
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

Sealed Secrets::seal(const domain::KeyRef& whose, ByteView secret) const {
  std::array<std::uint8_t, padded_size> padded{};
  padded[0] = static_cast<std::uint8_t>(secret.size());
  std::ranges::copy(secret, padded.begin() + 1);
  const std::string belongs_to = associated_data(whose);
  Sealed sealed{sealing_id(),
                genkan::seal(sealing_.at(sealing_id()).bytes(), padded, bytes_of(belongs_to))};
  wipe(padded);
  return sealed;
}

Result<Bytes> Secrets::open(const domain::KeyRef& whose, const Sealed& sealed) const {
  const auto key = sealing_.find(sealed.key);
  if (key == sealing_.end()) {
    return fail(ErrorCode::unknown, cat("it was sealed with key ", printable(sealed.key),
                                        ", which the key file lacks"));
  }
  const std::string belongs_to = associated_data(whose);
  auto padded = unseal(key->second.bytes(), sealed.bytes, bytes_of(belongs_to));
  if (!padded) return fail(padded.error());
  if (padded->size() != padded_size || padded->front() >= padded_size) {
    wipe(*padded);
    return fail(ErrorCode::corrupt, "what was sealed is no code or card number");
  }
  return padded;
}

Sealed Secrets::seal(const domain::KeyRef& whose, const domain::Code& code) const {
  return seal(whose, bytes_of(code.digits()));
}

Sealed Secrets::seal(const domain::KeyRef& whose, const domain::CardNumber& card) const {
  return seal(whose, card.bytes());
}

Result<domain::Code> Secrets::open_code(const domain::KeyRef& whose, const Sealed& sealed) const {
  auto padded = open(whose, sealed);
  if (!padded) return fail(padded.error());
  auto code =
      domain::Code::parse({reinterpret_cast<const char*>(padded->data()) + 1, padded->front()});
  wipe(*padded);
  return code;
}

Result<domain::CardNumber> Secrets::open_card(const domain::KeyRef& whose,
                                              const Sealed& sealed) const {
  auto padded = open(whose, sealed);
  if (!padded) return fail(padded.error());
  auto card = domain::CardNumber::from_bytes(ByteView(*padded).subspan(1, padded->front()));
  wipe(*padded);
  return card;
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
