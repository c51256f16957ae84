#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/site.hpp"
#include "firmware/services/site_words.hpp"

namespace genkan::services {

namespace {

std::string write_tcp(const domain::TcpLink& link) {
  const bool six = link.host.find(':') != std::string::npos;
  return six ? cat("[", link.host, "]:", link.port) : cat(link.host, ":", link.port);
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
  if (device.coupling != domain::Coupling::none) {
    out += cat("coupling = ", quoted(domain::name_of(device.coupling)), "\n");
  }
  if (device.key_lead) out += cat("key_lead_min = ", device.key_lead->count(), "\n");
  return out;
}

// "15:00", what parse_site reads; minutes above 59 only where hours alone do not reach.
std::string clock(std::chrono::minutes time) {
  const auto hours = std::min<std::int64_t>(time.count() / 60, 99);
  const auto minutes = time.count() - hours * 60;
  return quoted(cat(hours, ":", minutes < 10 ? "0" : "", minutes));
}

// What is as it always is, is left out.
std::string building_table(const domain::BuildingConfig& building) {
  const domain::BuildingConfig usual;
  std::string out = cat("\n[[building]]\nid = ", quoted(building.id.str()),
                        "\nname = ", quoted(building.name), "\n");
  if (building.zone != usual.zone) out += cat("zone = ", quoted(building.zone), "\n");
  if (building.default_start != usual.default_start) {
    out += cat("default_start = ", clock(building.default_start), "\n");
  }
  if (building.default_end != usual.default_end) {
    out += cat("default_end = ", clock(building.default_end), "\n");
  }
  if (building.default_key != usual.default_key) {
    out += cat("default_key = ", quoted(building.default_key), "\n");
  }
  if (building.common_allowance != usual.common_allowance) {
    out += cat("common_allowance_min = ", building.common_allowance.count(), "\n");
  }
  if (!building.show_unlock_buttons) out += "show_unlock_buttons = false\n";
  if (building.show_code_before) {
    out += cat("show_code_before_min = ", building.show_code_before->count(), "\n");
  }
  return out;
}

}  // namespace

std::string write_site(const domain::Inventory& inventory) {
  std::string out;
  if (!inventory.contract.empty()) out += cat("contract = ", quoted(inventory.contract), "\n");
  for (const auto& building : inventory.buildings) out += building_table(building);
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
