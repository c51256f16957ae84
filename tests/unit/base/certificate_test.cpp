#include "firmware/base/certificate.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;

namespace {

constexpr std::string_view rsa_authority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDEzCCAfugAwIBAgIUe3cwLHHOFUDHpu89P0b5rhmBoRQwDQYJKoZIhvcNAQEL\n"
    "BQAwGDEWMBQGA1UEAwwNUlNBIEF1dGhvcml0eTAgFw0yNjExMjAxNzE3MDlaGA8y\n"
    "MTI2MTAyNzE3MTcwOVowGDEWMBQGA1UEAwwNUlNBIEF1dGhvcml0eTCCASIwDQYJ\n"
    "KoZIhvcNAQEBBQADggEPADCCAQoCggEBAL/xt44tK6Y50P0ZH7DuJljkqfwGd3OE\n"
    "0Ppr3nid5TffTLuRgxXnhae9bXxB7+OZaso6A6jF+GglwINoeZM1b8l+nbY+GWDY\n"
    "TEUiE3TEilYEV/wtVST4cy9PBLnwOJjMw07kx5wMivRt1VXFZJ8BGdAQr1t4Xji8\n"
    "y0j9atAbxH8L+R85c7cTv9mCsS7nny3SXTZ/918bi3IWc53X3gzBjXE33fWpc4U7\n"
    "v/NMKbnpk9/7e6YIn8LO1x6uNqcxq/DZL0EioYJE8AusGW/hEoHWwfyqyfssroyv\n"
    "MxgbZHisbApcgaTz9yPeYEIce1xGUirgybVRSGtpmElgTtyiI3Ajq9UCAwEAAaNT\n"
    "MFEwHQYDVR0OBBYEFEDBFxhOIWLp8kl1fnf9m8PiT8tjMB8GA1UdIwQYMBaAFEDB\n"
    "FxhOIWLp8kl1fnf9m8PiT8tjMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL\n"
    "BQADggEBAI3sGtDfa/UhbQirFYo2ehixCLeq3mWCcI0OK5T4UiTur99GqeyRtp4h\n"
    "k0nX/eG0iCxpCMCovy0RlPYKqhLNx664nfyhSZUQ7HQwZ5WsArtCORRpJ1cmn279\n"
    "lxLdoZX36t+4fmYVx3Epbl/OTnImVJV9FkngOYuFGKvUV+X96sS3IrvFOhc6ARNc\n"
    "eQenp9ktt3vCT9eRdRAI1bbZyRJvg1YJyaR1i7VTysz6+B6GGVmFE0mMvLOQUz0T\n"
    "30VhV+Ik/jumkw1xOfEQfeWtzh/eiDAThPWFUm88knFRsht+KZ5T/Hvnyc7as2pX\n"
    "p/pYKJjZ+XmfF1ydvcyHoA2rVE7SPXk=\n"
    "-----END CERTIFICATE-----\n";

constexpr std::string_view by_rsa =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB9jCB3wIUNlbyXXGbvm0fsWSkcVeKlqA95c8wDQYJKoZIhvcNAQELBQAwGDEW\n"
    "MBQGA1UEAwwNUlNBIEF1dGhvcml0eTAgFw0yNjExMjAxNzE5MDNaGA8yMTI2MTAy\n"
    "NzE3MTkwM1owITEQMA4GA1UECgwHRXhhbXBsZTENMAsGA1UEAwwEZ3ctNzBZMBMG\n"
    "ByqGSM49AgEGCCqGSM49AwEHA0IABLh9eimuWZMZG71Wd5N0Js508p7XzOSlIfxr\n"
    "VrZqkbZjaaOyNuJenZ7XSvqqnCCP/FEgy1cMTJ1TewuEBxHWVoUwDQYJKoZIhvcN\n"
    "AQELBQADggEBALn2EBq3vQogX+PxsVtsj4Qei+am2G2R/ND+fQ43FmrqFlvmlpi4\n"
    "bXeC24nkxT4QY0hORjaTdI5OD2YVWvTn9HsIMDDuaVNakyW0fRpn9xDyDiDYyk7z\n"
    "CPhAllJmd46tpyWb6e5pvZ1I483DcNmitZk9omoSfOQh+NbXNaDvrOhqLo2iEluq\n"
    "I/puPTJoJFz2cuo9AaQUYjOKATTCSWRWpYGt8caAg7zRVafylFwn9kS0BV//UM7T\n"
    "bUeFTYumBiC3GMsPVNOR0I1xmz+oUnRXx32xp9pivyxDAReIKDs4vMG8pnuR+pOJ\n"
    "LL0PqGJZtg6shFFhBUfgYVMDsDxr6vcyHLo=\n"
    "-----END CERTIFICATE-----\n";

constexpr std::string_view openssl_request =
    "-----BEGIN CERTIFICATE REQUEST-----\n"
    "MIHbMIGDAgEAMCExEDAOBgNVBAoMB0V4YW1wbGUxDTALBgNVBAMMBGd3LTcwWTAT\n"
    "BgcqhkjOPQIBBggqhkjOPQMBBwNCAAS4fXoprlmTGRu9VneTdCbOdPKe18zkpSH8\n"
    "a1a2apG2Y2mjsjbiXp2e10r6qpwgj/xRIMtXDEydU3sLhAcR1laFoAAwCgYIKoZI\n"
    "zj0EAwIDRwAwRAIgEzc8FkJAOtQxzPDAiGmEIMx3x4QrIRvXIZylm9smqHwCIBn/\n"
    "ZmO4XD1t81ehDLj/3KlpPkpD/jyOje8zLhE8LAfg\n"
    "-----END CERTIFICATE REQUEST-----\n";

const WallTime now = *parse_time("2026-11-20T12:00:00Z");

Certificate read(const Result<std::string>& pem) {
  REQUIRE(pem);
  auto certificate = Certificate::from_pem(*pem);
  REQUIRE(certificate);
  return *certificate;
}

struct Authority {
  P256Key key = P256Key::make();
  Certificate certificate =
      read(make_authority(key, "Genkan trials", now, now + std::chrono::hours(24 * 3650)));

