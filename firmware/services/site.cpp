#include "firmware/services/site.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

using domain::DirectionControl;
using domain::Parity;

// In the order of the enumerations.
constexpr std::array<std::string_view, 3> parity_words{"none", "even", "odd"};
constexpr std::array<std::string_view, 3> direction_words{"automatic", "kernel", "rts"};
constexpr auto purpose_count = static_cast<std::size_t>(domain::ZonePurpose::other) + 1;

std::array<std::string_view, purpose_count> purpose_words() {
  std::array<std::string_view, purpose_count> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = domain::name_of(static_cast<domain::ZonePurpose>(i));
  }
  return words;
}

// "host:port", "host", "[::1]:502".
std::optional<domain::TcpLink> parse_tcp(std::string_view text) {
  domain::TcpLink link;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    link.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return std::nullopt;
    if (!text.empty()) port = text.substr(1);
    if (!text.empty() && port.empty()) return std::nullopt;
  } else {
    const auto colon = text.find(':');
    link.host = text.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = text.substr(colon + 1);
      if (port.empty()) return std::nullopt;
    }
  }
  const bool plain = std::ranges::all_of(
      link.host, [](char c) { return c > ' ' && c < 0x7F && c != '/' && c != '[' && c != ']'; });
  if (link.host.empty() || !plain) return std::nullopt;
  if (port.empty()) return link;
  const auto number = parse_integer<std::uint16_t>(port, 1, 65'535);
  if (!number) return std::nullopt;
  link.port = *number;
  return link;
}

std::string write_tcp(const domain::TcpLink& link) {
  const bool six = link.host.find(':') != std::string::npos;
  return six ? cat("[", link.host, "]:", link.port) : cat(link.host, ":", link.port);
}

// Reads one file; each function one kind of table.
class SiteReader {
 public:
  SiteReader(TomlTable root, Problems& problems) : root_(std::move(root)), problems_(problems) {}

  domain::Inventory read() {
    site_.contract = root_.optional_text("contract", 64).value_or("");
    each("building", most_buildings, [this](TomlTable& table) { read_building(table); });
    each("room", most_rooms, [this](TomlTable& table) { read_room(table); });
    each("bus", most_buses, [this](TomlTable& table) { read_bus(table); });
    each("device", most_devices, [this](TomlTable& table) { read_device(table); });
    root_.finish();
    return std::move(site_);
  }

  // Entries that were told of already: what else follows from their mistakes is noise.
  const std::set<std::uint32_t>& faulty() const { return faulty_; }

 private:
  void each(std::string_view key, std::size_t most, auto&& read) {
    auto tables = root_.tables(key);
    if (tables.size() > most) {
      root_.complain(key, cat("is there ", tables.size(), " times; at most ", most, " are taken"));
      return;
    }
    for (auto& table : tables) {
      const std::size_t before = problems_.list().size();
      read(table);
      if (problems_.list().size() > before) faulty_.insert(table.line());
    }
  }

  void read_building(TomlTable& table) {
    domain::BuildingConfig building;
    building.source_line = table.line();
    building.id = BuildingId(table.text("id"));
    building.name = table.text("name");
    site_.buildings.push_back(std::move(building));
  }

