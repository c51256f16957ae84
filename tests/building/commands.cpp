#include "tests/building/commands.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <boost/json.hpp>

namespace building {

namespace {

// Verbs that name a device, with what may follow it.
constexpr std::string_view device_verbs[] = {
    "door",   "hand",       "key",     "jam",   "force",   "tamper", "battery", "power",
    "guard",  "fault-code", "lockout", "code",  "card",    "touch",  "program", "erase",
    "memory", "swap",       "clock",   "drift", "masters", "refuse"};

// Verbs that the one unit of a model in the building is meant by. `numbered`: the first word is the
// channel.
struct ModelVerb {
  std::string_view verb;
  std::string_view model;
  bool numbered;
};
constexpr ModelVerb model_verbs[] = {
    {"deposit", "box-12", false}, {"collect", "box-12", false}, {"pry", "box-12", false},
    {"shut", "box-12", false},    {"zone", "sp-16", true},      {"input", "ws-input-16", true},
    {"call", "ic-1", false},      {"answer", "ic-1", false},    {"cancel", "ic-1", false},
    {"press", "bt-8", true},      {"elevator", "ev-2", true},
};

int most_channels(std::string_view model) {
  if (model == "ev-2") return 2;
  if (model == "bt-8") return 8;
  return 16;
}

std::vector<std::string> split(std::string_view line) {
  std::istringstream stream{std::string(line)};
  return {std::istream_iterator<std::string>(stream), {}};
}

constexpr std::string_view usage =
    "door DEV open|close; hand DEV lock|unlock (lights: on|off); key DEV SLOT [AREA]; "
    "code DEV DIGITS; card DEV HEX; touch DEV lock|unlock; program DEV AREA SLOT code|card VALUE; "
    "erase DEV AREA SLOT; memory DEV; swap DEV; clock DEV SECONDS; drift DEV PPM; masters DEV N; "
    "refuse DEV RESULT|off; jam DEV on|off; "
    "force DEV; tamper DEV on|off; battery DEV PERCENT; power DEV lost|ok; lockout DEV on|off; "
    "guard DEV disarmed|away|home; fault-code DEV CODE; deposit N ROOM; collect N; pry N; shut N; "
    "zone N active|normal|tamper|clear; input N on|off; call ROOM; answer; cancel; "
    "press CH single|double|long; elevator N floor F|mode normal/inspection/fire/fault|trapped "
    "on/off|code C; fault LINE UNIT|* KIND [ARG]; unplug LINE; plug LINE; stats LINE; show DEV; "
    "devices; moves; help; quit";

}  // namespace

boost::json::object Commands::run(std::string_view line) {
  const std::vector<std::string> words = split(line);
  Answer result = words.empty() ? std::unexpected<std::string>("say a command; 'help' lists them")
                                : answer(words);
  if (!result) return {{"ok", false}, {"error", result.error()}};
  boost::json::object object{{"ok", true}};
  for (const auto& member : *result) object.insert(member);
  return object;
}

Commands::Answer Commands::answer(Words words) {
  const std::string_view verb = words[0];
  const Words rest = words.subspan(1);
  if (std::ranges::find(device_verbs, verb) != std::end(device_verbs)) {
    return tell_device(verb, rest);
  }
  for (const ModelVerb& one : model_verbs) {
    if (one.verb == verb) return tell_model(verb, one.model, one.numbered, rest);
  }
  if (verb == "fault") return fault(rest);
  if (verb == "unplug" || verb == "plug" || verb == "stats") return with_wire(verb, rest);
  if (verb == "show") return show(rest);
  if (verb == "devices") return devices();
  if (verb == "moves") return moves();
  if (verb == "help") return boost::json::object{{"commands", usage}};
  if (verb == "quit") {
    quit_wanted_ = true;
    return boost::json::object{};
  }
  return std::unexpected("no command '" + std::string(verb) + "'; 'help' lists them");
}

std::expected<Wire*, std::string> Commands::wire(std::string_view name) const {
  std::string known;
  for (Wire* one : wires_) {
    const std::string& line = one->bank().line();
    const bool alias = name.starts_with("tcp") && line.starts_with("tcp");
    if (line == name || (alias && (name == "tcp" || name == "tcp-1"))) return one;
    known += (known.empty() ? "" : ", ") + line;
  }
  return std::unexpected("no line '" + std::string(name) + "'; there are " + known);
}

std::expected<Commands::Place, std::string> Commands::device(std::string_view name) const {
  for (Wire* one : wires_) {
    for (const auto& [number, unit] : one->bank().units()) {
      for (const auto& [channel, called] : unit->identity().names) {
        if (called == name) return Place{one, number, channel};
      }
    }
  }
  return std::unexpected("no device '" + std::string(name) + "'; 'devices' lists them");
}

Commands::Answer Commands::tell(const Place& place, std::string_view verb, Words words) {
  Bank& bank = place.wire->bank();
  Said said;
  {
    const std::lock_guard lock(bank.mutex());
    const Time now = std::chrono::steady_clock::now();
    bank.advance(now);
    said = bank.unit(place.unit)->tell(place.channel, verb, words, now);
  }
  bank.wake();
  return said;
}

Commands::Answer Commands::tell_device(std::string_view verb, Words words) {
  if (words.empty()) return std::unexpected("say which device");
  const auto place = device(words[0]);
  if (!place) return std::unexpected(place.error());
  return tell(*place, verb, words.subspan(1));
}

Commands::Answer Commands::tell_model(std::string_view verb, std::string_view model, bool numbered,
                                      Words words) {
  int channel = 1;
  if (numbered) {
    const auto which = number(words, 0, 1, most_channels(model), "the number");
    if (!which) return std::unexpected(which.error());
    channel = *which;
    words = words.subspan(1);
  }
  if (verb == "elevator") {
    if (words.empty()) return std::unexpected("say floor, mode, trapped or code");
    verb = words[0];
    words = words.subspan(1);
  }
  for (Wire* one : wires_) {
    for (const auto& [number, unit] : one->bank().units()) {
      if (unit->model() == model) return tell(Place{one, number, channel}, verb, words);
    }
  }
  return std::unexpected("this building has no " + std::string(model));
}

Commands::Answer Commands::fault(Words words) {
  if (words.size() < 3) return std::unexpected("say fault LINE UNIT KIND [ARG]");
  const auto where = wire(words[0]);
  if (!where) return std::unexpected(where.error());
  const auto kind = fault_named(words[2]);
  if (!kind) return std::unexpected("no fault '" + words[2] + "'");
  Fault wanted{*kind, 0};
  if (*kind == FaultKind::slow || *kind == FaultKind::late || *kind == FaultKind::exception) {
    const bool code = *kind == FaultKind::exception;
    const auto argument = number(words, 3, code ? 1 : 0, code ? 255 : 60'000,
                                 code ? "the exception's code" : "the time in milliseconds");
    if (!argument) return std::unexpected(argument.error());
    wanted.argument = *argument;
  }
  Bank& bank = (*where)->bank();
  const std::lock_guard lock(bank.mutex());
  if (words[1] == "*") {
    for (const auto& [number, unit] : bank.units()) bank.set_fault(number, wanted);
    return boost::json::object{};
  }
  const auto which = number(words, 1, 1, 247, "the unit");
  if (!which) return std::unexpected(which.error());
  if (!bank.set_fault(static_cast<std::uint8_t>(*which), wanted)) {
    return std::unexpected(bank.line() + " has no unit " + words[1]);
  }
  return boost::json::object{};
}

Commands::Answer Commands::with_wire(std::string_view verb, Words words) {
  if (words.size() != 1) return std::unexpected("say which line");
  const auto where = wire(words[0]);
  if (!where) return std::unexpected(where.error());
  if (verb == "stats") return (*where)->statistics();
  const bool plugged = verb == "plug";
  if (plugged) {
    (*where)->plug();
  } else {
    (*where)->unplug();
  }
  if ((*where)->plugged() != plugged) return std::unexpected("the line does not follow");
  return boost::json::object{};
}

Commands::Answer Commands::show(Words words) {
  if (words.size() != 1) return std::unexpected("say which device");
  const auto place = device(words[0]);
  if (!place) return std::unexpected(place.error());
  Bank& bank = place->wire->bank();
  const std::lock_guard lock(bank.mutex());
  bank.advance(std::chrono::steady_clock::now());
  const Unit& unit = *bank.unit(place->unit);
  return boost::json::object{{"device", words[0]},
                             {"model", unit.model()},
                             {"line", bank.line()},
                             {"unit", place->unit},
                             {"channel", place->channel},
                             {"fault", name_of(bank.fault(place->unit).kind)},
                             {"state", unit.show(place->channel)}};
}

Commands::Answer Commands::devices() {
  boost::json::array all;
  for (Wire* one : wires_) {
    for (const auto& [number, unit] : one->bank().units()) {
      for (const auto& [channel, name] : unit->identity().names) {
        all.push_back({{"device", name},
                       {"model", unit->model()},
                       {"line", one->bank().line()},
                       {"unit", number},
                       {"channel", channel}});
      }
    }
  }
  return boost::json::object{{"devices", std::move(all)}};
}

Commands::Answer Commands::moves() {
  const MoveLog::Recent recent = moves_.recent();
  boost::json::array last;
  for (const Move& move : recent.last) last.push_back(to_json(move));
  return boost::json::object{{"count", recent.count}, {"moves", std::move(last)}};
}

}  // namespace building
