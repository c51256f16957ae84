// Site and keys from one gateway to another.
#include <algorithm>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/keys.hpp"
#include "firmware/services/transfer/transfer_office.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;
using Lines = std::vector<std::string>;

namespace {

const domain::Caller root{domain::Role::administrator, "user:root"};
const domain::Caller vera{domain::Role::viewer, "user:vera"};
const domain::Caller cloud{domain::Role::cloud, "cloud"};

const KeySecrets& secrets_of_another() {
  constexpr std::array<std::uint8_t, 32> key{9};
  constexpr std::array<std::uint8_t, 32> receive{10};
  static const KeySecrets secrets(key, key, key, receive, key);
  return secrets;
}

constexpr std::string_view table = "2027-01-01,A\n2027-05-06,B\n2027-11-23,C\n";

json::object object(std::string_view text) { return json::parse(text).as_object(); }

ports::Memory bare() {
  ports::Memory memory;
  memory.inventory.contract = "SPID-0001";
  return memory;
}

// The old gateway, with something of everything, and its code in lock-101.
class Old : public House {
 public:
  Old() : House({.gateway_id = "gw-old"}) {
    locks.lock("lock-101").model = fakes::shared_memory();
    restart();
    fleet->report("lock-101", domain::Field::bolt, domain::Bolt::locked);
    auto& keys = gateway->keys();
    const auto staff = made(run(keys.groups().create_key_group(
        anna, object(R"({"name":"Staff","devices":["lock-101","lobby-door"]})"))));
    const auto days = made(run(keys.groups().create_validity_group(
        anna, object(R"({"name":"Days","weekly":{"from":"9:00","to":"17:00"}})"))));
    made(run(keys.holders().create(
        anna,
        object(cat(R"({"name":"Ben","code":"55501","card":{"number":"01120312F3A4B5C6"},)",
                   R"("key_group":")", std::string_view(staff.at("id").as_string()),
                   R"(","validity_group":")", std::string_view(days.at("id").as_string()),
                   R"("})")),
        Secrets::hidden)));
    reserve(R"({"name":"Anna","device":"lock-101","start":"2026-11-20 9:00",
                "end":"2026-11-20 18:00","kind":"code","code":"482913","mail":["a@example.org"]})");
    reserve(R"({"name":"Cleaning","device":"lock-101","kind":"link","recurrence":
                {"first":"2026-12-01","last":"2027-03-31","from":"9:00","to":"10:00",
                 "weekdays":["tue"],"holidays":"not_valid","extra":["2026-12-23"]}})");
    made(run(keys.temporary_keys().create(
        anna,
        object(
            R"({"name":"Eve","room":"r101","once":{"start":"2026-11-21 9:00","end":"2026-11-21 12:00","uses":3}})"))));
    made(run(keys.room_codes().set(anna, RoomId("r101"), object(R"({"code":"773311"})"),
                                   Secrets::hidden)));
    made(run(keys.holidays().import(anna, std::string(table), Charset::automatic)));
    pass(3s);
    REQUIRE(locks.lock("lock-101").slots.size() >= 1);
    news();
  }

  static json::object made(Result<json::object> answer) {
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message()));
    return *answer;
  }
  void reserve(std::string_view request) {
    made(run(gateway->keys().reservations().create(anna, object(request), Secrets::hidden)));
  }
  json::object take_out(const std::string& receiver) {
    return made(run(gateway->transfer().take_out(root, receiver)));
  }
};

class New : public House {
 public:
  explicit New(ports::Memory memory = bare())
      : House({.gateway_id = "gw-new"}, std::move(memory), secrets_of_another()) {
    locks.lock("lock-101").model = fakes::shared_memory();
    restart();
    news();
  }
  std::string receiver() { return gateway->transfer().receiver(); }
  TransferAnswer take_in(const json::object& document, bool check_only = false) {
    auto answer =
        run(gateway->transfer().take_in(installer, json::serialize(document), check_only));
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message()));
    return *answer;
  }
  // What is wrong with it, a line each; nothing changes.
  Lines mistakes(const json::object& document) {
    const auto before = store->on_disk().keys;
    Lines lines;
    for (const auto& problem : take_in(document).problems) {
      lines.push_back(cat(problem.file, problem.file.empty() ? "" : ": ", problem.message));
    }
    CHECK(store->on_disk().keys == before);
    return lines;
  }
};

const domain::KeyBook& book_of(House& house) { return house.gateway->keys().desk().book(); }

// As changed by who has the receiver's key: signed again.
json::object signed_again(json::object document) {
  constexpr std::array<std::uint8_t, 32> receive{10};
  const auto box = TransferBox::open(receive, document.at("sealed_key").as_string());
  REQUIRE(box.has_value());
  document.erase("signature");
  std::string text;
  for (const auto& member : document) {
    text += cat(json::serialize(json::string(member.key())), ":", json::serialize(member.value()),
                "\n");
  }
  document["signature"] = box->signature(text);
  return document;
}

}  // namespace

