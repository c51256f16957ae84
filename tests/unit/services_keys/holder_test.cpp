#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

json::object validity(Office& office, std::string_view request) {
  return answer_of(office.run(office.groups.create_validity_group(anna, object(request))));
}

}  // namespace

TEST_CASE("RES-50: key groups are made, changed and told") {
  Office office;
  office.news();
  const std::string id = office.group("Staff", R"(["lock-101","lobby-door"])");
  CHECK(id.starts_with("g-"));
  CHECK(json::serialize(office.groups.key_groups()) ==
        cat(R"({"key_groups":[{"id":")", id,
            R"(","name":"Staff","devices":["lock-101","lobby-door"]}]})"));
  const auto changed = answer_of(office.run(office.groups.change_key_group(
      anna, domain::KeyGroupId(id), object(R"({"devices":["lock-101","lock-102"]})"))));
  CHECK(text(changed, "name") == "Staff");
  CHECK(office.news() ==
        Lines{cat(R"(key_group_changed by user:anna {"key_group":")", id,
                  R"(","name":"Staff","what":"made"})"),
              cat(R"(key_group_changed by user:anna {"key_group":")", id,
                  R"(","name":"Staff","what":"changed","changed":[{"field":"doors",)",
                  R"("old":["lobby-door"],"new":["lock-102"]}]})")});
  CHECK(office.changed == 2);
  answer_of(office.run(
      office.groups.change_key_group(anna, domain::KeyGroupId(id), object(R"({"name":"Staff"})"))));
  CHECK(office.untouched());
  CHECK(answer_of(office.run(office.groups.remove_key_group(anna, domain::KeyGroupId(id))))
            .at("removed") == json::string(id));
  CHECK(office.store.on_disk().keys.key_groups.empty());
}

TEST_CASE("RES-50: validity groups: a span, or weekdays with a window; no weekday is every day") {
  Office office;
  const auto span = validity(
      office, R"({"name":"Term","span":{"start":"2026-11-20 9:00","end":"2026-11-32 2500"}})");
  CHECK(json::serialize(span.at("span")) ==
        R"({"start":"2026-11-20 09:00","end":"2026-12-03 01:00"})");
  const auto weekly =
      validity(office, R"({"name":"Days","weekly":{"weekdays":[],"from":"9:00","to":"24:00"}})");
  CHECK(json::serialize(weekly.at("weekly")) ==
        R"({"weekdays":["mon","tue","wed","thu","fri","sat","sun"],"from":"9:00","to":"24:00"})");
  const auto changed = answer_of(office.run(office.groups.change_validity_group(
      anna, domain::ValidityGroupId(text(weekly, "id")),
      object(R"({"weekly":{"weekdays":["sat"],"from":"9:00","to":"10:00"}})"))));
  CHECK(text(changed, "name") == "Days");
  CHECK(office.groups.validity_groups().at("validity_groups").as_array().size() == 2);
}

TEST_CASE("RES-50: bad groups") {
  Office office;
  office.group("Staff", R"(["lock-101"])");
  validity(office, R"({"name":"Term","span":{"start":"2026-11-20 9:00","end":"2026-11-21 9:00"}})");
  office.news();
  struct Row {
    bool key;
    std::string request;
    std::string told;
  };
  const std::vector<Row> table{
      {true, R"({"name":"Staff","devices":["lock-101"]})",
       "conflict: name: there is a key group 'Staff' already; choose another name"},
      {true, R"({"name":"New","devices":[]})",
       "invalid: devices: is empty; name at least one door"},
      {true, R"({"name":"New","devices":["lock-101","lock-101"]})",
       "invalid: devices[1]: 'lock-101' is there twice; name each door once"},
      {true, R"({"name":"New","devices":["lamp"]})",
       "invalid: devices[0]: 'Lobby lamp' is no door but a light; choose a lock, an entrance or an "
       "intercom"},
      {true, R"({"name":"New","devices":["lock-9"]})",
       "invalid: devices[0]: there is no device 'lock-9'"},
      {true, R"({"devices":["lock-101"]})", "invalid: name: is missing; give a name like Staff"},
      {true, R"({"name":"New","device":["lock-101"]})",
       "invalid: device: is not known here; did you mean 'devices'?"},
      {false, R"({"name":"New"})", "invalid: weekly: is missing; give a span or a weekly window"},
      {false, R"({"name":"New","span":{"start":"2026-11-20 9:00"}})",
       "invalid: span.end: is missing; give a date and time like 2026-11-20 9:00"},
      {false, R"({"name":"New","span":{"start":"2026-11-20 9:00","end":"2026-11-20 8:00"}})",
       "invalid: span.end: 2026-11-20 08:00 is not after the start, 2026-11-20 09:00; give a later "
       "end"},
      {false, R"({"name":"New","weekly":{"from":"22:00","to":"2:00"}})",
       "invalid: weekly: the window from 22:00 to 02:00 runs across midnight; make it two: 22:00 "
       "to "
       "24:00, and 00:00 to 02:00 on the days after"},
      {false, R"({"name":"New","weekly":{"from":"9:00"}})",
       "invalid: weekly.to: is missing; give a time of day like 9:00"},
      {false, R"({"name":"Term","weekly":{"from":"9:00","to":"10:00"}})",
       "conflict: name: there is a validity group 'Term' already; choose another name"},
  };
  for (const auto& row : table) {
    CAPTURE(row.request);
    const auto answer =
        row.key ? answer_of(office.run(office.groups.create_key_group(anna, object(row.request))))
                : validity(office, row.request);
    CHECK(text(answer, "error") == row.told);
  }
  CHECK(office.untouched());
}

