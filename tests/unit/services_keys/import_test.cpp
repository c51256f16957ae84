#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

const std::string header = "id,name,key_group,validity_group,code,card,card_name,enabled,mail\r\n";

// "2 add Ben: code: wrong; …" a row; with "done" or "not done (why)" when it was run.
Lines rows_of(const Result<json::object>& answer) {
  if (!answer) return {refused(answer.error())};
  Lines lines;
  for (const auto& entry : answer->at("rows").as_array()) {
    const auto& row = entry.as_object();
    std::string line =
        cat(row.at("row").to_number<int>(), " ", std::string_view(row.at("action").as_string()),
            " ", std::string_view(row.at("name").as_string()));
    for (const auto& fault : row.at("faults").as_array()) {
      line += cat("; ", std::string_view(fault.at("column").as_string()), ": ",
                  std::string_view(fault.at("message").as_string()));
    }
    if (const auto* done = row.if_contains("done")) {
      const std::string_view message = row.at("message").as_string();
      line += done->as_bool() ? " done" : " not done";
      if (!message.empty()) line += cat(" (", message, ")");
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Lines preview(Office& office, const std::string& text, Charset charset = Charset::automatic) {
  return rows_of(office.import.preview(anna, text, charset));
}

Lines run(Office& office, const std::string& text, std::string_view rows = "all") {
  auto choice = RowChoice::parse(rows);
  if (!choice) return {refused(choice.error())};
  return rows_of(office.run(office.import.run(anna, text, Charset::automatic, *choice)));
}

}  // namespace

TEST_CASE("RES-52: unknown ids are added, known ones changed, an id alone deleted") {
  Office office;
  const std::string group = office.group("Staff", R"(["lock-101"])");
  office.hold(cat(R"({"name":"By hand","key_group":")", group, R"(","code":"135792"})"));
  office.news();
  const std::string first = header + "7,Ben,Staff,,246813,,,yes,ben@example.org\r\n" +
                            "8,Cleo,Staff,,,0123456789ABCDEF,blue,,\r\n\r\n" +
                            "9,Dora,Staff,,48**,,,no,\r\n";
  CHECK(preview(office, first) == Lines{"2 add Ben", "3 add Cleo", "5 add Dora"});
  CHECK(office.untouched());
  CHECK(run(office, first, "2,4-5") == Lines{"2 add Ben done", "5 add Dora done"});
  CHECK(run(office, first) == Lines{"2 none Ben done (nothing to do)", "3 add Cleo done",
                                    "5 none Dora done (nothing to do)"});
  CHECK(office.book.holders().size() == 4);
  CHECK(office.store.on_disk().keys.holders.size() == 4);
  const Lines made = office.news();
  REQUIRE(made.size() == 3);
  CHECK(made[0].find(R"("name":"Ben","import":"7"})") != std::string::npos);

  const std::string second = header + "7,Benjamin,Staff,,246813,,,yes,ben@example.org\r\n" +
                             "8,,,,,,,,\r\n" + "99,,,,,,,,\r\n";
  CHECK(preview(office, second) == Lines{"2 change Benjamin", "3 delete Cleo", "4 none "});
  CHECK(run(office, second) ==
        Lines{"2 change Benjamin done", "3 delete Cleo done", "4 none  done (nothing to do)"});
  const Lines news = office.news();
  REQUIRE(news.size() == 2);
  CHECK(news[0].starts_with("holder_changed by user:anna"));
  CHECK(news[0].ends_with(R"("changed":[{"field":"name","old":"Ben","new":"Benjamin"}]})"));
  CHECK(news[1].starts_with("holder_removed by user:anna"));
  CHECK(office.book.holders().size() == 3);
  int by_hand = 0;
  for (const auto& [id, holder] : office.book.holders()) {
    if (holder.name != "By hand") continue;
    ++by_hand;
    CHECK(holder.revision == 1);
  }
  CHECK(by_hand == 1);
}

TEST_CASE("RES-52: every wrong cell is marked with the reason, and its row does nothing") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  office.news();
  struct Row {
    std::string row;
    std::string told;
  };
  const std::vector<Row> table{
      {"7,Ben,Staf,,246813,,,,",
       "2 add Ben; key_group: there is no key group 'Staf'; give the name of one that there is"},
      {"7,Ben,,,246813,,,,", "2 add Ben; key_group: is missing; give the name of a key group"},
      {"7,Ben,Staff,Days,246813,,,,",
       "2 add Ben; validity_group: there is no validity group 'Days'; give the name of one, or "
       "nothing for always"},
      {"7,Ben,Staff,,123,,,,",
       "2 add Ben; code: a code is 4 to 8 digits, with * for a random one (such as **12**), or "
       "empty for six random digits"},
      {"7,Ben,Staff,,,,,,", "2 add Ben; code: is missing, and there is no card; give one of them"},
      {"7,Ben,Staff,,1234,,blue,,",
       "2 add Ben; card: is missing, but there is a card_name; give its number"},
      {"7,,Staff,,1234,,,maybe,ben",
       "2 add ; name: the name has no text; give it 1 character or more; enabled: is 'maybe'; give "
       "yes or no; mail: 'ben' is no mail address; give one like anna@example.org"},
      {",Ben,Staff,,1234,,,,", "2 add Ben; id: is missing; give each holder an id of your own"},
      {"7,Ben,Staff,,1234", "2 none ; card: the row has 5 columns; the header has 9"},
      {"7,Ben,Staff,,1234,,,,\n7,Cleo,Staff,,1234,,,,",
       "2 add Ben; id: stands in row 3 too; give each holder an id of its own"},
  };
  for (const auto& row : table) {
    CAPTURE(row.row);
    CHECK(preview(office, header + row.row).front() == row.told);
    const auto told = run(office, header + row.row).front();
    CHECK(told.find(" not done (") != std::string::npos);
  }
  CHECK(office.untouched());
}

TEST_CASE("RES-52: a bad row does not take the others with it") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  CHECK(run(office,
            header + "7,Ben,Staff,,1357,,,,\n8,Cleo,Nobody,,1358,,,,\n9,Dora,Staff,,1359,,,,") ==
        Lines{"2 add Ben done",
              "3 add Cleo; key_group: there is no key group 'Nobody'; give the name of one that "
              "there is not done (key_group: there is no key group 'Nobody'; give the name of one "
              "that there is)",
              "4 add Dora done"});
  CHECK(office.book.holders().size() == 2);
}

