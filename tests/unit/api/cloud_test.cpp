// The API's side of the cloud: signed envelopes, trust, claim.
#include "firmware/services/cloud/cloud.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"
#include "tests/unit/envelopes.hpp"

namespace genkan::api::testing {

using domain::Role;
using domain::Scope;
using genkan::test::Enrolling;
using genkan::test::Signer;

namespace {

// Signatures are checked on a thread of their own: the loop runs until the answer is there.
Reply send_signed(TestBuilding& building, std::string_view jws, Role role = Role::cloud) {
  const auto stream = building.connect(role);
  stream->send(
      cat("POST /v1/signed HTTP/1.1\r\nHost: genkan\r\nContent-Type: application/jose\r\n"
          "Content-Length: ",
          jws.size(), "\r\n\r\n", jws));
  stream->end();
  const auto end = Steady::now() + 10s;
  while (stream->received().empty() && Steady::now() < end) building.run_for(5ms);
  return reply_of(stream->received());
}

std::string error_code(const Reply& reply) {
  const auto body = reply.object();
  const auto* error = body.if_contains("error");
  return error == nullptr ? "" : std::string(error->at("code").as_string());
}

struct SignedBuilding {
  SignedBuilding() {
    building.fleet.report("lock-101", domain::Field::bolt, domain::Bolt::unlocked);
    building.run();
    for (const auto* signer : {&commander, &owner, &keeper}) {
      const auto reply =
          building.request("POST", "/v1/trust/keys", json::serialize(signer->entry()));
      REQUIRE(reply.status == 200);
    }
  }
  Reply send(const Signer& signer, std::string_view jti, std::string_view method,
             std::string_view path, std::optional<json::object> body = {}) {
    return send_signed(building, signer.sign(genkan::test::claims(jti, building.clock.wall(),
                                                                  method, path, std::move(body))));
  }