TEST_CASE("RES-50: a group with holders, or with reservations to come, cannot be deleted") {
  Office office;
  const domain::KeyGroupId id(office.group("Staff", R"(["lock-101"])"));
  const domain::ValidityGroupId days(
      text(validity(office, R"({"name":"Days","weekly":{"from":"9:00","to":"18:00"}})"), "id"));
  const auto holder =
      office.hold(cat(R"({"name":"Ben","key_group":")", id.str(), R"(","validity_group":")",
                      days.str(), R"(","code":"246813"})"));
  REQUIRE(text(holder, "error") == "");
  const auto remove = [&office, &id] {
    return answer_of(office.run(office.groups.remove_key_group(anna, id)));
  };
  CHECK(text(remove(), "error") ==
        "conflict: 'Staff' has holders: 'Ben'; move or delete them first");
  CHECK(text(answer_of(office.run(office.groups.remove_validity_group(anna, days))), "error") ==
        "conflict: 'Days' has holders: 'Ben'; give them another validity first");
  answer_of(office.run(office.holders.remove(anna, domain::HolderId(text(holder, "id")))));
  office.reserve(cat(R"({"name":"Meeting","key_group":")", id.str(),
                     R"(","start":"2026-11-20 1500","end":"2026-11-20 1600"})"));
  CHECK(text(remove(), "error") ==
        "conflict: 'Staff' has reservations: 'Meeting'; delete them first");
  office.clock.pass(std::chrono::hours(24));
  CHECK(text(remove(), "removed") == id.str());
  CHECK(office.book.reservations().empty());
  CHECK(office.store.on_disk().keys.reservations.empty());
  CHECK(text(remove(), "error") == cat("unknown: there is no key group '", id.str(), "'"));
}

TEST_CASE("RES-50: holders are made and changed; the journal says what changed, never a secret") {
  Office office;
  const std::string staff = office.group("Staff", R"(["lock-101"])");
  const std::string night = office.group("Night", R"(["lock-102"])");
  office.news();
  const auto made =
      office.hold(cat(R"({"name":"Ben","key_group":")", staff,
                      R"(","code":"","card":{"number":"0123456789ABCDEF","name":"blue"},
              "mail":"ben@example.org"})"));
  REQUIRE(text(made, "error") == "");
  const domain::HolderId id(text(made, "id"));
  CHECK(office.code_of(made).size() == 6);
  CHECK(json::serialize(made.at("card")) == R"({"name":"blue"})");
  CHECK(made.at("validity_group").is_null());
  CHECK(made.at("outside_id") == "");
  CHECK_FALSE(made.contains("code"));
  const auto changed = answer_of(office.run(office.holders.change(
      anna, id,
      object(cat(R"({"key_group":")", night, R"(","enabled":false,"code":"246813","mail":null})")),
      Secrets::shown)));
  CHECK(text(changed, "name") == "Ben");
  CHECK(text(changed, "code") == "246813");
  CHECK(text(changed.at("card").as_object(), "number") == "0123456789ABCDEF");
  CHECK(changed.at("revision").to_number<int>() == 2);
  const Lines news = office.news();
  REQUIRE(news.size() == 2);
  CHECK(news[0] == cat(R"(holder_made by user:anna {"holder":")", id.str(), R"(","name":"Ben"})"));
  CHECK(news[1] ==
        cat(R"(holder_changed by user:anna {"holder":")", id.str(),
            R"(","name":"Ben","changed":[{"field":"key_group","old":"Staff","new":"Night"},)",
            R"({"field":"code"},{"field":"enabled","old":true,"new":false},)",
            R"({"field":"mail","old":"ben@example.org","new":""}]})"));
  answer_of(office.run(office.holders.remove(anna, id)));
  CHECK(office.news() ==
        Lines{cat(R"(holder_removed by user:anna {"holder":")", id.str(), R"(","name":"Ben"})")});
  CHECK(office.store.on_disk().keys.holders.empty());
}

