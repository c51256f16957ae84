// Holders of office keys.
#include "firmware/base/text.hpp"
#include "firmware/cli/group_names.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"
#include "firmware/cli/query.hpp"

namespace genkan::cli {

namespace {

struct Groups {
  json::array key;
  json::array validity;
};

Result<Groups> groups_of(Daemon& daemon) {
  auto key = all_groups(daemon, GroupSort::key);
  if (!key) return fail(key.error());
  auto validity = all_groups(daemon, GroupSort::validity);
  if (!validity) return fail(validity.error());
  return Groups{std::move(*key), std::move(*validity)};
}

std::string validity_text(const json::object& holder, const Groups& groups) {
  const auto id = text_at(holder, "validity_group");
  return id.empty() ? "always" : group_name(groups.validity, id);
}

void print_list(const Console& console, const json::object& answer, const Groups& groups,
                bool codes) {
  Table table;
  for (const auto& entry : array_at(answer, "holders")) {
    const auto* holder = entry.if_object();
    if (holder == nullptr) continue;
    std::vector<Toned> row{{printable(text_at(*holder, "id"), 48), Tone::plain},
                           {printable(text_at(*holder, "outside_id"), 48), Tone::dim},
                           {printable(text_at(*holder, "name"), 100), Tone::plain},
                           {group_name(groups.key, text_at(*holder, "key_group")), Tone::plain},
                           {validity_text(*holder, groups), Tone::plain}};
    if (codes) {
      row.push_back({printable(text_at(*holder, "code"), 20), Tone::plain});
      row.push_back({printable(text_at(object_at(*holder, "card"), "number"), 60), Tone::plain});
    }
    const bool enabled = flag_at(*holder, "enabled");
    row.push_back(enabled ? keys_summary(array_at(*holder, "keys"))
                          : Toned{"disabled", Tone::notice});
    table.row(std::move(row));
  }
  if (table.empty()) return console.say("No holders.");
  std::vector<std::string> heading{"HOLDER", "ID", "NAME", "KEY GROUP", "VALID"};
  if (codes) heading.insert(heading.end(), {"CODE", "CARD"});
  heading.emplace_back("IN THE LOCKS");
  table.heading(std::move(heading));
  console.print(table.text(console.paint));
}

void print_holder(const Console& console, const json::object& holder, const Groups& groups) {
  Table table;
  const auto line = [&table](std::string_view name, std::string text) {
    if (!text.empty()) table.row({{std::string(name), Tone::dim}, {std::move(text), Tone::plain}});
  };
  line("holder", printable(text_at(holder, "id"), 48));
  line("id", printable(text_at(holder, "outside_id"), 100));
  line("name", printable(text_at(holder, "name"), 400));
  line("key group", group_name(groups.key, text_at(holder, "key_group")));
  line("valid", validity_text(holder, groups));
  line("code", printable(text_at(holder, "code"), 20));
  const auto& card = object_at(holder, "card");
  line("card", cat(printable(text_at(card, "name"), 100), card.contains("number") ? " " : "",
                   printable(text_at(card, "number"), 60)));
  line("enabled", flag_at(holder, "enabled") ? "yes" : "no");
  line("mail", printable(text_at(holder, "mail"), 254));
  console.print(table.text(console.paint));
  console.print(keys_table(array_at(holder, "keys"), console.paint));
}

// The groups by their ids.
Result<> put_groups(Daemon& daemon, const HolderChoice& choice, json::object& body) {
  if (choice.group) {
    const auto groups = all_groups(daemon, GroupSort::key);
    if (!groups) return fail(groups.error());
    body["key_group"] = group_id(*groups, *choice.group);
  }
  if (choice.validity) {
    const auto groups = all_groups(daemon, GroupSort::validity);
    if (!groups) return fail(groups.error());
    body["validity_group"] = group_id(*groups, *choice.validity);
  }
  return {};
}

Exit save(Daemon& daemon, const Console& console, std::string_view done, std::string method,
          std::string target, const HolderChoice& choice) {
  auto body = holder_request(choice);
  if (auto put = put_groups(daemon, choice, body); !put) return console.failed(put.error());
  if (body.empty()) {
    console.complain(
        "nothing is to be changed; give --name, --group, --code or another option "
        "(genkan holders change --help)");
    return Exit::usage;
  }
  const bool secret = body.contains("code") && !body["code"].is_null();
  if (secret) target += "?secrets=1";
  const auto answer = daemon.send(std::move(method), std::move(target), body);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(Tone::good, cat(done, ": ", printable(text_at(*answer, "name"), 300),
                                            " (", printable(text_at(*answer, "id"), 48), ").")));
  for (const auto& told : array_at(*answer, "told")) {
    if (!told.is_string()) continue;
    console.say(console.paint(Tone::notice, cat("  ", printable(told.get_string(), 400))));
  }
  if (const auto code = printable(text_at(*answer, "code"), 20); secret && !code.empty()) {
    console.say(cat("The code is ", console.paint(Tone::heading, code), "."));
  }
  if (const auto keys = keys_summary(array_at(*answer, "keys")); !keys.text.empty()) {
    console.say(cat("In the locks: ", console.paint(keys)));
  }
  return Exit::done;
}

}  // namespace

Exit show_holders(Daemon& daemon, const Console& console, const HoldersChoice& choice) {
  const auto groups = groups_of(daemon);
  if (!groups) return console.failed(groups.error());
  Query query("/v1/holders");
  query.add("key_group", group_id(groups->key, choice.group));
  add_page(query, choice.page);
  const auto answer = daemon.get(query.text());
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  print_list(console, *answer, *groups, choice.page.codes);
  say_rest(console, *answer, choice.page);
  return Exit::done;
}

Exit show_holder(Daemon& daemon, const Console& console, const OneChoice& choice) {
  const auto answer =
      daemon.get(cat("/v1/holders/", escaped(choice.id), choice.codes ? "?secrets=1" : ""));
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  const auto groups = groups_of(daemon);
  if (!groups) return console.failed(groups.error());
  print_holder(console, *answer, *groups);
  return Exit::done;
}

Exit add_holder(Daemon& daemon, const Console& console, const HolderChoice& choice) {
  return save(daemon, console, "Added", "POST", "/v1/holders", choice);
}

Exit change_holder(Daemon& daemon, const Console& console, const HolderChoice& choice) {
  return save(daemon, console, "Changed", "PUT", cat("/v1/holders/", escaped(choice.id)), choice);
}

Exit delete_holders(Daemon& daemon, const Console& console, const std::vector<std::string>& ids) {
  Exit end = Exit::done;
  for (const auto& id : ids) {
    const auto answer = daemon.send("DELETE", cat("/v1/holders/", escaped(id)), std::nullopt);
    if (!answer) {
      end = worse(end, console.failed(answer.error()));
    } else if (!console.said_json(*answer)) {
      console.say(
          console.paint(Tone::good, cat("Holder ", printable(id, 48),
                                        " is deleted; the keys are taken out of the locks now.")));
    }
  }
  return end;
}

}  // namespace genkan::cli
