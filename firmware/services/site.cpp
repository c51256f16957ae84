#include "firmware/services/site.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/local_time.hpp"
#include "firmware/services/site_words.hpp"

namespace genkan::services {

namespace {

using domain::DirectionControl;
using domain::Parity;

// The words of an enumeration, up to its last one.
template <class Enum, Enum last>
auto words_of() {
  std::array<std::string_view, static_cast<std::size_t>(last) + 1> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = domain::name_of(static_cast<Enum>(i));
  }
  return words;
}

// "15:00", "9:30", "58:00", to "99:99".
std::optional<std::chrono::minutes> parse_clock(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || text.size() != colon + 3) {
    return std::nullopt;
  }
  const auto hours = parse_integer<std::uint8_t>(text.substr(0, colon), 0, 99);
  const auto minutes = parse_integer<std::uint8_t>(text.substr(colon + 1), 0, 99);
  if (!hours || !minutes) return std::nullopt;
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
}

void read_clock(TomlTable& table, std::string_view key, std::chrono::minutes& value) {
  const auto text = table.optional_text(key);
  if (!text) return;
  if (const auto time = parse_clock(*text)) {
    value = *time;
  } else {
    table.complain(
        key, cat("is '", printable(*text, 40), "'; a time like 15:00 is needed, up to 99:99"));
  }
}

std::optional<std::chrono::minutes> read_minutes(TomlTable& table, std::string_view key,
                                                 std::chrono::minutes most) {
  const auto minutes = table.optional_integer(key, 0, most.count());
  if (!minutes) return std::nullopt;
  return std::chrono::minutes{*minutes};
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
    read_zone(table, building);
    read_clock(table, "default_start", building.default_start);
    read_clock(table, "default_end", building.default_end);
    if (const auto word = table.optional_word("default_key", domain::default_keys)) {
      building.default_key = domain::default_keys[*word];
    }
    building.common_allowance =
        read_minutes(table, "common_allowance_min", domain::most_allowance).value_or(0min);
    building.show_unlock_buttons = table.optional_flag("show_unlock_buttons").value_or(true);
    building.show_code_before =
        read_minutes(table, "show_code_before_min", domain::most_show_code_before);
    site_.buildings.push_back(std::move(building));
  }

  static void read_zone(TomlTable& table, domain::BuildingConfig& building) {
    auto name = table.optional_text("zone", 64);
    if (!name) return;
    const auto zone = domain::TimeZone::named(*name);
    if (!zone) table.complain("zone", cat("cannot be used: ", zone.error().message()));
    building.zone = std::move(*name);
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
    if (const auto word = table.optional_word(
            "purpose", words_of<domain::ZonePurpose, domain::ZonePurpose::other>())) {
      device.purpose = static_cast<domain::ZonePurpose>(*word);
    }
    if (auto panel = table.optional_text("panel")) device.panel = DeviceId(std::move(*panel));
    device.open_limit =
        std::chrono::seconds(table.optional_integer("open_limit_s", 1, 86'400).value_or(0));
    if (const auto word = table.optional_word(
            "coupling", words_of<domain::Coupling, domain::Coupling::entrance>())) {
      device.coupling = static_cast<domain::Coupling>(*word);
    }
    device.key_lead = read_minutes(table, "key_lead_min", domain::most_key_lead);
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

}  // namespace genkan::services
