#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/p256.hpp"

// X.509 certificates: reading them, asking for one, and a small authority for trials. Any thread.
// What is read may have any key that mbedTLS knows (RSA too); what is made has P-256 and SHA-256.
namespace genkan {

// More bytes of PEM are refused unread.
constexpr std::size_t max_pem = 16 * 1024;

class Certificate {
 public:
  // One "CERTIFICATE" block and nothing else.
  static Result<Certificate> from_pem(std::string_view pem);

  // Distinguished names as text: "CN=gw-1, O=Example".
  const std::string& subject() const { return subject_; }
  const std::string& issuer() const { return issuer_; }
  // The subject's first CN; empty if it has none.
  const std::string& common_name() const { return common_name_; }
  // Valid from the first to the last of these seconds.
  WallTime not_before() const { return not_before_; }
  WallTime not_after() const { return not_after_; }
  bool valid_at(WallTime time) const { return not_before_ <= time && time < not_after_ + 1s; }
  // Lower case hexadecimal.
  const std::string& serial() const { return serial_; }
  // Whether it may sign others (basic constraints).
  bool is_authority() const { return authority_; }
  // ErrorCode::unsupported if the key is not on P-256.
  Result<P256Public> public_key() const;
  const std::string& to_pem() const { return pem_; }

  // Whether `authority` signed it and may do so (names, basic constraints, key usage, signature
  // over SHA-256 or better). Times are not looked at: see valid_at.
  bool signed_by(const Certificate& authority) const;

  bool operator==(const Certificate& other) const { return der_ == other.der_; }

 private:
  Certificate() = default;
  friend struct CertificateReader;

  std::string subject_, issuer_, common_name_, serial_, pem_;
  WallTime not_before_{}, not_after_{};
  bool authority_ = false;
  std::optional<P256Public> key_;
  Bytes der_;
};

// 1 to `most` certificates, one behind the other (a broker's authority and one's own). Text between
// the blocks is left out, as OpenSSL writes it.
Result<std::vector<Certificate>> read_certificates(std::string_view pem, std::size_t most = 4);

// A PKCS#10 request, signed with the key. `common_name`: 1 to 64 of letters, digits, blank . _ -
// (of a gateway: its id).
Result<std::string> make_csr_pem(const P256Key& key, std::string_view common_name);

struct CertificateRequest {
  std::string common_name;
  P256Public key;
};
// One request and nothing else, whose own signature holds (who sent it has the key).
Result<CertificateRequest> read_csr(std::string_view pem);

enum class CertificatePurpose { authority, client, server };

struct IssueNeeds {
  const P256Key& authority_key;
  // Who signs. Null: the subject itself (an authority; `key` must then be authority_key's).
  const Certificate* authority = nullptr;
  std::string common_name;  // as make_csr_pem
  P256Public key;           // the subject's
  WallTime from, to;        // whole seconds; 1950 to 9999
  CertificatePurpose purpose = CertificatePurpose::client;
  // A server's subject alternative names: at most 8 DNS names or IP addresses. Others: none.
  std::vector<std::string> names;
};

// A certificate as PEM, version 3, with a random serial number of 127 bits.
Result<std::string> issue_certificate(const IssueNeeds& needs);
// A certificate that signs itself and others: the authority of a trial.
Result<std::string> make_authority(const P256Key& key, std::string_view common_name, WallTime from,
                                   WallTime to);

}  // namespace genkan
