#include "cloud-agent/agent/identity.hpp"

#include "firmware/base/certificate.hpp"
#include "firmware/base/cipher.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

constexpr std::size_t most_key = 4096;  // a P-256 key has 227 bytes

void wipe_text(std::string& text) {
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

Result<P256Key> read_key(const std::filesystem::path& path) {
  auto text = read_private_file(path, most_key);
  if (!text) return fail(text.error());
  auto key = P256Key::from_pem(*text);
  wipe_text(*text);
  if (key) return key;
  return fail(ErrorCode::corrupt,
              cat(path.string(), ": the gateway's key is damaged (", key.error().message(),
                  "); put back a copy of it, or move the file away and claim the gateway anew"));
}

Result<P256Key> make_key(const std::filesystem::path& path) {
  const P256Key key = P256Key::make();
  std::string text = key.to_pem();
  const auto written = write_new_file(path, text, Readers::owner);
  wipe_text(text);
  if (!written) return fail(written.error());
  log(LogLevel::notice, "the gateway made its key", {{"file", path.string()}});
  // As it is on disk: what is used is what a restart will find.
  return read_key(path);
}

}  // namespace

Result<Identity> take_identity(const IdentityFolder& folder, std::string_view gateway) {
  auto key = read_key(folder.key());
  if (!key && key.error().code() == ErrorCode::unknown) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder.path(), error)) {
      return fail(ErrorCode::io,
                  cat(folder.path().string(), ": there is no such folder for the gateway's key"));
    }
    key = make_key(folder.key());
  }
  if (!key) return fail(key.error());
  auto csr = make_csr_pem(*key, gateway);
  if (!csr) return fail(csr.error());
  return Identity{key->public_key(), *std::move(csr)};
}

}  // namespace genkan::agent
