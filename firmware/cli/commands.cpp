#include "firmware/cli/commands.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "firmware/base/text.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

// How much longer than the command itself the answer may take: its record goes to disk first.
constexpr std::chrono::milliseconds answer_margin{5'000};

void put(std::FILE* where, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), where);
}

}  // namespace

void Console::print(std::string_view text) const { put(out, text); }

void Console::say(std::string_view sentence) const {
  put(out, cat(sentence, "\n"));
  std::fflush(out);
}

void Console::complain(std::string_view sentence) const {
  std::fflush(out);
  put(err, cat("genkan: ", sentence, "\n"));
}

bool Console::said_json(const json::object& answer) const {
  if (!json) return false;
  say(json::serialize(answer));
  return true;
}

Exit Console::failed(const Error& error) const {
  complain(error.message());
  return exit_of(error.code());
}

namespace {

Exit tell_outcome(const Console& console, const std::string& device,
                  const Result<ApiResponse>& answer) {
  if (!answer) return console.failed(answer.error().in(device));
  if (console.json && answer->status == 200) console.say(answer->body);
  const auto outcome = object_of(*answer);
  if (!outcome) return console.failed(outcome.error());
  if (!console.json) console.say(console.paint(outcome_sentence(*outcome)));
  return outcome_exit(*outcome);
}

}  // namespace

Exit give_order(Daemon& daemon, const Console& console, const Order& order) {
  const auto limit = static_cast<std::int64_t>(std::lround(order.timeout_seconds * 1000));
  std::vector<ApiRequest> requests;
  for (const auto& device : order.devices) {
    json::object body{{"command", order.command}, {"timeout_ms", limit}};
    if (order.part) body["part"] = *order.part;
    ApiRequest request;
    request.method = "POST";
    request.target = cat("/v1/devices/", escaped(device), "/commands");
    request.body = json::serialize(body);
    requests.push_back(std::move(request));
  }
  Exit end = Exit::done;
  const auto told = [&order, &console, &end](std::size_t which, const Result<ApiResponse>& answer) {
    end = worse(end, tell_outcome(console, order.devices[which], answer));
  };
  daemon.ask_all(std::move(requests), std::chrono::milliseconds(limit) + answer_margin, told);
  return end;
}

Exit order_panel(Daemon& daemon, const Console& console, Order order, const std::string& panel) {
  if (!panel.empty()) {
    order.devices = {panel};
    return give_order(daemon, console, order);
  }
  const auto devices = daemon.get("/v1/devices");
  if (!devices) return console.failed(devices.error());
  for (const auto& device : array_at(*devices, "devices")) {
    if (device.is_object() && text_at(device.get_object(), "kind") == "security_panel") {
      order.devices.push_back(text_at(device.get_object(), "id"));
    }
  }
  if (order.devices.size() == 1) return give_order(daemon, console, order);
  if (order.devices.empty()) {
    console.complain("this building has no security panel");
    return Exit::unknown;
  }
  std::vector<std::string_view> names(order.devices.begin(), order.devices.end());
  console.complain(cat("there are several panels; name one: ", alternatives(names)));
  return Exit::usage;
}

namespace {

// Whose gateway it is, and whether its cloud is there: "SPID-1 at Example cloud, connected".
Toned cloud_line(const json::object& cloud) {
  const bool connected = flag_at(cloud, "connected");
  const auto why = printable(text_at(cloud, "why"), 200);
  const auto line = connected ? std::string("connected")
                              : cat("not connected", why.empty() ? "" : cat(": ", why));
  if (!flag_at(cloud, "claimed")) {
    return {connected ? "connected; the gateway is not claimed" : "the gateway is not claimed",
            Tone::plain};
  }
  return {cat(printable(text_at(cloud, "contract"), 64), " at ",
              printable(text_at(cloud, "cloud"), 64), ", ", line),
          connected ? Tone::good : Tone::notice};
}

}  // namespace

Exit show_status(Daemon& daemon, const Console& console) {
  const auto status = daemon.get("/v1/status");
  if (!status) return console.failed(status.error());
  if (console.json) {
    console.say(json::serialize(*status));
    return Exit::done;
  }
  const auto& paint = console.paint;
  const auto& storage = object_at(*status, "storage");
  const auto& journal = object_at(*status, "journal");
  const auto troubles = number_at(*status, "troubles");
  const bool trusted = text_at(*status, "clock") == "trusted";
  Table table;
  const auto line = [&table](std::string_view name, std::string text, Tone tone = Tone::plain) {
    table.row({{std::string(name), Tone::dim}, {std::move(text), tone}});
  };
  line("gateway", cat(text_at(*status, "gateway"), ", Genkan ", text_at(*status, "version")));
  line("contract", text_at(*status, "contract"));
  line("running for", cat(duration_text(std::chrono::seconds(number_at(*status, "uptime_s"))),
                          ", since ", local_time(text_at(*status, "started"), TimeStyle::full)));
  line("clock", trusted ? "trusted" : "not to be trusted yet (no time server, no battery clock)",
       trusted ? Tone::plain : Tone::notice);
  line("devices", cat(number_at(*status, "devices")));
  line("troubles", troubles == 0 ? "none" : cat(troubles, ": see genkan troubles"),
       troubles == 0 ? Tone::good : Tone::bad);
  for (const auto& entry : array_at(*status, "buses")) {
    const auto* bus = entry.if_object();
    if (bus == nullptr) continue;
    const bool up = flag_at(*bus, "up");
    line(cat("bus ", text_at(*bus, "id")),
         up ? "up" : cat("down: ", printable(text_at(*bus, "fault"), 200)),
         up ? Tone::good : Tone::bad);
  }
  const auto cloud = cloud_line(object_at(*status, "cloud"));
  line("cloud", cloud.text, cloud.tone);
  line("journal",
       cat("records ", number_at(journal, "oldest"), " to ", number_at(journal, "head")));
  line("storage", cat(bytes_text(number_at(storage, "database_bytes")), " used, ",
                      bytes_text(number_at(storage, "free_bytes")), " free"));
  if (flag_at(storage, "failing")) {
    line("", cat("cannot write: ", printable(text_at(storage, "fault"), 200)), Tone::bad);
  }
  if (const auto lost = number_at(storage, "records_lost"); lost > 0) {
    line("", cat(lost, " records lost"), Tone::bad);
  }
  console.print(table.text(paint));
  return Exit::done;
}

