// Signed requests, trust, claim and the line to the cloud, over fakes.
#include "firmware/services/cloud/cloud.hpp"

#include <doctest/doctest.h>

#include "tests/unit/envelopes.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;
using domain::Scope;
using genkan::services::GatewayPolicy;
using genkan::services::RouteNeeds;
using genkan::services::SignedAnswer;
using genkan::services::SignedDesk;
using genkan::test::command_claims;
using genkan::test::Enrolling;
using genkan::test::Signer;
using Lines = std::vector<std::string>;

namespace asio = boost::asio;

namespace {

const domain::Caller agent{domain::Role::cloud, "cloud"};

// What the API's routes would say of a command.
RouteNeeds look(const domain::InnerRequest& inner) {
  RouteNeeds needs;
  if (inner.method == "GET") return needs;
  needs.right = domain::Right::command;
  needs.changes = true;
  needs.device = DeviceId("lock-101");
  if (inner.body) needs.command = std::string(inner.body->at("command").as_string());
  return needs;
}

json::value value(std::string_view text) { return json::value(text); }

// As the API carries one: checked, run, settled.
asio::awaitable<SignedAnswer> carry(House* house, std::string jws) {
  auto& desk = house->gateway->cloud().desk();
  auto admission = co_await desk.admit(agent, std::move(jws), look);
  if (!admission) co_return SignedAnswer{503, admission.error().message()};
  if (auto* known = std::get_if<SignedAnswer>(&*admission)) co_return std::move(*known);
  auto admitted = std::get<SignedDesk::Admitted>(std::move(*admission));
  SignedAnswer answer{200, "{}"};
  if (admitted.request.body) {
    const auto command =
        domain::command_named(std::string(admitted.request.body->at("command").as_string()));
    const auto done = co_await house->gateway->command(admitted.caller, DeviceId("lock-101"),
                                                       {*command}, std::chrono::seconds(10));
    answer = done ? SignedAnswer{200, json::serialize(to_json(*done))}
                  : SignedAnswer{403, done.error().message()};
  }
  co_await desk.settle(std::move(admitted), answer.status, answer.body);
  co_return answer;
}

std::string code_of(const SignedAnswer& answer) {
  const auto body = parse_json(answer.body, 100'000);
  if (!body || !body->is_object() || !body->get_object().contains("error")) return answer.body;
  return std::string(body->at("error").at("code").as_string());
}

ports::Memory trusting(const std::vector<domain::TrustKey>& keys) {
  auto memory = House::first_memory();
  memory.cloud.trust_keys = keys;
  memory.cloud.journal_id = "j-12345678";
  return memory;
}

struct Cloudy {
  explicit Cloudy(GatewayPolicy policy = {})
      : house(std::move(policy), trusting({signer.trusted(), reader.trusted()})) {
    house.fleet->report("lock-101", {{{domain::Field::bolt}, 0}, {{domain::Field::door}, 0}});
    house.news();
  }

  SignedAnswer send(const json::object& claims) { return send_text(signer.sign(claims)); }
  SignedAnswer send_text(const std::string& jws) { return house.run(carry(&house, jws)); }
  json::object lock(std::string_view jti) {
    return command_claims(jti, house.clock.wall(), "lock-101", "lock");
  }
  // The key that the gateway tells on site.
  P256Public receiver() {
    const auto told = house.gateway->cloud().claim().identity();
    return P256Public::from_jwk(told.at("receiver").as_object()).value();
  }
  json::object sealed(const json::object& claims) {
    return genkan::test::sealed(claims, receiver(), signer.kid());
  }
  // Switches off as kill -9 does; the ledger's rows stay on disk.
  void kill() {
    auto ledger = house.store->ledger();
    house.restart(House::Off::killed);
    house.store->set_ledger(std::move(ledger));
  }

  Signer signer{"k1", {Scope::read, Scope::command}};
  Signer reader{"k2", {Scope::read}};
  House house;
};

// One try of: while a signature of k1 waits to be checked, k1 is removed.
struct Race {
  static constexpr int before_it = 5;
  int checked = 0;       // of those that wait before it
  bool in_time = false;  // k1 was gone before the last of them was checked
  std::optional<SignedAnswer> answer;

  static asio::awaitable<void> witness(Race* race, House* house, std::string jws) {
    const auto answered = co_await carry(house, std::move(jws));
    CHECK(answered.status == 200);
    ++race->checked;
  }
  static asio::awaitable<void> ask(Race* race, House* house, std::string jws) {
    auto answered = co_await carry(house, std::move(jws));
    race->answer = std::move(answered);
  }
  // `other`: another key has the id then.
  static asio::awaitable<void> remove(Race* race, House* house, bool other) {
    auto& trust = house->gateway->cloud().trust();
    const auto removed = co_await trust.remove(installer, "k1");
    CHECK(removed);
    if (other) {
      const Signer another("k1", {Scope::command});
      const auto added = co_await trust.add(installer, another.entry());
      CHECK(added);
    }
    race->in_time = race->checked < before_it;
  }
};

}  // namespace

TEST_CASE("REM-4: a signed command moves the bolt once, and is told as the one who asked") {
  Cloudy cloud;
  const auto claims = cloud.lock("11111111");
  const auto answer = cloud.send(claims);
  CHECK(answer.status == 200);
  CHECK(parse_json(answer.body, 10'000)->at("verdict") == "done");
  CHECK(cloud.house.fleet->executed() == Lines{"lock-101 lock"});
  CHECK(cloud.house.news() ==
        Lines{R"(locked lock-101 by cloud:anna {"how":"remote","request":1,"signed_by":"k1"})"});
  const auto row = cloud.house.store->ledger().at("11111111");
  CHECK(row.state == domain::LedgerState::answered);
  CHECK(row.answer == answer.body);
  CHECK(row.command == "lock");

  SUBCASE("the same again: the recorded answer, nothing moves") {
    const auto again = cloud.send(claims);
    CHECK(again.body == answer.body);
    CHECK(cloud.house.fleet->executed().size() == 1);
    CHECK(cloud.house.news() ==
          Lines{R"(request_repeated by cloud {"kid":"k1","jti":"11111111","sub":"anna",)"
                R"("method":"POST","path":"/v1/devices/lock-101/commands"})"});
  }
  SUBCASE("the same after it expired") {
    cloud.house.clock.pass(31s);
    CHECK(cloud.send(claims).body == answer.body);
  }
  SUBCASE("the same after a restart") {
    cloud.kill();
    CHECK(cloud.send(claims).body == answer.body);
    CHECK(cloud.house.fleet->executed().empty());
  }
  SUBCASE("another request with the same id") {
    auto other = claims;
    other["sub"] = "ben";
    CHECK(code_of(cloud.send(other)) == "already_used");
    cloud.kill();
    CHECK(code_of(cloud.send(other)) == "already_used");
    CHECK(cloud.house.fleet->executed().empty());
  }
  SUBCASE("after the ledger has forgotten it, also when the clock went back") {
    cloud.house.clock.pass(std::chrono::hours(25));
    cloud.house.gateway->tick();
    cloud.house.settle();
    CHECK(cloud.house.store->ledger().empty());
    CHECK(code_of(cloud.send(claims)) == "expired");
    cloud.house.clock.jump(-std::chrono::hours(25));
    CHECK(code_of(cloud.send(claims)) == "expired");
    cloud.kill();
    CHECK(code_of(cloud.send(claims)) == "expired");
    CHECK(cloud.house.fleet->executed().empty());
  }
}

TEST_CASE("REM-4: what is refused moves nothing, has its reason, and is in the journal") {
  struct Case {
    std::string_view reason;
    int status;
    std::string (*make)(Cloudy& cloud);
  };
  const Case cases[] = {
      {"malformed", 400, [](Cloudy&) { return std::string("no.jws"); }},
      {"malformed", 400, [](Cloudy& cloud) { return cloud.signer.sign({{"jti", "11111111"}}); }},
      {"unknown_key", 401,
       [](Cloudy& cloud) { return Signer("k9", {Scope::command}).sign(cloud.lock("11111111")); }},
      {"bad_signature", 401,
       [](Cloudy& cloud) { return Signer("k1", {Scope::command}).sign(cloud.lock("11111111")); }},
      {"wrong_gateway", 403,
       [](Cloudy& cloud) {
         auto claims = cloud.lock("11111111");
         claims["aud"] = "gw-2";
         return cloud.signer.sign(claims);
       }},
      {"not_allowed", 403, [](Cloudy& cloud) { return cloud.reader.sign(cloud.lock("11111111")); }},
      {"expired", 403,
       [](Cloudy& cloud) {
         const auto claims = cloud.lock("11111111");
         cloud.house.clock.pass(30s);
         return cloud.signer.sign(claims);
       }},
      {"issued_in_future", 403,
       [](Cloudy& cloud) {
         return cloud.signer.sign(
             command_claims("11111111", cloud.house.clock.wall() + 31s, "lock-101", "lock"));
       }},
      {"lives_too_long", 403,
       [](Cloudy& cloud) {
         auto claims = cloud.lock("11111111");
         claims["exp"] = claims["iat"].as_int64() + 61;
         return cloud.signer.sign(claims);
       }},
      {"clock_untrusted", 403,
       [](Cloudy& cloud) {
         cloud.house.clock.trust(ClockTrust::untrusted);
         return cloud.signer.sign(cloud.lock("11111111"));
       }},
  };
  for (const auto& c : cases) {
    CAPTURE(c.reason);
    Cloudy cloud;
    const auto answer = cloud.send_text(c.make(cloud));
    CHECK(answer.status == c.status);
    CHECK(code_of(answer) == c.reason);
    CHECK(cloud.house.fleet->executed().empty());
    CHECK(cloud.house.store->ledger().empty());
    const auto news = cloud.house.news();
    REQUIRE(news.size() == 1);
    CHECK(news[0].starts_with(cat("request_refused by cloud {\"reason\":\"", c.reason, "\"")));
  }
}

TEST_CASE("REM-4: a sealed command is carried out as any other, once, over a restart") {
  Cloudy cloud;
  const auto claims = cloud.sealed(cloud.lock("11111111"));
  CHECK_FALSE(claims.at("req").as_object().contains("body"));
  const auto answer = cloud.send(claims);
  CHECK(answer.status == 200);
  CHECK(cloud.house.fleet->executed() == Lines{"lock-101 lock"});
  CHECK(cloud.house.store->ledger().at("11111111").command == "lock");
  const auto receiver = cloud.receiver();
  cloud.kill();
  CHECK(cloud.receiver() == receiver);
  CHECK(cloud.send(claims).body == answer.body);
  CHECK(cloud.house.fleet->executed().empty());
}

TEST_CASE(
    "REM-4: what was not sealed for this envelope and this gateway is refused, and not told") {
  const auto secret = json::object{{"command", "lock"}, {"code", "482913"}};
  struct Case {
    std::string_view reason;
    int status;
    std::string (*make)(Cloudy& cloud, json::object claims);
  };
  const Case cases[] = {
      {"sealed_for_another", 403,
       [](Cloudy& cloud, json::object claims) {
         const auto other = P256Key::make().public_key();
         return cloud.signer.sign(genkan::test::sealed(std::move(claims), other, "k1"));
       }},
      // Before it is opened.
      {"wrong_gateway", 403,
       [](Cloudy& cloud, json::object claims) {
         const auto other = P256Key::make().public_key();
         claims["aud"] = "gw-2";
         return cloud.signer.sign(genkan::test::sealed(std::move(claims), other, "k1"));
       }},
      {"malformed", 400,
       [](Cloudy& cloud, json::object claims) {
         auto spoiled = cloud.sealed(claims);
         auto& text = spoiled.at("req").at("sealed").as_string();
         text[text.rfind('.') + 1] = text[text.rfind('.') + 1] == 'A' ? 'B' : 'A';
         return cloud.signer.sign(spoiled);
       }},
      {"malformed", 400,
       [](Cloudy& cloud, json::object claims) {
         claims["req"].as_object()["sealed"] = "482913";
         claims["req"].as_object().erase("body");
         return cloud.signer.sign(claims);
       }},
      // Lifted out of one envelope into another: of the same signer, of another one.
      {"malformed", 400,
       [](Cloudy& cloud, json::object claims) {
         auto lifted = cloud.sealed(claims);
         lifted["jti"] = "22222222";
         return cloud.signer.sign(lifted);
       }},
      {"malformed", 400,
       [](Cloudy& cloud, json::object claims) { return cloud.reader.sign(cloud.sealed(claims)); }},
  };
  for (const auto& c : cases) {
    CAPTURE(c.reason);
    Cloudy cloud;
    auto claims = cloud.lock("11111111");
    claims["req"].as_object()["body"] = secret;
    const auto answer = cloud.send_text(c.make(cloud, claims));
    CHECK(answer.status == c.status);
    CHECK(code_of(answer) == c.reason);
    CHECK(answer.body.find("482913") == std::string::npos);
    CHECK(cloud.house.fleet->executed().empty());
    CHECK(cloud.house.store->ledger().empty());
    const auto news = cloud.house.news();
    REQUIRE(news.size() == 1);
    CHECK(news[0].starts_with(cat("request_refused by cloud {\"reason\":\"", c.reason, "\"")));
    CHECK(news[0].find("482913") == std::string::npos);
  }
}

TEST_CASE("REM-4: a key may do with a sealed command what it may do with one in clear") {
  Cloudy cloud;
  const auto disarm = command_claims("11111111", cloud.house.clock.wall(), "lock-101", "lock");
  const auto by_reader = genkan::test::sealed(disarm, cloud.receiver(), cloud.reader.kid());
  CHECK(code_of(cloud.send_text(cloud.reader.sign(by_reader))) == "not_allowed");
  auto long_lived = cloud.lock("22222222");
  long_lived["exp"] = long_lived["iat"].as_int64() + 61;
  CHECK(code_of(cloud.send(cloud.sealed(long_lived))) == "lives_too_long");
  CHECK(cloud.house.fleet->executed().empty());
}

TEST_CASE("REM-4: the row is on disk before the bolt moves; without a disk nothing moves") {
  Cloudy cloud;
  bool there = false;
  cloud.house.fleet->on_execute([&](const DeviceId&, const domain::DeviceCommand&) {
    there = cloud.house.store->ledger().contains("11111111");
    return domain::Outcome{domain::Verdict::done, domain::Reason::none, "", {}};
  });
  CHECK(cloud.send(cloud.lock("11111111")).status == 200);
  CHECK(there);
  cloud.house.store->set_disk(fakes::FakeStore::Disk::failing);
  const auto refused = cloud.send(cloud.lock("22222222"));
  CHECK(refused.status == 503);
  CHECK(cloud.house.fleet->executed().size() == 1);
  // Once there is a disk again, the same request is carried out: it never was.
  cloud.house.store->set_disk(fakes::FakeStore::Disk::working);
  CHECK(cloud.send(cloud.lock("22222222")).status == 200);
  CHECK(cloud.house.fleet->executed().size() == 2);
}

TEST_CASE("REM-4: a key that is removed while its signature is checked does not count") {
  for (const bool other : {false, true}) {
    CAPTURE(other);
    bool met = false;
    // The thread may be faster than the loop; then nothing was tried.
    for (int tries = 0; tries < 50 && !met; ++tries) {
      Cloudy cloud;
      House* house = &cloud.house;
      Race race;
      for (int i = 0; i < Race::before_it; ++i) {
        const auto question =
            test::claims(cat("witness-", i), house->clock.wall(), "GET", "/v1/status");
        asio::co_spawn(house->loop, Race::witness(&race, house, cloud.reader.sign(question)),
                       asio::detached);
      }
      asio::co_spawn(house->loop,
                     Race::ask(&race, house, cloud.signer.sign(cloud.lock("11111111"))),
                     asio::detached);
      asio::co_spawn(house->loop, Race::remove(&race, house, other), asio::detached);
      const auto deadline = Steady::now() + 10s;
      while (!race.answer && Steady::now() < deadline) {
        house->loop.restart();
        house->loop.run_one_for(50ms);
      }
      REQUIRE(race.answer);
      met = race.in_time;
      if (!met) continue;
      CHECK(code_of(*race.answer) == "unknown_key");
      CHECK(house->fleet->executed().empty());
      CHECK(house->store->ledger().empty());
    }
    CHECK(met);
  }
}

TEST_CASE("REM-4: what was under way at a power cut is unknown, read back, and never run again") {
  Cloudy cloud;
  const auto claims = cloud.lock("11111111");
  cloud.house.fleet->hold_back();
  std::optional<SignedAnswer> never;
  cloud.house.begin(carry(&cloud.house, cloud.signer.sign(claims)), &never);
  const auto deadline = Steady::now() + 10s;
  while (cloud.house.store->ledger().empty() && Steady::now() < deadline) {
    cloud.house.loop.restart();
    cloud.house.loop.run_one_for(50ms);
  }
  REQUIRE(cloud.house.store->ledger().contains("11111111"));
  CHECK_FALSE(never);
  auto ledger = cloud.house.store->ledger();
  ports::Memory memory = cloud.house.store->on_disk();
  REQUIRE(memory.cloud.under_way.size() == 1);

  House after({}, memory);
  after.store->set_ledger(ledger);
  after.fleet->report("lock-101", {{{domain::Field::bolt}, 1}, {{domain::Field::door}, 0}});
  const auto again = after.run(carry(&after, cloud.signer.sign(claims)));
  CHECK(again.status == 200);
  const auto body = *parse_json(again.body, 10'000);
  CHECK(body.at("verdict") == "unknown_outcome");
  CHECK(body.at("state").at("bolt") == "locked");
  CHECK(after.fleet->executed().empty());
  CHECK(after.store->ledger().at("11111111").state == domain::LedgerState::unknown);
  CHECK(after.store->on_disk().cloud.under_way.empty());
  bool told = false;
  for (const auto& line : after.news()) {
    told = told || (line.starts_with("command_failed lock-101 by cloud:anna") &&
                    line.contains(R"("verdict":"unknown_outcome")") &&
                    line.contains(R"("signed_by":"k1")"));
  }
  CHECK(told);
}

TEST_CASE("REM-4: the same twice at once runs once, and both have the answer") {
  Cloudy cloud;
  const auto jws = cloud.signer.sign(cloud.lock("11111111"));
  cloud.house.fleet->hold_back();
  std::optional<SignedAnswer> first;
  std::optional<SignedAnswer> second;
  cloud.house.begin(carry(&cloud.house, jws), &first);
  cloud.house.begin(carry(&cloud.house, jws), &second);
  const auto deadline = Steady::now() + 10s;
  while (cloud.house.store->ledger().empty() && Steady::now() < deadline) {
    cloud.house.loop.restart();
    cloud.house.loop.run_one_for(50ms);
  }
  // The second finds the first in hand.
  for (int i = 0; i < 4; ++i) {
    cloud.house.loop.restart();
    cloud.house.loop.run_for(20ms);
  }
  CHECK_FALSE(second);
  cloud.house.fleet->let_go();
  while ((!first || !second) && Steady::now() < deadline) {
    cloud.house.loop.restart();
    cloud.house.loop.run_one_for(50ms);
  }
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->body == second->body);
  CHECK(cloud.house.fleet->executed().size() == 1);
}

TEST_CASE("REM-4: questions run again on repetition and leave no row") {
  Cloudy cloud;
  const auto claims = test::claims("11111111", cloud.house.clock.wall(), "GET", "/v1/status");
  CHECK(cloud.send(claims).status == 200);
  CHECK(cloud.send(claims).status == 200);
  CHECK(cloud.house.store->ledger().empty());
}

TEST_CASE("HIS-3: a page of the journal names its journal, as the status does") {
  Cloudy cloud;
  const auto page = cloud.house.run(cloud.house.gateway->journal({}, 0ms));
  REQUIRE(page);
  CHECK(to_json(*page).at("journal") == "j-12345678");
  CHECK(cloud.house.gateway->status_json().at("journal").at("id") == "j-12345678");
}

TEST_CASE("REM-4: a sender that asks too much is refused; a repetition costs nothing") {
  Cloudy cloud;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(cloud.send(cloud.lock(cat("command-", i))).status == 200);
  }
  CHECK(cloud.send(cloud.lock("command-1")).status == 200);
  CHECK(code_of(cloud.send(cloud.lock("one-more"))) == "too_many");
  auto other = cloud.lock("of-another");
  other["sub"] = "ben";
  CHECK(cloud.send(other).status == 200);
  cloud.house.clock.pass(1s);
  CHECK(cloud.send(cloud.lock("one-more")).status == 200);
}

TEST_CASE("REM-4: past 20 refusals a minute, one record tells of the rest") {
  Cloudy cloud;
  for (int i = 0; i < 30; ++i) cloud.send_text("no.jws");
  CHECK(cloud.house.news().size() == 20);
  cloud.house.pass(61s);
  Lines sums;
  for (const auto& line : cloud.house.news()) {
    if (line.starts_with("request_refused")) sums.push_back(line);
  }
  CHECK(sums ==
        Lines{R"(request_refused {"reason":"several","count":10,"reasons":{"malformed":10}})"});
}

TEST_CASE("REM-4: the cloud may command unsigned what the settings name, one by one") {
  GatewayPolicy policy;
  policy.allowed_unsigned = {{DeviceId("lock-101"), domain::Command::lock}};
  Cloudy cloud(policy);
  auto& gateway = *cloud.house.gateway;
  const auto order = [&](const char* device, domain::Command command) {
    return cloud.house.run(gateway.command(agent, DeviceId(device), {command}, 1s)).has_value();
  };
  CHECK(order("lock-101", domain::Command::lock));
  CHECK_FALSE(order("lock-101", domain::Command::unlock));
  CHECK_FALSE(order("lamp", domain::Command::on));
}

TEST_CASE("REM-4: every record of what a signed request did names the key that signed") {
  const domain::Caller by_key{
      domain::Role::cloud,
      "cloud:anna",
      domain::Scopes().with(Scope::trust).with(Scope::site).with(Scope::command),
      {},
      "k1"};
  Cloudy cloud;
  auto& gateway = *cloud.house.gateway;
  const Signer next("next", {Scope::trust});
  REQUIRE(cloud.house.run(gateway.cloud().trust().add(by_key, next.entry())));
  const auto site =
      cloud.house.run(gateway.site_import(by_key, gateway.site_export() + "\n", false));
  REQUIRE(site);
  auto text = gateway.site_export();
  const auto name = text.find("Sakura Court");
  REQUIRE(name != std::string::npos);
  text.replace(name, 6, "Tsubaki");
  REQUIRE(cloud.house.run(gateway.site_import(by_key, text, false)));
  REQUIRE(
      cloud.house.run(gateway.command(by_key, DeviceId("lamp"), {domain::Command::unlock}, 1s)));
  const auto news = cloud.house.news();
  REQUIRE(news.size() == 3);
  for (const auto& line : news) {
    CAPTURE(line);
    CHECK(line.contains(" by cloud:anna {"));
    CHECK(line.ends_with(R"(,"signed_by":"k1"})"));
  }
}

TEST_CASE("REM-4: a register is written raw for a signed request only until it expires") {
  Cloudy cloud;
  auto& house = cloud.house;
  const auto write = [&](const domain::Caller& caller, const char* bus, std::uint8_t unit) {
    ports::RegisterQuestion question;
    question.unit = unit;
    question.write = {7};
    return house.run(house.gateway->ask(caller, BusId(bus), std::move(question)));
  };
  domain::Caller by_key{domain::Role::cloud, "cloud:anna", domain::Scopes().with(Scope::site),
                        house.clock.steady() + 5s, "k1"};
  REQUIRE(write(by_key, "line-a", 1));
  CHECK(house.fleet->asked()->until == by_key.until);
  const auto news = house.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].starts_with("command_done by cloud:anna {\"command\":\"write_register\""));
  CHECK(news[0].ends_with(R"("signed_by":"k1"})"));
  house.clock.pass(5s);
  CHECK_FALSE(write(by_key, "line-a", 1));
  CHECK(house.news().at(0).starts_with("command_failed by cloud:anna "));
  REQUIRE(write(installer, "line-a", 1));
  CHECK_FALSE(house.fleet->asked()->until);
}

