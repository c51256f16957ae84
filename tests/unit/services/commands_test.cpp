#include <map>

#include <doctest/doctest.h>

#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;
using domain::Command;
using domain::Field;
using domain::Reason;
using domain::Verdict;
using genkan::services::CommandAnswer;
using genkan::services::GatewayPolicy;
using Lines = std::vector<std::string>;

namespace {

// A house whose lock-101 is unlocked and shut, with nothing to read in the journal.
void prepare(House& house) {
  house.fleet->report("lock-101", {{{Field::bolt}, 0}, {{Field::door}, 0}});
  house.fleet->report("lamp", {{{Field::output}, 0}});
  house.fleet->report("lobby-door", {{{Field::output}, 0}});
  house.news();
}

fakes::FakeFleet::Act end_as(Verdict verdict, Reason reason, std::string detail = "") {
  return [=](const DeviceId&, const domain::DeviceCommand&) {
    return domain::Outcome{verdict, reason, detail, {}};
  };
}

}  // namespace

TEST_CASE("HIS-2: one request is one record, whichever comes first, its end or its trace") {
  using When = fakes::FakeFleet::Report;
  for (const When when : {When::before_the_end, When::after_the_end, When::never}) {
    CAPTURE(static_cast<int>(when));
    House house;
    prepare(house);
    house.fleet->set_report(when);
    const CommandAnswer answer = house.command("lock-101", Command::lock);
    CHECK(answer.outcome.verdict == Verdict::done);
    CHECK(answer.message == "Door 101 is locked");
    CHECK(house.news() == Lines{R"(locked lock-101 by user:anna {"how":"remote","request":1})"});
    REQUIRE(answer.seq);
    CHECK(*answer.seq == house.store->head());
    // A reading of the same afterwards tells nothing again.
    house.fleet->report("lock-101", Field::bolt, domain::Bolt::locked);
    house.pass(20s);
    CHECK(house.news().empty());
  }
}

TEST_CASE("HIS-2: what a request found so already is done, and says so") {
  House house;
  prepare(house);
  const CommandAnswer answer = house.command("lock-101", Command::unlock);
  CHECK(answer.outcome.verdict == Verdict::done);
  CHECK(house.news() == Lines{R"(command_done lock-101 by user:anna )"
                              R"({"command":"unlock","already":true,"took_ms":0,"request":1})"});
}

TEST_CASE("DEV-10: what failed is one record with the reason") {
  struct Row {
    Verdict verdict;
    Reason reason;
    std::string detail;
    std::string record;
  };
  const Row table[] = {
      {Verdict::failed, Reason::door_open, "",
       R"(command_failed lock-101 by user:anna {"command":"lock","verdict":"failed",)"
       R"("reason":"door_open","took_ms":0,"request":1})"},
      {Verdict::unknown_outcome, Reason::line_down, "",
       R"(command_failed lock-101 by user:anna {"command":"lock","verdict":"unknown_outcome",)"
       R"("reason":"line_down","took_ms":0,"request":1})"},
      {Verdict::expired, Reason::none, "",
       R"(command_refused lock-101 by user:anna {"command":"lock","verdict":"expired",)"
       R"("reason":"none","took_ms":0,"request":1})"},
      {Verdict::refused, Reason::busy, "8 wait",
       R"(command_refused lock-101 by user:anna {"command":"lock","verdict":"refused",)"
       R"("reason":"busy","detail":"8 wait","took_ms":0,"request":1})"},
  };
  for (const auto& row : table) {
    CAPTURE(row.record);
    House house;
    prepare(house);
    house.fleet->on_execute(end_as(row.verdict, row.reason, row.detail));
    const CommandAnswer answer = house.command("lock-101", Command::lock);
    CHECK(answer.outcome.verdict == row.verdict);
    CHECK(answer.outcome.reason == row.reason);
    CHECK(house.news() == Lines{row.record});
    CHECK(answer.seq == house.store->head());
  }
}

TEST_CASE("HIS-2: a bolt that arrives after the command gave up is still the caller's") {
  House house;
  prepare(house);
  house.fleet->on_execute(end_as(Verdict::failed, Reason::no_answer));
  house.command("lock-101", Command::lock);
  house.news();
  house.pass(3s);
  house.fleet->report("lock-101", Field::bolt, domain::Bolt::locked);
  CHECK(house.news() == Lines{R"(locked lock-101 by user:anna {"how":"remote","request":1})"});
}

