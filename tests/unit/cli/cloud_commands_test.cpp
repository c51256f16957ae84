// The commands claim, identity and trust, against canned answers.
#include <doctest/doctest.h>

#include "firmware/base/p256.hpp"
#include "tests/unit/cli/canned.hpp"

namespace genkan::cli::test {

namespace {

constexpr auto claim_answer =
    R"({"contract":"SPID-1","cloud":"Example cloud","broker":{"uri":"ssl://b.example:8883"},
        "ca":"","certificate":"","since":"2026-11-20T09:00:00.000Z",
        "certificate_ends":"2027-11-20T09:00:00.000Z"})";
// The key of RFC 7517 A.1.
constexpr auto trust_answer =
    R"({"keys":[{"kid":"k1","key":{"kty":"EC","crv":"P-256",
        "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},"name":"Example cloud",
        "scopes":["read","command"],"added":"2026-11-20T09:00:00.000Z","added_by":"claim"}]})";
constexpr auto thumbprint_line = "\n  thumbprint cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s\n";

}  // namespace

TEST_CASE("SITE-1: genkan claim FILE takes the file, and tells each mistake on a line") {
  CannedApi api;
  api.answer("PUT /v1/claim", claim_answer);
  api.answer("GET /v1/trust", trust_answer);
  const auto said = api.type({"claim", "-"}, R"({"genkan":"enrolment 1"})");
  CHECK(said.end == Exit::done);
  CHECK(said.body_of("PUT /v1/claim").at("genkan") == "enrolment 1");
  CHECK(said.out.starts_with("The gateway belongs to contract SPID-1 now.\n"));
  CHECK(said.out.find("ssl://b.example:8883") != std::string::npos);
  CHECK(said.out.find(thumbprint_line) != std::string::npos);
  api.refuse("GET /v1/trust", 503, "busy");
  CHECK(api.type({"claim", "-"}, R"({"genkan":"enrolment 1"})").end == Exit::done);

  api.refuse("PUT /v1/claim", 400, "'gateway' is gw-2, this gateway is gw-1; 'ca': no PEM block");
  const auto refused = api.type({"claim", "-"}, "{}");
  CHECK(refused.end == Exit::failed);
  CHECK(refused.out.empty());
  CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 2);
  CHECK(api.type({"claim", "-"}, "[]").end == Exit::usage);
  CHECK(api.type({"claim", "-"}, R"({"a":1,"a":2})").asked.empty());
}

TEST_CASE("SITE-1: genkan claim show and release") {
  CannedApi api;
  api.answer("GET /v1/claim", claim_answer);
  api.answer("GET /v1/trust", trust_answer);
  api.answer("DELETE /v1/claim", R"({"released":"SPID-1"})");
  CHECK(api.type({"claim", "show"}).out == api.type({"claim"}).out);
  CHECK(api.type({"claim", "show"}).out.starts_with("contract     SPID-1\n"));
  CHECK(api.type({"claim", "show"}).out.ends_with(thumbprint_line));
  const auto careful = api.type({"claim", "release"});
  CHECK(careful.end == Exit::usage);
  CHECK(careful.asked.empty());
  CHECK(api.type({"claim", "release", "--yes"}).out ==
        "The gateway no longer belongs to contract SPID-1.\n");
}

TEST_CASE("SITE-1: genkan identity prints the request as it is, and the key that clouds seal for") {
  CannedApi api;
  api.answer("GET /v1/identity",
             R"({"csr":"-----BEGIN CERTIFICATE REQUEST-----\nAA==\n","gateway":"gw-1"})");
  CHECK(api.type({"identity"}).out == "-----BEGIN CERTIFICATE REQUEST-----\nAA==\n");
  const auto receiver = P256Key::make().public_key();
  api.answer("GET /v1/identity", json::serialize(json::object{{"csr", "a request\n"},
                                                              {"receiver", receiver.to_jwk()}}));
  CHECK(api.type({"identity"}).out == "a request\n" + receiver.to_pem());
  api.answer("GET /v1/identity", R"({"csr":null,"gateway":"gw-1"})");
  CHECK(api.type({"identity"}).end == Exit::failed);
}

TEST_CASE("REM-4: genkan trust lists, adds and removes keys") {
  CannedApi api;
  api.answer("GET /v1/trust", R"({"keys":[]})");
  CHECK(api.type({"trust"}).out == "No key is trusted: no signed request is carried out.\n");
  const auto key = R"({"kid":"k1","key":{},"name":"Example cloud","scopes":["read","command"],
      "added":"2026-11-20T09:00:00.000Z","added_by":"claim"})";
  api.answer("GET /v1/trust", std::string(R"({"keys":[)") + key + "]}");
  CHECK(api.type({"trust", "list"}).out.ends_with("\n  thumbprint (cannot be read)\n"));
  api.answer("GET /v1/trust", trust_answer);
  const auto list = api.type({"trust", "list"}).out;
  CHECK(list.starts_with("k1  Example cloud  read, command  by claim 2026-11-20 "));
  CHECK(list.ends_with(thumbprint_line));
  api.answer("POST /v1/trust/keys", key);
  const auto added = api.type({"trust", "add", "-"}, R"({"kid":"k1"})");
  CHECK(added.out == "The key k1 is trusted now: read, command.\n");
  CHECK(added.body_of("POST /v1/trust/keys").at("kid") == "k1");
  api.answer("DELETE /v1/trust/keys/k1", R"({"keys":[]})");
  CHECK(api.type({"trust", "remove", "k1"}).out == "The key k1 is not trusted any more.\n");
  CHECK(api.type({"trust", "remove", "k2"}).end == Exit::unknown);
}

}  // namespace genkan::cli::test