TEST_CASE("SEC-8: a panel's registers are not written from afar unless it may be disarmed so") {
  const domain::Caller by_key{domain::Role::cloud, "cloud:anna",
                              domain::Scopes().with(Scope::site)};
  for (const bool allowed : {false, true}) {
    CAPTURE(allowed);
    GatewayPolicy policy;
    policy.remote_disarm = allowed;
    Cloudy cloud(policy);
    const auto ask = [&](const domain::Caller& caller, const char* bus, bool writes) {
      ports::RegisterQuestion question;  // of unit 1: the panel on tcp-1, a lock on line-a
      if (writes) question.write = {7};
      auto& house = cloud.house;
      return house.run(house.gateway->ask(caller, BusId(bus), std::move(question))).has_value();
    };
    CHECK(ask(by_key, "tcp-1", true) == allowed);
    CHECK(ask(by_key, "tcp-1", false));
    CHECK(ask(by_key, "line-a", true));
    CHECK(ask(installer, "tcp-1", true));
  }
}

TEST_CASE("REM-4: trust is changed by installers and by keys of scope trust") {
  Cloudy cloud;
  auto& trust = cloud.house.gateway->cloud().trust();
  const Signer owner("owner", {Scope::trust});
  const Signer other("owner", {Scope::trust});
  CHECK_FALSE(cloud.house.run(trust.add(agent, owner.entry())));
  CHECK_FALSE(cloud.house.run(trust.add(anna, owner.entry())));
  REQUIRE(cloud.house.run(trust.add(installer, owner.entry())));
  CHECK(cloud.house.news() ==
        Lines{R"(trust_key_added by user:ines )"
              R"({"kid":"owner","name":"Example cloud","scopes":["trust"]})"});
  const auto conflict = cloud.house.run(trust.add(installer, other.entry()));
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code() == ErrorCode::conflict);

  const domain::Caller signed_by_owner{
      domain::Role::cloud, "cloud:anna", domain::Scopes().with(Scope::trust), {}};
  const auto last = cloud.house.run(trust.remove(signed_by_owner, "owner"));
  REQUIRE_FALSE(last);
  CHECK(last.error().code() == ErrorCode::conflict);
  REQUIRE(cloud.house.run(trust.remove(signed_by_owner, "k1")));
  CHECK(code_of(cloud.send(cloud.lock("11111111"))) == "unknown_key");
  REQUIRE(cloud.house.run(trust.remove(installer, "owner")));
  CHECK(cloud.house.run(trust.remove(installer, "owner")).error().code() == ErrorCode::unknown);
  cloud.house.restart();
  CHECK(cloud.house.gateway->cloud().trust().list().at("keys").as_array().size() == 1);
}

