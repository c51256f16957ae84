#include <set>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

TEST_CASE(
    "RES-1, RES-2: one is made with all its fields, on disk, in the journal and in the book") {
  Office office;
  office.news();
  const auto made = office.reserve(
      R"({"name":"Anna","device":"lock-101","start":"2026-11-20 15:00","end":"2026-11-22 1000",
          "kind":"code_and_link","code":"246813","card":{"number":"01:23:45:67:89:ab:cd:ef"},
          "mail":["anna@example.org"],"origin":"here"})");
  REQUIRE(text(made, "error") == "");
  const std::string id = text(made, "id");
  CHECK(id.starts_with("r-"));
  CHECK(id.size() == 10);
  CHECK(text(made, "start") == "2026-11-20 15:00");
  CHECK(text(made, "end") == "2026-11-22 10:00");
  CHECK(text(made, "start_utc") == "2026-11-20T06:00:00.000Z");
  CHECK(text(made, "end_utc") == "2026-11-22T01:00:00.000Z");
  CHECK(json::serialize(made.at("timing")) ==
        R"({"start":"2026-11-20 15:00","end":"2026-11-22 10:00"})");
  CHECK(json::serialize(made.at("card")) == R"({"name":"card"})");
  CHECK(json::serialize(made.at("mail")) == R"(["anna@example.org"])");
  CHECK(made.at("revision").to_number<int>() == 1);
  CHECK(made.at("overlaps").as_array().empty());
  CHECK(made.at("told").as_array().empty());
  CHECK_FALSE(made.contains("code"));
  CHECK(office.changed == 1);
  REQUIRE(office.store.on_disk().keys.reservations.size() == 1);
  CHECK(office.store.on_disk().keys.reservations[0] ==
        *office.book.find(domain::ReservationId(id)));
  const Lines news = office.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0] ==
        cat(R"(reservation_made lock-101 by user:anna {"reservation":")", id,
            R"(","name":"Anna","timing":{"start":"2026-11-20 15:00","end":"2026-11-22 10:00"},)",
            R"("kind":"code_and_link","card":true})"));
  CHECK(office.store.transactions() == 1);
}

TEST_CASE("RES-9: what is not yet in the lock is shown as waiting, what stands as it stands") {
  Office office;
  const auto made = office.reserve(anna_stays);
  CHECK(json::serialize(made.at("keys")) ==
        R"([{"device":"lock-101","key":"code","state":"waiting","why":"none","why_sentence":"",)"
        R"("area":null,"slot":null,"in_favour_of":null,)"
        R"("opens":{"start":"2026-11-20 15:00","end":"2026-11-22 10:00"}}])");
  domain::KeyStanding standing;
  standing.key = {domain::KeyOwner::reservation, text(made, "id"), false};
  standing.state = domain::KeyState::not_set;
  standing.why = domain::NotSet::code_in_use;
  standing.in_favour_of = standing.key;
  standing.address = domain::SlotAddress{0, 230};
  office.standings.locks[DeviceId("lock-101")].standings.push_back(standing);
  const auto shown =
      office.views.one(anna, domain::ReservationId(text(made, "id")), Secrets::hidden);
  REQUIRE(shown);
  REQUIRE(shown->at("keys").as_array().size() == 1);
  const auto& key = shown->at("keys").as_array()[0].as_object();
  CHECK(key.at("why_sentence") == "in use by 'Anna' or not yet removed");
  CHECK(key.at("area") == "keys");
  CHECK(key.at("slot").to_number<int>() == 230);
}