TEST_CASE("HIS-2: long after a command nothing is its doing any more") {
  House house;
  prepare(house);
  house.fleet->on_execute(end_as(Verdict::failed, Reason::no_answer));
  house.command("lock-101", Command::lock);
  house.news();
  house.pass(12s);
  house.fleet->report("lock-101", Field::bolt, domain::Bolt::locked);
  CHECK(house.news() == Lines{"locked lock-101"});
}

TEST_CASE("HIS-2: a refused command never explains a change") {
  House house;
  prepare(house);
  house.fleet->on_execute(end_as(Verdict::refused, Reason::busy));
  house.command("lock-101", Command::lock);
  house.news();
  house.fleet->report("lock-101", Field::bolt, domain::Bolt::locked);
  CHECK(house.news() == Lines{"locked lock-101"});
}

TEST_CASE("HIS-2: an opening that leaves its trace later, or none, is one record") {
  for (const bool trace : {true, false}) {
    CAPTURE(trace);
    House house;
    prepare(house);
    house.fleet->on_execute(end_as(Verdict::done, Reason::none));  // the echo alone
    const CommandAnswer answer = house.command("lobby-door", Command::open);
    CHECK(house.news() == Lines{R"(opened lobby-door by user:anna )"
                                R"({"how":"remote","took_ms":0,"request":1})"});
    CHECK(answer.seq == house.store->head());
    if (trace) {
      house.fleet->report("lobby-door", Field::output, domain::Output::on);
      house.fleet->report("lobby-door", Field::output, domain::Output::off);
    }
    CHECK(house.news().empty());
    house.fleet->report("lobby-door", Field::output, domain::Output::off);
    house.pass(12s);
    house.fleet->report("lobby-door", Field::output, domain::Output::on);
    CHECK(house.news() == Lines{"opened lobby-door"});
  }
}

TEST_CASE("HIS-2: a light that only echoes is on when its command is done, and told once") {
  House house;
  prepare(house);
  house.fleet->on_execute([](const DeviceId&, const domain::DeviceCommand&) {
    domain::Outcome outcome{Verdict::done, Reason::none, {}, {}};
    outcome.state.set({Field::output}, 0);  // as read before the write
    return outcome;
  });
  house.command("lamp", Command::on);
  house.fleet->report("lamp", Field::output, domain::Output::on);
  CHECK(house.news() == Lines{R"(switched_on lamp by user:anna {"how":"remote","request":1})"});
}

TEST_CASE("HIS-2: the trace of a request under way is the caller's before the command ends") {
  House house;
  prepare(house);
  house.fleet->hold_back();
  std::optional<Result<CommandAnswer>> answer;
  house.begin(house.asked("lock-101", Command::lock, "cloud:resident-101"), &answer);
  CHECK(!answer);
  house.fleet->report("lock-101", Field::bolt, domain::Bolt::locked);
  CHECK(house.news() ==
        Lines{R"(locked lock-101 by cloud:resident-101 {"how":"remote","request":1})"});
  house.fleet->let_go();
  house.settle();
  REQUIRE(answer);
  REQUIRE(*answer);
  CHECK((*answer)->seq == house.store->head());
  CHECK(house.news().empty());
}

TEST_CASE("HIS-3: an answer waits for its record, but not for ever") {
  GatewayPolicy policy;
  policy.record_wait = std::chrono::milliseconds(5);
  House house(policy);
  prepare(house);
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  const CommandAnswer answer = house.command("lock-101", Command::lock);
  CHECK(answer.outcome.verdict == Verdict::done);  // a door never waits for a disk
  CHECK(!answer.seq);
  CHECK(json::serialize(services::to_json(answer)).find(R"("seq":null)") != std::string::npos);
  house.store->set_disk(fakes::FakeStore::Disk::working);
  CHECK(house.news() == Lines{R"(locked lock-101 by user:anna {"how":"remote","request":1})"});
}

TEST_CASE("HIS-3: an answer with a number is given only after the record is on disk") {
  House house;
  prepare(house);
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  std::optional<Result<CommandAnswer>> answer;
  house.begin(house.asked("lock-101", Command::lock), &answer);
  CHECK(!answer);
  CHECK(house.fleet->executed() == Lines{"lock-101 lock"});
  house.store->set_disk(fakes::FakeStore::Disk::working);
  house.settle();
  REQUIRE(answer);
  REQUIRE(*answer);
  CHECK((*answer)->seq == house.store->head());
}

