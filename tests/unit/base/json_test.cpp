#include "firmware/base/json.hpp"

#include <doctest/doctest.h>

using namespace genkan;

TEST_CASE("JSON: what is wrong is told with its place") {
  const auto message = [](std::string_view text) { return parse_json(text, 64).error().message(); };
  CHECK(message(R"({"a":1} x)") == "not JSON at byte 9: text behind the value");
  CHECK(message("{\"a\":").starts_with("not JSON at byte 6: "));
  CHECK(message(std::string(65, ' ')) == "the JSON has 65 bytes; at most 64 are taken");
  CHECK_FALSE(parse_json(std::string(20, '['), 64));
  CHECK(parse_json(R"({"a":[1,2]})", 64));
}

TEST_CASE("JSON reader: all mistakes of an object in one sentence") {
  const auto value = parse_json(R"({"command":7,"part":300,"comand":"lock"})", 1000);
  JsonReader reader(value->get_object(), "the request");
  reader.text("command");
  reader.optional_integer("part", 1, 255);
  reader.text("id");
  const auto finished = reader.finish();
  REQUIRE_FALSE(finished);
  CHECK(finished.error().message() ==
        "the request: 'command' must be text, not a number; 'part' must be a whole number from 1 "
        "to 255; 'id' is missing (text); 'comand' is not known; known are command, part or id");
}

TEST_CASE("JSON reader: optional values that are absent are no mistake") {
  const json::object object{{"name", "x"}};
  JsonReader reader(object, "it");
  CHECK(reader.text("name") == "x");
  CHECK_FALSE(reader.optional_flag("flag"));
  CHECK_FALSE(reader.optional_integer("count", 0, 9));
  CHECK(reader.optional_object("args") == nullptr);
  CHECK(reader.finish());
}

TEST_CASE("parse_unambiguous_json: no object has a member twice, however it is written") {
  CHECK(parse_unambiguous_json(R"({"a":1,"b":{"a":":"},"c":["\":{}",{"a":"\\"}]})", 256));
  for (const std::string_view text :
       {R"({"a":1,"a":1})", R"({"b":{"a":1,"\u0061":2}})", R"([{"a":{},"b":2,"a":3}])"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_unambiguous_json(text, 256));
  }
  CHECK_FALSE(parse_unambiguous_json("{", 256));
}
