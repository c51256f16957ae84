#include "cloud-agent/agent/claim.hpp"

#include <doctest/doctest.h>

#include "firmware/base/files.hpp"
#include "tests/unit/agent/identity_stage.hpp"

namespace genkan::agent {

namespace {

const mqtt::Place clear{"broker.example", 1883, std::nullopt};
const mqtt::Place own_tls{"own.example", 8883, mqtt::TlsFiles{"/a", "/b", "/c"}};

}  // namespace

TEST_CASE("claim: read as genkand tells it; half a claim is none") {
  const IdentityStage stage;
  const auto identity = take_identity(stage.folder(), "gw-1").value();
  const Claim claim = stage.claim(identity.key);
  CHECK(read_claim(IdentityStage::body(claim)).value() == claim);
  CHECK(read_claim(R"({"claimed":false})").value() == std::nullopt);
  for (const char* member : {"contract", "broker", "ca", "certificate"}) {
    CAPTURE(member);
    json::object body = json::parse(IdentityStage::body(claim)).as_object();
    body.erase(member);
    CHECK_FALSE(read_claim(json::serialize(body)));
    body[member] = 7;
    CHECK_FALSE(read_claim(json::serialize(body)));
  }
  CHECK_FALSE(read_claim("[]"));
  CHECK_FALSE(read_claim("{"));
}

TEST_CASE("claim: kept over a restart as files for TLS, gone after a release; the key stays") {
  const IdentityStage stage;
  const auto& folder = stage.folder();
  const auto identity = take_identity(folder, "gw-1").value();
  CHECK(kept_claim(folder) == std::nullopt);
  const Claim claim = stage.claim(identity.key);
  REQUIRE(keep_claim(folder, claim));
  CHECK(kept_claim(folder) == claim);
  CHECK(read_file(folder.ca(), 16384).value() == claim.ca);
  CHECK(read_file(folder.certificate(), 16384).value() == claim.certificate);
  REQUIRE(write_file(folder.claim(), R"({"contract")", Readers::everybody));
  CHECK(kept_claim(folder) == std::nullopt);
  REQUIRE(drop_claim(folder));
  REQUIRE(drop_claim(folder));
  CHECK_FALSE(std::filesystem::exists(folder.ca()));
  CHECK_FALSE(std::filesystem::exists(folder.certificate()));
  CHECK(std::filesystem::exists(folder.key()));
}

TEST_CASE("destination: nobody claimed it and nobody named a broker: quiet, and no fault") {
  const IdentityStage stage;
  const auto identity = take_identity(stage.folder(), "gw-1");
  const auto where = destination({}, {}, identity, stage.folder());
  CHECK_FALSE(where.place);
  CHECK_FALSE(where.fault);
}

TEST_CASE("destination: the claim's broker, with TLS and the gateway's own files") {
  const IdentityStage stage;
  const auto identity = take_identity(stage.folder(), "gw-1");
  const auto where = destination({}, stage.claim(identity->key), identity, stage.folder());
  REQUIRE(where.place);
  CHECK(where.place->host == "broker.example");
  CHECK(where.place->port == 8883);
  REQUIRE(where.place->tls);
  CHECK(where.place->tls->key == stage.folder().key().string());
  CHECK(where.place->tls->ca == stage.folder().ca().string());
}

TEST_CASE("destination: in clear only if written so, and only while the gateway is not claimed") {
  const IdentityStage stage;
  const auto identity = take_identity(stage.folder(), "gw-1");
  const Claim claim = stage.claim(identity->key);
  CHECK(destination(clear, {}, identity, stage.folder()).place == clear);
  const auto refused = destination(clear, claim, identity, stage.folder());
  CHECK_FALSE(refused.place);
  CHECK(refused.fault);
  CHECK(refused.why.find("claimed") != std::string::npos);
  CHECK(destination(own_tls, claim, identity, stage.folder()).place == own_tls);
  CHECK(destination(own_tls, {}, identity, stage.folder()).place == own_tls);
  const auto plain_claim =
      destination({}, stage.claim(identity->key, "tcp://broker.example"), identity, stage.folder());
  CHECK_FALSE(plain_claim.place);
  CHECK(plain_claim.fault);
}

TEST_CASE(
    "destination: a certificate for another key, or no key at all, is a fault with a sentence") {
  const IdentityStage stage;
  const auto identity = take_identity(stage.folder(), "gw-1");
  const Claim foreign = stage.claim(P256Key::make().public_key());
  const auto where = destination({}, foreign, identity, stage.folder());
  CHECK_FALSE(where.place);
  CHECK(where.fault);
  CHECK(where.why.find("not for this gateway's key") != std::string::npos);
  const Result<Identity> none = fail(ErrorCode::corrupt, "the key is damaged");
  const auto keyless = destination({}, stage.claim(identity->key), none, stage.folder());
  CHECK_FALSE(keyless.place);
  CHECK(keyless.why == "the key is damaged");
}

}  // namespace genkan::agent
