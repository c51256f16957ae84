#include <algorithm>
#include <optional>

#include <unistd.h>

#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"
#include "firmware/cli/commands.hpp"
#include "firmware/cli/files.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

// 30,000 records are sealed and committed; a slow disk takes its time.
constexpr std::chrono::minutes transfer_limit{2};

// TOML never begins with a brace.
bool is_transfer(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

// The mistakes under the name of the file that was typed.
void print_problems(const Console& console, const std::string& file, const ApiResponse& response) {
  const auto value = parse_json(response.body, response.body.size());
  if (!value || !value->is_object()) return;
  for (const auto& entry : array_at(value->get_object(), "problems")) {
    const auto* problem = entry.if_object();
    if (problem == nullptr) continue;
    const auto line = number_at(*problem, "line");
    const auto within = printable(text_at(*problem, "file"), 80);
    const bool of_record = line == 0 && !within.empty() && within != "site.toml";
    const auto place = line > 0 ? cat(file, ":", line) : file;
    console.print(cat(place, ": ", of_record ? cat(within, ": ") : std::string(),
                      printable(text_at(*problem, "message"), 500), "\n"));
  }
}

std::string site_text(const json::object& counts) {
  return cat(number_at(counts, "buses"), " buses, ", number_at(counts, "rooms"), " rooms, ",
             number_at(counts, "devices"), " devices");
}

// "reservations: 31 added, 2 removed"
void print_lists(const Console& console, const json::object& brings) {
  for (const auto& member : brings) {
    if (!member.value().is_object() || member.key() == "site") continue;
    const auto& counts = member.value().get_object();
    std::string said;
    for (const std::string_view what : {"added", "changed", "removed", "same"}) {
      const auto count = number_at(counts, what);
      if (count > 0) said += cat(said.empty() ? "" : ", ", count, " ", what);
    }
    if (!said.empty()) console.say(cat("  ", spaced(std::string(member.key())), ": ", said));
  }
}

void tell_taken(const Console& console, const ImportFile& choice, const json::object& brings) {
  const bool keys = brings.contains("reservations");
  const auto what = site_text(keys ? object_at(brings, "site") : brings);
  console.say(console.paint(
      Tone::good,
      choice.check_only
          ? cat(choice.file, " is sound: ", what, ". Nothing was changed.")
          : cat(choice.file,
                keys ? " is the site now, with its keys: " : " is the site now: ", what, ".")));
  if (keys) print_lists(console, brings);
  for (const auto& warning : array_at(brings, "warnings")) {
    if (!warning.is_string()) continue;
    console.say(console.paint(Tone::notice, printable(warning.get_string(), 500)));
  }
}

// "devices lock-101, lock-102 and 7 more"; empty if none goes.
std::string gone_text(const json::object& removed, std::string_view what) {
  constexpr std::size_t most_named = 5;
  const auto& ids = array_at(removed, what);
  std::string named;
  for (std::size_t i = 0; i < std::min(ids.size(), most_named); ++i) {
    if (ids[i].is_string()) named += cat(i == 0 ? "" : ", ", printable(ids[i].get_string(), 48));
  }
  if (ids.empty()) return "";
  const auto more = ids.size() - std::min(ids.size(), most_named);
  return cat(what, " ", named, more > 0 ? cat(" and ", more, " more") : "");
}

// What the file takes away, in words; empty: nothing.
std::string taken_away(const json::object& brings) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) text += cat(text.empty() ? "" : "; ", part);
  };
  const auto& site = brings.contains("reservations") ? object_at(brings, "site") : brings;
  for (const std::string_view what : {"buses", "rooms", "devices"}) {
    add(gone_text(object_at(site, "removed"), what));
  }
  for (const auto& member : brings) {
    if (!member.value().is_object()) continue;
    const auto& counts = member.value().get_object();
    const auto gone = counts.contains("added") ? number_at(counts, "removed") : 0;
    if (gone > 0) add(cat(gone, " ", spaced(std::string(member.key()))));
  }
  return text;
}

