#include "cloud-agent/relay/authority.hpp"

#include <algorithm>
#include <utility>

#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::chrono::days authority_life{3650};
constexpr std::chrono::days clocks_differ{1};

WallTime whole_second(WallTime time) { return std::chrono::floor<std::chrono::seconds>(time); }

Result<Certificate> to_certificate(Result<std::string> pem) {
  if (!pem) return fail(pem.error());
  return Certificate::from_pem(*pem);
}

}  // namespace

Result<Authority> Authority::make(std::string_view name, WallTime now) {
  P256Key key = P256Key::make();
  auto certificate = to_certificate(make_authority(key, name, whole_second(now) - clocks_differ,
                                                   whole_second(now) + authority_life));
  if (!certificate) return fail(certificate.error());
  return Authority(std::move(key), *std::move(certificate));
}

Result<Authority> Authority::load(const Folder& folder) {
  const auto pem = read_file(folder.authority(), max_pem);
  if (!pem) return fail(pem.error());
  auto certificate = Certificate::from_pem(*pem);
  if (!certificate) return fail(certificate.error().in(folder.authority().string()));
  const auto key_pem = read_private_file(folder.authority_key(), max_pem);
  if (!key_pem) return fail(key_pem.error());
  auto key = P256Key::from_pem(*key_pem);
  if (!key) return fail(key.error().in(folder.authority_key().string()));
  const auto certified = certificate->public_key();
  if (!certified || !(*certified == key->public_key())) {
    return fail(ErrorCode::invalid, "ca.key is not the key of ca.pem");
  }
  return Authority(*std::move(key), *std::move(certificate));
}

Result<> Authority::save(const std::filesystem::path& certificate,
                         const std::filesystem::path& key) const {
  auto written = write_file(key, key_.to_pem(), Readers::owner);
  if (!written) return written;
  return write_file(certificate, certificate_.to_pem(), Readers::everybody);
}

Result<Certificate> Authority::client(std::string_view common_name, const P256Public& key,
                                      WallTime now, std::chrono::days life) const {
  const WallTime until = std::min<WallTime>(whole_second(now) + life, certificate_.not_after());
  if (until <= now) return fail(ErrorCode::conflict, "the authority's own certificate has ended");
  return to_certificate(issue_certificate({.authority_key = key_,
                                           .authority = &certificate_,
                                           .common_name = std::string(common_name),
                                           .key = key,
                                           .from = whole_second(now) - clocks_differ,
                                           .to = until,
                                           .purpose = CertificatePurpose::client,
                                           .names = {}}));
}

Result<Certificate> Authority::server(std::string_view common_name, const P256Public& key,
                                      std::vector<std::string> names, WallTime now) const {
  return to_certificate(issue_certificate({.authority_key = key_,
                                           .authority = &certificate_,
                                           .common_name = std::string(common_name),
                                           .key = key,
                                           .from = whole_second(now) - clocks_differ,
                                           .to = certificate_.not_after(),
                                           .purpose = CertificatePurpose::server,
                                           .names = std::move(names)}));
}

}  // namespace genkan::relay
