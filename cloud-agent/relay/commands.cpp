#include "cloud-agent/relay/commands.hpp"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "cloud-agent/relay/cloud.hpp"
#include "cloud-agent/relay/enrolment.hpp"
#include "cloud-agent/relay/founding.hpp"
#include "cloud-agent/relay/views.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

WallTime now() { return SystemClock(true).wall(); }

// A text for a file if one is named, else for standard output.
int deliver(const std::string& text, const std::optional<std::string>& file) {
  if (!file) {
    print(text + "\n");
    return done;
  }
  auto written = write_file(*file, text + "\n", Readers::owner);
  if (!written) return complain(written.error(), failed);
  print(cat(*file, "\n"));
  return done;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Result<store::Connection> open_to_read(const Folder& folder) {
  auto settings = load_settings(folder);  // says it well if there is no cloud here
  if (!settings) return fail(settings.error());
  auto database = store::Connection::open(folder.database(), store::Access::read_only);
  if (!database) return fail(database.error().in(folder.database().string()));
  return database;
}

// One sentence, beside the enrolment, which may go to standard output.
void tell_unsealed(const Registry& registry, const std::string& gateway) {
  const auto enrolled = registry.find(gateway);
  if (!enrolled || !*enrolled || (*enrolled)->receiver) return;
  complain(Error(ErrorCode::unsupported,
                 cat(gateway,
                     " told no key to seal for, so the broker can read the codes that are "
                     "sent to it; enrol it again with the file of a newer genkan identity")),
           done);
}

int show(const Result<std::string>& text) {
  if (!text) return complain(text.error(), failed);
  print(*text);
  return done;
}

}  // namespace

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int complain(const Error& error, int result) {
  const auto text = cat("genkan-cloud: ", error.message(), "\n");
  std::fwrite(text.data(), 1, text.size(), stderr);
  return result;
}

int init(const Folder&, const CommandLine& line) {
  const Folder folder(std::filesystem::absolute(line.words().front()));
  Founding founding;
  founding.settings.name = line.option("name").value_or("cloud");
  founding.names = line.options("also");
  if (auto fault = name_fault(founding.settings.name); !fault.empty()) {
    return complain(Error(ErrorCode::invalid, cat("--name: ", fault)), wrong_line);
  }
  auto place = mqtt::parse_place(line.option("broker").value_or("ssl://localhost:8883"));
  if (!place) return complain(place.error().in("--broker"), wrong_line);
  founding.settings.broker = *std::move(place);
  if (const auto own = line.option("own-broker")) {
    auto own_place = mqtt::parse_place(*own);
    if (!own_place) return complain(own_place.error().in("--own-broker"), wrong_line);
    founding.settings.own_broker = *std::move(own_place);
  }
  const std::string name = founding.settings.name;
  if (auto founded = found_cloud(folder, std::move(founding), now()); !founded) {
    const bool typed_wrong = founded.error().code() == ErrorCode::invalid;
    return complain(founded.error(), typed_wrong ? wrong_line : failed);
  }
  const std::string root = folder.root().string();
  print(cat("Cloud ", name, " is in ", root, ".\n\n", "The broker:     mosquitto -c ",
            (folder.broker() / "mosquitto.conf").string(), "\n",
            "The cloud:      genkan-cloud --folder ", root, " run\n",
            "A gateway:      genkan-cloud --folder ", root,
            " enrol REQUEST.pem --contract NUMBER --gateway ID\n"));
  return done;
}

int enrol(const Folder& folder, const CommandLine& line) {
  auto cloud = Cloud::open(folder);
  if (!cloud) return complain(cloud.error(), failed);
  const auto authority = Authority::load(folder);
  if (!authority) return complain(authority.error(), failed);
  EnrolChoice choice{
      {}, line.option("contract").value_or(""), line.option("gateway").value_or(""), {}};
  auto request = read_file(line.words().front(), max_pem);
  if (!request) return complain(request.error(), failed);
  choice.request = *std::move(request);
  if (const auto file = line.option("consent")) {
    auto consent = read_file(*file, most_file);
    if (!consent) return complain(consent.error(), failed);
    choice.consent = trimmed(*std::move(consent));
  }
  const auto made =
      enrol({(*cloud)->settings, *authority, (*cloud)->registry, *(*cloud)->keys}, choice, now());
  if (!made) return complain(made.error(), failed);
  tell_unsealed((*cloud)->registry, choice.gateway);
  return deliver(*made, line.option("out"));
}

