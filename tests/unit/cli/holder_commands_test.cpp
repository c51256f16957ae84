// The commands about holders, groups, visitors, rooms and holidays, against canned answers.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/cli/canned.hpp"

namespace genkan::cli::test {

namespace {

json::object object(std::string_view text) {
  const auto value = parse_json(text, text.size());
  REQUIRE(value);
  return value->as_object();
}

CannedApi with_groups() {
  CannedApi api;
  api.answer("GET /v1/key-groups",
             R"({"key_groups":[{"id":"g-1","name":"Staff","devices":["lock-101","lock-102"]}]})");
  api.answer("GET /v1/validity-groups",
             R"({"validity_groups":[{"id":"v-1","name":"Weekdays",
                 "weekly":{"weekdays":["mon","tue"],"from":"8:00","to":"18:00"}}]})");
  return api;
}

std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("RES-50: holders by the names of their groups") {
  auto api = with_groups();
  const auto list = R"({"holders":[
      {"id":"h-1","outside_id":"1001","name":"Ben","key_group":"g-1","validity_group":"v-1",
       "enabled":true,"keys":[{"state":"set"},{"state":"setting","device":"lock-102"}]},
      {"id":"h-2","outside_id":"","name":"Cleo","key_group":"g-1","validity_group":null,
       "enabled":false,"keys":[]}],"total":2,"page":1})";
  api.answer("GET /v1/holders?page_size=50", list);
  api.answer("GET /v1/holders?key_group=g-1&text=e&page_size=50", list);
  const auto text =
      "HOLDER  ID    NAME  KEY GROUP  VALID     IN THE LOCKS\n"
      "h-1     1001  Ben   Staff      Weekdays  1 of 2 set; being written\n"
      "h-2           Cleo  Staff      always    disabled\n";
  CHECK(api.type({"holders"}).out == text);
  CHECK(api.type({"holders", "list", "--group", "Staff", "--search", "e"}).out == text);

  api.answer(
      "POST /v1/holders?secrets=1",
      R"({"id":"h-3","name":"Dan","code":"482913","keys":[],"told":["at lock-603 the key counts only there"]})");
  auto said = api.type(
      {"holders", "add", "--name", "Dan", "--group", "Staff", "--valid", "Weekdays", "--code", ""});
  CHECK(said.out ==
        "Added: Dan (h-3).\n  at lock-603 the key counts only there\nThe code is 482913.\n");
  CHECK(said.body_of("POST /v1/holders?secrets=1") ==
        object(R"({"name":"Dan","code":"","key_group":"g-1","validity_group":"v-1"})"));
  api.answer("PUT /v1/holders/h-3", R"({"id":"h-3","name":"Dan","keys":[],"told":[]})");
  said = api.type({"holders", "change", "h-3", "--disabled", "--always", "--no-card"});
  CHECK(said.out == "Changed: Dan (h-3).\n");
  CHECK(said.body_of("PUT /v1/holders/h-3") ==
        object(R"({"enabled":false,"validity_group":null,"card":null})"));
  CHECK(api.type({"holders", "change", "h-3"}).end == Exit::usage);
  api.answer("DELETE /v1/holders/h-3", R"({"removed":"h-3"})");
  CHECK(api.type({"holders", "delete", "h-3"}).end == Exit::done);
}

