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

TEST_CASE("link: refused requests are told soon, each once, with the last reason") {
  LinkReport link;
  REQUIRE(link.next(start, {}));
  LinkReport::Counts counts{.requests_refused = 3, .why_refused = "no response\ntopic"};
  CHECK_FALSE(link.next(start + 9s, counts));
  const auto told = link.next(start + 10s, counts);
  REQUIRE(told);
  CHECK(told->at("refused") == json::value({{"count", 3}, {"why", "no response?topic"}}));
  CHECK_FALSE(link.next(start + 20s, counts));
  const auto later = link.next(start + 70s, counts);
  REQUIRE(later);
  CHECK_FALSE(later->contains("refused"));

  // A report that did not get there is made good; one that did is not repeated for a new genkand.
  counts.requests_refused = 5;
  REQUIRE(link.next(start + 80s, counts));
  link.not_told();
  const auto again = link.next(start + 81s, counts);
  REQUIRE(again);
  CHECK(again->at("refused").at("count") == 2);
  link.resend();
  const auto anew = link.next(start + 82s, counts);
  REQUIRE(anew);
  CHECK_FALSE(anew->contains("refused"));
}

TEST_CASE("link: a reason from outside is bounded and printable") {
  LinkReport link;
  link.away(std::string("a\nb") + std::string(1000, 'c'));
  const std::string why(link.next(start, {})->at("why").as_string());
  CHECK(why.size() < 310);
  CHECK(why.starts_with("a?b"));
}

}  // namespace genkan::agent
