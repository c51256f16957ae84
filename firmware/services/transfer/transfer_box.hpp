#pragma once

#include <array>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"
#include "firmware/base/key_agreement.hpp"
#include "firmware/domain/keys/code.hpp"
#include "firmware/domain/keys/key_ref.hpp"

// How keys travel from one gateway to another (docs/SECRETS.md): sealed for the one that is to
// receive them, so that whoever has the file has no code.
namespace genkan::services {

// The receiver's public key as one line that people pass on: "GENKANR1." and 48 characters of
// base64url, of which the last bytes are a checksum.
std::string receiver_text(const AgreementKey& receiver);
// The error says what a receiver looks like, or that it was mistyped.
Result<AgreementKey> receiver_from(std::string_view text);

// A content key that one receiver alone can come by, and what is sealed with it. Wiped when
// destroyed.
class TransferBox {
 public:
  // A new content key.
  static Result<TransferBox> make_for(const AgreementKey& receiver);
  // The one in `header`; corrupt: it was sealed for another gateway, or changed.
  static Result<TransferBox> open(AgreementSecret receive, std::string_view header);
  TransferBox(const TransferBox&) = default;
  TransferBox& operator=(const TransferBox&) = delete;
  ~TransferBox();

  // What the receiver needs to come by the content key; base64url.
  const std::string& header() const { return header_; }
  // A secret of `whose`, base64url; it opens as the same owner's alone.
  std::string seal(const domain::KeyRef& whose, const domain::Code& code) const;
  std::string seal(const domain::KeyRef& whose, const domain::CardNumber& card) const;
  Result<domain::Code> open_code(const domain::KeyRef& whose, std::string_view sealed) const;
  Result<domain::CardNumber> open_card(const domain::KeyRef& whose, std::string_view sealed) const;
  // HMAC-SHA-256 over the text, base64url: that nobody changed it on the way.
  std::string signature(std::string_view text) const;
  bool is_signature(std::string_view signature, std::string_view text) const;

 private:
  using Key = std::array<std::uint8_t, 32>;
  TransferBox(const Key& content, std::string header);

  Key sealing_{};
  Key signing_{};
  std::string header_;
};

}  // namespace genkan::services