TEST_CASE("KEY-24: all of a gateway's keys go to another, and no code is in the file") {
  Old old;
  New next;
  const auto document = old.take_out(next.receiver());
  const std::string text = json::serialize(document);
  for (const auto* secret : {"482913", "55501", "773311", "01120312F3A4B5C6", "01120312f3a4b5c6"}) {
    CHECK_FALSE(text.contains(secret));
  }
  CHECK(text.contains("Cleaning"));
  const auto news = old.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].starts_with("keys_exported by user:root {\"for\":\"GENKANR1."));
  CHECK_FALSE(news[0].contains(next.receiver()));

  const auto checked = next.take_in(document, true);
  CHECK(checked.problems.empty());
  CHECK(checked.brings.at("reservations") ==
        object(R"({"added":2,"changed":0,"removed":0,"same":0})"));
  CHECK(book_of(next).reservations().empty());
  CHECK(next.news().empty());

  const auto taken = next.take_in(document);
  REQUIRE(taken.problems.empty());
  CHECK(taken.brings == checked.brings);
  CHECK(taken.brings.at("gateway") == json::value("gw-old"));
  CHECK(taken.brings.at("site").at("rooms") == json::value(3));
  CHECK(taken.brings.at("table_until") == json::value(2027));
  CHECK(book_of(next).reservations() == book_of(old).reservations());
  CHECK(book_of(next).key_groups() == book_of(old).key_groups());
  CHECK(book_of(next).validity_groups() == book_of(old).validity_groups());
  CHECK(book_of(next).holders() == book_of(old).holders());
  CHECK(book_of(next).temporary_keys() == book_of(old).temporary_keys());
  CHECK(book_of(next).room_codes() == book_of(old).room_codes());
  CHECK(next.gateway->keys().holidays().table() == table);
  CHECK(next.gateway->site_export() == old.gateway->site_export());
  const auto told = next.news();
  CHECK(std::ranges::any_of(told, [](const std::string& line) {
    return line.starts_with("keys_imported by user:ines {\"gateway\":\"gw-old\"");
  }));
  next.restart();
  CHECK(book_of(next).reservations() == book_of(old).reservations());
  CHECK(next.gateway->keys().holidays().table() == table);
  // Once more: nothing to do.
  const auto again = next.take_in(document, true);
  CHECK(again.brings.at("holders") == object(R"({"added":0,"changed":0,"removed":0,"same":1})"));
}

TEST_CASE("KEY-24: what the old gateway wrote into a lock is the new one's to remove") {
  Old old;
  New next;
  next.locks.lock("lock-101").slots = old.locks.lock("lock-101").slots;  // the same lock
  const auto slots = next.locks.lock("lock-101").slots.size();
  REQUIRE(next.take_in(old.take_out(next.receiver())).problems.empty());
  next.fleet->report("lock-101", domain::Field::bolt, domain::Bolt::locked);
  next.pass(5s);
  CHECK(next.locks.lock("lock-101").slots.size() == slots);
  CHECK(next.gateway->keys().sync().keys_of(DeviceId("lock-101")).foreign.empty());
  next.clock.pass(std::chrono::hours(10));  // Anna's time is over
  next.pass(5s);
  const auto& left = next.locks.lock("lock-101").slots;
  CHECK(std::ranges::none_of(left, [](const auto& slot) {
    const auto* code = std::get_if<domain::Code>(&slot.second.key);
    return code != nullptr && code->digits() == "482913";
  }));
}

TEST_CASE("KEY-24: what was removed at the old gateway and is still in a lock goes there too") {
  Old old;
  old.locks.lock("lock-101").fault = Error(ErrorCode::timeout, "no answer");
  const auto id = std::ranges::find_if(book_of(old).reservations(), [](const auto& entry) {
                    return entry.second.name == "Anna";
                  })->first;
  REQUIRE(old.run(old.gateway->keys().reservations().remove(anna, id, domain::Origin::here)));
  old.pass(5s);
  New next;
  next.locks.lock("lock-101").slots = old.locks.lock("lock-101").slots;
  REQUIRE(next.take_in(old.take_out(next.receiver())).problems.empty());
  next.restart(House::Off::killed);  // what is stale is on disk
  next.fleet->report("lock-101", domain::Field::bolt, domain::Bolt::locked);
  next.pass(5s);
  const auto& left = next.locks.lock("lock-101").slots;
  CHECK(std::ranges::none_of(left, [](const auto& slot) {
    const auto* code = std::get_if<domain::Code>(&slot.second.key);
    return code != nullptr && code->digits() == "482913";
  }));
}

