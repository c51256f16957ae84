#include "firmware/api/routes.hpp"

#include <set>

#include <doctest/doctest.h>

#include "firmware/api/openapi.hpp"
#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace

TEST_CASE("API-4: the description has every route, and no other") {
  const auto document = parse_json(openapi_document(), 1'000'000);
  REQUIRE(document);
  const auto& paths = document->at("paths").as_object();
  std::set<std::string> described;
  for (const auto& path : paths) {
    for (const auto& method : path.value().as_object()) {
      described.insert(cat(std::string_view(method.key()), " ", std::string_view(path.key())));
    }
  }
  std::set<std::string> offered;
  for (const auto& route : all_routes())
    offered.insert(cat(lower(route.method), " ", route.pattern));
  CHECK(offered == described);
}

TEST_CASE("API-4: the description says which right each route needs, and its content type") {
  const auto document = parse_json(openapi_document(), 1'000'000);
  REQUIRE(document);
  for (const auto& route : all_routes()) {
    CAPTURE(std::string(route.pattern));
    const auto& operation =
        document->at("paths").at(route.pattern).at(lower(route.method)).as_object();
    const auto right = domain::name_of(route.right);
    CHECK(operation.at("x-right") == json::value(json::string_view(right.data(), right.size())));
    CHECK(operation.contains("requestBody") == (route.body != Body::none));
    if (route.body == Body::none) continue;
    const auto media = route.body == Body::toml   ? "application/toml"
                       : route.body == Body::csv  ? "text/csv"
                       : route.body == Body::jose ? "application/jose"
                                                  : "application/json";
    CHECK(operation.at("requestBody").at("content").as_object().contains(media));
  }
}

TEST_CASE("API: the description has the answers that any request can get") {
  const auto document = parse_json(openapi_document(), 1'000'000);
  REQUIRE(document);
  for (const auto& route : all_routes()) {
    CAPTURE(std::string(route.pattern));
    const auto& responses =
        document->at("paths").at(route.pattern).at(lower(route.method)).at("responses").as_object();
    for (const auto* status : {"200", "400", "403", "408", "413", "417", "500", "503"}) {
      CHECK_MESSAGE(responses.contains(status), status);
    }
    CHECK(responses.contains("415") == (route.body != Body::none));
  }
}

TEST_CASE("API: every reference in the description leads somewhere") {
  const auto text = openapi_document();
  const auto document = parse_json(text, 1'000'000);
  REQUIRE(document);
  std::size_t found = 0;
  for (auto at = text.find("\"#/"); at != std::string::npos; at = text.find("\"#/", at + 1)) {
    const auto pointer = text.substr(at + 2, text.find('"', at + 1) - at - 2);
    boost::system::error_code error;
    CHECK_MESSAGE(document->find_pointer(pointer, error) != nullptr, pointer);
    ++found;
  }
  CHECK(found > 50);
}

TEST_CASE("API: a path finds its route, its arguments, or the methods that are right") {
  struct Case {
    std::string_view method;
    std::vector<std::string> path;
    std::string_view pattern;  // empty: none
    std::vector<std::string> arguments;
    std::string_view allow;
  };
  const std::vector<Case> cases{
      {"GET", {"v1", "devices"}, "/v1/devices", {}, ""},
      {"GET", {"v1", "devices", "lock-101"}, "/v1/devices/{id}", {"lock-101"}, ""},
      {"POST", {"v1", "devices", "a", "commands"}, "/v1/devices/{id}/commands", {"a"}, ""},
      {"PUT", {"v1", "readers", "agent"}, "/v1/readers/{name}", {"agent"}, ""},
      {"DELETE", {"v1", "site"}, "", {}, "GET, PUT"},
      {"POST", {"v1", "reservations", "preview"}, "/v1/reservations/preview", {}, ""},
      {"GET", {"v1", "reservations", "r-1"}, "/v1/reservations/{id}", {"r-1"}, ""},
      {"GET", {"v1", "holders", "sample.csv"}, "/v1/holders/sample.csv", {}, ""},
      {"PATCH", {"v1", "reservations", "r-1"}, "", {}, "GET, PUT, DELETE"},
      {"PUT", {"v1", "devices", "a", "commands"}, "", {}, "POST"},
      {"GET", {"v1"}, "", {}, ""},
      {"GET", {}, "", {}, ""},
      {"GET", {"v1", "devices", ""}, "/v1/devices/{id}", {""}, ""},
      {"GET", {"v1", "devices", "a", "b"}, "", {}, ""},
      {"get", {"v1", "status"}, "", {}, "GET"},
  };
  for (const auto& one : cases) {
    const auto match = find_route(all_routes(), one.method, one.path);
    CHECK((match.route == nullptr ? "" : match.route->pattern) == one.pattern);
    CHECK(match.arguments == one.arguments);
    CHECK(match.allow == one.allow);
  }
}

TEST_CASE("API: a target is an absolute path, decoded, within bounds") {
  const auto target = parse_target("/v1/devices/a%2Db?x=1&y=a%20b");
  REQUIRE(target);
  CHECK(target->path == std::vector<std::string>{"v1", "devices", "a-b"});
  REQUIRE(target->query.size() == 2);
  CHECK(target->query[1].value == "a b");
  CHECK(!parse_target("v1"));
  CHECK(!parse_target("http://x/v1"));
  CHECK(!parse_target("*"));
  CHECK(!parse_target("/%zz"));
  CHECK(!parse_target(""));
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "/a";
  CHECK(!parse_target(deep));
  std::string wide = "/?";
  for (int i = 0; i < 33; ++i) wide += "a=1&";
  CHECK(!parse_target(wide));
}

}  // namespace genkan::api::testing
