#include "cloud-agent/mqtt/tls_probe.hpp"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "firmware/base/certificate.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/mqtt/tls_server.hpp"

namespace genkan::mqtt {

namespace {

using std::chrono::floor;
using std::chrono::seconds;

WallTime now() { return floor<seconds>(std::chrono::system_clock::now()); }

// A certificate authority, and what it gave out, in a folder that goes with the test.
class Stage {
 public:
  std::filesystem::path path(std::string_view file) const { return folder_ / file; }
  void put(std::string_view file, std::string_view text) const {
    REQUIRE(write_file(path(file), text, Readers::owner));
  }
  // NAME.pem and NAME.key.
  void authority(const std::string& name) const {
    const P256Key key = P256Key::make();
    put(name + ".pem", make_authority(key, name, now() - 400 * 24h, now() + 400 * 24h).value());
    put(name + ".key", key.to_pem());
  }
  void issue(const std::string& name, const std::string& by, CertificatePurpose purpose,
             WallTime from, WallTime to, std::vector<std::string> names = {}) const {
    const auto ca = Certificate::from_pem(read_file(path(by + ".pem"), 16384).value()).value();
    const auto ca_key = P256Key::from_pem(read_file(path(by + ".key"), 16384).value()).value();
    const P256Key key = P256Key::make();
    put(name + ".key", key.to_pem());
    const auto made = issue_certificate(IssueNeeds{.authority_key = ca_key,
                                                   .authority = &ca,
                                                   .common_name = name,
                                                   .key = key.public_key(),
                                                   .from = from,
                                                   .to = to,
                                                   .purpose = purpose,
                                                   .names = std::move(names)});
    REQUIRE(made);
    put(name + ".pem", *made);
  }
  void broker(const std::string& name, std::vector<std::string> names = {"127.0.0.1"}) const {
    issue(name, "ca", CertificatePurpose::server, now() - 24h, now() + 24h, std::move(names));
  }
  TlsFiles files(std::string_view client = "gw-1", std::string_view ca = "ca.pem") const {
    return {path(ca).string(), path(cat(client, ".pem")).string(),
            path(cat(client, ".key")).string()};
  }
  Place at(const TlsServer& server, std::string_view client = "gw-1",
           std::string_view ca = "ca.pem") const {
    return {"127.0.0.1", server.port(), files(client, ca)};
  }
  TlsServer::Needs serving(std::string_view name) const {
    return {.certificate = path(cat(name, ".pem")),
            .key = path(cat(name, ".key")),
            .client_ca = path("ca.pem")};
  }

