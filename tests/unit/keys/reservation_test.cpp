#include "firmware/domain/reservations/reservation.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::domain;

namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("RES-3: names that may be, and what is wrong with the others") {
  const auto here = Origin::here;
  struct Case {
    std::string name;
    Origin origin;
    std::string fault;  // empty: none
  };
  const Case cases[] = {
      {"Tanaka", here, ""},
      {"田中 様", here, ""},
      {times(64, "a"), here, ""},
      {times(64, "あ"), here, ""},
      {times(65, "a"), here, "the name has 65 characters; at most 64 may stand"},
      {times(65, "あ"), here, "the name has 65 characters; at most 64 may stand"},
      {times(85, "a"), Origin::calendar, ""},
      {times(85, "あ"), Origin::booking, ""},
      {times(86, "a"), Origin::calendar, "the name has 86 characters; at most 85 may stand"},
      {times(9, "🔑"), here, ""},
      {times(9, "𠮷") + times(55, "b"), here, ""},
      {"key " + times(10, "🔑"), here,
       "character 14 of the name, '🔑', is number 10 of those of four bytes (emoji and rare "
       "characters); at most 9 of them may stand in a name"},
      {times(10, "🔑"), Origin::booking,
       "character 10 of the name, '🔑', is number 10 of those of four bytes (emoji and rare "
       "characters); at most 9 of them may stand in a name"},
      {"", here, "the name has no text; give it 1 character or more"},
      {" \xE3\x80\x80 ", here, "the name has no text; give it 1 character or more"},
      {"a\tb", here, "character 2 of the name is a control character; use visible text"},
      {"部屋\n", here, "character 3 of the name is a control character; use visible text"},
      {std::string("a\0b", 3), here,
       "character 2 of the name is a control character; use visible text"},
      {"\x7F", here, "character 1 of the name is a control character; use visible text"},
      {"a\xC2\x85", here, "character 2 of the name is a control character; use visible text"},
      {"a\xE2\x80\xA8", here, "character 2 of the name is a control character; use visible text"},
      {"a\xFF", here, "the name is not UTF-8; send it as UTF-8 text"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(reservation_name_fault(c.name, c.origin) == c.fault);
  }
}

TEST_CASE("RES-6: kinds of keys: their names, and which have a code or a link") {
  struct Case {
    KeyKind kind;
    std::string_view name;
    bool code, link;
  };
  const Case cases[] = {{KeyKind::link, "link", false, true},
                        {KeyKind::code, "code", true, false},
                        {KeyKind::person, "person", false, true},
                        {KeyKind::code_and_link, "code_and_link", true, true},
                        {KeyKind::software_code, "software_code", false, false},
                        {KeyKind::card_only, "card_only", false, false}};
  for (const auto& c : cases) {
    CHECK(name_of(c.kind) == c.name);
    CHECK(key_kind_named(c.name) == c.kind);
    CHECK(has_code(c.kind) == c.code);
    CHECK(has_link(c.kind) == c.link);
  }
  CHECK(!key_kind_named("Link"));
  CHECK(!key_kind_named(""));
}

TEST_CASE("RES-8: where a reservation came from has a name") {
  for (const auto origin : {Origin::here, Origin::calendar, Origin::booking}) {
    CHECK(origin_named(name_of(origin)) == origin);
  }
  CHECK(!origin_named("elsewhere"));
}