  void read_room(TomlTable& table) {
    domain::RoomConfig room;
    room.source_line = table.line();
    room.id = RoomId(table.text("id"));
    room.name = table.text("name");
    room.building = BuildingId(table.text("building"));
    room.common = table.optional_flag("common").value_or(false);
    room.number =
        static_cast<std::uint16_t>(table.optional_integer("number", 1, 65'535).value_or(0));
    site_.rooms.push_back(std::move(room));
  }

  void read_bus(TomlTable& table) {
    domain::BusConfig bus;
    bus.source_line = table.line();
    bus.id = BusId(table.text("id"));
    bus.name = table.optional_text("name", 64).value_or("");
    const bool serial = table.has("serial");
    const bool tcp = table.has("tcp");
    if (serial == tcp) {
      table.complain(serial ? "has 'serial' and 'tcp'; a bus is one of them"
                            : "needs 'serial' (a port like /dev/serial/by-id/…) or 'tcp' "
                              "(an address like 10.0.0.5:502)");
    }
    if (tcp) read_tcp(table, bus);
    if (serial || !tcp) read_serial(table, bus);
    site_.buses.push_back(std::move(bus));
  }

  static void read_serial(TomlTable& table, domain::BusConfig& bus) {
    domain::SerialLine line;
    const auto path = table.optional_text("serial");
    if (path && !path->starts_with('/')) {
      table.complain("serial", "must be a whole path like /dev/serial/by-id/…");
    }
    line.path = path.value_or("");
    line.baud = static_cast<std::uint32_t>(
        table.optional_integer("baud", 300, 4'000'000).value_or(line.baud));
    if (const auto word = table.optional_word("parity", parity_words)) {
      line.parity = static_cast<Parity>(*word);
    }
    line.stop_bits =
        static_cast<std::uint8_t>(table.optional_integer("stop_bits", 1, 2).value_or(1));
    if (const auto word = table.optional_word("direction", direction_words)) {
      line.direction = static_cast<DirectionControl>(*word);
    }
    bus.line = std::move(line);
  }

  static void read_tcp(TomlTable& table, domain::BusConfig& bus) {
    const auto text = table.optional_text("tcp");
    const auto link = text ? parse_tcp(*text) : std::nullopt;
    if (text && !link) {
      table.complain("tcp", cat("is '", printable(*text, 40),
                                "'; an address and port like 10.0.0.5:502 is needed"));
    }
    bus.line = link.value_or(domain::TcpLink{});
  }

  void read_device(TomlTable& table) {
    domain::DeviceConfig device;
    device.source_line = table.line();
    device.id = DeviceId(table.text("id"));
    device.name = table.text("name");
    device.model = table.text("model", 64);
    device.bus = BusId(table.text("bus"));
    device.unit = static_cast<std::uint8_t>(table.integer("unit", 0, 255));
    device.channel =
        static_cast<std::uint16_t>(table.optional_integer("channel", 1, 65'535).value_or(1));
    for (auto& room : table.optional_texts("rooms").value_or(std::vector<std::string>{})) {
      device.rooms.emplace_back(std::move(room));
    }
    if (const auto word = table.optional_word("purpose", purpose_words())) {
      device.purpose = static_cast<domain::ZonePurpose>(*word);
    }
    if (auto panel = table.optional_text("panel")) device.panel = DeviceId(std::move(*panel));
    device.open_limit =
        std::chrono::seconds(table.optional_integer("open_limit_s", 1, 86'400).value_or(0));
    site_.devices.push_back(std::move(device));
  }

  TomlTable root_;
  Problems& problems_;
  domain::Inventory site_;
  std::set<std::uint32_t> faulty_;
};

void forget_lines(domain::Inventory& site) {
  const auto forget = [](auto& list) {
    for (auto& entry : list) entry.source_line = 0;
  };
  forget(site.buildings);
  forget(site.rooms);
  forget(site.buses);
  forget(site.devices);
}

// A TOML basic string.
std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += cat("\\u00", digits[byte >> 4U], digits[byte & 0x0FU]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string bus_table(const domain::BusConfig& bus) {
  std::string out = cat("\n[[bus]]\nid = ", quoted(bus.id.str()), "\n");
  if (!bus.name.empty()) out += cat("name = ", quoted(bus.name), "\n");
  if (const auto* tcp = std::get_if<domain::TcpLink>(&bus.line)) {
    return out + cat("tcp = ", quoted(write_tcp(*tcp)), "\n");
  }
  const auto& line = std::get<domain::SerialLine>(bus.line);
  return out + cat("serial = ", quoted(line.path), "\nbaud = ", line.baud,
                   "\nparity = ", quoted(parity_words[static_cast<std::size_t>(line.parity)]),
                   "\nstop_bits = ", line.stop_bits, "\ndirection = ",
                   quoted(direction_words[static_cast<std::size_t>(line.direction)]), "\n");
}

std::string device_table(const domain::DeviceConfig& device) {
  std::string out = cat("\n[[device]]\nid = ", quoted(device.id.str()),
                        "\nname = ", quoted(device.name), "\nmodel = ", quoted(device.model),
                        "\nbus = ", quoted(device.bus.str()), "\nunit = ", device.unit, "\n");
  if (device.channel != 1) out += cat("channel = ", device.channel, "\n");
  std::string rooms;
  for (const auto& room : device.rooms) rooms += cat(rooms.empty() ? "" : ", ", quoted(room.str()));
  if (!rooms.empty()) out += cat("rooms = [", rooms, "]\n");
  if (device.purpose) out += cat("purpose = ", quoted(domain::name_of(*device.purpose)), "\n");
  if (device.panel) out += cat("panel = ", quoted(device.panel->str()), "\n");
  if (device.open_limit.count() > 0) out += cat("open_limit_s = ", device.open_limit.count(), "\n");
  return out;
}

}  // namespace

std::optional<domain::Inventory> parse_site(std::string_view text, std::string_view file,
                                            const domain::ModelCatalog& models,
                                            Problems& problems) {
  if (text.size() > most_site_bytes) {
    problems.add(
        file, 0,
        cat("the file has ", text.size(), " bytes; at most ", most_site_bytes, " are taken"));
    return std::nullopt;
  }
  auto root = TomlTable::parse(text, file, problems);
  if (!root) return std::nullopt;
  SiteReader reader(std::move(*root), problems);
  domain::Inventory site = reader.read();
  Problems found;
  domain::check(site, models, file, found);
  for (const auto& problem : found.list()) {
    if (!reader.faulty().contains(problem.line)) {
      problems.add(problem.file, problem.line, problem.message);
    }
  }
  if (!problems.empty()) return std::nullopt;
  forget_lines(site);
  return site;
}

std::string write_site(const domain::Inventory& inventory) {
  std::string out;
  if (!inventory.contract.empty()) out += cat("contract = ", quoted(inventory.contract), "\n");
  for (const auto& building : inventory.buildings) {
    out += cat("\n[[building]]\nid = ", quoted(building.id.str()),
               "\nname = ", quoted(building.name), "\n");
  }
  for (const auto& room : inventory.rooms) {
    out += cat("\n[[room]]\nid = ", quoted(room.id.str()), "\nname = ", quoted(room.name),
               "\nbuilding = ", quoted(room.building.str()), "\n");
    if (room.common) out += "common = true\n";
    if (room.number != 0) out += cat("number = ", room.number, "\n");
  }
  for (const auto& bus : inventory.buses) out += bus_table(bus);
  for (const auto& device : inventory.devices) out += device_table(device);
  return out;
}

}  // namespace genkan::services