 private:
  test::TempDir folder_;
};

std::string said(const std::optional<Away>& away) { return away ? away->why : std::string(); }

bool tells(const std::optional<Away>& away, std::string_view part) {
  const std::string text = said(away);
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

void give_client(const Stage& stage) {
  stage.authority("ca");
  stage.issue("gw-1", "ca", CertificatePurpose::client, now() - 24h, now() + 24h);
}

}  // namespace

TEST_CASE("TLS: a broker that is what it should be has no fault") {
  const Stage stage;
  give_client(stage);
  stage.broker("broker");
  const TlsServer server(stage.serving("broker"));
  CHECK(said(tls_fault(stage.at(server))).empty());
}

TEST_CASE("TLS: each fault of the broker's certificate has its sentence") {
  const Stage stage;
  give_client(stage);
  stage.authority("other");
  SUBCASE("another authority") {
    stage.issue("broker", "other", CertificatePurpose::server, now() - 24h, now() + 24h,
                {"127.0.0.1"});
    const TlsServer server(stage.serving("broker"));
    const auto fault = tls_fault(stage.at(server));
    tells(fault, "is not signed by the authority in");
    CHECK_FALSE(fault->by_clock);
  }
  SUBCASE("ended") {
    stage.issue("broker", "ca", CertificatePurpose::server, now() - 48h, now() - 24h,
                {"127.0.0.1"});
    const TlsServer server(stage.serving("broker"));
    const auto fault = tls_fault(stage.at(server));
    tells(fault, "ended on");
    CHECK(fault->by_clock);
  }
  SUBCASE("not yet valid") {
    stage.issue("broker", "ca", CertificatePurpose::server, now() + 24h, now() + 48h,
                {"127.0.0.1"});
    const TlsServer server(stage.serving("broker"));
    const auto fault = tls_fault(stage.at(server));
    tells(fault, "is not valid before");
    CHECK(fault->by_clock);
  }
  SUBCASE("another name") {
    stage.broker("broker", {"broker.example", "127.0.0.2"});
    const TlsServer server(stage.serving("broker"));
    const auto fault = tls_fault(stage.at(server));
    tells(fault, "does not have this name in it");
    CHECK_FALSE(fault->by_clock);
  }
  SUBCASE("a client's certificate does not make a broker") {
    stage.issue("broker", "ca", CertificatePurpose::client, now() - 24h, now() + 24h);
    const TlsServer server(stage.serving("broker"));
    CHECK_FALSE(said(tls_fault(stage.at(server))).empty());
  }
}

TEST_CASE("TLS: what the broker holds against our certificate is told") {
  const Stage stage;
  give_client(stage);
  stage.broker("broker");
  stage.authority("other");
  auto needs = stage.serving("broker");
  // Before TLS 1.3 the refusal comes in the handshake, since then behind it.
  for (const int newest : {0, TLS1_2_VERSION}) {
    CAPTURE(newest);
    needs.newest = newest;
    const TlsServer server(needs);
    stage.issue("ended", "ca", CertificatePurpose::client, now() - 48h, now() - 24h);
    const auto ended = tls_fault(stage.at(server, "ended"));
    tells(ended, "our certificate has ended");
    CHECK(ended->by_clock);
    stage.issue("foreign", "other", CertificatePurpose::client, now() - 24h, now() + 24h);
    tells(tls_fault(stage.at(server, "foreign")), "does not know who signed our certificate");
    Place nobody = stage.at(server);
    nobody.tls->certificate.clear();
    nobody.tls->key.clear();
    tells(tls_fault(nobody), "refuses us");
  }
}

TEST_CASE("TLS: nothing older than 1.2") {
  const Stage stage;
  give_client(stage);
  stage.broker("broker");
  auto needs = stage.serving("broker");
  needs.newest = TLS1_1_VERSION;
  needs.suites = "ALL:@SECLEVEL=0";
  const TlsServer server(needs);
  CHECK_FALSE(said(tls_fault(stage.at(server))).empty());
}

TEST_CASE("TLS: a broker that is not there, or is none, is told") {
  const Stage stage;
  give_client(stage);
  Place place{"127.0.0.1", 1, stage.files()};
  tells(tls_fault(place), "cannot be reached");
  place.host = "no-such-host.invalid";
  tells(tls_fault(place), "cannot be resolved");
}

TEST_CASE("TLS: our own files are looked at before anything is sent") {
  const Stage stage;
  give_client(stage);
  stage.issue("gw-2", "ca", CertificatePurpose::client, now() - 24h, now() + 24h);
  CHECK(said(tls_files_fault(stage.files())).empty());
  tells(tls_files_fault(stage.files("gw-1", "none.pem")), "CA file");
  stage.put("empty.pem", "");
  tells(tls_files_fault(stage.files("gw-1", "empty.pem")), "CA file");
  tells(tls_files_fault(stage.files("none")), "our certificate");
  TlsFiles mixed = stage.files("gw-1");
  mixed.key = stage.path("gw-2.key").string();
  tells(tls_files_fault(mixed), "the key");
  stage.put("gw-1.key", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
  const auto fault = tls_files_fault(stage.files());
  tells(fault, "the key");
  CHECK(said(fault).find("AAAA") == std::string::npos);
}

}  // namespace genkan::mqtt