TEST_CASE("KEY-24: an import replaces what is there: what is not in the file goes") {
  Old old;
  New next(House::first_memory());
  REQUIRE(next.run(next.gateway->keys().reservations().create(
      anna, object(R"({"name":"Zoe","device":"lock-101","kind":"link"})"), Secrets::hidden)));
  const auto taken = next.take_in(old.take_out(next.receiver()));
  REQUIRE(taken.problems.empty());
  CHECK(taken.brings.at("reservations") ==
        object(R"({"added":2,"changed":0,"removed":1,"same":0})"));
  CHECK(book_of(next).reservations() == book_of(old).reservations());
}

TEST_CASE("KEY-24: a disk that fails takes nothing over") {
  Old old;
  New next;
  const auto document = old.take_out(next.receiver());
  next.store->set_disk(fakes::FakeStore::Disk::failing);
  const auto taken =
      next.run(next.gateway->transfer().take_in(installer, json::serialize(document), false));
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().code() == ErrorCode::io);
  CHECK(book_of(next).reservations().empty());
  CHECK(next.gateway->keys().holidays().table() == "");
  CHECK_FALSE(next.gateway->site_export().contains("lock-101"));
}

TEST_CASE("KEY-24: who may take keys out, and in") {
  Old old;
  New next;
  const std::string receiver = next.receiver();
  for (const auto& caller : {vera, cloud}) {
    const auto refused = old.run(old.gateway->transfer().take_out(caller, receiver));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == ErrorCode::forbidden);
  }
  CHECK(old.run(old.gateway->transfer().take_out(root, "nobody")).error().code() ==
        ErrorCode::invalid);
  CHECK(old.news().empty());
  const std::string text = json::serialize(old.take_out(receiver));
  for (const auto& caller : {vera, cloud, anna}) {
    const auto refused = next.run(next.gateway->transfer().take_in(caller, text, false));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == ErrorCode::forbidden);
  }
}

TEST_CASE("KEY-24: a file that is not whole, not ours or changed is refused") {
  Old old;
  New next;
  const auto document = old.take_out(next.receiver());
  CHECK(next.run(next.gateway->transfer().take_in(installer, "{", false)).error().code() ==
        ErrorCode::invalid);
  CHECK(next.mistakes({}) ==
        Lines{"this is no file of keys: its 'format' must be \"genkan transfer 1\""});
  auto cut = document;
  cut.erase("holders");
  CHECK(next.mistakes(cut) == Lines{"'holders' is missing; the file is not whole"});
  auto renamed = document;
  renamed.at("reservations").as_array()[0].as_object()["name"] = "Mallory";
  CHECK(next.mistakes(renamed) ==
        Lines{"the file was changed or damaged since it was made; have it made again"});
  const auto others = old.take_out(old.gateway->transfer().receiver());
  const auto told = next.mistakes(others);
  REQUIRE(told.size() == 1);
  CHECK(told[0].starts_with("the file was made for another gateway, whose receiver is GENKANR1."));
}

TEST_CASE("KEY-24: every mistake of a file is told at once, with its place") {
  Old old;
  New next;
  auto document = old.take_out(next.receiver());
  auto& reservations = document.at("reservations").as_array();
  reservations[0].as_object()["kind"] = "key";
  reservations[1].as_object()["revision"] = 0;
  document.at("holders").as_array()[0].as_object()["code"] =
      document.at("room_codes").as_array()[0].at("code");  // another owner's
  document.at("temporary_keys").as_array()[0].as_object()["surprise"] = 1;
  const auto lines = next.mistakes(signed_again(document));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("holders[0]: code: the sealed data does not open"));
  CHECK(lines[1] == "reservations[0]: kind: is no kind of key");
  CHECK(lines[2] == "reservations[1]: revision: must be a whole number from 1 to 4294967295");
  CHECK(lines[3].starts_with("temporary_keys[0]: surprise: is not known here"));
}

TEST_CASE("KEY-24: what does not hold together is told") {
  Old old;
  New next;
  auto document = old.take_out(next.receiver());
  document.at("key_groups").as_array()[0].as_object()["devices"] = json::array{"lamp"};
  document.at("holders").as_array()[0].as_object()["key_group"] = "g-none";
  document.at("temporary_keys").as_array()[0].as_object()["room"] = "lobby";
  auto twice = document.at("reservations").as_array()[0];
  document.at("reservations").as_array().push_back(twice);
  document["holiday_table"] = "2027-13-01,A\n";
  const auto lines = next.mistakes(signed_again(document));
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].starts_with("key_groups[0]: "));
  CHECK(lines[1].contains("there is no key group 'g-none'"));
  CHECK(lines[2].contains("the id is there twice; each record has its own"));
  CHECK(lines[3].contains("'Lobby' is a common area; only a dwelling has keys"));
  CHECK(lines[4].starts_with("holiday_table: line 1 of the table of holidays"));
  auto site = old.take_out(next.receiver());
  site["site"] = "contract = 5\n";
  CHECK_FALSE(next.mistakes(signed_again(site)).empty());
}
