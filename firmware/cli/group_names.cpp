#include "firmware/cli/group_names.hpp"

#include "firmware/base/text.hpp"

namespace genkan::cli {

std::string_view path_of(GroupSort sort) {
  return sort == GroupSort::key ? "/v1/key-groups" : "/v1/validity-groups";
}

Result<json::array> all_groups(Daemon& daemon, GroupSort sort) {
  const auto answer = daemon.get(std::string(path_of(sort)));
  if (!answer) return fail(answer.error());
  return array_at(*answer, sort == GroupSort::key ? "key_groups" : "validity_groups");
}

const json::object* group_named(const json::array& groups, std::string_view typed) {
  for (const std::string_view member : {"id", "name"}) {
    for (const auto& entry : groups) {
      const auto* group = entry.if_object();
      if (group != nullptr && !typed.empty() && text_at(*group, member) == typed) return group;
    }
  }
  return nullptr;
}

std::string group_id(const json::array& groups, const std::string& typed) {
  const auto* group = group_named(groups, typed);
  return group == nullptr ? typed : text_at(*group, "id");
}

std::string group_name(const json::array& groups, const std::string& id) {
  const auto* group = group_named(groups, id);
  return printable(group == nullptr ? id : text_at(*group, "name"), 100);
}

std::string TargetNames::of(const json::object& reservation) {
  const auto device = text_at(reservation, "device");
  if (!device.empty()) return printable(device, 48);
  if (!groups_) groups_ = all_groups(daemon_, GroupSort::key).value_or(json::array());
  return cat("key group ", group_name(*groups_, text_at(reservation, "key_group")));
}

}  // namespace genkan::cli
