// Whose gateway this is, and whose signatures it believes.
#include <algorithm>

#include "firmware/base/p256.hpp"
#include "firmware/base/text.hpp"
#include "firmware/cli/cloud_commands.hpp"
#include "firmware/cli/files.hpp"
#include "firmware/cli/sentences.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

constexpr std::size_t most_file = 64 * 1024;

// A JSON object from a file; "-" is standard input.
Result<json::object> object_in(const std::string& file) {
  const auto text = content_of(file);
  if (!text) return fail(text.error());
  auto value = parse_unambiguous_json(*text, most_file);
  if (!value) return fail(value.error().in(file));
  if (!value->is_object()) return fail(ErrorCode::invalid, cat(file, ": must be a JSON object"));
  return std::move(value->get_object());
}

std::string when(const json::object& object, std::string_view key, std::string_view otherwise) {
  const auto time = text_at(object, key);
  return time.empty() ? std::string(otherwise) : local_time(time, TimeStyle::full);
}

std::string scopes_text(const json::object& key) {
  std::string text;
  for (const auto& scope : array_at(key, "scopes")) {
    const auto* word = scope.if_string();
    if (word != nullptr) text += cat(text.empty() ? "" : ", ", printable(*word, 20));
  }
  return text;
}

void say_claim(const Console& console, const json::object& claim) {
  console.say(cat("contract     ", printable(text_at(claim, "contract"), 64)));
  console.say(cat("cloud        ", printable(text_at(claim, "cloud"), 64)));
  console.say(cat("broker       ", printable(text_at(object_at(claim, "broker"), "uri"), 256)));
  console.say(cat("since        ", when(claim, "since", "")));
  console.say(cat("certificate  until ", when(claim, "certificate_ends", "an unknown time")));
}

// By which people compare a key with the cloud's (genkan-cloud keys list).
std::string thumbprint_of(const json::object& entry) {
  const auto key = P256Public::from_jwk(object_at(entry, "key"));
  return key ? key->thumbprint() : std::string("(cannot be read)");
}

// Each trusted key in two lines: what it may, and its thumbprint.
void say_keys(const Console& console, const json::object& answer) {
  for (const auto& entry : array_at(answer, "keys")) {
    const auto* key = entry.if_object();
    if (key == nullptr) continue;
    const auto end = text_at(*key, "not_after");
    console.say(cat(printable(text_at(*key, "kid"), 64), "  ", printable(text_at(*key, "name"), 64),
                    "  ", scopes_text(*key),
                    end.empty() ? "" : cat("  until ", local_time(end, TimeStyle::full)), "  by ",
                    printable(text_at(*key, "added_by"), 64), " ", when(*key, "added", "")));
    console.say(cat("  thumbprint ", thumbprint_of(*key)));
  }
}

// Each sentence of a refusal on a line of its own: an enrolment file may have several mistakes.
Exit refused(const Console& console, const std::string& file, const Error& error) {
  if (error.code() != ErrorCode::invalid || console.json) return console.failed(error);
  std::string_view rest = error.message();
  while (!rest.empty()) {
    const auto end = std::min(rest.find("; "), rest.size());
    console.complain(cat(file, ": ", printable(rest.substr(0, end), 500)));
    rest.remove_prefix(std::min(rest.size(), end + 2));
  }
  return Exit::failed;
}

// At the handing-over: who can command the gateway, in keys that can be compared.
void say_whom_it_trusts(const Console& console, const json::object& trust) {
  console.say("trusted keys; compare them with the cloud's (genkan-cloud keys list):");
  say_keys(console, trust);
}

}  // namespace

Exit claim(Daemon& daemon, const Console& console, const FileChoice& choice) {
  const auto file = object_in(choice.file);
  if (!file) return console.failed(file.error());
  const auto answer = daemon.send("PUT", "/v1/claim", json::value(*file));
  if (!answer) return refused(console, choice.file, answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(Tone::good, cat("The gateway belongs to contract ",
                                            printable(text_at(*answer, "contract"), 64), " now.")));
  say_claim(console, *answer);
  // The claim stands, whether this can be told or not.
  if (const auto trust = daemon.get("/v1/trust")) say_whom_it_trusts(console, *trust);
  return Exit::done;
}

Exit show_claim(Daemon& daemon, const Console& console) {
  const auto answer = daemon.get("/v1/claim");
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  say_claim(console, *answer);
  const auto trust = daemon.get("/v1/trust");
  if (!trust) return console.failed(trust.error());
  say_whom_it_trusts(console, *trust);
  return Exit::done;
}

Exit release(Daemon& daemon, const Console& console, const ReleaseChoice& choice) {
  if (!choice.sure) {
    console.complain(
        "this takes the gateway from its contract and forgets every trusted key; "
        "say --yes if that is what you want");
    return Exit::usage;
  }
  const auto answer = daemon.send("DELETE", "/v1/claim", std::nullopt);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(cat("The gateway no longer belongs to contract ",
                  printable(text_at(*answer, "released"), 64), "."));
  return Exit::done;
}

Exit show_identity(Daemon& daemon, const Console& console) {
  const auto answer = daemon.get("/v1/identity");
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  const auto csr = text_at(*answer, "csr");
  if (csr.empty()) {
    console.complain("the agent has not told its certificate request yet; start genkan-agent");
    return Exit::failed;
  }
  // As it is: for a file that goes to the cloud.
  console.print(csr);
  const auto receiver = P256Public::from_jwk(object_at(*answer, "receiver"));
  if (receiver) console.print(receiver->to_pem());
  return Exit::done;
}

Exit show_trust(Daemon& daemon, const Console& console) {
  const auto answer = daemon.get("/v1/trust");
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  if (array_at(*answer, "keys").empty()) {
    console.say("No key is trusted: no signed request is carried out.");
    return Exit::done;
  }
  say_keys(console, *answer);
  return Exit::done;
}

Exit add_trust(Daemon& daemon, const Console& console, const FileChoice& choice) {
  const auto file = object_in(choice.file);
  if (!file) return console.failed(file.error());
  const auto answer = daemon.send("POST", "/v1/trust/keys", json::value(*file));
  if (!answer) return refused(console, choice.file, answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(cat("The key ", printable(text_at(*answer, "kid"), 64),
                  " is trusted now: ", scopes_text(*answer), "."));
  return Exit::done;
}

Exit remove_trust(Daemon& daemon, const Console& console, const KeyChoice& choice) {
  const auto answer =
      daemon.send("DELETE", cat("/v1/trust/keys/", escaped(choice.kid)), std::nullopt);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(cat("The key ", printable(choice.kid, 64), " is not trusted any more."));
  return Exit::done;
}

}  // namespace genkan::cli
