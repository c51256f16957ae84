#include "firmware/services/keys/group_office.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::KeyGroup;
using domain::KeyGroupId;
using domain::RecordKind;
using domain::ValidityGroup;
using domain::ValidityGroupId;

// What the two sorts of groups differ in.
template <class Group>
struct Sort;
template <>
struct Sort<KeyGroup> {
  static constexpr std::string_view title = "key group";
  static constexpr std::string_view prefix = "g";
  static constexpr std::string_view key = "key_group";
  static constexpr auto record = RecordKind::key_group_changed;
  static const auto& all(const domain::KeyBook& book) { return book.key_groups(); }
  static auto& list(ports::KeyChange& change) { return change.key_groups; }
};
template <>
struct Sort<ValidityGroup> {
  static constexpr std::string_view title = "validity group";
  static constexpr std::string_view prefix = "v";
  static constexpr std::string_view key = "validity_group";
  static constexpr auto record = RecordKind::validity_group_changed;
  static const auto& all(const domain::KeyBook& book) { return book.validity_groups(); }
  static auto& list(ports::KeyChange& change) { return change.validity_groups; }
};

template <class Id>
std::unexpected<Error> no_group(std::string_view title, const Id& id) {
  return fail(ErrorCode::unknown, cat("there is no ", title, " '", printable(id.str(), 48), "'"));
}

// "'Anna', 'Ben' and 3 more"
template <class Record>
std::string some_names(const std::vector<const Record*>& records) {
  constexpr std::size_t most = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(most, records.size()); ++i) {
    names += cat(i > 0 ? ", '" : "'", records[i]->name, "'");
  }
  if (records.size() > most) names += cat(" and ", records.size() - most, " more");
  return names;
}

template <class Group>
Result<> check_name(const Group& group, const domain::KeyBook& book) {
  const auto wrong = domain::reservation_name_fault(group.name, domain::Origin::here);
  if (!wrong.empty()) return fail(ErrorCode::invalid, cat("name: ", wrong));
  for (const auto& [id, other] : Sort<Group>::all(book)) {
    if (other.name == group.name && id != group.id) {
      return fail(ErrorCode::conflict, cat("name: there is a ", Sort<Group>::title, " '",
                                           group.name, "' already; choose another name"));
    }
  }
  return {};
}

// A few ids of a long list: a record has at most 4 KiB.
json::array ids_json(const std::vector<DeviceId>& devices, std::size_t most) {
  json::array ids;
  for (const auto& device : devices) {
    if (ids.size() == most) {
      ids.emplace_back(cat("and ", devices.size() - most, " more"));
      break;
    }
    ids.emplace_back(device.str());
  }
  return ids;
}

void note_changes(const KeyGroup& before, const KeyGroup& now, FieldChanges& changes) {
  constexpr std::size_t most = 24;
  const auto without = [](const KeyGroup& one, const KeyGroup& other) {
    std::vector<DeviceId> left;
    std::ranges::copy_if(one.devices, std::back_inserter(left), [&other](const DeviceId& device) {
      return std::ranges::find(other.devices, device) == other.devices.end();
    });
    return left;
  };
  changes.field("name", before.name, now.name);
  changes.field("doors", ids_json(without(before, now), most),
                ids_json(without(now, before), most));
  changes.secret("order", before.devices != now.devices && changes.empty());
}

void note_changes(const ValidityGroup& before, const ValidityGroup& now, FieldChanges& changes) {
  changes.field("name", before.name, now.name);
  changes.field("timing", timing_json(before.timing), timing_json(now.timing));
}

template <class Group>
json::array list_of(const std::map<decltype(Group::id), Group>& groups) {
  json::array list;
  for (const auto& [id, group] : groups) list.emplace_back(to_json(group));
  return list;
}

}  // namespace

json::object to_json(const KeyGroup& group) {
  return {{"id", group.id.str()},
          {"name", group.name},
          {"devices", ids_json(group.devices, group.devices.size())}};
}

json::object to_json(const ValidityGroup& group) {
  json::object object{{"id", group.id.str()}, {"name", group.name}};
  json::object timing = timing_json(group.timing);
  if (std::holds_alternative<domain::Span>(group.timing)) {
    object["span"] = std::move(timing);
  } else {
    object["weekly"] = timing["weekly"];
  }
  return object;
}

json::object GroupOffice::key_groups() const {
  return {{"key_groups", list_of(desk_.book().key_groups())}};
}

json::object GroupOffice::validity_groups() const {
  return {{"validity_groups", list_of(desk_.book().validity_groups())}};
}