TEST_CASE("RES-5: overlaps on the same device are told by name, and it is saved all the same") {
  Office office;
  office.reserve(anna_stays);
  office.reserve(
      R"({"name":"Elsewhere","device":"lock-102","start":"2026-11-21 0900","end":"2026-11-21 1000"})");
  const std::string both = office.group("Both", R"(["lock-101","lock-102"])");
  office.reserve(cat(R"({"name":"Staff","key_group":")", both,
                     R"(","recurrence":{"first":"2026-11-20","last":"2026-11-30","from":"9:00",
                         "to":"10:00"}})"));
  struct Row {
    std::string start;
    std::string end;
    Lines names;
  };
  const std::vector<Row> table{
      {"2026-11-22 1000", "2026-11-22 1200", {}},  // begins as Anna ends, Staff is over
      {"2026-11-22 0959", "2026-11-22 1200", {"Staff", "Anna"}},
      {"2026-11-19 0000", "2026-11-20 0900", {}},  // ends as Staff begins
      {"2026-11-19 0000", "2026-11-20 0901", {"Staff"}},
      {"2026-11-21 1100", "2026-11-21 1200", {"Anna"}},  // between two windows of Staff
  };
  for (const auto& row : table) {
    CAPTURE(row.start);
    const auto preview =
        office.reservations.preview(anna,
                                    object(cat(R"({"name":"New","device":"lock-101","start":")",
                                               row.start, R"(","end":")", row.end, R"("})")),
                                    std::nullopt);
    REQUIRE(preview);
    std::multiset<std::string> names;
    for (const auto& overlap : preview->at("overlaps").as_array()) {
      names.insert(text(overlap.as_object(), "name"));
    }
    CHECK(names == std::multiset<std::string>(row.names.begin(), row.names.end()));
  }
  const auto saved = office.reserve(
      R"({"name":"New","device":"lock-101","start":"2026-11-21 1100","end":"2026-11-21 1200"})");
  CHECK(text(saved, "error") == "");
  REQUIRE(saved.at("overlaps").as_array().size() == 1);
  const auto& overlap = saved.at("overlaps").as_array()[0].as_object();
  CHECK(text(overlap, "name") == "Anna");
  CHECK(text(overlap, "start") == "2026-11-20 15:00");
  CHECK(text(overlap, "end") == "2026-11-22 10:00");
}

TEST_CASE("RES-6: codes and cards need a memory; a group needs one door that has one") {
  Office office;
  constexpr auto times = R"(,"start":"2026-11-21 0900","end":"2026-11-21 1000"})";
  const auto at = [&office, times](const std::string& where, const std::string& what) {
    return office.reserve(cat(R"({"name":"Anna",)", where, ",", what, times));
  };
  CHECK(text(at(R"("device":"lobby-door")", R"("kind":"code")"), "error") ==
        "invalid: kind: 'Lobby door' has no memory for codes; use kind software_code");
  CHECK(text(at(R"("device":"lobby-door")", R"("kind":"link","card":{"number":"01020304"})"),
             "error") == "invalid: card: 'Lobby door' has no memory for cards; leave the card out");
  CHECK(text(at(R"("device":"lobby-door")", R"("kind":"software_code")"), "error") == "");
  const std::string mixed = office.group("Mixed", R"(["lock-101","lobby-door"])");
  const auto made =
      at(cat(R"("key_group":")", mixed, R"(")"), R"("kind":"code","card":{"number":"01020304"})");
  CHECK(text(made, "error") == "");
  CHECK(texts(made.at("told")) ==
        Lines{"at 'Lobby door' the code counts as a software code: it has no memory for codes",
              "at 'Lobby door' the card counts only where a reader of the gateway sees it: it has "
              "no memory for cards"});
}

TEST_CASE("RES-7: once and recurring turn into each other; what is left out stays") {
  Office office;
  const auto made = office.reserve(anna_stays);
  const std::string id = text(made, "id");
  office.news();
  const auto recurring = office.change(
      id,
      R"({"recurrence":{"first":"2026-11-20","last":"2026-11-30","from":"9:00","to":"10:00"}})");
  CHECK(text(recurring, "error") == "");
  CHECK(recurring.at("timing").as_object().contains("recurrence"));
  CHECK(text(recurring, "name") == "Anna");
  CHECK(recurring.at("revision").to_number<int>() == 2);
  CHECK(office.code_of(recurring) == "246813");
  const Lines news = office.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].find(R"("changed":[{"field":"timing","old":{"start":"2026-11-20 15:00")") !=
        std::string::npos);
  const auto once =
      office.change(id, R"({"start":"2026-11-23 0900","end":"2026-11-23 1000","name":"Ben"})");
  CHECK(text(once, "start") == "2026-11-23 09:00");
  CHECK(text(once, "name") == "Ben");
  CHECK(once.at("revision").to_number<int>() == 3);
  const auto end_alone = office.change(id, R"({"end":"2026-11-23 1200"})");
  CHECK(text(end_alone, "start") == "2026-11-23 09:00");
  CHECK(text(end_alone, "end") == "2026-11-23 12:00");
  office.news();
  const auto same = office.change(id, R"({"name":"Ben"})");
  CHECK(same.at("revision").to_number<int>() == 4);
  CHECK(office.untouched());
}

