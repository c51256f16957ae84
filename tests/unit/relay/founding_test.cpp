#include "cloud-agent/relay/founding.hpp"

#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "firmware/base/files.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

Certificate certificate_of(const std::filesystem::path& path) {
  return Certificate::from_pem(read_file(path, most_file).value()).value();
}

}  // namespace

TEST_CASE("init: keys are for their owner alone") {
  Town town;
  const Folder folder = town.folder();
  for (const auto& file : {folder.authority_key(), folder.own_authority_key(), folder.key(),
                           folder.command_key("demo-1"), folder.broker() / "server.key"}) {
    CAPTURE(file.string());
    CHECK(mode_of(file) == 0600);
    CHECK(P256Key::from_pem(read_file(file, most_file).value()).has_value());
  }
  for (const auto& path : {folder.root(), folder.command_keys(), folder.broker()}) {
    CHECK(mode_of(path) == 0700);
  }
}

TEST_CASE("init: the certificates are signed by their authorities and belong to their keys") {
  Town town;
  const Folder folder = town.folder();
  const auto ca = certificate_of(folder.authority());
  const auto own_ca = certificate_of(folder.own_authority());
  CHECK(ca.is_authority());
  CHECK(own_ca.is_authority());
  const auto own = certificate_of(folder.certificate());
  CHECK(own.signed_by(own_ca));
  CHECK_FALSE(own.signed_by(ca));
  CHECK(own.common_name() == "cloud.demo");
  CHECK(own.public_key().value() ==
        P256Key::from_pem(read_file(folder.key(), most_file).value())->public_key());
  const auto server = certificate_of(folder.broker() / "server.pem");
  CHECK(server.signed_by(ca));
  CHECK(certificate_of(folder.broker() / "ca.pem") == ca);
  CHECK(certificate_of(folder.broker() / "cloud-ca.pem") == own_ca);
}

TEST_CASE("init: a folder with something in it is left alone") {
  Town town;
  Founding again;
  again.settings.name = "other";
  again.settings.broker = mqtt::parse_place("ssl://localhost").value();
  const auto before = read_file(town.folder().authority(), most_file).value();
  const auto founded = found_cloud(town.folder(), again, town.clock.wall());
  REQUIRE_FALSE(founded.has_value());
  CHECK(founded.error().code() == ErrorCode::conflict);
  CHECK(read_file(town.folder().authority(), most_file).value() == before);
}

TEST_CASE("settings: what init writes is what is read") {
  CloudSettings settings;
  settings.name = "demo";
  settings.broker = mqtt::parse_place("ssl://cloud.example:8884").value();
  settings.own_broker = mqtt::parse_place("ssl://inside.example:9000").value();
  settings.scopes = {"read", "trust"};
  settings.certificate_life = std::chrono::days(90);
  settings.renew_before = std::chrono::days(10);
  const auto read = parse_settings(settings_text(settings), "cloud.toml");
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  CHECK(read->name == "demo");
  CHECK(mqtt::uri_of(read->broker) == "ssl://cloud.example:8884");
  CHECK(read->own_broker == settings.own_broker);
  CHECK(read->scopes == settings.scopes);
  CHECK(read->certificate_life == settings.certificate_life);
  CHECK(read->renew_before == settings.renew_before);
}

TEST_CASE("settings: a folder of before is read: all are at one port") {
  const auto read = parse_settings("name = \"demo\"\n[broker]\nuri = \"ssl://a\"\n", "cloud.toml");
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  CHECK_FALSE(read->own_broker.has_value());
}

TEST_CASE("settings: every mistake is told at once") {
  const auto read = parse_settings(
      "name = \"Big Cloud\"\nodd = 1\n[broker]\nuri = \"http://x\"\nown_uri = "
      "\"y\"\n[commands]\nscopes = "
      "[\"all\"]\n"
      "[certificates]\ndays = 10\nrenew_before_days = 30\n",
      "cloud.toml");
  REQUIRE_FALSE(read.has_value());
  for (const auto* part :
       {"cloud.toml:1", "odd", "http://x", "'y'", "'all'", "without 'trust'", "less than days"}) {
    CAPTURE(part);
    CHECK(read.error().message().find(part) != std::string::npos);
  }
}

}  // namespace genkan::relay
