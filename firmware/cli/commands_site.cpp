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
  request.target = cat(transfer ? "/v1/import" : "/v1/site", choice.check_only ? "?check=1" : "");
  request.content_type = transfer ? "application/json" : "application/toml";
  request.body = std::move(*text);
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
