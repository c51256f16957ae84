#include <chrono>
#include <cstdio>

#include "firmware/base/text.hpp"
#include "firmware/cli/commands.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

// A dead unit costs its whole time-out: a scan of all 247 can take minutes.
constexpr std::chrono::minutes scan_limit{10};

// "12.0 ms".
std::string milliseconds_text(std::int64_t microseconds) {
  const auto tenths = (microseconds + 50) / 100;
  return cat(tenths / 10, ".", tenths % 10, " ms");
}

std::int64_t permille(const json::object& bus) {
  const auto* share = bus.if_contains("wire_share");
  return share != nullptr && share->is_number()
             ? static_cast<std::int64_t>(share->to_number<double>() * 1000)
             : 0;
}

// What went wrong, by kind: "3 silent, 1 wrong crc".
std::string faults_text(const json::object& counts) {
  std::string out;
  for (const auto& member : counts) {
    const std::string_view name = member.key();
    const auto count = number_at(counts, name);
    if (name == "asked" || name == "answered" || count == 0) continue;
    std::string words(name);
    for (auto& c : words) c = c == '_' ? ' ' : c;
    out += cat(out.empty() ? "" : ", ", count, " ", words);
  }
  return out;
}

void print_bus(const Console& console, const json::object& bus) {
  const auto& counts = object_at(bus, "counts");
  const bool up = flag_at(bus, "up");
  console.say(cat(
      console.paint(Tone::heading, text_at(bus, "id")), "  ", printable(text_at(bus, "name"), 100),
      "  ", console.paint(Tone::dim, printable(text_at(bus, "port"), 200)), "  ",
      up ? console.paint(Tone::good, "up")
         : console.paint(Tone::bad, cat("down: ", printable(text_at(bus, "fault"), 200)))));
  const auto share = permille(bus);
  const auto faults = faults_text(counts);
  console.say(cat("  ", share / 10, ".", share % 10, " % of the line in use, ",
                  number_at(bus, "waiting"), " waiting, ", number_at(counts, "asked"), " asked, ",
                  number_at(counts, "answered"), " answered", faults.empty() ? "" : ", ", faults,
                  ", reopened ", number_at(bus, "reopened"), " times"));
  Table table;
  for (const auto& entry : array_at(bus, "units")) {
    const auto* unit = entry.if_object();
    if (unit == nullptr) continue;
    const auto& of_unit = object_at(*unit, "counts");
    const auto wrong = faults_text(of_unit);
    const bool dead = flag_at(*unit, "dead");
    table.row({{cat("  ", number_at(*unit, "unit")), Tone::plain},
               {cat(number_at(of_unit, "asked")), Tone::plain},
               {milliseconds_text(number_at(*unit, "round_trip_median_us")), Tone::plain},
               {milliseconds_text(number_at(*unit, "round_trip_worst_us")), Tone::plain},
               {dead ? cat("dead", wrong.empty() ? "" : ", ", wrong) : wrong,
                dead ? Tone::bad : Tone::notice}});
  }
  if (table.empty()) return;
  table.heading({"  UNIT", "ASKED", "MEDIAN", "WORST", "FAULTS"});
  console.print(table.text(console.paint));
}

json::object question(const RegisterChoice& choice) {
  return {{"unit", choice.unit}, {"table", choice.table}, {"address", choice.address}};
}

// A value a line: address, decimal, hexadecimal, bits.
void print_values(const Console& console, const RegisterChoice& choice,
                  const json::object& answer) {
  const bool bits = choice.table == "coil" || choice.table == "discrete";
  Table table;
  auto address = choice.address;
  for (const auto& entry : array_at(answer, "values")) {
    const auto value = entry.is_int64() ? entry.get_int64() : 0;
    char forms[64];
    std::snprintf(forms, sizeof forms, "0x%04llx", static_cast<unsigned long long>(value));
    if (bits) {
      table.row({{cat(address), Tone::dim}, {value != 0 ? "on" : "off", Tone::plain}});
    } else {
      std::string binary;
      for (int bit = 15; bit >= 0; --bit) {
        binary += ((value >> bit) & 1) != 0 ? '1' : '0';
        if (bit % 4 == 0 && bit != 0) binary += ' ';
      }
      table.row({{cat(address), Tone::dim},
                 {cat(value), Tone::plain},
                 {forms, Tone::plain},
                 {binary, Tone::dim}});
    }
    ++address;
  }
  console.print(table.text(console.paint));
}

Exit ask_registers(Daemon& daemon, const Console& console, const RegisterChoice& choice,
                   std::string_view what, const json::object& body) {
  const auto answer = daemon.send("POST", cat("/v1/buses/", escaped(choice.bus), "/", what), body);
  if (!answer) return console.failed(answer.error());
  if (console.json) {
    console.say(json::serialize(*answer));
  } else {
    print_values(console, choice, *answer);
  }
  return Exit::done;
}

}  // namespace

Exit show_buses(Daemon& daemon, const Console& console, const std::string& bus) {
  const auto answer = daemon.get("/v1/buses");
  if (!answer) return console.failed(answer.error());
  if (console.json && bus.empty()) {
    console.say(json::serialize(*answer));
    return Exit::done;
  }
  bool found = bus.empty();
  for (const auto& entry : array_at(*answer, "buses")) {
    const auto* object = entry.if_object();
    if (object == nullptr || (!bus.empty() && text_at(*object, "id") != bus)) continue;
    found = true;
    if (console.json) {
      console.say(json::serialize(*object));
    } else {
      print_bus(console, *object);
    }
  }
  if (found) return Exit::done;
  console.complain(cat("there is no bus '", printable(bus, 48), "'"));
  return Exit::unknown;
}

Exit scan_bus(Daemon& daemon, const Console& console, const std::string& bus, std::int64_t first,
              std::int64_t last) {
  const auto answer = daemon.send("POST", cat("/v1/buses/", escaped(bus), "/scan"),
                                  json::object{{"first", first}, {"last", last}}, scan_limit);
  if (!answer) return console.failed(answer.error());
  if (console.json) {
    console.say(json::serialize(*answer));
    return Exit::done;
  }
  Table table;
  for (const auto& entry : array_at(*answer, "units")) {
    const auto* unit = entry.if_object();
    if (unit == nullptr) continue;
    table.row({{cat("unit ", number_at(*unit, "unit")), Tone::plain},
               {milliseconds_text(number_at(*unit, "round_trip_us")), Tone::plain},
               {printable(text_at(*unit, "answered"), 100), Tone::dim}});
  }
  if (table.empty()) {
    console.say(cat("Nobody answers on ", bus, " from unit ", first, " to ", last, "."));
  }
  console.print(table.text(console.paint));
  return Exit::done;
}

Exit read_registers(Daemon& daemon, const Console& console, const RegisterChoice& choice) {
  auto body = question(choice);
  body["count"] = choice.count;
  return ask_registers(daemon, console, choice, "read", body);
}

Exit write_registers(Daemon& daemon, const Console& console, const RegisterChoice& choice) {
  auto body = question(choice);
  body["values"] = json::array(choice.values.begin(), choice.values.end());
  return ask_registers(daemon, console, choice, "write", body);
}

}  // namespace genkan::cli