TEST_CASE("RES-7: a change of the code is told, the codes are not") {
  Office office;
  const auto made = office.reserve(anna_stays);
  office.news();
  const auto changed = office.change(text(made, "id"), R"({"code":"135792"})");
  CHECK(office.code_of(changed) == "135792");
  const Lines news = office.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].ends_with(R"("changed":[{"field":"code"}]})"));
  const auto card =
      office.change(text(made, "id"), R"({"card":{"number":"01020304","name":"red"}})");
  CHECK(json::serialize(card.at("card")) == R"({"name":"red"})");
  const auto renamed = office.change(text(made, "id"), R"({"card":{"name":"blue"}})");
  CHECK(json::serialize(renamed.at("card")) == R"({"name":"blue"})");
  const auto gone = office.change(text(made, "id"), R"({"card":null,"kind":"link"})");
  CHECK(gone.at("card").is_null());
  CHECK(office.code_of(gone) == "");
  for (const auto& line : office.news()) {
    CHECK(line.find("135792") == std::string::npos);
    CHECK(line.find("01020304") == std::string::npos);
  }
}

TEST_CASE("RES-8: what came from outside is changed and deleted only there") {
  GatewayPolicy policy;
  policy.unsigned_commands = true;
  Office office(policy);
  const auto by_cloud = [&office](std::string_view request) {
    return answer_of(
        office.run(office.reservations.create(cloud, object(request), Secrets::hidden)));
  };
  const auto booked = by_cloud(
      R"({"name":"Booked","device":"lock-101","start":"2026-11-20 1500","end":"2026-11-21 1000",
          "origin":"booking"})");
  REQUIRE(text(booked, "error") == "");
  CHECK(text(booked, "origin") == "booking");
  const domain::ReservationId id(text(booked, "id"));
  const auto here = office.reserve(anna_stays);
  office.news();
  CHECK(text(office.change(id.str(), R"({"name":"Other"})"), "error") ==
        "conflict: the reservation came from a booking; change or delete it there");
  CHECK(text(answer_of(office.run(office.reservations.remove(anna, id))), "error") ==
        "conflict: the reservation came from a booking; change or delete it there");
  CHECK(text(answer_of(office.run(office.reservations.remove(
                 cloud, domain::ReservationId(text(here, "id")), domain::Origin::booking))),
             "error") == "conflict: the reservation was made here; it is changed only here");
  CHECK(text(office.reserve(
                 R"({"name":"B","device":"lock-101","start":"2026-11-20 1500",
                     "end":"2026-11-21 1000","origin":"booking"})"),
             "error") ==
        "invalid: origin: is for reservations that come through the cloud; leave it out");
  CHECK(office.untouched());
  const auto moved = answer_of(office.run(office.reservations.change(
      cloud, id, object(R"({"name":"Later","origin":"booking"})"), Secrets::hidden)));
  CHECK(text(moved, "name") == "Later");
  CHECK(text(answer_of(office.run(office.reservations.remove(cloud, id, domain::Origin::booking))),
             "removed") == id.str());
  CHECK(office.book.find(id) == nullptr);
}

