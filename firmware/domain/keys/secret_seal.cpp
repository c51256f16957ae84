#include "firmware/domain/keys/secret_seal.hpp"

#include <algorithm>
#include <array>

namespace genkan::domain {

namespace {

// A byte for the length, the secret, zeroes.
constexpr std::size_t padded_size = 16;
static_assert(Code::most < padded_size && CardNumber::most < padded_size);

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Bytes seal_padded(CipherKey key, ByteView secret, std::string_view belongs_to) {
  std::array<std::uint8_t, padded_size> padded{};
  padded[0] = static_cast<std::uint8_t>(secret.size());
  std::ranges::copy(secret, padded.begin() + 1);
  Bytes sealed = seal(key, padded, bytes_of(belongs_to));
  wipe(padded);
  return sealed;
}

// What make() makes of the secret; the bytes between are wiped.
template <class Secret, class Make>
Result<Secret> open_padded(CipherKey key, ByteView sealed, std::string_view belongs_to, Make make) {
  auto padded = unseal(key, sealed, bytes_of(belongs_to));
  if (!padded) return fail(padded.error());
  const bool sound = padded->size() == padded_size && padded->front() < padded_size;
  Result<Secret> made =
      sound ? make(ByteView(*padded).subspan(1, padded->front()))
            : Result<Secret>(fail(ErrorCode::corrupt, "what was sealed is no code or card number"));
  wipe(*padded);
  return made;
}

}  // namespace

Bytes seal_secret(CipherKey key, const Code& code, std::string_view belongs_to) {
  return seal_padded(key, bytes_of(code.digits()), belongs_to);
}

Bytes seal_secret(CipherKey key, const CardNumber& card, std::string_view belongs_to) {
  return seal_padded(key, card.bytes(), belongs_to);
}

Result<Code> open_code(CipherKey key, ByteView sealed, std::string_view belongs_to) {
  return open_padded<Code>(key, sealed, belongs_to, [](ByteView digits) {
    return Code::parse({reinterpret_cast<const char*>(digits.data()), digits.size()});
  });
}

Result<CardNumber> open_card(CipherKey key, ByteView sealed, std::string_view belongs_to) {
  return open_padded<CardNumber>(key, sealed, belongs_to,
                                 [](ByteView bytes) { return CardNumber::from_bytes(bytes); });
}

}  // namespace genkan::domain
