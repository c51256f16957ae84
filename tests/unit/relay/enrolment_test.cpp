#include "cloud-agent/relay/enrolment.hpp"

#include <doctest/doctest.h>

#include "cloud-agent/relay/database.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

using std::chrono::days;

struct Desk {
  Town town;
  P256Key key = P256Key::make();

  Result<std::string> enrol(const std::string& gateway, const std::string& contract,
                            const std::string& consent = {}) {
    const auto csr = make_csr_pem(key, gateway).value();
    return relay::enrol(town.office(), {csr, contract, gateway, consent}, town.clock.wall());
  }
  std::string release(const std::string& gateway) {
    return relay::release(town.office(), gateway, town.clock.wall()).value();
  }
};

std::string member(const std::string& file, std::string_view name) {
  return std::string(json::parse(file).at(name).as_string());
}

}  // namespace

TEST_CASE("enrolment: the file has all that a gateway needs, and its certificate holds") {
  Desk desk;
  const auto file = desk.enrol("gw-1", "SPID-0001");
  REQUIRE(file.has_value());
  const auto object = json::parse(*file).as_object();
  CHECK(object.at("genkan") == "enrolment 1");
  CHECK(object.at("gateway") == "gw-1");
  CHECK(object.at("contract") == "SPID-0001");
  CHECK(object.at("cloud") == "demo");
  CHECK(object.at("broker").at("uri") == "ssl://localhost:8883");
  CHECK_FALSE(object.contains("consent"));
  const auto ca = Certificate::from_pem(member(*file, "ca")).value();
  const auto certificate = Certificate::from_pem(member(*file, "certificate")).value();
  CHECK(certificate.signed_by(ca));
  CHECK(certificate.common_name() == "gw-1");
  CHECK(certificate.public_key().value() == desk.key.public_key());
  CHECK(certificate.valid_at(desk.town.clock.wall()));
  CHECK(certificate.not_after() == desk.town.clock.wall() + days(365));
  const auto& keys = object.at("command_keys").as_array();
  REQUIRE(keys.size() == 1);
  const auto& first = keys[0].as_object();
  CHECK(first.at("kid") == "demo-1");
  CHECK(P256Public::from_jwk(first.at("key").as_object()).value() ==
        desk.town.cloud().keys->find("demo-1")->public_key());
  CHECK(first.at("scopes").as_array().size() == 6);
}

TEST_CASE("SITE-1: a contract has one gateway") {
  Desk desk;
  REQUIRE(desk.enrol("gw-1", "A").has_value());
  const auto second = desk.enrol("gw-2", "A");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code() == ErrorCode::conflict);
  CHECK(second.error().message().find("gw-1") != std::string::npos);
  desk.release("gw-1");
  CHECK(desk.enrol("gw-2", "A").has_value());
}

TEST_CASE("SITE-1: a gateway has one contract, and its owner must consent to another") {
  Desk desk;
  REQUIRE(desk.enrol("gw-1", "A").has_value());
  const auto second = desk.enrol("gw-1", "B");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code() == ErrorCode::conflict);
  const auto consent = desk.release("gw-1");
  const auto file = desk.enrol("gw-1", "B");
  REQUIRE(file.has_value());
  CHECK(member(*file, "consent") == consent);
  CHECK(desk.town.cloud().registry.gateway_of("A").value().empty());
  CHECK(desk.town.cloud().registry.gateway_of("B").value() == "gw-1");
}

TEST_CASE(
    "API-3: the consent is signed by a key that the gateway trusts, names the contract, ends") {
  Desk desk;
  REQUIRE(desk.enrol("gw-1", "A").has_value());
  const auto consent = desk.release("gw-1");
  const auto jws = jws_read(consent).value();
  CHECK(jws_holds(jws, desk.town.cloud().keys->find(jws.kid)->public_key()));
  const auto claims = json::parse(jws.payload).as_object();
  CHECK(claims.size() == 5);
  CHECK(claims.at("release") == "A");
  CHECK(claims.at("aud") == "gw-1");
  CHECK(claims.at("exp").as_int64() - claims.at("iat").as_int64() == 7 * 24 * 3600);
}

TEST_CASE("enrolment: a consent that has ended is no consent; another can be made") {
  Desk desk;
  REQUIRE(desk.enrol("gw-1", "A").has_value());
  desk.release("gw-1");
  desk.town.clock.pass(days(8));
  CHECK_FALSE(desk.enrol("gw-1", "B").has_value());
  const auto fresh = desk.release("gw-1");
  CHECK(read_consent(fresh).value().contract == "A");
  CHECK(desk.enrol("gw-1", "B").has_value());
}

TEST_CASE("enrolment: the same contract again is a renewal, also with a new board's key") {
  Desk desk;
  REQUIRE(desk.enrol("gw-1", "A").has_value());
  desk.key = P256Key::make();
  desk.town.clock.pass(days(10));
  REQUIRE(desk.enrol("gw-1", "A").has_value());
  const auto enrolled = desk.town.cloud().registry.find("gw-1").value().value();
  CHECK(enrolled.key == desk.key.public_key());
  CHECK(enrolled.ends == desk.town.clock.wall() + days(365));
  desk.release("gw-1");
  const auto back = desk.enrol("gw-1", "A");  // and back to the old contract needs none
  REQUIRE(back.has_value());
  CHECK_FALSE(json::parse(*back).as_object().contains("consent"));
}

