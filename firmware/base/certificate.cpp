#include "firmware/base/certificate.hpp"

#include <array>

#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <mbedtls/x509_csr.h>

#include "firmware/base/c_object.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/pem.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace {

using Crt = CObject<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free>;
using Csr = CObject<mbedtls_x509_csr, mbedtls_x509_csr_init, mbedtls_x509_csr_free>;

constexpr std::size_t max_name = 1024;

const unsigned char* c_bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.c_str());
}

WallTime time_of(const mbedtls_x509_time& time) {
  using namespace std::chrono;
  const year_month_day day(year(time.year), month(static_cast<unsigned>(time.mon)),
                           std::chrono::day(static_cast<unsigned>(time.day)));
  return sys_days(day) + hours(time.hour) + minutes(time.min) + seconds(time.sec);
}

std::string name_text(const mbedtls_x509_name& name) {
  std::array<char, max_name> text{};
  const int size = mbedtls_x509_dn_gets(text.data(), text.size(), &name);
  return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

std::string common_name_of(const mbedtls_x509_name& name) {
  for (const auto* part = &name; part != nullptr; part = part->next) {
    if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) != 0) continue;
    return {reinterpret_cast<const char*>(part->val.p), part->val.len};
  }
  return {};
}

// The key, by way of its standard form: P256Public's parser has all the checks.
Result<P256Public> key_of(mbedtls_pk_context& pk, std::string_view what) {
  std::array<unsigned char, 2048> pem{};
  const bool elliptic = mbedtls_pk_can_do(&pk, MBEDTLS_PK_ECKEY) != 0;
  if (!elliptic || mbedtls_pk_write_pubkey_pem(&pk, pem.data(), pem.size()) != 0) {
    return fail(ErrorCode::unsupported, cat(what, ": its key is not on the curve P-256"));
  }
  auto key = P256Public::from_pem(reinterpret_cast<const char*>(pem.data()));
  if (!key) {
    return fail(ErrorCode::unsupported, cat(what, ": its key is not on the curve P-256"));
  }
  return key;
}

Result<> check_size(std::string_view pem, std::string_view what) {
  if (pem.size() <= max_pem) return {};
  return fail(ErrorCode::invalid,
              cat(what, ": ", pem.size(), " bytes; at most ", max_pem, " are taken"));
}

// Whether the request is signed with the key it tells of. (2.28 has no function for it.)
bool holds(Csr& csr) {
  if (csr->sig_md != MBEDTLS_MD_SHA256) return false;
  const auto digest = sha256({reinterpret_cast<const char*>(csr->cri.p), csr->cri.len});
  return mbedtls_pk_verify_ext(csr->sig_pk, csr->sig_opts, &csr->pk, csr->sig_md, digest.data(),
                               digest.size(), csr->sig.p, csr->sig.len) == 0;
}

}  // namespace

struct CertificateReader {
  static Certificate read(Crt& crt, std::string pem) {
    Certificate made;
    made.subject_ = name_text(crt->subject);
    made.issuer_ = name_text(crt->issuer);
    made.common_name_ = common_name_of(crt->subject);
    made.serial_ = hex({crt->serial.p, crt->serial.len});
    made.pem_ = std::move(pem);
    made.not_before_ = time_of(crt->valid_from);
    made.not_after_ = time_of(crt->valid_to);
    made.authority_ = crt->ca_istrue != 0;
    made.der_.assign(crt->raw.p, crt->raw.p + crt->raw.len);
    if (auto key = key_of(crt->pk, "the certificate")) made.key_ = *key;
    return made;
  }
};

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  static constexpr std::string_view labels[] = {"CERTIFICATE"};
  if (auto fine = check_size(pem, "the certificate"); !fine) return fail(fine.error());
  auto block = only_pem_block(pem, labels, "the certificate");
  if (!block) return fail(block.error());
  Crt crt;
  if (mbedtls_x509_crt_parse(crt.get(), c_bytes(*block), block->size() + 1) != 0) {
    return fail(ErrorCode::invalid, "the certificate: the PEM block does not hold a certificate");
  }
  return CertificateReader::read(crt, std::move(*block));
}

Result<P256Public> Certificate::public_key() const {
  if (key_) return *key_;
  return fail(ErrorCode::unsupported, "the certificate: its key is not on the curve P-256");
}

bool Certificate::signed_by(const Certificate& authority) const {
  // Whether they are valid now is asked elsewhere, with a clock that is passed in.
  constexpr std::uint32_t times = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
  if (!authority.is_authority()) return false;
  Crt mine;
  Crt its;
  if (mbedtls_x509_crt_parse_der(mine.get(), der_.data(), der_.size()) != 0) return false;
  const auto& other = authority.der_;
  if (mbedtls_x509_crt_parse_der(its.get(), other.data(), other.size()) != 0) return false;
  std::uint32_t flags = 0;
  const int result = mbedtls_x509_crt_verify_with_profile(mine.get(), its.get(), nullptr,
                                                          &mbedtls_x509_crt_profile_default,
                                                          nullptr, &flags, nullptr, nullptr);
  return result == 0 || (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && (flags & ~times) == 0);
}

Result<std::vector<Certificate>> read_certificates(std::string_view pem, std::size_t most) {
  if (auto fine = check_size(pem, "the certificates"); !fine) return fail(fine.error());
  const auto blocks = pem_blocks(pem, "CERTIFICATE");
  if (blocks.empty() || blocks.size() > most) {
    return fail(ErrorCode::invalid, cat("the certificates: ", blocks.size(),
                                        " CERTIFICATE blocks; must be 1 to ", most));
  }
  std::vector<Certificate> certificates;
  for (const auto& block : blocks) {
    auto certificate = Certificate::from_pem(block);
    if (!certificate) return fail(certificate.error());
    certificates.push_back(std::move(*certificate));
  }
  return certificates;
}

Result<CertificateRequest> read_csr(std::string_view pem) {
  static constexpr std::string_view labels[] = {"CERTIFICATE REQUEST"};
  if (auto fine = check_size(pem, "the request"); !fine) return fail(fine.error());
  const auto block = only_pem_block(pem, labels, "the request");
  if (!block) return fail(block.error());
  Csr csr;
  if (mbedtls_x509_csr_parse(csr.get(), c_bytes(*block), block->size() + 1) != 0) {
    return fail(ErrorCode::invalid, "the request: the PEM block does not hold a request");
  }
  auto key = key_of(csr->pk, "the request");
  if (!key) return fail(key.error());
  if (!holds(csr)) {
    return fail(ErrorCode::invalid, "the request: is not signed with the key that it tells of");
  }
  return CertificateRequest{common_name_of(csr->subject), *key};
}

}  // namespace genkan