int release(const Folder& folder, const CommandLine& line) {
  auto cloud = Cloud::open(folder);
  if (!cloud) return complain(cloud.error(), failed);
  const auto authority = Authority::load(folder);
  if (!authority) return complain(authority.error(), failed);
  const auto consent =
      release({(*cloud)->settings, *authority, (*cloud)->registry, *(*cloud)->keys},
              line.words().front(), now());
  if (!consent) return complain(consent.error(), failed);
  return deliver(*consent, line.option("out"));
}

int fleet(const Folder& folder, const CommandLine&) {
  const auto database = open_to_read(folder);
  if (!database) return complain(database.error(), failed);
  return show(fleet_view(*database, now()));
}

int history(const Folder& folder, const CommandLine& line) {
  HistoryChoice choice{line.words().front(), std::nullopt, 50, line.flag("json")};
  constexpr std::int64_t most = 1'000'000'000'000;
  if (const auto typed = line.option("after")) {
    choice.after = parse_integer<std::int64_t>(*typed, 0, most);
    if (!choice.after) {
      return complain(Error(ErrorCode::invalid, "--after: a record's number, from 0"), wrong_line);
    }
  }
  if (const auto typed = line.option("count")) {
    const auto count = parse_integer<std::int64_t>(*typed, 1, most);
    if (!count) {
      return complain(Error(ErrorCode::invalid, "--count: how many, from 1"), wrong_line);
    }
    choice.count = *count;
  }
  const auto database = open_to_read(folder);
  if (!database) return complain(database.error(), failed);
  return show(history_view(*database, choice));
}

int keys(const Folder& folder, const CommandLine& line) {
  const std::string verb = line.words().empty() ? "list" : line.words().front();
  if (verb == "list") {
    const auto database = open_to_read(folder);
    if (!database) return complain(database.error(), failed);
    return show(keys_view(*database, [&folder](const std::string& kid) {
      const auto key = read_command_key(folder, kid);
      return key ? key->public_key().thumbprint() : std::string();
    }));
  }
  if (verb != "new") {
    return complain(Error(ErrorCode::invalid, cat("keys ", printable(verb),
                                                  " is not known; keys list and keys new are")),
                    wrong_line);
  }
  auto cloud = Cloud::open(folder);
  if (!cloud) return complain(cloud.error(), failed);
  const auto kid = (*cloud)->keys->make((*cloud)->settings.name, now());
  if (!kid) return complain(kid.error(), failed);
  print(cat(*kid,
            " is made. genkan-cloud run brings it to the gateways and takes the one before "
            "away;\ngenkan-cloud keys list shows how far that is. Back the folder up now.\n"));
  return done;
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {"init",
       "FOLDER [--name NAME] [--broker ssl://HOST:PORT] [--own-broker ssl://HOST:PORT] "
       "[--also HOST]...",
       1,
       1,
       {{"name", "broker", "own-broker", "also"}, {}},
       &init},
      {"enrol",
       "REQUEST.pem --contract NUMBER --gateway ID [--consent FILE] [--out FILE]",
       1,
       1,
       {{"contract", "gateway", "consent", "out"}, {}},
       &enrol},
      {"release", "GATEWAY [--out FILE]", 1, 1, {{"out"}, {}}, &release},
      {"run", "[--copy NAME]", 0, 0, {{"copy"}, {}}, &run},
      {"send",
       "GATEWAY METHOD PATH [BODY | --file FILE] [--subject WHO]",
       3,
       4,
       {{"file", "subject"}, {}},
       &send},
      {"fleet", "", 0, 0, {{}, {}}, &fleet},
      {"history",
       "GATEWAY [--after NUMBER] [--count N] [--json]",
       1,
       1,
       {{"after", "count"}, {"json"}},
       &history},
      {"keys", "[list|new]", 0, 1, {{}, {}}, &keys},
  };
  return all;
}

}  // namespace genkan::relay
