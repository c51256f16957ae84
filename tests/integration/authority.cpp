#include "tests/integration/authority.hpp"

#include "tests/integration/process.hpp"

namespace genkan::test {

namespace {
WallTime now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}
}  // namespace

Authority::Authority(const std::string& name)
    : key_(P256Key::make()),
      pem_(make_authority(key_, name, now() - std::chrono::hours(9000),
                          now() + std::chrono::hours(9000))
               .value()) {}

Authority::Authority(const std::filesystem::path& certificate, const std::filesystem::path& key)
    : key_(P256Key::from_pem(read_file(key)).value()), pem_(read_file(certificate)) {}

std::string Authority::issue(const Wish& wish) const {
  const auto authority = Certificate::from_pem(pem_).value();
  return issue_certificate(IssueNeeds{.authority_key = key_,
                                      .authority = &authority,
                                      .common_name = wish.name,
                                      .key = wish.key,
                                      .from = now() + wish.from,
                                      .to = now() + wish.to,
                                      .purpose = wish.purpose,
                                      .names = wish.names})
      .value();
}

void Authority::put_server(const std::filesystem::path& folder, const std::string& name,
                           std::chrono::hours from, std::chrono::hours to,
                           std::vector<std::string> names) const {
  const P256Key key = P256Key::make();
  write_file(folder / (name + ".key"), key.to_pem());
  write_file(folder / (name + ".pem"), issue({.name = name,
                                              .key = key.public_key(),
                                              .purpose = CertificatePurpose::server,
                                              .from = from,
                                              .to = to,
                                              .names = std::move(names)}));
}

}  // namespace genkan::test