TEST_CASE("RES-1: rights") {
  Office office;
  const auto by = [&office](const domain::Caller& caller, Secrets secrets) {
    return text(
        answer_of(office.run(office.reservations.create(caller, object(anna_stays), secrets))),
        "error");
  };
  CHECK(by(viewer, Secrets::hidden) == "forbidden: the role viewer may not change keys");
  CHECK(by(cloud, Secrets::hidden) ==
        "forbidden: changes from the cloud must be signed; unsigned ones are refused here");
  CHECK(office.untouched());
  CHECK(by(anna, Secrets::hidden) == "");
  GatewayPolicy policy;
  policy.unsigned_commands = true;
  Office open(policy);
  CHECK(
      text(answer_of(open.run(open.reservations.create(cloud, object(anna_stays), Secrets::shown))),
           "error") == "forbidden: the role cloud may not see codes and card numbers");
}

TEST_CASE("RES-2: a disk that fails changes nothing") {
  Office office;
  const auto made = office.reserve(anna_stays);
  office.news();
  office.store.set_disk(fakes::FakeStore::Disk::failing);
  CHECK(text(office.reserve(anna_stays), "error") ==
        "io: the change could not be stored: the disk is full");
  CHECK(text(office.change(text(made, "id"), R"({"name":"Ben"})"), "error") ==
        "io: the change could not be stored: the disk is full");
  CHECK(text(answer_of(office.run(
                 office.reservations.remove(anna, domain::ReservationId(text(made, "id"))))),
             "error") == "io: the change could not be stored: the disk is full");
  CHECK(office.untouched());
  CHECK(office.changed == 1);
  CHECK(office.book.reservations().begin()->second.name == "Anna");
  office.store.set_disk(fakes::FakeStore::Disk::working);
  CHECK(text(office.change(text(made, "id"), R"({"name":"Ben"})"), "name") == "Ben");
}

TEST_CASE("RES-4: a preview changes nothing, and draws no code that is shown") {
  Office office;
  office.news();
  const auto preview = office.reservations.preview(
      anna, object(R"({"name":"Anna","device":"lock-101","kind":"code","start":"2026-12-07 0900",
                       "end":"2026-12-07 2500"})"),
      std::nullopt);
  REQUIRE(preview);
  CHECK(texts(preview->at("told")) == Lines{"'2500' on 2026-12-07 is 2026-12-08 01:00"});
  CHECK_FALSE(preview->at("reservation").as_object().contains("id"));
  CHECK_FALSE(preview->contains("code"));
  CHECK(texts(preview->at("slots")) ==
        Lines{R"({"device":"lock-101","key":"code","area":null,"slot":null,)"
              R"("why":"the lock's memory has not been read yet"})"});
  CHECK(office.untouched());
  CHECK(office.changed == 0);
}

TEST_CASE("KEY-1, KEY-3, KEY-4: a preview says which slot, or why none") {
  Office office;
  const DeviceId lock("lock-101");
  auto& keys = office.standings.locks[lock];
  keys.model = &office.memories.at(lock);
  keys.image = domain::MemoryImage{};
  const auto slots = [&office](std::string_view code) {
    const auto preview = office.reservations.preview(
        anna,
        object(cat(R"({"name":"Ben","device":"lock-101","kind":"code","code":")", code,
                   R"(","start":"2026-11-20 1600","end":"2026-11-20 1700"})")),
        std::nullopt);
    return preview ? json::serialize(preview->at("slots")) : refused(preview.error());
  };
  CHECK(slots("135792") ==
        R"([{"device":"lock-101","key":"code","area":"keys","slot":230,"why":""}])");
  office.reserve(anna_stays);
  CHECK(slots("135792") ==
        R"([{"device":"lock-101","key":"code","area":"keys","slot":229,"why":""}])");
  CHECK(slots("246813") == R"([{"device":"lock-101","key":"code","area":null,"slot":null,)"
                           R"("why":"in use by 'Anna' or not yet removed"}])");
  office.memories.at(lock).areas[0].places = 1;
  CHECK(slots("135792") == R"([{"device":"lock-101","key":"code","area":null,"slot":null,)"
                           R"("why":"no address in the lock is free"}])");
  CHECK(office.book.reservations().size() == 1);
}