template <class Group>
boost::asio::awaitable<Result<json::object>> GroupOffice::save(domain::Caller caller,
                                                               decltype(Group::id) id,
                                                               json::object request,
                                                               Draft<Group> draft) {
  using Its = Sort<Group>;
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto& groups = Its::all(desk_.book());
  const bool made = id.empty();
  const Group* found = made ? nullptr : desk_.book().find(id);
  if (!made && found == nullptr) co_return no_group(Its::title, id);
  if (made && groups.size() >= most_groups) {
    co_return fail(ErrorCode::conflict, cat("there are ", most_groups, " ", Its::title,
                                            "s already; delete one that nobody needs"));
  }
  auto group = (this->*draft)(request, found);
  if (!group) co_return fail(group.error());
  if (auto named = check_name(*group, desk_.book()); !named) co_return fail(named.error());
  FieldChanges changes;
  if (made) {
    group->id = decltype(Group::id)(desk_.new_id(Its::prefix, [&groups](const std::string& text) {
      return groups.contains(decltype(Group::id)(text));
    }));
  } else {
    note_changes(*found, *group, changes);
    if (changes.empty()) co_return to_json(*group);
  }
  json::object body{
      {Its::key, group->id.str()}, {"name", group->name}, {"what", made ? "made" : "changed"}};
  if (!made) body["changed"] = changes.take();
  ports::Change change;
  change.records.push_back(desk_.record(caller, Its::record, std::move(body)));
  Its::list(change.keys).push_back(*group);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return to_json(*group);
}

boost::asio::awaitable<Result<json::object>> GroupOffice::create_key_group(domain::Caller caller,
                                                                           json::object request) {
  return save<KeyGroup>(std::move(caller), {}, std::move(request), &GroupOffice::draft_key_group);
}
boost::asio::awaitable<Result<json::object>> GroupOffice::change_key_group(domain::Caller caller,
                                                                           KeyGroupId id,
                                                                           json::object request) {
  return save<KeyGroup>(std::move(caller), std::move(id), std::move(request),
                        &GroupOffice::draft_key_group);
}
boost::asio::awaitable<Result<json::object>> GroupOffice::create_validity_group(
    domain::Caller caller, json::object request) {
  return save<ValidityGroup>(std::move(caller), {}, std::move(request),
                             &GroupOffice::draft_validity_group);
}
boost::asio::awaitable<Result<json::object>> GroupOffice::change_validity_group(
    domain::Caller caller, ValidityGroupId id, json::object request) {
  return save<ValidityGroup>(std::move(caller), std::move(id), std::move(request),
                             &GroupOffice::draft_validity_group);
}

boost::asio::awaitable<Result<json::object>> GroupOffice::remove_key_group(domain::Caller caller,
                                                                           KeyGroupId id) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const KeyGroup* group = desk_.book().find(id);
  if (group == nullptr) co_return no_group("key group", id);
  const auto holders = desk_.book().holders_of(id);
  if (!holders.empty()) {
    co_return fail(ErrorCode::conflict, cat("'", group->name, "' has holders: ",
                                            some_names(holders), "; move or delete them first"));
  }
  const auto reservations = desk_.book().reservations_of(id);
  std::vector<const domain::Reservation*> needed;
  std::ranges::copy_if(reservations, std::back_inserter(needed), [this](const auto* one) {
    const auto extent = extent_of(desk_, *one);
    return extent && extent->end > desk_.now();
  });
  if (!needed.empty()) {
    co_return fail(
        ErrorCode::conflict,
        cat("'", group->name, "' has reservations: ", some_names(needed), "; delete them first"));
  }
  ports::Change change;
  for (const auto* reservation : reservations) {
    change.records.push_back(
        desk_.record(caller, RecordKind::reservation_removed,
                     {{"reservation", reservation->id.str()}, {"name", reservation->name}}));
    change.keys.reservations_removed.push_back(reservation->id);
  }
  json::object body{{"key_group", id.str()}, {"name", group->name}, {"what", "removed"}};
  change.records.push_back(desk_.record(caller, RecordKind::key_group_changed, std::move(body)));
  change.keys.key_groups_removed.push_back(id);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return json::object{{"removed", id.str()}};
}

boost::asio::awaitable<Result<json::object>> GroupOffice::remove_validity_group(
    domain::Caller caller, ValidityGroupId id) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const ValidityGroup* group = desk_.book().find(id);
  if (group == nullptr) co_return no_group("validity group", id);
  const auto holders = desk_.book().holders_with(id);
  if (!holders.empty()) {
    co_return fail(ErrorCode::conflict,
                   cat("'", group->name, "' has holders: ", some_names(holders),
                       "; give them another validity first"));
  }
  ports::Change change;
  json::object body{{"validity_group", id.str()}, {"name", group->name}, {"what", "removed"}};
  change.records.push_back(
      desk_.record(caller, RecordKind::validity_group_changed, std::move(body)));
  change.keys.validity_groups_removed.push_back(id);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return json::object{{"removed", id.str()}};
}

}  // namespace genkan::services