TEST_CASE("API-3: while the gateway is claimed, its owner alone trusts keys of scope trust") {
  Cloudy cloud;
  const Enrolling authority(cloud.house.clock.wall());
  const Signer owner("owner", {Scope::trust});
  auto& parts = cloud.house.gateway->cloud();
  auto& trust = parts.trust();
  REQUIRE(cloud.house.run(parts.claim().set_identity(agent, {{"csr", authority.csr}})));
  REQUIRE(cloud.house.run(parts.claim().claim(installer, authority.file({owner.entry()}))));
  const auto adds = [&](const domain::Caller& caller, const Signer& key) {
    const auto added = cloud.house.run(trust.add(caller, key.entry()));
    if (!added) CHECK(added.error().code() == ErrorCode::forbidden);
    return added.has_value();
  };
  const domain::Caller administrator{domain::Role::administrator, "user:root"};
  const auto signed_with = [](Scope scope) {
    return domain::Caller{domain::Role::cloud, "cloud:anna", domain::Scopes().with(scope), {}};
  };
  CHECK_FALSE(adds(installer, Signer("thief", {Scope::trust})));
  CHECK_FALSE(adds(installer, Signer("thief", {Scope::read, Scope::trust})));
  CHECK_FALSE(adds(signed_with(Scope::site), Signer("thief", {Scope::trust})));
  CHECK_FALSE(adds(agent, Signer("thief", {Scope::trust})));
  CHECK(adds(installer, Signer("helper", {Scope::read, Scope::command})));
  CHECK(adds(administrator, Signer("second", {Scope::trust})));
  CHECK(adds(signed_with(Scope::trust), Signer("third", {Scope::trust})));
  auto raised = cloud.signer.entry();
  raised["scopes"] = json::array{"command", "trust"};
  CHECK_FALSE(cloud.house.run(trust.add(installer, raised)));
  REQUIRE(cloud.house.run(parts.claim().release(administrator)));
  CHECK(adds(installer, Signer("first", {Scope::trust})));
}