  Certificate issue(const P256Public& for_key, CertificatePurpose purpose,
                    std::vector<std::string> names = {}) const {
    return read(issue_certificate({.authority_key = key,
                                   .authority = &certificate,
                                   .common_name = "gw-7",
                                   .key = for_key,
                                   .from = now,
                                   .to = now + std::chrono::hours(24),
                                   .purpose = purpose,
                                   .names = std::move(names)}));
  }
};

}  // namespace

TEST_CASE("Certificate: what an authority issues carries names, times, key and its signature") {
  const Authority authority;
  const auto key = P256Key::make();
  const auto made = authority.issue(key.public_key(), CertificatePurpose::client);
  CHECK(made.subject() == "CN=gw-7");
  CHECK(made.common_name() == "gw-7");
  CHECK(made.issuer() == authority.certificate.subject());
  CHECK(made.not_before() == now);
  CHECK(made.not_after() == now + std::chrono::hours(24));
  CHECK(made.valid_at(now));
  CHECK(made.valid_at(now + std::chrono::hours(24)));
  CHECK_FALSE(made.valid_at(now - 1ms));
  CHECK_FALSE(made.valid_at(now + std::chrono::hours(24) + 1s));
  CHECK(made.serial().size() == 32);
  CHECK_FALSE(made.is_authority());
  const auto its_key = made.public_key();
  REQUIRE(its_key);
  CHECK(*its_key == key.public_key());
  CHECK(made.signed_by(authority.certificate));
  CHECK(authority.certificate.is_authority());
}

TEST_CASE("Certificate::signed_by: not by another authority of the same name, nor by a client") {
  const Authority authority;
  const Authority namesake;
  const auto key = P256Key::make();
  const auto made = authority.issue(key.public_key(), CertificatePurpose::client);
  CHECK_FALSE(made.signed_by(namesake.certificate));
  const auto neighbour = authority.issue(P256Key::make().public_key(), CertificatePurpose::client);
  CHECK_FALSE(made.signed_by(neighbour));
  CHECK(Certificate::from_pem(made.to_pem())->signed_by(authority.certificate));
}

