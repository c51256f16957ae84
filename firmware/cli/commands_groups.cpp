// Key groups and validity groups.
#include "firmware/base/text.hpp"
#include "firmware/cli/group_names.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"

namespace genkan::cli {

namespace {

std::string_view title_of(GroupSort sort) {
  return sort == GroupSort::key ? "Key group" : "Validity group";
}

std::string devices_text(const json::object& group) {
  std::string text;
  for (const auto& device : array_at(group, "devices")) {
    if (!device.is_string()) continue;
    text += cat(text.empty() ? "" : ", ", printable(device.get_string(), 48));
  }
  return text;
}

void add_rows(Table& table, const json::array& groups, GroupSort sort) {
  for (const auto& entry : groups) {
    const auto* group = entry.if_object();
    if (group == nullptr) continue;
    table.row({{printable(text_at(*group, "id"), 48), Tone::plain},
               {printable(text_at(*group, "name"), 100), Tone::plain},
               {sort == GroupSort::key ? "doors" : "validity", Tone::dim},
               {sort == GroupSort::key ? devices_text(*group) : timing_text(*group), Tone::plain}});
  }
}

struct Found {
  GroupSort sort;
  json::object group;
};

// Of either sort. Error: there is none, or one of each with that name.
Result<Found> find(Daemon& daemon, const std::string& typed) {
  std::optional<Found> found;
  for (const auto sort : {GroupSort::key, GroupSort::validity}) {
    const auto groups = all_groups(daemon, sort);
    if (!groups) return fail(groups.error());
    const auto* group = group_named(*groups, typed);
    if (group == nullptr) continue;
    if (text_at(*group, "id") == typed) return Found{sort, *group};
    if (found) {
      return fail(
          ErrorCode::invalid,
          cat("a key group and a validity group are called '", printable(typed), "'; give the id, ",
              text_at(found->group, "id"), " or ", text_at(*group, "id")));
    }
    found = Found{sort, *group};
  }
  if (found) return std::move(*found);
  return fail(ErrorCode::unknown,
              cat("there is no key group or validity group '", printable(typed), "'"));
}

Exit save(Daemon& daemon, const Console& console, std::string_view done, GroupSort sort,
          std::string method, std::string target, const json::object& body) {
  const auto answer = daemon.send(std::move(method), std::move(target), body);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(
      Tone::good, cat(title_of(sort), " ", printable(text_at(*answer, "name"), 300), " (",
                      printable(text_at(*answer, "id"), 48), ") is ", done, ": ",
                      sort == GroupSort::key ? devices_text(*answer) : timing_text(*answer), ".")));
  return Exit::done;
}

Result<json::object> body_of(const GroupChoice& choice, GroupSort sort,
                             const json::object& before) {
  if (sort == GroupSort::validity) return validity_request(choice);
  return key_group_request(choice, array_at(before, "devices"));
}

}  // namespace

Exit show_groups(Daemon& daemon, const Console& console) {
  Table table;
  for (const auto sort : {GroupSort::key, GroupSort::validity}) {
    const auto answer = daemon.get(std::string(path_of(sort)));
    if (!answer) return console.failed(answer.error());
    if (console.said_json(*answer)) continue;
    add_rows(table, array_at(*answer, sort == GroupSort::key ? "key_groups" : "validity_groups"),
             sort);
  }
  if (console.json) return Exit::done;
  if (table.empty()) {
    console.say("No groups.");
    return Exit::done;
  }
  table.heading({"GROUP", "NAME", "SAYS", "WHAT"});
  console.print(table.text(console.paint));
  return Exit::done;
}

Exit add_group(Daemon& daemon, const Console& console, const GroupChoice& choice) {
  const auto sort = is_validity(choice) ? GroupSort::validity : GroupSort::key;
  if (sort == GroupSort::validity && !choice.doors.empty()) {
    console.complain(
        "--door makes a key group; --from, --to, --every and --window a validity "
        "group; give one or the other");
    return Exit::usage;
  }
  const auto body = body_of(choice, sort, {});
  if (!body) return console.failed(body.error());
  return save(daemon, console, "made", sort, "POST", std::string(path_of(sort)), *body);
}

Exit change_group(Daemon& daemon, const Console& console, const GroupChoice& choice) {
  const auto found = find(daemon, choice.group);
  if (!found) return console.failed(found.error());
  const bool doors = !choice.doors.empty() || !choice.add.empty() || !choice.remove.empty();
  if (found->sort == GroupSort::validity ? doors : is_validity(choice)) {
    console.complain(found->sort == GroupSort::validity
                         ? "this is a validity group: it has times, not doors"
                         : "this is a key group: it has doors, not times");
    return Exit::usage;
  }
  const auto body = body_of(choice, found->sort, found->group);
  if (!body) return console.failed(body.error());
  if (body->empty()) {
    console.complain(
        "nothing is to be changed; give --name, --door, --add, --remove or times "
        "(genkan groups change --help)");
    return Exit::usage;
  }
  return save(daemon, console, "changed", found->sort, "PUT",
              cat(path_of(found->sort), "/", escaped(text_at(found->group, "id"))), *body);
}

Exit delete_group(Daemon& daemon, const Console& console, const GroupChoice& choice) {
  const auto found = find(daemon, choice.group);
  if (!found) return console.failed(found.error());
  const auto answer = daemon.send(
      "DELETE", cat(path_of(found->sort), "/", escaped(text_at(found->group, "id"))), std::nullopt);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(
      Tone::good, cat(title_of(found->sort), " ", printable(text_at(found->group, "name"), 300),
                      " is deleted.")));
  return Exit::done;
}

}  // namespace genkan::cli