TEST_CASE("enrolment: another cloud's consent is passed on, for the gateway to judge") {
  Desk desk;
  const auto theirs = P256Key::make();
  const auto wall = desk.town.clock.wall();
  const auto good = seal_consent("gw-1", "OLD", theirs, "other-1", wall, days(7));
  CHECK(member(desk.enrol("gw-1", "A", good).value(), "consent") == good);
  const auto foreign = seal_consent("gw-2", "OLD", theirs, "other-1", wall, days(7));
  CHECK_FALSE(desk.enrol("gw-3", "C", foreign).has_value());
  const auto ended = seal_consent("gw-3", "OLD", theirs, "other-1", wall - days(9), days(7));
  CHECK_FALSE(desk.enrol("gw-3", "C", ended).has_value());
  CHECK_FALSE(desk.enrol("gw-3", "C", "no.jws.here").has_value());
  CHECK_FALSE(desk.town.cloud().registry.find("gw-3").value().has_value());
}

TEST_CASE("enrolment: what is wrong is said, and nothing is written down") {
  Desk desk;
  const auto csr = make_csr_pem(desk.key, "gw-1").value();
  auto spoiled = csr;
  const auto middle = spoiled.size() / 2;
  spoiled[middle] = spoiled[middle] == 'A' ? 'B' : 'A';
  for (const auto& choice : std::vector<EnrolChoice>{
           {csr, "A", "gw-2", {}},    // a request of another gateway
           {csr, "A", "GW 1", {}},    // no id
           {csr, "", "gw-1", {}},     // no contract
           {csr, "A B", "gw-1", {}},  //
           {csr, std::string(49, 'a'), "gw-1", {}},
           {spoiled, "A", "gw-1", {}},  // its signature does not hold
           {"", "A", "gw-1", {}},
       }) {
    CAPTURE(choice.contract);
    CAPTURE(choice.gateway);
    const auto file = enrol(desk.town.office(), choice, desk.town.clock.wall());
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().code() == ErrorCode::invalid);
  }
  CHECK(desk.town.count("SELECT count(*) FROM gateways") == 0);
  CHECK_FALSE(release(desk.town.office(), "gw-1", desk.town.clock.wall()).has_value());
}

TEST_CASE("enrolment: the key that is sealed for comes behind the request, and is kept") {
  Desk desk;
  const auto receiver = P256Key::make().public_key();
  const auto csr = make_csr_pem(desk.key, "gw-1").value();
  const auto enrol_with = [&](const std::string& papers) {
    return enrol(desk.town.office(), {papers, "A", "gw-1", {}}, desk.town.clock.wall());
  };
  const auto known = [&] { return desk.town.cloud().registry.find("gw-1").value()->receiver; };
  REQUIRE(enrol_with(csr + receiver.to_pem()));
  CHECK(known() == receiver);
  desk.release("gw-1");
  CHECK(known() == receiver);
  for (const auto& wrong :
       {receiver.to_pem() + csr, csr + receiver.to_pem() + receiver.to_pem(), receiver.to_pem(),
        csr + "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        csr + receiver.to_pem() + csr, csr + desk.key.to_pem() + receiver.to_pem()}) {
    CAPTURE(wrong);
    CHECK_FALSE(enrol_with(wrong));
  }
  CHECK(known() == receiver);
  REQUIRE(enrol_with(csr));  // of an older gateway
  CHECK_FALSE(known());
}

TEST_CASE("registry: a database of before receiving keys is taken on") {
  Desk desk;
  REQUIRE(desk.enrol("gw-1", "A"));
  {
    const auto database = open_database(desk.town.folder().database(), Outlives::process).value();
    REQUIRE(database.run("ALTER TABLE gateways DROP COLUMN receiver; PRAGMA user_version = 1"));
  }
  desk.town.restart_relay();
  auto enrolled = desk.town.cloud().registry.find("gw-1").value().value();
  CHECK(enrolled.contract == "A");
  CHECK_FALSE(enrolled.receiver);
  enrolled.receiver = desk.key.public_key();
  REQUIRE(desk.town.cloud().registry.put(enrolled, {"demo-1"}));
  CHECK(desk.town.cloud().registry.find("gw-1").value()->receiver == desk.key.public_key());
}

TEST_CASE("enrolment: a certificate does not outlive the authority") {
  Desk desk;
  desk.town.clock.pass(days(3600));
  const auto file = desk.enrol("gw-1", "A");
  REQUIRE(file.has_value());
  const auto ends = Certificate::from_pem(member(*file, "certificate")).value().not_after();
  CHECK(ends == desk.town.authority().certificate().not_after());
}

}  // namespace genkan::relay
