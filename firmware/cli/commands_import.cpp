// Files of holders and of public holidays.
#include <algorithm>
#include <array>

#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"
#include "firmware/cli/files.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"
#include "firmware/cli/query.hpp"

namespace genkan::cli {

namespace {

// 20,000 rows are 40 commits; a slow disk takes its time.
constexpr std::chrono::minutes import_limit{5};

Result<json::object> send_csv(Daemon& daemon, std::string method, std::string target,
                              const std::string& file) {
  auto text = content_of(file);
  if (!text) return fail(text.error());
  ApiRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.content_type = "text/csv";
  request.body = std::move(*text);
  const auto answer = daemon.ask(std::move(request), import_limit);
  if (!answer) return fail(answer.error());
  return object_of(*answer);
}

struct Action {
  std::string_view action;
  std::string_view done;
};
constexpr std::array actions{Action{"add", "added"}, Action{"change", "changed"},
                             Action{"delete", "deleted"}, Action{"none", "as they were"}};

// What of a row is worth saying: each wrong cell, or what became of it.
std::string remark_of(const json::object& row) {
  std::string remark;
  for (const auto& entry : array_at(row, "faults")) {
    const auto* fault = entry.if_object();
    if (fault == nullptr) continue;
    remark += cat(remark.empty() ? "" : "; ", printable(text_at(*fault, "column"), 40), ": ",
                  printable(text_at(*fault, "message"), 300));
  }
  return remark.empty() ? printable(text_at(row, "message"), 300) : remark;
}

struct Tally {
  std::array<std::int64_t, actions.size()> done{};
  std::int64_t failed = 0;
};

Tally print_rows(const Console& console, const json::object& answer, bool preview) {
  Tally tally;
  Table table;
  for (const auto& entry : array_at(answer, "rows")) {
    const auto* row = entry.if_object();
    if (row == nullptr) continue;
    const auto word = text_at(*row, "action");
    const bool fine = preview ? array_at(*row, "faults").empty() : flag_at(*row, "done");
    const auto action = std::ranges::find(actions, word, &Action::action);
    if (!fine) {
      ++tally.failed;
    } else if (action != actions.end()) {
      ++tally.done[static_cast<std::size_t>(action - actions.begin())];
    }
    table.row({{cat(number_at(*row, "row")), Tone::plain},
               {fine      ? printable(word, 20)
                : preview ? "wrong"
                          : "failed",
                !fine            ? Tone::bad
                : word == "none" ? Tone::dim
                                 : Tone::good},
               {printable(text_at(*row, "outside_id"), 48), Tone::plain},
               {printable(text_at(*row, "name"), 100), Tone::plain},
               {remark_of(*row), fine ? Tone::dim : Tone::bad}});
  }
  if (table.empty()) return tally;
  table.heading({"ROW", preview ? "WOULD" : "DID", "ID", "NAME", ""});
  console.print(table.text(console.paint));
  return tally;
}

std::string tally_text(const Tally& tally, bool preview) {
  std::string said;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (tally.done[i] == 0) continue;
    said += cat(said.empty() ? "" : ", ", tally.done[i], " ", actions[i].done);
  }
  if (tally.failed > 0) {
    said += cat(said.empty() ? "" : ", ", tally.failed, preview ? " wrong" : " failed");
  }
  if (said.empty()) said = "no rows";
  return preview ? cat("Would be: ", said, ". Nothing was changed.") : cat("Done: ", said, ".");
}

}  // namespace

Exit import_holders(Daemon& daemon, const Console& console, const ImportChoice& choice) {
  Query query("/v1/holders/import");
  query.add("preview", choice.preview ? "1" : "");
  query.add("rows", choice.preview ? "" : choice.rows.empty() ? "all" : choice.rows);
  query.add("charset", choice.charset);
  const auto answer = send_csv(daemon, "POST", query.text(), choice.file);
  if (!answer) return console.failed(answer.error());
  const auto is_wrong = [&choice](const json::value& entry) {
    const auto* row = entry.if_object();
    if (row == nullptr) return false;
    return choice.preview ? !array_at(*row, "faults").empty() : !flag_at(*row, "done");
  };
  const bool wrong = std::ranges::any_of(array_at(*answer, "rows"), is_wrong);
  const auto end = wrong ? Exit::failed : Exit::done;
  if (console.said_json(*answer)) return end;
  const auto tally = print_rows(console, *answer, choice.preview);
  console.say(console.paint(wrong ? Tone::bad : Tone::good, tally_text(tally, choice.preview)));
  return end;
}

Exit holder_sample(Daemon& daemon, const Console& console, const std::string& file) {
  ApiRequest request;
  request.target = "/v1/holders/sample.csv";
  const auto answer = daemon.ask(std::move(request));
  if (!answer) return console.failed(answer.error());
  if (answer->status != 200) return console.failed(error_of(*answer));
  if (file == "-") {
    console.print(answer->body);
    return Exit::done;
  }
  const auto written = write_file(file, answer->body, Readers::everybody);
  if (!written) return console.failed(written.error());
  console.say(cat("A sample is in ", file, "."));
  return Exit::done;
}

Exit show_holidays(Daemon& daemon, const Console& console, const std::string& year) {
  Query query("/v1/holidays");
  query.add("year", year);
  const auto answer = daemon.get(query.text());
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  Table table;
  for (const auto& entry : array_at(*answer, "holidays")) {
    const auto* holiday = entry.if_object();
    if (holiday == nullptr) continue;
    const auto day = text_at(*holiday, "day");
    table.row({{printable(day, 20), Tone::plain},
               {std::string(weekday_of(day)), Tone::dim},
               {printable(text_at(*holiday, "name"), 200), Tone::plain}});
  }
  if (table.empty()) console.say("No public holidays.");
  console.print(table.text(console.paint));
  const auto until = number_at(*answer, "table_until");
  if (until > 0) {
    console.say(console.paint(
        Tone::dim, cat("By the government's table until ", until, ", then by the law.")));
  }
  return Exit::done;
}

Exit import_holidays(Daemon& daemon, const Console& console, const std::string& file) {
  const auto answer = send_csv(daemon, "PUT", "/v1/holidays", file);
  if (!answer) {
    const bool mistakes = answer.error().code() == ErrorCode::invalid;
    const auto end = console.failed(answer.error());
    return mistakes ? Exit::failed : end;
  }
  if (console.said_json(*answer)) return Exit::done;
  const auto until = number_at(*answer, "table_until");
  console.say(console.paint(Tone::good,
                            cat(file, " is the table of public holidays now",
                                until > 0 ? cat("; it goes until ", until) : std::string(), ".")));
  return Exit::done;
}

Exit reset_holidays(Daemon& daemon, const Console& console) {
  const auto answer = daemon.send("DELETE", "/v1/holidays", std::nullopt);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(Tone::good, "Public holidays are those of the law again."));
  return Exit::done;
}

}  // namespace genkan::cli