TEST_CASE("RES-52: a disk that fails is told row by row, and nothing changes") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  office.news();
  office.store.set_disk(fakes::FakeStore::Disk::failing);
  CHECK(run(office, header + "7,Ben,Staff,,1357,,,,") ==
        Lines{"2 add Ben not done (the change could not be stored: the disk is full)"});
  CHECK(office.untouched());
}

TEST_CASE("RES-52: files that cannot be read at all") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  office.news();
  struct Row {
    std::string text;
    std::string told;
  };
  const std::vector<Row> table{
      {"", "invalid: the file is empty; row 1 names the columns "},
      {"id,name,validity_group,code,card,card_name,enabled,mail\n7,Ben,,1,,,,",
       "invalid: row 1: the column 'key_group' is missing; a file has the columns "},
      {"id,name,key_group,id\n",
       "invalid: row 1, column 4: 'id' is there twice; name each column "},
      {"id,name,group\n", "invalid: row 1, column 3: 'group' is no column; there are "},
      {header + "7,\"Ben,Staff", "invalid: row 2, column 2: the closing quote is missing"},
      {header + "7,Ben\"x,Staff", "invalid: row 2, column 2: a quote stands inside "},
      {header + "7,\xFF\xFE,Staff,,1234,,,,", "invalid: line 2 is neither UTF-8 nor Shift_JIS; "},
      {std::string(1024 * 1024 + 1, 'x'),
       "invalid: the file has 1048577 bytes; at most 1048576 are taken"},
  };
  for (const auto& row : table) {
    CAPTURE(row.told);
    const Lines lines = preview(office, row.text);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with(row.told));
    CHECK(run(office, row.text) == lines);
  }
  CHECK(preview(office, header + "7,\x8E\x52,Staff,,1234,,,,", Charset::utf8) ==
        Lines{"invalid: line 2 is not UTF-8; save the file as UTF-8, or say shift_jis if it is "
              "Shift_JIS"});
  CHECK(office.untouched());
  CHECK(refused(office.import.preview(viewer, header, Charset::automatic).error()) ==
        "forbidden: the role viewer may not change keys");
}