TEST_CASE("REM-4: what is no command moves nothing and says what is wrong") {
  struct Row {
    const char* device;
    domain::DeviceCommand command;
    domain::Caller caller;
    ErrorCode code;
    std::string message;
  };
  using domain::Role;
  const domain::Caller ann{Role::operator_, "user:anna"};
  const Row table[] = {
      {"attic", {Command::lock}, ann, ErrorCode::unknown, "there is no device 'attic'"},
      {"lock-101", {Command::lock, 2}, ann, ErrorCode::invalid, "'lock' takes no part"},
      {"boxes",
       {Command::release_compartment},
       ann,
       ErrorCode::invalid,
       "'release_compartment' needs a part, from 1"},
      {"lock-101",
       {Command::lock},
       {Role::viewer, "user:vera"},
       ErrorCode::forbidden,
       "the role viewer may not command devices"},
      {"lock-101",
       {Command::unlock},
       {Role::cloud, "cloud"},
       ErrorCode::forbidden,
       "commands from the cloud must be signed; unsigned ones are refused here"},
      {"panel", {Command::disarm}, ann, ErrorCode::forbidden, "the role operator may not disarm"},
      {"lock-101",
       {Command::unlock},
       {Role::resident, "user:r"},
       ErrorCode::forbidden,
       "residents' accounts have no rooms yet"},
  };
  for (const auto& row : table) {
    CAPTURE(row.message);
    House house;
    prepare(house);
    const auto answer =
        house.run(house.gateway->command(row.caller, DeviceId(row.device), row.command, 1s));
    REQUIRE(!answer);
    CHECK(answer.error().code() == row.code);
    CHECK(answer.error().message() == row.message);
    CHECK(house.fleet->executed().empty());
    const Lines news = house.news();
    if (row.code == ErrorCode::forbidden) {
      REQUIRE(news.size() == 1);
      CHECK(news[0].starts_with("command_refused "));
      CHECK(news[0].find(R"("reason":"not_allowed")") != std::string::npos);
    } else {
      CHECK(news.empty());
    }
  }
}

TEST_CASE("REM-4: a stranger cannot push the building's history out of the journal") {
  House house;
  prepare(house);
  const domain::Caller stranger{domain::Role::viewer, "user:x"};
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(
        house.run(house.gateway->command(stranger, DeviceId("lock-101"), {Command::lock}, 1s)));
  }
  CHECK(house.news().size() == 60);
  house.pass(61s);
  static_cast<void>(
      house.run(house.gateway->command(stranger, DeviceId("lock-101"), {Command::lock}, 1s)));
  CHECK(house.news().size() == 1);
}

TEST_CASE("REM-4: the cloud may command where the settings allow it unsigned") {
  GatewayPolicy policy;
  policy.unsigned_commands = true;
  House house(policy);
  prepare(house);
  const auto answer = house.run(house.gateway->command({domain::Role::cloud, "cloud:resident-101"},
                                                       DeviceId("lock-101"), {Command::lock}, 1s));
  REQUIRE(answer);
  CHECK(answer->outcome.verdict == Verdict::done);
}

TEST_CASE("DEV-10: a command that the model lacks is refused") {
  House house;
  prepare(house);
  house.fleet->offer("lobby-door", {Command::open});
  const auto answer = house.command("lobby-door", Command::hold_open);
  CHECK(answer.outcome.verdict == Verdict::refused);
  CHECK(answer.outcome.reason == Reason::unknown_command);
  CHECK(answer.message ==
        "Lobby door is not held open: this device has no such command "
        "(model jema-door has no 'hold_open')");
  CHECK(house.fleet->executed().empty());
}

TEST_CASE("DEV-10: an expired command moves nothing") {
  House house;
  prepare(house);
  house.fleet->hold_back();
  std::optional<Result<CommandAnswer>> answer;
  house.begin(house.asked("lock-101", Command::lock), &answer);
  house.clock.pass(11s);
  house.fleet->let_go();
  house.settle();
  REQUIRE(answer);
  REQUIRE(*answer);
  CHECK((*answer)->outcome.verdict == Verdict::expired);
  CHECK(house.fleet->executed().empty());
}