TEST_CASE("SITE-1: claim, renewal, release") {
  Cloudy cloud;
  const Enrolling authority(cloud.house.clock.wall());
  const Signer owner("owner", {Scope::trust, Scope::command});
  auto& office = cloud.house.gateway->cloud().claim();
  const auto take = [&](const json::object& file) {
    return cloud.house.run(office.claim(installer, file));
  };
  CHECK(office.identity().at("csr").is_null());
  const auto early = take(authority.file({owner.entry()}));
  REQUIRE_FALSE(early);
  CHECK(early.error().message().find("the agent has not told its key") != std::string::npos);
  CHECK_FALSE(cloud.house.run(office.set_identity(installer, {{"csr", authority.csr}})));
  REQUIRE(cloud.house.run(office.set_identity(agent, {{"csr", authority.csr}})));
  CHECK(office.identity().at("csr") == value(authority.csr));

  CHECK(cloud.house.run(office.claim(agent, authority.file({}))).error().code() ==
        ErrorCode::forbidden);
  const auto taken = take(authority.file({owner.entry()}));
  REQUIRE(taken);
  CHECK(taken->at("contract") == "SPID-1");
  CHECK(taken->at("certificate_ends") ==
        value(format_time(cloud.house.clock.wall() + std::chrono::days(365))));
  cloud.house.restart();
  auto& again = cloud.house.gateway->cloud();
  REQUIRE(again.claim().get());
  CHECK(again.trust().list().at("keys").as_array().size() == 3);
  CHECK(cloud.house.gateway->status_json().at("cloud").at("contract") == "SPID-1");

  const domain::Caller administrator{domain::Role::administrator, "user:root"};
  const auto consent = [&](std::string_view contract) {
    const auto at = std::chrono::floor<std::chrono::seconds>(cloud.house.clock.wall())
                        .time_since_epoch()
                        .count();
    return owner.sign({{"aud", "gw-1"},
                       {"iat", at},
                       {"exp", at + 3600},
                       {"jti", "consent-1"},
                       {"release", contract}});
  };

  SUBCASE("the same contract again renews all of it") {
    REQUIRE(cloud.house.run(again.claim().claim(installer, authority.file({owner.entry()}))));
    const Signer next("next", {Scope::trust});
    REQUIRE(cloud.house.run(again.claim().claim(administrator, authority.file({next.entry()}))));
    // That of the first file is gone; those that were added by hand stay.
    CHECK(again.trust().list().at("keys").as_array().size() == 3);
    CHECK(code_of(cloud.send_text(owner.sign(cloud.lock("11111111")))) == "unknown_key");
  }
  SUBCASE("API-3: it does not bring whoever speaks for the owner, save with his consent") {
    for (const auto* kid : {"next", "owner", "k2"}) {
      CAPTURE(kid);
      auto file = authority.file({Signer(kid, {Scope::trust}).entry()});
      const auto refused = cloud.house.run(again.claim().claim(installer, file));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code() == ErrorCode::conflict);
      CHECK(refused.error().message().contains(kid));
    }
    auto file = authority.file({Signer("next", {Scope::trust}).entry()});
    file["consent"] = consent("SPID-1");
    CHECK(cloud.house.run(again.claim().claim(installer, file)));
  }
  SUBCASE("another contract needs the owner's consent") {
    auto file = authority.file({}, "SPID-2");
    const auto refused = cloud.house.run(again.claim().claim(installer, file));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::conflict);
    file["consent"] = consent("SPID-1");
    const auto now_other = cloud.house.run(again.claim().claim(installer, file));
    REQUIRE(now_other);
    CHECK(now_other->at("contract") == "SPID-2");
    CHECK(again.trust().list().at("keys").as_array().empty());
    // Back at the first contract, which has the same key: that consent was used.
    REQUIRE(cloud.house.run(again.claim().release(administrator)));
    cloud.house.clock.pass(60s);
    REQUIRE(cloud.house.run(again.claim().claim(installer, authority.file({owner.entry()}))));
    const auto twice = cloud.house.run(again.claim().claim(installer, file));
    REQUIRE_FALSE(twice);
    CHECK(twice.error().message().contains("before the present contract began"));
  }
  SUBCASE("renewal of the certificate over the line") {
    const domain::Caller by_owner{
        domain::Role::cloud, "cloud:anna", domain::Scopes().with(Scope::trust), {}};
    const auto longer = authority.certificate(std::chrono::days(700));
    const auto renewed = cloud.house.run(again.claim().renew(by_owner, {{"certificate", longer}}));
    REQUIRE(renewed);
    CHECK(renewed->at("certificate") == value(longer));
    const auto foreign =
        authority.certificate_for(P256Key::make().public_key(), std::chrono::days(700));
    CHECK_FALSE(cloud.house.run(again.claim().renew(by_owner, {{"certificate", foreign}})));
    CHECK_FALSE(cloud.house.run(again.claim().renew(agent, {{"certificate", longer}})));
  }
  SUBCASE("release forgets the keys, too") {
    CHECK_FALSE(cloud.house.run(again.claim().release(installer)));
    REQUIRE(cloud.house.run(again.claim().release(administrator)));
    CHECK(again.claim().get().error().code() == ErrorCode::unknown);
    CHECK(again.trust().list().at("keys").as_array().empty());
    CHECK(code_of(cloud.send(cloud.lock("11111111"))) == "unknown_key");
  }
}