TEST_CASE(
    "KEY-20, KEY-21: drawn codes follow the pattern and avoid those in use at the same time") {
  Office office;
  const auto with = [&office](std::string_view device, std::string_view code,
                              std::string_view day) {
    return office.reserve(cat(R"({"name":"Anna","kind":"code","device":")", device, R"(","code":")",
                              code, R"(","start":")", day, R"( 0900","end":")", day, R"( 1000"})"));
  };
  CHECK(office.code_of(with("lock-101", "", "2026-11-21")).size() == 6);
  const std::string drawn = office.code_of(with("lock-101", "**12**", "2026-11-21"));
  CHECK(drawn.size() == 6);
  CHECK(drawn.substr(2, 2) == "12");
  std::set<std::string> codes;
  for (int i = 0; i < 10; ++i) codes.insert(office.code_of(with("lock-101", "482*", "2026-11-21")));
  CHECK(codes.size() == 10);
  CHECK(
      text(with("lock-101", "482*", "2026-11-21"), "error") ==
      "conflict: code: the pattern leaves no free code at these doors; leave more digits to chance "
      "with *");
  // Another day, another door: free again. A door of the common area that has the rooms' copies is
  // the same door (RES-40).
  CHECK(text(with("lock-101", "482*", "2026-11-22"), "error") == "");
  CHECK(text(with("lock-102", "482*", "2026-11-23"), "error") == "");
  CHECK(text(with("lock-102", "482*", "2026-11-21"), "error").starts_with("conflict: code"));
  CHECK(text(with("lobby-lock", "482*", "2026-11-21"), "error").starts_with("conflict: code"));
}

TEST_CASE("KEY-4: a code that is typed and in use is saved, and told") {
  Office office;
  office.reserve(anna_stays);
  const auto made = office.reserve(
      R"({"name":"Ben","device":"lock-101","kind":"code","code":"246813",
          "start":"2026-11-21 0900","end":"2026-11-21 1000"})");
  CHECK(
      texts(made.at("told")) ==
      Lines{"the code is in use by 'Anna' on the same door at the same time: the later one is set "
            "once the other is gone"});
  const auto shown =
      office.views.one(anna, domain::ReservationId(text(made, "id")), Secrets::shown);
  REQUIRE(shown);
  CHECK(text(*shown, "code") == "246813");
  CHECK_FALSE(office.views.one(viewer, domain::ReservationId(text(made, "id")), Secrets::shown));
}

TEST_CASE("KEY-21: codes that were programmed at the lock by hand are not drawn") {
  Office office;
  auto& lock = office.standings.locks[DeviceId("lock-101")];
  for (const auto* code :
       {"4820", "4821", "4822", "4823", "4824", "4825", "4826", "4827", "4828"}) {
    const auto number = static_cast<std::uint16_t>(lock.foreign.size() + 1);
    lock.foreign[{0, number}] = {false, office.secrets.hasher.of(*domain::Code::parse(code)), {}};
  }
  const auto made = office.reserve(
      R"({"name":"Ben","device":"lock-101","kind":"code","code":"482*",
          "start":"2026-11-21 0900","end":"2026-11-21 1000"})");
  CHECK(office.code_of(made) == "4829");
}

TEST_CASE("RES-2: two requests at once are one after the other") {
  Office office;
  std::optional<Result<json::object>> first;
  std::optional<Result<json::object>> second;
  const auto begin = [&office](std::optional<Result<json::object>>* result) {
    boost::asio::co_spawn(
        office.loop,
        [](Office* its, std::optional<Result<json::object>>* out) -> boost::asio::awaitable<void> {
          auto answer = co_await its->reservations.create(
              anna, object(R"({"name":"A","device":"lock-101","kind":"code","code":"4827",
                         "start":"2026-11-21 0900","end":"2026-11-21 1000"})"),
              Secrets::hidden);
          out->emplace(std::move(answer));
        }(&office, result),
        boost::asio::detached);
  };
  begin(&first);
  begin(&second);
  while ((!first || !second) && office.loop.run_one_for(std::chrono::seconds(5)) > 0) {
  }
  REQUIRE(first);
  REQUIRE(second);
  REQUIRE(*first);
  REQUIRE(*second);
  CHECK((*first)->at("told").as_array().empty());
  CHECK((*second)->at("told").as_array().size() == 1);
}
