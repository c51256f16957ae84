#include "cloud-agent/relay/founding.hpp"

#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "cloud-agent/relay/broker_files.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"
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
  for (const auto& file : {folder.authority_key(), folder.key(), folder.command_key("demo-1"),
                           folder.broker() / "server.key"}) {
    CAPTURE(file.string());
    CHECK(mode_of(file) == 0600);
    CHECK(P256Key::from_pem(read_file(file, most_file).value()).has_value());
  }
  for (const auto& path : {folder.root(), folder.command_keys(), folder.broker()}) {
    CHECK(mode_of(path) == 0700);
  }
}

TEST_CASE("init: the certificates are signed by the authority and belong to their keys") {
  Town town;
  const Folder folder = town.folder();
  const auto ca = certificate_of(folder.authority());
  CHECK(ca.is_authority());
  const auto own = certificate_of(folder.certificate());
  CHECK(own.signed_by(ca));
  CHECK(own.common_name() == "cloud.demo");
  CHECK(own.public_key().value() ==
        P256Key::from_pem(read_file(folder.key(), most_file).value())->public_key());
  const auto server = certificate_of(folder.broker() / "server.pem");
  CHECK(server.signed_by(ca));
  CHECK(certificate_of(folder.broker() / "ca.pem") == ca);
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

TEST_CASE("init: no gateway's id gives the rights of the cloud") {
  const auto access = mosquitto_access(broker_user("demo"));
  CHECK_FALSE(id_fault(broker_user("demo")).empty());
  // Before the first "user" line stands what everybody may: only under the own name.
  const auto everybody = access.substr(0, access.find("\nuser "));
  std::size_t rules = 0;
  for (std::size_t at = 0; (at = everybody.find("\npattern ", at)) != std::string::npos; ++at) {
    const auto line = everybody.substr(at + 1, everybody.find('\n', at + 1) - at - 1);
    CAPTURE(line);
    CHECK(line.find("genkan/1/%u/") != std::string::npos);
    CHECK_FALSE((line.find("write") != std::string::npos && line.ends_with("/request")));
    ++rules;
  }
  CHECK(rules == 5);
  CHECK(everybody.find("\ntopic ") == std::string::npos);
}

TEST_CASE("settings: what init writes is what is read") {
  CloudSettings settings;
  settings.name = "demo";
  settings.broker = mqtt::parse_place("ssl://cloud.example:8884").value();
  settings.scopes = {"read", "trust"};
  settings.certificate_life = std::chrono::days(90);
  settings.renew_before = std::chrono::days(10);
  const auto read = parse_settings(settings_text(settings), "cloud.toml");
  REQUIRE_MESSAGE(read.has_value(), read.error().message());
  CHECK(read->name == "demo");
  CHECK(mqtt::uri_of(read->broker) == "ssl://cloud.example:8884");
  CHECK(read->scopes == settings.scopes);
  CHECK(read->certificate_life == settings.certificate_life);
  CHECK(read->renew_before == settings.renew_before);
}

TEST_CASE("settings: every mistake is told at once") {
  const auto read = parse_settings(
      "name = \"Big Cloud\"\nodd = 1\n[broker]\nuri = \"http://x\"\n[commands]\nscopes = "
      "[\"all\"]\n"
      "[certificates]\ndays = 10\nrenew_before_days = 30\n",
      "cloud.toml");
  REQUIRE_FALSE(read.has_value());
  for (const auto* part :
       {"cloud.toml:1", "odd", "http://x", "'all'", "without 'trust'", "less than days"}) {
    CAPTURE(part);
    CHECK(read.error().message().find(part) != std::string::npos);
  }
}

}  // namespace genkan::relay
