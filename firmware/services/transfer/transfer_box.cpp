#include "firmware/services/transfer/transfer_box.hpp"

#include <algorithm>
#include <vector>

#include "firmware/base/base64url.hpp"
#include "firmware/base/cipher.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/keys/secret_seal.hpp"

namespace genkan::services {

namespace {

constexpr std::string_view receiver_mark = "GENKANR1.";
constexpr std::size_t checksum_size = 4;
constexpr std::string_view content_words = "genkan transfer 1";

using Key = std::array<std::uint8_t, 32>;

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Digest checksum_of(ByteView key) { return sha256(cat(receiver_mark, hex(key))); }

// Of two sides that agree: the key that seals the content key. Both public keys are in it.
Result<Key> wrapping_key(AgreementSecret secret, const AgreementKey& other,
                         const AgreementKey& sender, const AgreementKey& receiver) {
  auto shared = agree(secret, other);
  if (!shared) return fail(shared.error());
  Bytes salt(sender.begin(), sender.end());
  salt.insert(salt.end(), receiver.begin(), receiver.end());
  Key key{};
  hkdf_sha256(*shared, salt, bytes_of(content_words), key);
  wipe(*shared);
  return key;
}

// Ids have no zero byte, so no two owners are written the same.
std::string belongs_to(const domain::KeyRef& whose) {
  constexpr char nul = '\0';
  return cat(content_words, nul, domain::name_of(whose.owner), nul, whose.id, nul,
             whose.card ? "card" : "code");
}

std::unexpected<Error> not_for_us() {
  return fail(ErrorCode::corrupt,
              "the keys in the file were sealed for another gateway, or the file was changed; have "
              "it made again for this gateway's own receiver");
}

}  // namespace

std::string receiver_text(const AgreementKey& receiver) {
  Bytes bytes(receiver.begin(), receiver.end());
  const Digest sum = checksum_of(receiver);
  bytes.insert(bytes.end(), sum.begin(), sum.begin() + checksum_size);
  return cat(receiver_mark, base64url(bytes));
}

Result<AgreementKey> receiver_from(std::string_view text) {
  const auto bytes = text.starts_with(receiver_mark)
                         ? base64url_decoded(text.substr(receiver_mark.size()))
                         : std::nullopt;
  if (!bytes || bytes->size() != agreement_key_size + checksum_size) {
    return fail(ErrorCode::invalid,
                cat("'", printable(text, 80),
                    "' is no receiver; it is the line that the receiving "
                    "gateway says for 'genkan site receiver', which begins with ",
                    receiver_mark));
  }
  AgreementKey key{};
  std::copy_n(bytes->begin(), key.size(), key.begin());
  const Digest sum = checksum_of(key);
  if (!std::equal(sum.begin(), sum.begin() + checksum_size, bytes->begin() + agreement_key_size)) {
    return fail(ErrorCode::invalid,
                "the receiver was mistyped: its checksum is wrong; copy the whole line");
  }
  return key;
}

TransferBox::TransferBox(const Key& content, std::string header) : header_(std::move(header)) {
  hkdf_sha256(content, {}, bytes_of("genkan transfer seal 1"), sealing_);
  hkdf_sha256(content, {}, bytes_of("genkan transfer sign 1"), signing_);
}

TransferBox::~TransferBox() {
  wipe(sealing_);
  wipe(signing_);
}

Result<TransferBox> TransferBox::make_for(const AgreementKey& receiver) {
  Key secret{};
  fill_random(secret);
  const AgreementKey sender = public_key_of(secret);
  auto wrapping = wrapping_key(secret, receiver, sender, receiver);
  wipe(secret);
  if (!wrapping) return fail(wrapping.error().in("the receiver"));
  Key content{};
  fill_random(content);
  Bytes header(sender.begin(), sender.end());
  const Bytes sealed = genkan::seal(*wrapping, content, bytes_of(content_words));
  header.insert(header.end(), sealed.begin(), sealed.end());
  TransferBox box(content, base64url(header));
  wipe(*wrapping);
  wipe(content);
  return box;
}

Result<TransferBox> TransferBox::open(AgreementSecret receive, std::string_view header) {
  const auto bytes = base64url_decoded(header);
  if (!bytes || bytes->size() < agreement_key_size) return not_for_us();
  AgreementKey sender{};
  std::copy_n(bytes->begin(), sender.size(), sender.begin());
  auto wrapping = wrapping_key(receive, sender, sender, public_key_of(receive));
  if (!wrapping) return not_for_us();
  auto content =
      unseal(*wrapping, ByteView(*bytes).subspan(sender.size()), bytes_of(content_words));
  wipe(*wrapping);
  if (!content || content->size() != sizeof(Key)) return not_for_us();
  Key key{};
  std::ranges::copy(*content, key.begin());
  wipe(*content);
  TransferBox box(key, std::string(header));
  wipe(key);
  return box;
}

std::string TransferBox::seal(const domain::KeyRef& whose, const domain::Code& code) const {
  return base64url(domain::seal_secret(sealing_, code, belongs_to(whose)));
}

std::string TransferBox::seal(const domain::KeyRef& whose, const domain::CardNumber& card) const {
  return base64url(domain::seal_secret(sealing_, card, belongs_to(whose)));
}

Result<domain::Code> TransferBox::open_code(const domain::KeyRef& whose,
                                            std::string_view sealed) const {
  const auto bytes = base64url_decoded(sealed);
  return domain::open_code(sealing_, bytes ? ByteView(*bytes) : ByteView(), belongs_to(whose));
}

Result<domain::CardNumber> TransferBox::open_card(const domain::KeyRef& whose,
                                                  std::string_view sealed) const {
  const auto bytes = base64url_decoded(sealed);
  return domain::open_card(sealing_, bytes ? ByteView(*bytes) : ByteView(), belongs_to(whose));
}

std::string TransferBox::signature(std::string_view text) const {
  return base64url(hmac_sha256(signing_, {bytes_of(text)}));
}

bool TransferBox::is_signature(std::string_view signature, std::string_view text) const {
  const std::string right = this->signature(text);
  return equal_in_constant_time(bytes_of(signature), bytes_of(right));
}

}  // namespace genkan::services
