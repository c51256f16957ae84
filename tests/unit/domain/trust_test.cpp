#include <string>

#include <doctest/doctest.h>

#include "firmware/domain/caller.hpp"
#include "firmware/domain/cloud/trust_key.hpp"
#include "tests/unit/envelopes.hpp"

using namespace genkan;
using namespace genkan::domain;

TEST_CASE("REM-4: a scope is a right, and brings no other along") {
  struct Case {
    Scope scope;
    std::vector<Right> rights;
  };
  const Case cases[] = {
      {Scope::read, {Right::read}},     {Scope::command, {Right::command}},
      {Scope::disarm, {Right::disarm}}, {Scope::keys, {Right::keys}},
      {Scope::site, {Right::install}},  {Scope::trust, {Right::trust, Right::release}}};
  for (const auto& c : cases) {
    CAPTURE(name_of(c.scope));
    // The role counts for nothing once somebody signed.
    const Caller caller{Role::administrator, "cloud:anna", Scopes().with(c.scope), {}};
    for (int i = 0; i <= static_cast<int>(Right::report); ++i) {
      const auto right = static_cast<Right>(i);
      CAPTURE(name_of(right));
      const bool listed = std::find(c.rights.begin(), c.rights.end(), right) != c.rights.end();
      CHECK(allows(caller, right) == listed);
    }
  }
  CHECK(is_unsigned_cloud({Role::cloud, "cloud"}));
  CHECK_FALSE(is_unsigned_cloud({Role::cloud, "cloud:anna", Scopes().with(Scope::read), {}}));
  CHECK_FALSE(is_unsigned_cloud({Role::operator_, "user:anna"}));
}

TEST_CASE("REM-4: scopes as lists and as words") {
  const auto both = scopes_from_json({"command", "read", "read"});
  REQUIRE(both);
  CHECK(to_text(*both) == "read command");
  CHECK(json::serialize(to_json(*both)) == R"(["read","command"])");
  CHECK(scopes_from_text("read command") == *both);
  CHECK(scopes_from_text("") == Scopes());
  CHECK_FALSE(scopes_from_text("read all"));
  CHECK_FALSE(scopes_from_json({}));
  CHECK_FALSE(scopes_from_json({"all"}));
  CHECK_FALSE(scopes_from_json({7}));
}

TEST_CASE("REM-4: a trusted key from outside is read strictly, all its mistakes at once") {
  const test::Signer signer("k1", {Scope::read});
  auto entry = signer.entry();
  entry["not_after"] = "2027-01-01T00:00:00Z";
  const auto key = trust_key_from_json(entry);
  REQUIRE(key);
  CHECK(key->kid == "k1");
  CHECK(key->key == signer.key().public_key());
  CHECK(key->not_after == parse_time("2027-01-01T00:00:00Z"));
  entry["kid"] = "k 1";
  entry["name"] = "";
  entry["scopes"] = json::array();
  entry["not_after"] = "tomorrow";
  entry["key"].as_object()["d"] = "x";
  const auto wrong = trust_key_from_json(entry);
  REQUIRE_FALSE(wrong);
  const auto& message = wrong.error().message();
  for (const auto* part : {"'kid'", "'name'", "'scopes'", "'not_after'", "'d' is a private key"}) {
    CAPTURE(part);
    CHECK(message.find(part) != std::string::npos);
  }
  auto more = signer.entry();
  more["added_by"] = "me";
  CHECK_FALSE(trust_key_from_json(more));
}

TEST_CASE("REM-4: at most 16 keys, in order of their ids, each id once") {
  TrustList list;
  for (int i = 0; i < 16; ++i) {
    const auto kid = cat("k", 15 - i);
    CHECK(list.has_room_for(kid));
    list.put(test::Signer(kid, {Scope::read}).trusted());
  }
  CHECK_FALSE(list.has_room_for("another"));
  CHECK(list.has_room_for("k7"));
  list.put(test::Signer("k7", {Scope::trust}).trusted());
  CHECK(list.keys().size() == 16);
  CHECK(std::ranges::is_sorted(list.keys(), {}, &TrustKey::kid));
  REQUIRE(list.find("k7"));
  CHECK(list.find("k7")->scopes.has(Scope::trust));
  CHECK(list.has_other_trustee("k1"));
  CHECK_FALSE(list.has_other_trustee("k7"));
  list.remove("k7");
  list.remove("nobody");
  CHECK(list.keys().size() == 15);
  CHECK(list.find("k7") == nullptr);
}
