#include <array>
#include <optional>

#include <arpa/inet.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <mbedtls/x509_csr.h>

#include "firmware/base/c_object.hpp"
#include "firmware/base/certificate.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace {

using Pk = CObject<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;
using Number = CObject<mbedtls_mpi, mbedtls_mpi_init, mbedtls_mpi_free>;
using CsrDraft =
    CObject<mbedtls_x509write_csr, mbedtls_x509write_csr_init, mbedtls_x509write_csr_free>;
using CrtDraft =
    CObject<mbedtls_x509write_cert, mbedtls_x509write_crt_init, mbedtls_x509write_crt_free>;

constexpr std::size_t max_common_name = 64;  // RFC 5280, ub-common-name
constexpr std::size_t max_names = 8;
constexpr std::size_t max_dns_name = 100;
constexpr std::size_t serial_size = 16;

std::unexpected<Error> not_written(std::string_view what) {
  return fail(ErrorCode::internal, cat("the ", what, " could not be written"));
}

Result<std::string> name_for(std::string_view common_name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._-";
  if (common_name.empty() || common_name.size() > max_common_name ||
      common_name.find_first_not_of(allowed) != std::string_view::npos) {
    return fail(ErrorCode::invalid,
                cat("the common name '", printable(common_name, max_common_name),
                    "' must be 1 to 64 letters, digits, blanks, '.', '_', '-'"));
  }
  return cat("CN=", common_name);
}

bool load(Pk& pk, const P256Key& key) {
  auto pem = key.to_pem();
  const int result = mbedtls_pk_parse_key(
      pk.get(), reinterpret_cast<const unsigned char*>(pem.c_str()), pem.size() + 1, nullptr, 0);
  wipe({reinterpret_cast<std::uint8_t*>(pem.data()), pem.size()});
  return result == 0;
}

bool load(Pk& pk, const P256Public& key) {
  const auto pem = key.to_pem();
  return mbedtls_pk_parse_public_key(pk.get(), reinterpret_cast<const unsigned char*>(pem.c_str()),
                                     pem.size() + 1) == 0;
}

// YYYYMMDDhhmmss, as mbedTLS wants it.
Result<std::string> validity(WallTime time) {
  constexpr auto first = std::chrono::sys_days(std::chrono::year(1950) / 1 / 1);
  constexpr auto past = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);
  if (time < first || time >= past) {
    return fail(ErrorCode::invalid, "a certificate's times must lie between 1950 and 9999");
  }
  std::string digits;
  for (const char character : format_time(time).substr(0, 19)) {
    if (character >= '0' && character <= '9') digits += character;
  }
  return digits;
}

