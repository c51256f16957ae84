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

TEST_CASE("KEY-24: a code comes sealed, and is in nothing that goes out again") {
  SignedBuilding one;
  auto& building = one.building;
  const auto identity = building.request("GET", "/v1/identity").object();
  const auto receiver = P256Public::from_jwk(identity.at("receiver").as_object()).value();
  const auto send = [&](const json::object& claims) {
    const auto jws = one.keeper.sign(genkan::test::sealed(claims, receiver, one.keeper.kid()));
    CHECK(jws.find("4829") == std::string::npos);
    return send_signed(building, jws);
  };
  const json::object wish{
      {"name", "Anna"}, {"device", "lock-101"},        {"kind", "code"},
      {"code", "4829"}, {"start", "2026-11-21 10:00"}, {"end", "2026-11-22 10:00"}};
  const auto made = send(
      genkan::test::claims("11111111", building.clock.wall(), "POST", "/v1/reservations", wish));
  REQUIRE_MESSAGE(made.status == 200, made.body);
  const auto id = std::string(made.object().at("id").as_string());
  const auto shown = building.request("GET", cat("/v1/reservations/", id, "?secrets=1")).object();
  CHECK(shown.at("code") == "4829");
  CHECK(made.body.find("4829") == std::string::npos);
  CHECK(building.request("GET", "/v1/journal").body.find("4829") == std::string::npos);
  const auto& row = building.store.ledger().at("11111111");
  CHECK(row.answer.find("4829") == std::string::npos);
  CHECK(row.path == "/v1/reservations");
  // What is wrong inside is told without it.
  auto wrong = wish;
  wrong["code"] = "48299999999999999999";
  const auto refused = send(
      genkan::test::claims("22222222", building.clock.wall(), "POST", "/v1/reservations", wrong));
  CHECK(refused.status == 400);
  CHECK(refused.body.find("4829") == std::string::npos);
}

TEST_CASE("REM-4: a register written raw moves something: its envelope lives 60 s at most") {
  SignedBuilding one;
  const Signer installer("installer", {Scope::site});
  REQUIRE(
      one.building.request("POST", "/v1/trust/keys", json::serialize(installer.entry())).status ==
      200);
  const auto send = [&](std::string_view jti, std::string_view path, std::int64_t life) {
    const auto what = path.ends_with("write")
                          ? R"({"unit":1,"table":"coil","address":0,"values":[1]})"
                          : R"({"unit":1,"table":"coil","address":0})";
    auto claims = genkan::test::claims(jti, one.building.clock.wall(), "POST", path,
                                       json::parse(what).as_object());
    claims["exp"] = claims["iat"].as_int64() + life;
    return send_signed(one.building, installer.sign(claims));
  };
  CHECK(error_code(send("write-late", "/v1/buses/line-a/write", 61)) == "lives_too_long");
  CHECK_FALSE(one.building.fleet.asked());
  CHECK(send("write-soon", "/v1/buses/line-a/write", 60).status == 200);
  REQUIRE(one.building.fleet.asked());
  CHECK(one.building.fleet.asked()->until);
  CHECK(send("read-late", "/v1/buses/line-a/read", 3600).status == 200);
}

TEST_CASE("REM-4: a file in an envelope goes as its route takes it") {
  SignedBuilding one;
  const Signer installer("installer", {Scope::site, Scope::read});
  REQUIRE(
      one.building.request("POST", "/v1/trust/keys", json::serialize(installer.entry())).status ==
      200);
  const auto send = [&](const Signer& signer, std::string_view jti, std::string_view method,
                        std::string_view path, std::string_view text) {
    auto claims = genkan::test::claims(jti, one.building.clock.wall(), method, path);
    claims["req"].as_object()["text"] = text;
    return send_signed(one.building, signer.sign(claims));
  };
  auto site = one.building.request("GET", "/v1/site").body;
  const auto name = site.find("Sakura Court");
  REQUIRE(name != std::string::npos);
  site.replace(name, 12, "Tsubaki Hall");
  CHECK(error_code(send(one.commander, "site-by-commander", "PUT", "/v1/site", site)) ==
        "not_allowed");
  const auto taken = send(installer, "site-by-installer", "PUT", "/v1/site", site);
  CHECK_MESSAGE(taken.status == 200, taken.body);
  CHECK(one.building.request("GET", "/v1/site").body == site);
  const auto wrong = send(installer, "site-with-mistake", "PUT", "/v1/site", "contract = 7\n");
  CHECK(wrong.status == 400);
  CHECK(wrong.message().contains("the site file has"));
  const auto rows = send(one.keeper, "holders-preview", "POST", "/v1/holders/import?preview=1",
                         "id,name,key_group,validity_group,code,card,card_name,enabled,mail\r\n");
  CHECK_MESSAGE(rows.status == 200, rows.body);
  CHECK(send(one.keeper, "holder-as-text", "POST", "/v1/holders", "{}").status == 415);
  CHECK(send(one.keeper, "text-for-none", "POST", "/v1/devices/lock-101/keys/check", "a").status ==
        400);
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