TEST_CASE("RES-52: an import is previewed, run by rows, and each wrong cell is said") {
  const genkan::test::TempDir folder;
  const auto file = folder.file("holders.csv");
  std::ofstream(file) << "id,name\n1001,Ben\n";
  CannedApi api;
  api.answer("POST /v1/holders/import?preview=1&charset=shift_jis",
             R"({"rows":[{"row":2,"action":"add","name":"Ben","outside_id":"1001","faults":[]},
                 {"row":3,"action":"none","name":"","outside_id":"1002",
                  "faults":[{"column":"code","message":"has a letter"},
                            {"column":"key_group","message":"there is no key group 'x'"}]}],
                 "columns":["id","name"]})");
  auto said = api.type({"holders", "import", file, "--preview", "--charset", "shift_jis"});
  CHECK(said.end == Exit::failed);
  CHECK(said.out ==
        "ROW  WOULD  ID    NAME\n"
        "2    add    1001  Ben\n"
        "3    wrong  1002        code: has a letter; key_group: there is no key group 'x'\n"
        "Would be: 1 added, 1 wrong. Nothing was changed.\n");
  CHECK(said.asked.front().content_type == "text/csv");
  CHECK(said.asked.front().body == "id,name\n1001,Ben\n");
  api.answer("POST /v1/holders/import?rows=2%2C4-7",
             R"({"rows":[{"row":2,"action":"add","name":"Ben","outside_id":"1001","faults":[],
                 "done":true,"message":""},
                 {"row":4,"action":"delete","name":"Dan","outside_id":"1003","faults":[],
                 "done":false,"message":"the disk is full"}],"columns":[]})");
  said = api.type({"holders", "import", file, "--rows", "2,4-7"});
  CHECK(said.end == Exit::failed);
  CHECK(said.out ==
        "ROW  DID     ID    NAME\n"
        "2    add     1001  Ben\n"
        "4    failed  1003  Dan   the disk is full\n"
        "Done: 1 added, 1 failed.\n");
  api.answer("POST /v1/holders/import?rows=all", R"({"rows":[],"columns":[]})");
  CHECK(api.type({"holders", "import", file}).end == Exit::done);
  CHECK(api.type({"holders", "import", file, "--preview", "--rows", "2"}).end == Exit::usage);
  said = api.type({"holders", "import", folder.file("none.csv")});
  CHECK(said.end == Exit::usage);
  CHECK(said.err.starts_with("genkan: cannot read "));
  CHECK(said.asked.empty());

  api.answer("GET /v1/holders/sample.csv", "id,name\n");
  CHECK(api.type({"holders", "sample"}).out == "id,name\n");
  CHECK(api.type({"holders", "sample", folder.file("sample.csv")}).end == Exit::done);
  CHECK(content(folder.file("sample.csv")) == "id,name\n");
}

TEST_CASE("RES-50: groups of both sorts are made, changed and deleted by name") {
  auto api = with_groups();
  CHECK(api.type({"groups"}).out ==
        "GROUP  NAME      SAYS      WHAT\n"
        "g-1    Staff     doors     lock-101, lock-102\n"
        "v-1    Weekdays  validity  mon, tue 8:00 to 18:00\n");
  api.answer("POST /v1/key-groups", R"({"id":"g-2","name":"Guests","devices":["lock-103"]})");
  auto said = api.type({"groups", "add", "Guests", "--door", "lock-103"});
  CHECK(said.out == "Key group Guests (g-2) is made: lock-103.\n");
  CHECK(said.body_of("POST /v1/key-groups") ==
        object(R"({"name":"Guests","devices":["lock-103"]})"));
  api.answer("POST /v1/validity-groups",
             R"({"id":"v-2","name":"Nights","weekly":{"weekdays":[],"from":"0:00","to":"6:00"}})");
  CHECK(api.type({"groups", "add", "Nights", "--window", "0:00-6:00"}).out ==
        "Validity group Nights (v-2) is made: every day 0:00 to 6:00.\n");
  CHECK(api.type({"groups", "add", "x", "--door", "a", "--window", "0:00-6:00"}).end ==
        Exit::usage);
  api.answer("PUT /v1/key-groups/g-1", R"({"id":"g-1","name":"Staff","devices":["lock-102"]})");
  said = api.type({"groups", "change", "Staff", "--remove", "lock-101"});
  CHECK(said.out == "Key group Staff (g-1) is changed: lock-102.\n");
  CHECK(said.body_of("PUT /v1/key-groups/g-1") == object(R"({"devices":["lock-102"]})"));
  CHECK(api.type({"groups", "change", "Staff"}).end == Exit::usage);
  CHECK(api.type({"groups", "change", "Weekdays", "--add", "lock-1"}).end == Exit::usage);
  CHECK(api.type({"groups", "change", "nobody", "--name", "x"}).end == Exit::unknown);
  api.refuse("DELETE /v1/key-groups/g-1", 409, "'Staff' has the holders 'Ben'");
  said = api.type({"groups", "delete", "Staff"});
  CHECK(said.end == Exit::failed);
  CHECK(said.err == "genkan: 'Staff' has the holders 'Ben'\n");
}