  Signer commander{"commander", {Scope::read, Scope::command}};
  Signer owner{"owner", {Scope::trust}};
  Signer keeper{"keeper", {Scope::keys}};
  TestBuilding building;
};

}  // namespace

TEST_CASE("REM-4: a signed command, its repetition, and another request under its id") {
  SignedBuilding signed_building;
  auto& building = signed_building.building;
  const auto jws = signed_building.commander.sign(
      genkan::test::command_claims("11111111", building.clock.wall(), "lock-101", "lock"));
  const auto first = send_signed(building, jws);
  CHECK(first.status == 200);
  CHECK(first.object().at("verdict") == "done");
  CHECK(building.fleet.executed().size() == 1);
  const auto again = send_signed(building, jws);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(building.fleet.executed().size() == 1);
  const auto other =
      send_signed(building, signed_building.commander.sign(genkan::test::command_claims(
                                "11111111", building.clock.wall(), "lock-101", "unlock")));
  CHECK(other.status == 409);
  CHECK(error_code(other) == "already_used");
  CHECK(building.fleet.executed().size() == 1);
}

TEST_CASE("REM-4: an envelope is for its content type, its size and its role's right") {
  SignedBuilding signed_building;
  auto& building = signed_building.building;
  CHECK(building.request("POST", "/v1/signed", "{}", Role::cloud).status == 415);
  CHECK(
      building.send("POST", "/v1/signed", "application/jose", std::string(65 * 1024, 'a')).status ==
      413);
  const auto bad = send_signed(building, "a.b.c");
  CHECK(bad.status == 400);
  CHECK(error_code(bad) == "malformed");
}

TEST_CASE("REM-4: a scope opens its routes, and no others") {
  SignedBuilding one;
  const json::object lock{{"command", "lock"}};
  const json::object disarm{{"command", "disarm"}};
  CHECK(one.send(one.commander, "get-status", "GET", "/v1/status").status == 200);
  CHECK(error_code(one.send(one.keeper, "get-status", "GET", "/v1/status")) == "not_allowed");
  CHECK(error_code(one.send(one.keeper, "lock-lock", "POST", "/v1/devices/lock-101/commands",
                            lock)) == "not_allowed");
  CHECK(error_code(one.send(one.commander, "disarm-1", "POST", "/v1/devices/panel/commands",
                            disarm)) == "not_allowed");
  CHECK(one.send(one.keeper, "room-code", "PUT", "/v1/rooms/r101/code",
                 json::object{{"code", "482913"}})
            .status == 200);
  CHECK(error_code(one.send(one.commander, "room-code2", "DELETE", "/v1/rooms/r101/code")) ==
        "not_allowed");
  // Codes are never shown to the cloud.
  CHECK(one.send(one.commander, "see-secrets", "GET", "/v1/rooms/r101/code?secrets=1").status ==
        403);
  CHECK(error_code(one.send(one.owner, "claim-it", "PUT", "/v1/claim", json::object())) ==
        "not_allowed");
  CHECK(error_code(one.send(one.owner, "link-link", "PUT", "/v1/cloud/link", json::object())) ==
        "not_allowed");
  CHECK(one.building.fleet.executed().empty());
}

TEST_CASE("REM-4: envelopes in envelopes, streams and paths that lead nowhere") {
  SignedBuilding one;
  CHECK(one.send(one.commander, "nothing-1", "GET", "/v1/nothing").status == 404);
  CHECK(one.send(one.commander, "method-1", "DELETE", "/v1/status").status == 405);
  CHECK(one.send(one.commander, "stream-1", "GET", "/v1/stream").status == 409);
  CHECK(one.send(one.commander, "nested-1", "POST", "/v1/signed").status == 400);
  CHECK(one.send(one.commander, "target-1", "GET", "/v1/%zz").status == 400);
  CHECK(one.building.store.ledger().empty());
}

TEST_CASE("REM-4: trust over the line") {
  SignedBuilding one;
  const Signer next("next", {Scope::trust});
  CHECK(one.send(one.owner, "add-next", "POST", "/v1/trust/keys", next.entry()).status == 200);
  CHECK(one.send(one.owner, "drop-self", "DELETE", "/v1/trust/keys/owner").status == 200);
  CHECK(error_code(one.send(one.owner, "drop-more", "DELETE", "/v1/trust/keys/keeper")) ==
        "unknown_key");
  CHECK(one.send(next, "drop-last", "DELETE", "/v1/trust/keys/next").status == 409);
  const auto list = one.building.request("GET", "/v1/trust", "", Role::viewer).object();
  CHECK(list.at("keys").as_array().size() == 3);
}

TEST_CASE("SITE-1: identity and claim by their routes and roles") {
  SignedBuilding one;
  auto& building = one.building;
  const Enrolling cloud(building.clock.wall());
  const std::string csr = json::serialize(json::object{{"csr", cloud.csr}});
  CHECK(building.request("PUT", "/v1/identity", csr, Role::installer).status == 403);
  CHECK(building.request("PUT", "/v1/identity", csr, Role::cloud).status == 200);
  CHECK(building.request("GET", "/v1/identity").object().at("csr") ==
        json::value(std::string_view(cloud.csr)));
  CHECK(building.request("GET", "/v1/claim").status == 404);
  const std::string file = json::serialize(cloud.file({}));
  CHECK(building.request("PUT", "/v1/claim", file, Role::operator_).status == 403);
  CHECK(building.request("PUT", "/v1/claim", file, Role::cloud).status == 403);
  CHECK(building.request("PUT", "/v1/claim", file, Role::installer).status == 200);
  CHECK(building.request("GET", "/v1/claim", "", Role::viewer).object().at("contract") == "SPID-1");
  const std::string certificate =
      json::serialize(json::object{{"certificate", cloud.certificate(std::chrono::days(500))}});
  CHECK(building.request("PUT", "/v1/claim/certificate", certificate, Role::cloud).status == 403);
  CHECK(one.send(one.owner, "renew-it1", "PUT", "/v1/claim/certificate",
                 json::object{{"certificate", cloud.certificate(std::chrono::days(600))}})
            .status == 200);
  const std::string link = R"({"connected":true,"counts":{"reconnects":1}})";
  CHECK(building.request("PUT", "/v1/cloud/link", link, Role::operator_).status == 403);
  CHECK(building.request("PUT", "/v1/cloud/link", link, Role::cloud).status == 200);
  const auto status = building.request("GET", "/v1/status").object();
  CHECK(status.at("cloud").at("connected") == true);
  CHECK(status.at("cloud").at("claimed") == true);
  CHECK(building.request("DELETE", "/v1/claim", "", Role::installer).status == 403);
  CHECK(one.send(one.owner, "release-1", "DELETE", "/v1/claim").status == 200);
  CHECK(building.request("GET", "/v1/claim").status == 404);
}

}  // namespace genkan::api::testing
