// The commands about the site, its keys for another gateway, and secrets, against canned answers.
#include <doctest/doctest.h>

#include "tests/unit/cli/canned.hpp"

namespace genkan::cli::test {

namespace {

constexpr auto brings = R"({"gateway":"gw-1","made":"2026-11-20T00:00:00.000Z",
    "site":{"buses":3,"rooms":26,"devices":57},
    "reservations":{"added":31,"changed":0,"removed":2,"same":0},
    "holders":{"added":0,"changed":0,"removed":0,"same":0},"slot_notes":4,"table_until":null,
    "warnings":["'Door 101' still holds, and will go on opening for: the code of 'Anna'"]})";

}  // namespace

TEST_CASE("KEY-24: this gateway as a receiver, and keys for another") {
  CannedApi api;
  api.answer("GET /v1/receiver", R"({"receiver":"GENKANR1.abc"})");
  api.answer("GET /v1/export?to=GENKANR1.abc", R"({"format":"genkan transfer 1"})");
  CHECK(api.type({"site", "receiver"}).out == "GENKANR1.abc\n");
  CHECK(api.type({"site", "export", "--keys", "--for", "GENKANR1.abc"}).out ==
        "{\"format\":\"genkan transfer 1\"}\n");
  CHECK(api.type({"site", "export", "--keys"}).end == Exit::usage);
  CHECK(api.type({"site", "export", "--for", "GENKANR1.abc"}).end == Exit::usage);
  api.refuse("GET /v1/export?to=x", 400, "'x' is no receiver");
  const auto refused = api.type({"site", "export", "--keys", "--for", "x"});
  CHECK(refused.end == Exit::usage);
  CHECK(refused.err == "genkan: 'x' is no receiver\n");
}

TEST_CASE("KEY-24: a file of keys is told from a site file, checked and taken") {
  CannedApi api;
  api.answer("PUT /v1/import?check=1", brings);
  api.answer("PUT /v1/import", brings);
  api.answer("PUT /v1/site?check=1", R"({"buses":3,"rooms":26,"devices":57})");
  const auto checked = api.type({"site", "import", "-", "--check"}, " {\"format\":1}");
  CHECK(checked.end == Exit::done);
  CHECK(checked.out ==
        "- is sound: 3 buses, 26 rooms, 57 devices. Nothing was changed.\n"
        "  reservations: 31 added, 2 removed\n"
        "'Door 101' still holds, and will go on opening for: the code of 'Anna'\n");
  REQUIRE(checked.asked.size() == 1);
  CHECK(checked.asked[0].content_type == "application/json");
  const auto careful = api.type({"site", "import", "-"}, "{}");
  CHECK(careful.end == Exit::usage);
  CHECK(careful.err ==
        "genkan: - takes away 2 reservations; say --yes if that is what you want. Nothing was "
        "changed\n");
  CHECK_FALSE(careful.has_asked("PUT /v1/import"));
  const auto taken = api.type({"site", "import", "-", "--yes"}, "{}");
  CHECK(
      taken.out.starts_with("- is the site now, with its keys: 3 buses, 26 rooms, 57 devices.\n"));
  const auto site = api.type({"site", "check", "-"}, "contract = \"SPID-0001\"\n");
  CHECK(site.asked.at(0).content_type == "application/toml");
  CHECK(site.out == "- is sound: 3 buses, 26 rooms, 57 devices. Nothing was changed.\n");
}

TEST_CASE("KEY-24: every mistake of a file of keys, with its place") {
  CannedApi api;
  api.answer(
      "PUT /v1/import",
      R"({"error":{"code":"invalid","message":"the file has 2 mistakes; nothing was changed"},
                 "problems":[{"file":"reservations[3]","line":0,"message":"kind: is no kind of key"},
                             {"file":"site.toml","line":7,"message":"'unit' is missing"}]})",
      400);
  const auto said = api.type({"site", "import", "-", "--yes"}, "{}");
  CHECK(said.end == Exit::failed);
  CHECK(said.out == "-: reservations[3]: kind: is no kind of key\n-:7: 'unit' is missing\n");
  CHECK(said.err == "genkan: the file has 2 mistakes; nothing was changed\n");
}

TEST_CASE("SITE-6: a site file that takes something away needs a yes") {
  CannedApi api;
  api.answer("PUT /v1/site", R"({"buses":3,"rooms":26,"devices":51})");
  api.answer("PUT /v1/site?check=1",
             R"({"buses":3,"rooms":26,"devices":51,"removed":{"buses":[],"rooms":["r101"],
                 "devices":["d-1","d-2","d-3","d-4","d-5","d-6"]}})");
  const auto careful = api.type({"site", "import", "-"}, "a = 1\n");
  CHECK(careful.end == Exit::usage);
  CHECK(careful.err ==
        "genkan: - takes away rooms r101; devices d-1, d-2, d-3, d-4, d-5 and 1 more; say --yes if "
        "that is what you want. Nothing was changed\n");
  CHECK_FALSE(careful.has_asked("PUT /v1/site"));
  const auto sure = api.type({"site", "import", "-", "--yes"}, "a = 1\n");
  CHECK(sure.end == Exit::done);
  CHECK_FALSE(sure.has_asked("PUT /v1/site?check=1"));
  api.answer("PUT /v1/site?check=1", R"({"buses":3,"rooms":26,"devices":51})");
  CHECK(api.type({"site", "import", "-"}, "a = 1\n").has_asked("PUT /v1/site"));
}

TEST_CASE("KEY-24: the key is rotated") {
  CannedApi api;
  api.answer("POST /v1/secrets/rotate", R"({"rotated":true})");
  const auto said = api.type({"secrets", "rotate"});
  CHECK(said.end == Exit::done);
  CHECK(said.out ==
        "Codes and cards are sealed with a new key. Make a new copy of the key file.\n");
  CHECK(said.has_asked("POST /v1/secrets/rotate"));
  api.refuse("POST /v1/secrets/rotate", 503, "the key was not rotated: the disk is full");
  CHECK(api.type({"secrets", "rotate"}).end != Exit::done);
}

TEST_CASE("RES-21: the government's table is dropped") {
  CannedApi api;
  api.answer("DELETE /v1/holidays", R"({"table_until":null})");
  const auto said = api.type({"holidays", "reset"});
  CHECK(said.end == Exit::done);
  CHECK(said.out == "Public holidays are those of the law again.\n");
}

}  // namespace genkan::cli::test