TEST_CASE("TRB-1: a command that is not accepted is a trouble until one is") {
  House house;
  prepare(house);
  house.fleet->on_execute(end_as(Verdict::failed, Reason::rejected, "exception 4"));
  house.command("lock-101", Command::lock);
  CHECK(house.standing() == Lines{"command_not_accepted lock-101"});
  house.command("lock-101", Command::lock);
  CHECK(house.news().size() == 3);  // two failures, one trouble
  house.fleet->on_execute({});
  house.command("lock-101", Command::lock);
  CHECK(house.standing().empty());
}

TEST_CASE("DEV-10: while the gateway stops, commands are refused") {
  House house;
  prepare(house);
  std::optional<bool> stopped;
  const auto stop = [](services::Gateway* gateway) -> boost::asio::awaitable<bool> {
    co_await gateway->stop();
    co_return true;
  };
  house.begin(stop(house.gateway.get()), &stopped);
  CHECK(stopped);
  CHECK(house.news() == Lines{"stopped"});
  const auto answer = house.command("lock-101", Command::lock);
  CHECK(answer.outcome.reason == Reason::stopping);
  CHECK(house.fleet->executed().empty());
}

TEST_CASE("HIS-3: a command under way when the gateway stops is recorded before the stop") {
  House house;
  prepare(house);
  house.fleet->hold_back();
  std::optional<Result<CommandAnswer>> answer;
  house.begin(house.asked("lock-101", Command::lock), &answer);
  std::optional<bool> stopped;
  const auto stop = [](services::Gateway* gateway) -> boost::asio::awaitable<bool> {
    co_await gateway->stop();
    co_return true;
  };
  house.begin(stop(house.gateway.get()), &stopped);
  CHECK(!stopped);
  house.fleet->let_go();
  house.settle();
  CHECK(stopped);
  CHECK(house.news() ==
        Lines{R"(locked lock-101 by user:anna {"how":"remote","request":1})", "stopped"});
}

TEST_CASE("REM-4: each device tells what the cloud may command unsigned, and that alone is done") {
  const domain::Caller cloud{domain::Role::cloud, "cloud:home"};
  GatewayPolicy policy;
  policy.remote_disarm = true;
  policy.allowed_unsigned = {{DeviceId("lamp"), Command::on},
                             {DeviceId("lamp"), Command::unlock},  // a lamp has none
                             {DeviceId("panel"), Command::disarm}};
  const std::vector<std::pair<bool, std::map<std::string, json::array>>> cases{
      {false, {{"lamp", {"on"}}, {"lock-101", {}}, {"panel", {}}}},
      {true,
       {{"lamp", {"on", "off"}},
        {"lock-101", {"lock", "unlock"}},
        {"panel", {"arm_away", "arm_home"}}}}};
  for (const auto& [all, told] : cases) {
    CAPTURE(all);
    policy.unsigned_commands = all;
    House house(policy);
    prepare(house);
    for (const auto& [id, commands] : told) {
      CAPTURE(id);
      CHECK(house.gateway->device_json(DeviceId(id))->at("cloud_commands") == commands);
    }
    const auto asked = [&](const char* device, Command command) {
      return house.run(house.gateway->command(cloud, DeviceId(device), {command}, 1s)).has_value();
    };
    CHECK(asked("lamp", Command::on));
    CHECK(asked("lamp", Command::off) == all);
    CHECK(asked("lock-101", Command::lock) == all);
    CHECK_FALSE(asked("panel", Command::disarm));
  }
}

TEST_CASE("REM-4: a signed command whose outcome is unknown is answered with the state read back") {
  House house;
  prepare(house);
  house.fleet->on_execute(end_as(Verdict::unknown_outcome, Reason::no_answer));
  domain::Caller cloud{domain::Role::cloud, "cloud:anna"};
  cloud.signed_for = domain::Scopes().with(domain::Scope::command);
  const auto ask = [&] {
    return house.run(house.gateway->command(cloud, DeviceId("lock-101"), {Command::lock}, 1s));
  };
  const auto read = ask();
  REQUIRE(read);
  CHECK(read->outcome.verdict == Verdict::unknown_outcome);
  CHECK(read->outcome.state.is(Field::bolt, domain::Bolt::unlocked));
  house.fleet->set_link("lock-101", domain::Link::disconnected);
  const auto silent = ask();
  REQUIRE(silent);
  CHECK(silent->outcome.state.empty());
}