bool is_dns_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-*";
  return !name.empty() && name.size() <= max_dns_name &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<Bytes> address_bytes(const std::string& name) {
  Bytes bytes(sizeof(in6_addr));
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(sizeof(in_addr));
  if (inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

void append_length(Bytes& der, std::size_t length) {
  if (length >= 0x100) {
    der.push_back(0x82);
    der.push_back(static_cast<std::uint8_t>(length >> 8));
  } else if (length >= 0x80) {
    der.push_back(0x81);
  }
  der.push_back(static_cast<std::uint8_t>(length & 0xFF));
}

// GeneralNames (RFC 5280, 4.2.1.6): a sequence of [2] dNSName and [7] iPAddress. At most 8 of at
// most 100 bytes, so that two bytes of length do.
Result<Bytes> alternative_names(const std::vector<std::string>& names) {
  constexpr std::uint8_t dns_tag = 0x82, address_tag = 0x87, sequence_tag = 0x30;
  if (names.size() > max_names) {
    return fail(ErrorCode::invalid, cat("at most ", max_names, " names go into a certificate"));
  }
  Bytes content;
  for (const auto& name : names) {
    const auto address = address_bytes(name);
    if (!address && !is_dns_name(name)) {
      return fail(ErrorCode::invalid, cat("'", printable(name), "' is no host name or address"));
    }
    const Bytes bytes = address.value_or(Bytes(name.begin(), name.end()));
    content.push_back(address ? address_tag : dns_tag);
    append_length(content, bytes.size());
    content.insert(content.end(), bytes.begin(), bytes.end());
  }
  Bytes der{sequence_tag};
  append_length(der, content.size());
  der.insert(der.end(), content.begin(), content.end());
  return der;
}

bool set_names(CrtDraft& draft, const Bytes& der) {
  return mbedtls_x509write_crt_set_extension(draft.get(), MBEDTLS_OID_SUBJECT_ALT_NAME,
                                             MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
                                             der.data(), der.size()) == 0;
}

// ExtKeyUsage with id-kp-serverAuth (…3.1) or id-kp-clientAuth (…3.2).
bool set_use(CrtDraft& draft, CertificatePurpose purpose) {
  const unsigned last = purpose == CertificatePurpose::server ? 1 : 2;
  const Bytes der{0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06,
                  0x01, 0x05, 0x05, 0x07, 0x03, static_cast<std::uint8_t>(last)};
  return mbedtls_x509write_crt_set_extension(draft.get(), MBEDTLS_OID_EXTENDED_KEY_USAGE,
                                             MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0,
                                             der.data(), der.size()) == 0;
}

bool set_serial(CrtDraft& draft) {
  std::array<std::uint8_t, serial_size> bytes{};
  fill_random(bytes);
  bytes.front() &= 0x7F;
  bytes.back() |= 1;
  Number serial;
  return mbedtls_mpi_read_binary(serial.get(), bytes.data(), bytes.size()) == 0 &&
         mbedtls_x509write_crt_set_serial(draft.get(), serial.get()) == 0;
}

bool set_purpose(CrtDraft& draft, CertificatePurpose purpose) {
  const bool authority = purpose == CertificatePurpose::authority;
  const unsigned use = authority ? MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN
                                 : MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
  return mbedtls_x509write_crt_set_basic_constraints(draft.get(), authority ? 1 : 0,
                                                     authority ? 0 : -1) == 0 &&
         mbedtls_x509write_crt_set_key_usage(draft.get(), use) == 0 &&
         (authority || set_use(draft, purpose));
}

Result<std::string> draft_pem(CrtDraft& draft) {
  std::array<unsigned char, 8192> pem{};
  if (mbedtls_x509write_crt_pem(draft.get(), pem.data(), pem.size(), c_random, nullptr) != 0) {
    return not_written("certificate");
  }
  return std::string(reinterpret_cast<const char*>(pem.data()));
}

}  // namespace

Result<std::string> make_csr_pem(const P256Key& key, std::string_view common_name) {
  const auto name = name_for(common_name);
  if (!name) return fail(name.error());
  Pk pk;
  CsrDraft draft;
  mbedtls_x509write_csr_set_md_alg(draft.get(), MBEDTLS_MD_SHA256);
  mbedtls_x509write_csr_set_key(draft.get(), pk.get());
  std::array<unsigned char, 4096> pem{};
  const bool written =
      load(pk, key) && mbedtls_x509write_csr_set_subject_name(draft.get(), name->c_str()) == 0 &&
      mbedtls_x509write_csr_set_key_usage(draft.get(), MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0 &&
      mbedtls_x509write_csr_pem(draft.get(), pem.data(), pem.size(), c_random, nullptr) == 0;
  if (!written) return not_written("certificate request");
  return std::string(reinterpret_cast<const char*>(pem.data()));
}

Result<std::string> issue_certificate(const IssueNeeds& needs) {
  const auto name = name_for(needs.common_name);
  if (!name) return fail(name.error());
  const auto from = validity(needs.from);
  if (!from) return from;
  const auto to = validity(needs.to);
  if (!to) return to;
  if (needs.to <= needs.from)
    return fail(ErrorCode::invalid, "a certificate must end after it begins");
  const auto names = alternative_names(needs.names);
  if (!names) return fail(names.error());
  const std::string issuer = needs.authority != nullptr ? needs.authority->subject() : *name;
  Pk subject_key;
  Pk authority_key;
  CrtDraft draft;
  mbedtls_x509write_crt_set_version(draft.get(), MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(draft.get(), MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(draft.get(), subject_key.get());
  mbedtls_x509write_crt_set_issuer_key(draft.get(), authority_key.get());
  const bool drafted =
      load(subject_key, needs.key) && load(authority_key, needs.authority_key) &&
      mbedtls_x509write_crt_set_subject_name(draft.get(), name->c_str()) == 0 &&
      mbedtls_x509write_crt_set_issuer_name(draft.get(), issuer.c_str()) == 0 &&
      mbedtls_x509write_crt_set_validity(draft.get(), from->c_str(), to->c_str()) == 0 &&
      set_serial(draft) && set_purpose(draft, needs.purpose) &&
      mbedtls_x509write_crt_set_subject_key_identifier(draft.get()) == 0 &&
      mbedtls_x509write_crt_set_authority_key_identifier(draft.get()) == 0 &&
      (needs.names.empty() || set_names(draft, *names));
  if (!drafted) return not_written("certificate");
  auto pem = draft_pem(draft);
  if (!pem) return pem;
  const auto made = Certificate::from_pem(*pem);
  if (!made) return fail(made.error());
  if (!made->signed_by(needs.authority != nullptr ? *needs.authority : *made)) {
    return fail(ErrorCode::invalid,
                "the authority cannot sign this: its certificate is no authority's, belongs to "
                "another key, or has a name that cannot be written again");
  }
  return pem;
}

Result<std::string> make_authority(const P256Key& key, std::string_view common_name, WallTime from,
                                   WallTime to) {
  return issue_certificate({.authority_key = key,
                            .authority = nullptr,
                            .common_name = std::string(common_name),
                            .key = key.public_key(),
                            .from = from,
                            .to = to,
                            .purpose = CertificatePurpose::authority,
                            .names = {}});
}

}  // namespace genkan
