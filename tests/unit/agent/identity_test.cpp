#include "cloud-agent/agent/identity.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "firmware/base/certificate.hpp"
#include "firmware/base/files.hpp"
#include "tests/unit/agent/identity_stage.hpp"

namespace genkan::agent {

namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777U;
}

}  // namespace

TEST_CASE(
    "identity: the key is made once, for its owner alone, and asked for by the gateway's id") {
  const IdentityStage stage;
  const auto first = take_identity(stage.folder(), "gw-1");
  REQUIRE(first);
  CHECK(mode_of(stage.folder().key()) == 0600);
  const auto request = read_csr(first->csr);
  REQUIRE(request);
  CHECK(request->common_name == "gw-1");
  CHECK(request->key == first->key);

  const auto text = read_file(stage.folder().key(), 4096).value();
  const auto again = take_identity(stage.folder(), "gw-1");
  REQUIRE(again);
  CHECK(again->key == first->key);
  CHECK(read_file(stage.folder().key(), 4096).value() == text);
  // Nothing is left beside it.
  CHECK(std::distance(std::filesystem::directory_iterator(stage.folder().path()), {}) == 1);
}

TEST_CASE("identity: two gateways have two keys") {
  const IdentityStage one;
  const IdentityStage other;
  CHECK(take_identity(one.folder(), "gw-1")->key != take_identity(other.folder(), "gw-1")->key);
}

TEST_CASE("identity: a key that others can read is refused and left alone") {
  const IdentityStage stage;
  REQUIRE(take_identity(stage.folder(), "gw-1"));
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    CAPTURE(mode);
    ::chmod(stage.folder().key().c_str(), mode);
    const auto refused = take_identity(stage.folder(), "gw-1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::forbidden);
    CHECK(refused.error().message().find("chmod 600") != std::string::npos);
    CHECK(mode_of(stage.folder().key()) == mode);
  }
}

TEST_CASE("identity: a damaged key is told, never overwritten, never shown") {
  const IdentityStage stage;
  const std::string texts[] = {
      "", "no key", std::string(5000, 'x'),
      "-----BEGIN EC PRIVATE KEY-----\nSECRETSECRET\n-----END EC PRIVATE KEY-----\n"};
  for (const std::string& text : texts) {
    CAPTURE(text.size());
    REQUIRE(write_file(stage.folder().key(), text, Readers::owner));
    const auto refused = take_identity(stage.folder(), "gw-1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message().find("identity.key") != std::string::npos);
    CHECK(refused.error().message().find("SECRET") == std::string::npos);
    CHECK(read_file(stage.folder().key(), 8192).value() == text);
  }
}

TEST_CASE("identity: what is no file is no key, and a folder that is not there is told") {
  const IdentityStage stage;
  std::filesystem::create_directory(stage.folder().key());
  CHECK_FALSE(take_identity(stage.folder(), "gw-1"));
  const IdentityFolder nowhere(stage.folder().path() / "none");
  const auto refused = take_identity(nowhere, "gw-1");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().find("no such folder") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(nowhere.path()));
}

TEST_CASE(
    "identity: a draft of a first boot that was cut off is no key and does not stand in the way") {
  const IdentityStage stage;
  std::ofstream(stage.folder().key().string() + ".new") << "half";
  REQUIRE(take_identity(stage.folder(), "gw-1"));
  CHECK_FALSE(std::filesystem::exists(stage.folder().key().string() + ".new"));
}

}  // namespace genkan::agent
