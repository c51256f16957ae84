#pragma once

#include <string_view>

#include "firmware/base/cipher.hpp"
#include "firmware/domain/keys/code.hpp"

// Codes and card numbers as they leave memory: sealed (AES-256-GCM), all of one length, so that
// what is sealed does not tell how many digits it has.
namespace genkan::domain {

// `belongs_to` says whose it is and which of the two: sealed, it opens for the same words alone.
Bytes seal_secret(CipherKey key, const Code& code, std::string_view belongs_to);
Bytes seal_secret(CipherKey key, const CardNumber& card, std::string_view belongs_to);
// ErrorCode::corrupt: another key, other words, changed, or none of ours.
Result<Code> open_code(CipherKey key, ByteView sealed, std::string_view belongs_to);
Result<CardNumber> open_card(CipherKey key, ByteView sealed, std::string_view belongs_to);

}  // namespace genkan::domain
