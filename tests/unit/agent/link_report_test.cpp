#include "cloud-agent/agent/link_report.hpp"

#include <doctest/doctest.h>

namespace genkan::agent {

namespace {
constexpr SteadyTime start{1h};
}

TEST_CASE("link: each change at once, the counts once a minute, all again when genkand forgot") {
  LinkReport link;
  link.away("the gateway is not claimed yet");
  const auto first = link.next(start, {});
  REQUIRE(first);
  CHECK(first->at("connected") == false);
  CHECK(first->at("why") == "the gateway is not claimed yet");
  CHECK_FALSE(link.next(start + 59s, {}));
  CHECK(link.next(start + 60s, {}));

  link.connected();
  const auto online = link.next(start + 61s, {.records_sent = 7});
  REQUIRE(online);
  CHECK(online->at("connected") == true);
  CHECK(online->at("why") == "");
  CHECK(online->at("counts").at("records_sent") == 7);
  CHECK(online->at("counts").at("connects") == 1);
  CHECK_FALSE(link.next(start + 62s, {.records_sent = 8}));
  CHECK(link.next(start + 121s, {.records_sent = 8}));

  link.away("ended");
  CHECK(link.next(start + 122s, {}));
  link.away("another reason");
  CHECK(link.next(start + 122s, {}));
  link.resend();
  CHECK(link.next(start + 122s, {}));
}

TEST_CASE("link: a reason from outside is bounded and printable") {
  LinkReport link;
  link.away(std::string("a\nb") + std::string(1000, 'c'));
  const std::string why(link.next(start, {})->at("why").as_string());
  CHECK(why.size() < 310);
  CHECK(why.starts_with("a?b"));
}

}  // namespace genkan::agent