TEST_CASE("RES-51: a holder shows which keys are not yet written") {
  Office office;
  const std::string group = office.group("Staff", R"(["lock-101","lock-102","lobby-door"])");
  const auto made =
      office.hold(cat(R"({"name":"Ben","key_group":")", group, R"(","code":"246813"})"));
  const auto states = [&office, &made] {
    Lines lines;
    const auto shown =
        office.holders.one(anna, domain::HolderId(text(made, "id")), Secrets::hidden);
    for (const auto& key : shown->at("keys").as_array()) {
      lines.push_back(cat(text(key.as_object(), "device"), " ", text(key.as_object(), "key"), " ",
                          text(key.as_object(), "state")));
    }
    return lines;
  };
  CHECK(states() == Lines{"lock-101 code waiting", "lock-102 code waiting"});
  domain::KeyStanding standing;
  standing.key = {domain::KeyOwner::holder, text(made, "id"), false};
  standing.state = domain::KeyState::set;
  standing.opens = {office.clock.wall(), office.clock.wall() + std::chrono::hours(1)};
  office.standings.locks[DeviceId("lock-101")].standings.push_back(standing);
  CHECK(states() == Lines{"lock-101 code set", "lock-102 code waiting"});
  answer_of(office.run(office.holders.change(anna, domain::HolderId(text(made, "id")),
                                             object(R"({"enabled":false})"), Secrets::hidden)));
  CHECK(states() == Lines{"lock-101 code set"});
}

TEST_CASE("RES-50: bad holders") {
  Office office;
  const std::string group = office.group("Staff", R"(["lock-101"])");
  const auto with = [&group](std::string_view rest) {
    return cat(R"({"name":"Ben","key_group":")", group, R"(")", rest, "}");
  };
  struct Row {
    std::string request;
    std::string told;
  };
  const std::vector<Row> table{
      {with(""), "invalid: code: is missing, and there is no card; give one of them"},
      {with(R"(,"code":"12")"), "invalid: code: a code is 4 to 8 digits, "},
      {with(R"(,"code":"1234","validity_group":"v-1")"),
       "invalid: validity_group: there is no validity group 'v-1'; give the id of one that there "
       "is, or null for always"},
      {with(R"(,"code":"1234","mail":"ben")"),
       "invalid: mail: 'ben' is no mail address; give one like anna@example.org"},
      {with(R"(,"code":"1234","enabled":"yes")"), "invalid: enabled: must be true or false"},
      {with(R"(,"code":"1234","outside_id":"7")"),
       "invalid: outside_id: is given by an import only; leave it out"},
      {R"({"name":"Ben","key_group":"g-1","code":"1234"})",
       "invalid: key_group: there is no key group 'g-1'; give the id of one that there is"},
      {R"({"name":"Ben","code":"1234"})",
       "invalid: key_group: is missing; give the id of a key group"},
  };
  office.news();
  for (const auto& row : table) {
    CAPTURE(row.request);
    const std::string told = text(office.hold(row.request), "error");
    CHECK((row.told.ends_with(' ') ? told.substr(0, row.told.size()) : told) == row.told);
  }
  CHECK(office.untouched());
  CHECK(text(answer_of(office.run(
                 office.holders.create(viewer, object(with(R"(,"code":"")")), Secrets::hidden))),
             "error") == "forbidden: the role viewer may not change keys");
}

TEST_CASE("RES-50: the list of holders is searched and paged") {
  Office office;
  const std::string group = office.group("Staff", R"(["lock-101"])");
  for (const auto* name : {"Cleo", "Anna", "Ben"}) {
    office.hold(cat(R"({"name":")", name, R"(","key_group":")", group, R"(","code":""})"));
  }
  const auto names = [&office](HolderQuery query) {
    Lines lines;
    const auto page = office.holders.list(viewer, query);
    for (const auto& holder : page->at("holders").as_array()) {
      lines.push_back(text(holder.as_object(), "name"));
    }
    lines.push_back(cat("of ", page->at("total").to_number<int>()));
    return lines;
  };
  CHECK(names({}) == Lines{"Anna", "Ben", "Cleo", "of 3"});
  CHECK(names({.text = "ben", .key_group = {}}) == Lines{"Ben", "of 1"});
  CHECK(names({.text = {}, .key_group = {}, .page = 2, .page_size = 2}) == Lines{"Cleo", "of 3"});
  CHECK_FALSE(
      office.holders.list(viewer, {.text = {}, .key_group = {}, .secrets = Secrets::shown}));
}