TEST_CASE("KEY-41: visitors' keys, and their QR code in a file that only its owner reads") {
  const genkan::test::TempDir folder;
  CannedApi api;
  api.answer("GET /v1/temporary-keys?room=r101",
             R"({"temporary_keys":[
               {"id":"t-1","name":"Cleo","id_number":"A-1","room":"r101","used":1,"revoked":false,
                "valid_now":true,"once":{"uses":3,"start":"2026-11-20 9:00","end":"2026-11-20 12:00"}},
               {"id":"t-2","name":"Dan","id_number":"","room":"r101","used":0,"revoked":true,
                "valid_now":false,"daily":{"from":"9:00","to":"17:00"}}]})");
  CHECK(api.type({"visitors", "--room", "r101"}).out ==
        "KEY  NAME  ID NUMBER  ROOM  TIME                      USED\n"
        "t-1  Cleo  A-1        r101  2026-11-20 9:00 to 12:00  1 of 3  opens now\n"
        "t-2  Dan              r101  every day 9:00 to 17:00   0       revoked\n");
  api.answer("POST /v1/temporary-keys",
             R"({"id":"t-3","name":"Eve","room":"r101","used":0,"revoked":false,
                 "once":{"uses":1,"start":"2026-11-20 9:00","end":"2026-11-20 12:00"}})");
  const auto said = api.type({"visitors", "add", "--name", "Eve", "--room", "r101", "--from",
                              "2026-11-20 9:00", "--to", "12:00"});
  CHECK(said.out ==
        "A key for Eve of room r101: 2026-11-20 9:00 to 12:00, once.\n"
        "genkan visitors qr t-3 --output t-3.png\n");
  api.answer("POST /v1/temporary-keys/t-3/revoke", R"({"id":"t-3","name":"Eve","revoked":true})");
  CHECK(api.type({"visitors", "revoke", "t-3"}).out ==
        "The key of Eve is revoked; it opens nothing any more.\n");
  for (const std::string form : {"text", "svg", "png"}) {
    api.answer(cat("GET /v1/temporary-keys/t-3/qr?form=", form), cat("a ", form));
  }
  CHECK(api.type({"visitors", "qr", "t-3"}).out == "a text\n");
  CHECK(api.type({"visitors", "qr", "t-3", "--form", "svg"}).out == "a svg");
  const auto file = folder.file("t-3.png");
  CHECK(api.type({"visitors", "qr", "t-3", "--output", file}).end == Exit::done);
  CHECK(content(file) == "a png");
  using std::filesystem::perms;
  const auto others = perms::group_all | perms::others_all;
  CHECK((std::filesystem::status(file).permissions() & others) == perms::none);
}

TEST_CASE("KEY-22: a room's door code is shown only where it was drawn or asked for") {
  CannedApi api;
  api.answer("GET /v1/rooms/r101/code", R"({"room":"r101","set":true})");
  api.answer("GET /v1/rooms/r101/code?secrets=1", R"({"room":"r101","set":true,"code":"4711"})");
  CHECK(api.type({"rooms", "code", "r101"}).out == "Room r101 has a door code.\n");
  CHECK(api.type({"rooms", "code", "r101", "--codes"}).out ==
        "The door code of room r101 is 4711.\n");
  api.answer("PUT /v1/rooms/r101/code", R"({"room":"r101","set":true})");
  auto said = api.type({"rooms", "code", "r101", "-"}, "4711\n");
  CHECK(said.out == "Room r101 has its new door code.\n");
  CHECK(said.body_of("PUT /v1/rooms/r101/code") == object(R"({"code":"4711"})"));
  api.answer("PUT /v1/rooms/r101/code?secrets=1", R"({"room":"r101","set":true,"code":"1234"})");
  CHECK(api.type({"rooms", "code", "r101", "****"}).out == "The door code of room r101 is 1234.\n");
  api.answer("DELETE /v1/rooms/r101/code", R"({"room":"r101","set":false})");
  CHECK(api.type({"rooms", "code", "r101", "--remove"}).out == "Room r101 has no door code.\n");
}

TEST_CASE("RES-21: the public holidays, and the government's table") {
  const genkan::test::TempDir folder;
  CannedApi api;
  api.answer("GET /v1/holidays?year=2026",
             R"({"holidays":[{"day":"2026-11-03","name":"文化の日"}],"table_until":2027})");
  CHECK(api.type({"holidays", "2026"}).out ==
        "2026-11-03  Tue  文化の日\nBy the government's table until 2027, then by the law.\n");
  const auto file = folder.file("syukujitsu.csv");
  std::ofstream(file) << "x";
  api.answer("PUT /v1/holidays", R"({"table_until":2027})");
  auto said = api.type({"holidays", "import", file});
  CHECK(said.end == Exit::done);
  CHECK(said.out == cat(file, " is the table of public holidays now; it goes until 2027.\n"));
  CHECK(said.asked.front().content_type == "text/csv");
  api.refuse("PUT /v1/holidays", 400, "line 3: 'x' is no date");
  said = api.type({"holidays", "import", file});
  CHECK(said.end == Exit::failed);
  CHECK(said.err == "genkan: line 3: 'x' is no date\n");
}

}  // namespace genkan::cli::test
