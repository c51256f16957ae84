#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/local_time.hpp"
#include "firmware/domain/inventory.hpp"

// What concerns reservations in an inventory: settings of buildings, couplings and leads of
// devices.
namespace genkan::domain {

namespace {

constexpr std::array<std::string_view, 4> coupling_names{"none", "with_reservation", "end_only",
                                                         "entrance"};

std::string out_of_range(std::string_view what, std::chrono::minutes value,
                         std::chrono::minutes most) {
  if (value.count() >= 0 && value <= most) return {};
  return cat(what, " is ", std::int64_t{value.count()}, " minutes; 0 to ",
             std::int64_t{most.count()}, " are possible");
}

bool is_common(const RoomId& id, const Inventory& inventory) {
  const RoomConfig* room = inventory.room(id);
  return room == nullptr || room->common;  // a room that is not there is told of elsewhere
}

// An automatic door by JEMA, in the words of the table; any entrance whose model can be held open.
bool can_be_held_open(const ModelInfo& model) {
  return std::ranges::find(model.commands, Command::hold_open) != model.commands.end();
}

std::string common_area_fault(const DeviceConfig& device, const Inventory& inventory) {
  if (device.rooms.empty()) {
    return "coupling 'entrance' is for doors of common areas, and it is in no room";
  }
  for (const auto& room : device.rooms) {
    if (!is_common(room, inventory)) {
      return cat("coupling 'entrance' is for doors of common areas, and room '", room.str(),
                 "' is none");
    }
  }
  return {};
}

// The table of coupled devices (RES-30 to RES-40).
std::string kind_fault(const DeviceConfig& device, const ModelInfo& model,
                       const Inventory& inventory) {
  const Coupling coupling = device.coupling;
  if (coupling == Coupling::none) return {};
  const auto name = name_of(coupling);
  switch (model.kind) {
    case DeviceKind::lock:
      return coupling == Coupling::entrance ? common_area_fault(device, inventory) : std::string();
    case DeviceKind::entrance:
      if (coupling == Coupling::entrance) return common_area_fault(device, inventory);
      if (can_be_held_open(model)) return {};
      return cat("coupling '", name, "' needs a door that can be held open, and a ", device.model,
                 " only opens for a moment; 'entrance' is possible in a common area");
    case DeviceKind::light:
    case DeviceKind::air_conditioner:
      if (coupling != Coupling::entrance) return {};
      return cat("coupling 'entrance' is for doors; kind ", spec(model.kind).name,
                 " can have 'with_reservation' or 'end_only'");
    default:
      return cat("kind ", spec(model.kind).name,
                 " cannot be coupled to reservations; leave 'coupling' out");
  }
}

}  // namespace

std::string_view name_of(Coupling coupling) {
  return coupling_names[static_cast<std::size_t>(coupling)];
}

std::optional<Coupling> coupling_named(std::string_view name) {
  const auto at = std::ranges::find(coupling_names, name);
  if (at == coupling_names.end()) return std::nullopt;
  return static_cast<Coupling>(at - coupling_names.begin());
}

std::string settings_fault(const BuildingConfig& building) {
  if (const auto zone = TimeZone::named(building.zone); !zone) return zone.error().message();
  if (std::ranges::find(default_keys, building.default_key) == default_keys.end()) {
    return cat("default_key is '", printable(building.default_key),
               "'; allowed: ", alternatives(default_keys));
  }
  auto fault = out_of_range("default_start", building.default_start, latest_default);
  if (fault.empty()) fault = out_of_range("default_end", building.default_end, latest_default);
  if (fault.empty()) {
    fault = out_of_range("common_allowance", building.common_allowance, most_allowance);
  }
  if (fault.empty() && building.show_code_before) {
    fault = out_of_range("show_code_before", *building.show_code_before, most_show_code_before);
  }
  return fault;
}

std::string coupling_fault(const DeviceConfig& device, const ModelInfo& model,
                           const Inventory& inventory) {
  if (device.key_lead && model.kind != DeviceKind::lock) return "only a lock has a key lead";
  if (device.key_lead) {
    if (auto fault = out_of_range("key_lead", *device.key_lead, most_key_lead); !fault.empty()) {
      return fault;
    }
  }
  return kind_fault(device, model, inventory);
}

}  // namespace genkan::domain