TEST_CASE("TRB-1: certificate and line are troubles in time, and never keep a door from working") {
  Cloudy cloud;
  const Enrolling authority(cloud.house.clock.wall());
  auto& parts = cloud.house.gateway->cloud();
  REQUIRE(cloud.house.run(parts.claim().set_identity(agent, {{"csr", authority.csr}})));
  auto file = authority.file({});
  file["certificate"] = authority.certificate(std::chrono::days(31));
  REQUIRE(cloud.house.run(parts.claim().claim(installer, file)));
  const auto report = [&](bool connected) {
    return parts.link().report(agent, {{"connected", connected}, {"why", "refused"}}).has_value();
  };
  CHECK(report(true));
  cloud.house.pass(20s);
  CHECK(cloud.house.standing().empty());
  CHECK(report(false));
  cloud.house.pass(590s);
  CHECK(cloud.house.standing().empty());
  cloud.house.pass(30s);
  CHECK(cloud.house.standing() == Lines{"cloud_away"});
  CHECK(report(true));
  cloud.house.pass(20s);
  CHECK(cloud.house.standing().empty());
  CHECK(parts.link().connected());
  cloud.house.pass(150s);
  CHECK_FALSE(parts.link().connected());  // the agent is silent
  CHECK(report(true));
  cloud.house.clock.pass(std::chrono::hours(24));
  CHECK(report(true));
  cloud.house.pass(20s);
  CHECK(cloud.house.standing() == Lines{"certificate_ending"});
  cloud.house.clock.pass(std::chrono::hours(24 * 30));
  CHECK(report(true));
  cloud.house.pass(20s);
  CHECK(cloud.house.standing() == Lines{"certificate_ended"});
  CHECK(cloud.house.command("lock-101", domain::Command::lock).outcome.verdict ==
        domain::Verdict::done);
}