TEST_CASE("RES-52: UTF-8 with and without its mark, and Shift_JIS") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  const std::string rest = ",Staff,,1357,,,,";
  CHECK(preview(office, header + "7,山田" + rest) == Lines{"2 add 山田"});
  CHECK(preview(office, "\xEF\xBB\xBF" + header + "7,山田" + rest) == Lines{"2 add 山田"});
  const std::string shift_jis = "\x8E\x52\x93\x63";
  CHECK(preview(office, header + "7," + shift_jis + rest) == Lines{"2 add 山田"});
  CHECK(preview(office, header + "7," + shift_jis + rest, Charset::shift_jis) ==
        Lines{"2 add 山田"});
}

TEST_CASE("RES-52: which rows") {
  for (const std::string_view bad : {"", "0", "3-2", "a", "1,", ",1", "1-", "-1", "1;2"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(RowChoice::parse(bad));
  }
  const auto choice = RowChoice::parse("2,4-6");
  REQUIRE(choice);
  CHECK(choice->has(2));
  CHECK_FALSE(choice->has(3));
  CHECK(choice->has(6));
  CHECK_FALSE(choice->has(7));
  Office office;
  office.group("Staff", R"(["lock-101"])");
  CHECK(run(office, header + "7,Ben,Staff,,1357,,,,", "1") ==
        Lines{"invalid: 'rows' names no row of the file; the first is row 2"});
}

TEST_CASE("RES-52: the sample is a sound file") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  office.run(office.groups.create_validity_group(
      anna, object(R"({"name":"Weekdays","weekly":{"from":"9:00","to":"18:00"}})")));
  CHECK(preview(office, HolderImport::sample()) ==
        Lines{"2 add 山田 太郎", "3 add 佐藤 花子", "4 none "});
}

TEST_CASE("KEY-21: codes drawn in one import differ") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  std::string text = header;
  for (int i = 0; i < 11; ++i) text += cat(i + 1, ",Holder ", i, ",Staff,,482*,,,,\n");
  const Lines lines = run(office, text);
  CHECK(lines[9] == "11 add Holder 9 done");
  CHECK(lines[10].starts_with("12 add Holder 10 not done (code: the pattern leaves no free code"));
}

TEST_CASE("RES-52: each row of a long file is a holder of its own") {
  Office office;  // whose chance repeats after some 1,000 ids
  office.group("Staff", R"(["lock-101"])");
  std::string text = header;
  constexpr std::size_t count = 1500;
  for (std::size_t i = 0; i < count; ++i) {
    text += cat(i, ",Holder ", i, ",Staff,,", 10'000'000 + i, ",,,,\n");
  }
  const Lines lines = run(office, text);
  REQUIRE(lines.size() == count);
  CHECK(lines.back() == "1501 add Holder 1499 done");
  CHECK(office.book.holders().size() == count);
  CHECK(office.store.on_disk().keys.holders.size() == count);
  CHECK(office.applied == 4);  // the group, and three batches
  CHECK(office.changed == 2);
}
