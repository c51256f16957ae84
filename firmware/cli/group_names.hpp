#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/cli/daemon.hpp"

// Groups by the name that people know them by.
namespace genkan::cli {

enum class GroupSort { key, validity };
std::string_view path_of(GroupSort sort);  // "/v1/key-groups"

// All of a sort, as the API tells them.
Result<json::array> all_groups(Daemon& daemon, GroupSort sort);
// The one with that id, otherwise the one with that name; null if there is none.
const json::object* group_named(const json::array& groups, std::string_view typed);
// Its id; what was typed if there is none, for the daemon to say so.
std::string group_id(const json::array& groups, const std::string& typed);
// Its name; the id if it is not among them.
std::string group_name(const json::array& groups, const std::string& id);

// What reservations are on, in words: "lock-101", "key group Staff". Asks for the key groups once,
// when the first of them is met; where they cannot be had, their ids stay.
class TargetNames {
 public:
  explicit TargetNames(Daemon& daemon) : daemon_(daemon) {}
  std::string of(const json::object& reservation);

 private:
  Daemon& daemon_;
  std::optional<json::array> groups_;
};

}  // namespace genkan::cli
