#include "cloud-agent/agent/answers.hpp"

#include <set>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {
constexpr SteadyTime start{1h};

mqtt::Inbound request(std::string correlation, std::string payload) {
  mqtt::Inbound message;
  message.response_topic = "cloud/answers";
  message.correlation = std::move(correlation);
  message.payload = std::move(payload);
  message.user_properties = {{"method", "POST"}, {"path", "/v1/devices/a/commands"}};
  return message;
}
}  // namespace

TEST_CASE("answers: a name tells requests apart by everything they say") {
  std::set<std::string> names;
  names.insert(Answers::name_of(request("1", "lock")));
  names.insert(Answers::name_of(request("1l", "ock")));
  names.insert(Answers::name_of(request("2", "lock")));
  auto other = request("1", "lock");
  other.response_topic = "cloud/other";
  names.insert(Answers::name_of(other));
  other = request("1", "lock");
  other.user_properties[1].second = "/v1/devices/b/commands";
  names.insert(Answers::name_of(other));
  CHECK(names.size() == 5);
  CHECK(Answers::name_of(request("1", "lock")) == Answers::name_of(request("1", "lock")));
  CHECK(Answers::name_of(request("", "lock")).empty());
}

TEST_CASE("answers: a second delivery finds the first, while it runs and for two minutes") {
  Answers answers;
  CHECK_FALSE(answers.find("a", start));
  answers.begin("a", start);
  auto known = answers.find("a", start);
  REQUIRE(known);
  CHECK_FALSE(known->answer);
  answers.finish("a", Answer{200, "done"});
  known = answers.find("a", start + Answers::lifetime - 1ms);
  REQUIRE(known);
  REQUIRE(known->answer);
  CHECK(known->answer->body == "done");
  CHECK_FALSE(answers.find("a", start + Answers::lifetime));
}

TEST_CASE("answers: what was not carried out may be asked again") {
  Answers answers;
  answers.begin("a", start);
  answers.forget("a");
  CHECK_FALSE(answers.find("a", start));
}

TEST_CASE("answers: bounded in number and in bytes, the oldest give way") {
  Answers answers;
  for (std::size_t i = 0; i <= Answers::most; ++i) answers.begin(cat(i), start);
  CHECK_FALSE(answers.find("0", start));
  CHECK(answers.find("1", start));
  CHECK(answers.find(cat(Answers::most), start));

  Answers large;
  const std::string body(64 * 1024, 'x');
  for (int i = 0; i < 17; ++i) {
    large.begin(cat(i), start);
    large.finish(cat(i), Answer{200, body});
  }
  CHECK_FALSE(large.find("0", start));
  CHECK(large.find("16", start));
}

TEST_CASE("answers: a request without correlation data is never taken for a repetition") {
  Answers answers;
  const std::string name = Answers::name_of(request("", "lock"));
  answers.begin(name, start);
  answers.finish(name, Answer{200, "done"});
  CHECK_FALSE(answers.find(name, start));
}

}  // namespace genkan::agent