TEST_CASE("Certificate::signed_by: times are asked elsewhere") {
  const auto key = P256Key::make();
  const auto old = *parse_time("2001-01-01T00:00:00Z");
  const auto past = read(make_authority(key, "Past", old, old + std::chrono::hours(1)));
  const auto made = read(issue_certificate({.authority_key = key,
                                            .authority = &past,
                                            .common_name = "gw-7",
                                            .key = P256Key::make().public_key(),
                                            .from = old,
                                            .to = old + std::chrono::hours(1),
                                            .purpose = CertificatePurpose::client,
                                            .names = {}}));
  CHECK(made.signed_by(past));
  CHECK_FALSE(made.valid_at(now));
}

TEST_CASE("Certificate: one of OpenSSL's, signed by an RSA authority") {
  const auto authority = Certificate::from_pem(rsa_authority);
  REQUIRE(authority);
  CHECK(authority->is_authority());
  CHECK(authority->public_key().error().code() == ErrorCode::unsupported);
  const auto made = Certificate::from_pem(by_rsa);
  REQUIRE(made);
  CHECK(made->subject() == "O=Example, CN=gw-7");
  CHECK(made->common_name() == "gw-7");
  CHECK(made->public_key());
  CHECK(made->signed_by(*authority));
  CHECK_FALSE(authority->signed_by(*made));
}

TEST_CASE("read_csr: ours and OpenSSL's; the request proves that its sender has the key") {
  const auto key = P256Key::make();
  const auto pem = make_csr_pem(key, "gw-7");
  REQUIRE(pem);
  const auto ours = read_csr(*pem);
  REQUIRE(ours);
  CHECK(ours->common_name == "gw-7");
  CHECK(ours->key == key.public_key());
  const auto theirs = read_csr(openssl_request);
  REQUIRE(theirs);
  CHECK(theirs->common_name == "gw-7");
  // One letter of the name changed: the signature is over another name.
  std::string changed(openssl_request);
  changed.replace(changed.find("BGd3LTcw"), 8, "BGd3LTgw");
  const auto refused = read_csr(changed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().starts_with("the request: is not signed with the key"));
  CHECK_FALSE(read_csr(rsa_authority));
  CHECK_FALSE(read_csr(""));
}

TEST_CASE("issue_certificate: refuses what it cannot write, in a sentence") {
  const Authority authority;
  const auto key = P256Key::make();
  IssueNeeds needs{.authority_key = authority.key,
                   .authority = &authority.certificate,
                   .common_name = "gw-7",
                   .key = key.public_key(),
                   .from = now,
                   .to = now + std::chrono::hours(1),
                   .purpose = CertificatePurpose::server,
                   .names = {"broker.example", "127.0.0.1", "::1"}};
  CHECK(issue_certificate(needs));
  needs.names = {"not a name"};
  CHECK_FALSE(issue_certificate(needs));
  needs.names.assign(9, "a.example");
  CHECK_FALSE(issue_certificate(needs));
  needs.names.assign(8, std::string(100, 'a'));
  CHECK(issue_certificate(needs));
  needs.names.clear();
  needs.common_name = "gw,O=x";
  CHECK_FALSE(issue_certificate(needs));
  needs.common_name = std::string(65, 'a');
  CHECK_FALSE(issue_certificate(needs));
  needs.common_name = "gw-7";
  needs.to = now;
  CHECK_FALSE(issue_certificate(needs));
  const IssueNeeds foreign{.authority_key = key,
                           .authority = &authority.certificate,
                           .common_name = "gw-7",
                           .key = key.public_key(),
                           .from = now,
                           .to = now + std::chrono::hours(1),
                           .purpose = CertificatePurpose::client,
                           .names = {}};
  const auto refused = issue_certificate(foreign);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().starts_with("the authority cannot sign this"));
}

TEST_CASE("read_certificates: one to four, with text between them; not none, not five") {
  const std::string two = cat("# ours\n", rsa_authority, "# theirs\n", by_rsa);
  const auto certificates = read_certificates(two);
  REQUIRE(certificates);
  CHECK(certificates->size() == 2);
  CHECK(certificates->front() == *Certificate::from_pem(rsa_authority));
  CHECK_FALSE(read_certificates(""));
  CHECK_FALSE(read_certificates(two, 1));
  CHECK_FALSE(Certificate::from_pem(two));
  CHECK_FALSE(Certificate::from_pem(std::string(max_pem + 1, ' ')));
}