Exit show_troubles(Daemon& daemon, const Console& console) {
  const auto answer = daemon.get("/v1/troubles");
  if (!answer) return console.failed(answer.error());
  if (console.json) {
    console.say(json::serialize(*answer));
    return Exit::done;
  }
  Table table;
  for (const auto& entry : array_at(*answer, "troubles")) {
    const auto* trouble = entry.if_object();
    if (trouble == nullptr) continue;
    table.row(
        {{trouble_place(*trouble), Tone::plain},
         {trouble_text(*trouble), Tone::bad},
         {cat("since ", local_time(text_at(*trouble, "since"), TimeStyle::full)), Tone::dim}});
  }
  if (table.empty()) {
    console.say(console.paint(Tone::good, "No troubles."));
  } else {
    console.print(table.text(console.paint));
  }
  return Exit::done;
}

Exit show_models(Daemon& daemon, const Console& console) {
  const auto answer = daemon.get("/v1/models");
  if (!answer) return console.failed(answer.error());
  if (console.json) {
    console.say(json::serialize(*answer));
    return Exit::done;
  }
  Table table;
  for (const auto& entry : array_at(*answer, "models")) {
    const auto* model = entry.if_object();
    if (model == nullptr) continue;
    table.row({{text_at(*model, "model"), Tone::plain},
               {text_at(*model, "kind"), Tone::dim},
               {cat(number_at(*model, "channels")), Tone::plain},
               {printable(text_at(*model, "title"), 200), Tone::plain}});
  }
  table.heading({"MODEL", "KIND", "CHANNELS", "TITLE"});
  console.print(table.text(console.paint));
  return Exit::done;
}

namespace {

std::string rooms_text(const json::object& device) {
  std::string rooms;
  for (const auto& room : array_at(device, "rooms")) {
    if (room.is_string())
      rooms += cat(rooms.empty() ? "" : " ", std::string_view(room.get_string()));
  }
  return rooms;
}

bool chosen(const json::object& device, const DeviceChoice& choice) {
  if (!choice.kind.empty() && text_at(device, "kind") != choice.kind) return false;
  if (choice.room.empty()) return true;
  return std::ranges::any_of(array_at(device, "rooms"), [&choice](const json::value& room) {
    return room.is_string() && room.get_string() == choice.room;
  });
}

}  // namespace

Exit show_devices(Daemon& daemon, const Console& console, const DeviceChoice& choice) {
  const auto answer = daemon.get("/v1/devices");
  if (!answer) return console.failed(answer.error());
  Table table;
  json::array kept;
  for (const auto& entry : array_at(*answer, "devices")) {
    const auto* device = entry.if_object();
    if (device == nullptr || !chosen(*device, choice)) continue;
    if (choice.ids) {
      console.print(cat(text_at(*device, "id"), "\n"));
    } else if (console.json) {
      kept.push_back(*device);
    } else {
      table.row({{text_at(*device, "id"), Tone::plain},
                 {printable(text_at(*device, "name"), 100), Tone::plain},
                 {text_at(*device, "kind"), Tone::dim},
                 {rooms_text(*device), Tone::plain},
                 state_text(*device)});
    }
  }
  if (choice.ids) return Exit::done;
  if (console.json) {
    console.say(json::serialize(json::object{{"devices", std::move(kept)}}));
    return Exit::done;
  }
  if (table.empty()) {
    console.say("No such devices.");
    return Exit::done;
  }
  table.heading({"DEVICE", "NAME", "KIND", "ROOMS", "STATE"});
  console.print(table.text(console.paint));
  return Exit::done;
}

Exit show_device(Daemon& daemon, const Console& console, const std::string& id, bool refresh) {
  const auto device = daemon.get(cat("/v1/devices/", escaped(id), refresh ? "?refresh=1" : ""));
  if (!device) return console.failed(device.error());
  if (console.json) {
    console.say(json::serialize(*device));
    return Exit::done;
  }
  const auto& paint = console.paint;
  console.say(cat(paint(Tone::heading, text_at(*device, "id")), "  ",
                  printable(text_at(*device, "name"), 100), "  ", paint(state_text(*device))));
  console.say(paint(Tone::dim, cat(text_at(*device, "kind"), " ", text_at(*device, "model"), " on ",
                                   text_at(*device, "bus"), ", unit ", number_at(*device, "unit"),
                                   ", channel ", number_at(*device, "channel"))));
  const auto read_at = text_at(*device, "read_at");
  const std::chrono::milliseconds age(number_at(*device, "age_ms"));
  console.say(paint(
      Tone::dim, read_at.empty() ? "never read"
                                 : cat("read at ", local_time(read_at, TimeStyle::clock), ", ",
                                       duration_text(std::chrono::floor<std::chrono::seconds>(age)),
                                       " ago, ", text_at(*device, "link"))));
  console.print(state_lines(*device, paint));
  for (const auto& entry : array_at(*device, "troubles")) {
    if (const auto* trouble = entry.if_object()) {
      console.say(paint(Tone::bad, cat("trouble: ", trouble_text(*trouble))));
    }
  }
  return Exit::done;
}

}  // namespace genkan::cli