TEST_CASE("TRB-1: the agent's report is read strictly") {
  Cloudy cloud;
  auto& link = cloud.house.gateway->cloud().link();
  CHECK_FALSE(link.report(anna, {{"connected", true}}));
  CHECK_FALSE(link.report(agent, {}));
  CHECK_FALSE(link.report(agent, {{"connected", 1}}));
  CHECK_FALSE(link.report(agent, {{"connected", true}, {"counts", {{"A", 1}}}}));
  CHECK_FALSE(link.report(agent, {{"connected", true}, {"counts", {{"a", -1}}}}));
  CHECK_FALSE(link.report(agent, {{"connected", true}, {"since", "now"}}));
  CHECK(link.report(agent, {{"connected", true}, {"counts", {{"reconnects_total", 3}}}}));
  CHECK(link.counts().at("reconnects_total") == 3);
  CHECK_FALSE(link.report(agent, {{"connected", true}, {"refused", {{"count", 1}}}}));
  CHECK_FALSE(link.report(agent, {{"connected", true}, {"refused", {{"count", 0}, {"why", "x"}}}}));
}

TEST_CASE("REM-4: what the agent did not pass on is in the journal, as one record in 10 s") {
  Cloudy cloud;
  auto& link = cloud.house.gateway->cloud().link();
  cloud.house.pass(20s);
  cloud.house.news();
  const auto report = [&](int count, const char* why) {
    return link.report(agent, {{"connected", true}, {"refused", {{"count", count}, {"why", why}}}});
  };
  REQUIRE(report(2, "retained"));
  REQUIRE(report(1, "no response\ntopic"));
  cloud.house.pass(10s);
  const Lines told{R"(request_refused by cloud {"reason":"not_passed_on","count":3,)"
                   R"("detail":"no response?topic"})"};
  CHECK(cloud.house.news() == told);
  REQUIRE(link.report(agent, {{"connected", true}}));
  cloud.house.pass(20s);
  CHECK(cloud.house.news().empty());
}