// Whether somebody at the terminal says yes.
bool says_yes(const Console& console, const std::string& question) {
  std::fputs(cat(question, " [y/N] ").c_str(), console.err);
  std::fflush(console.err);
  const int first = std::fgetc(stdin);
  return first == 'y' || first == 'Y';
}

// Asks the daemon what the file would take away, and a person whether that is meant. Nothing: go
// on; what is wrong with the file is told then.
std::optional<Exit> ask_first(Daemon& daemon, const Console& console, const ImportFile& choice,
                              ApiRequest request) {
  request.target += "?check=1";
  const auto answer = daemon.ask(std::move(request), transfer_limit);
  if (!answer) return console.failed(answer.error());
  const auto brings = object_of(*answer);
  const auto gone = brings ? taken_away(*brings) : std::string();
  if (gone.empty()) return std::nullopt;
  const bool terminal = choice.file != "-" && ::isatty(STDIN_FILENO) == 1;
  if (terminal && says_yes(console, cat(choice.file, " takes away ", gone, ". Go on?"))) {
    return std::nullopt;
  }
  console.complain(terminal ? "nothing was changed"
                            : cat(choice.file, " takes away ", gone,
                                  "; say --yes if that is what you want. Nothing was changed"));
  return Exit::usage;
}

Exit write_out(const Console& console, const std::string& file, const std::string& text,
               std::string_view what, Readers readers) {
  if (file == "-") {
    console.print(text);
    return Exit::done;
  }
  const auto written = write_file(file, text, readers);
  if (!written) return console.failed(written.error());
  console.say(cat(what, " in ", file, "."));
  return Exit::done;
}

}  // namespace

Exit put_site(Daemon& daemon, const Console& console, const ImportFile& choice) {
  auto text = content_of(choice.file);
  if (!text) return console.failed(text.error());
  const bool transfer = is_transfer(*text);
  ApiRequest request;
  request.method = "PUT";
  request.target = transfer ? "/v1/import" : "/v1/site";
  request.content_type = transfer ? "application/json" : "application/toml";
  request.body = std::move(*text);
  if (choice.check_only) {
    request.target += "?check=1";
  } else if (!choice.sure) {
    if (const auto end = ask_first(daemon, console, choice, request)) return *end;
  }
  const auto answer =
      transfer ? daemon.ask(std::move(request), transfer_limit) : daemon.ask(std::move(request));
  if (!answer) return console.failed(answer.error());
  if (console.json) {
    console.say(answer->body);
  } else if (answer->status != 200) {
    print_problems(console, choice.file, *answer);
  }
  const auto brings = object_of(*answer);
  if (!brings) {
    const bool mistakes = brings.error().code() == ErrorCode::invalid;
    const auto end = console.failed(brings.error());
    return mistakes ? Exit::failed : end;
  }
  if (!console.json) tell_taken(console, choice, *brings);
  return Exit::done;
}

Exit export_site(Daemon& daemon, const Console& console, const ExportChoice& choice) {
  ApiRequest request;
  request.target = choice.receiver.empty() ? std::string("/v1/site")
                                           : cat("/v1/export?to=", escaped(choice.receiver));
  const auto answer = daemon.ask(std::move(request), transfer_limit);
  if (!answer) return console.failed(answer.error());
  if (answer->status != 200) return console.failed(error_of(*answer));
  if (choice.receiver.empty()) {
    return write_out(console, choice.file, answer->body, "The site is", Readers::everybody);
  }
  return write_out(console, choice.file, answer->body + "\n",
                   "The site and its keys, sealed for that gateway, are", Readers::owner);
}

Exit show_receiver(Daemon& daemon, const Console& console) {
  const auto answer = daemon.get("/v1/receiver");
  if (!answer) return console.failed(answer.error());
  if (!console.said_json(*answer)) console.say(text_at(*answer, "receiver"));
  return Exit::done;
}

Exit rotate_secrets(Daemon& daemon, const Console& console) {
  const auto answer = daemon.send("POST", "/v1/secrets/rotate", std::nullopt);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(
      Tone::good, "Codes and cards are sealed with a new key. Make a new copy of the key file."));
  return Exit::done;
}

}  // namespace genkan::cli
