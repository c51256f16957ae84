#include "firmware/domain/inventory.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

template <class List, class IdType>
auto find_by_id(const List& list, const IdType& id) {
  const auto at = std::ranges::find_if(list, [&id](const auto& entry) { return entry.id == id; });
  return at == list.end() ? nullptr : &*at;
}

// Checks one inventory; each function below one subject of it.
class Checker {
 public:
  Checker(const Inventory& inventory, const ModelCatalog& models, std::string_view file,
          Problems& problems)
      : inventory_(inventory), models_(models), file_(file), problems_(problems) {}

  void run() {
    check_ids(inventory_.buildings, "building");
    check_ids(inventory_.rooms, "room");
    check_ids(inventory_.buses, "bus");
    check_ids(inventory_.devices, "device");
    check_names();
    for (const auto& building : inventory_.buildings) check_building(building);
    for (const auto& room : inventory_.rooms) check_room(room);
    check_ports();
    for (const auto& device : inventory_.devices) check_device(device);
  }

 private:
  void complain(std::uint32_t line, std::string message) {
    problems_.add(file_, line, std::move(message));
  }

  template <class List>
  void check_ids(const List& list, std::string_view what) {
    std::map<std::string_view, std::uint32_t> seen;
    for (const auto& entry : list) {
      if (const auto fault = id_fault(entry.id.str()); !fault.empty()) {
        complain(entry.source_line, cat(what, ": ", fault));
      }
      const auto [first, fresh] = seen.emplace(entry.id.str(), entry.source_line);
      if (!fresh) {
        complain(entry.source_line, cat(what, " '", entry.id.str(), "' is there already, in line ",
                                        first->second, "; ids are used once"));
      }
    }
  }

  template <class Entry>
  void check_name(const Entry& entry, NameRule rule, std::string_view what) {
    if (const auto fault = name_fault(entry.name, rule); !fault.empty()) {
      complain(entry.source_line, cat(what, " '", entry.id.str(), "': ", fault));
    }
  }

  void check_names() {
    for (const auto& building : inventory_.buildings) {
      check_name(building, NameRule::building, "building");
    }
    for (const auto& room : inventory_.rooms) check_name(room, NameRule::room, "room");
    for (const auto& device : inventory_.devices) check_name(device, NameRule::device, "device");
  }

  void check_building(const BuildingConfig& building) {
    if (const auto fault = settings_fault(building); !fault.empty()) {
      complain(building.source_line, cat("building '", building.id.str(), "': ", fault));
    }
  }

  void check_room(const RoomConfig& room) {
    if (find_by_id(inventory_.buildings, room.building) == nullptr) {
      complain(room.source_line,
               cat("room '", room.id.str(), "': there is no building '", room.building.str(), "'"));
    }
    if (room.number == 0) return;
    const auto same = std::ranges::find_if(inventory_.rooms, [&room](const RoomConfig& other) {
      return other.number == room.number && other.building == room.building;
    });
    if (&*same != &room) {
      complain(room.source_line, cat("room '", room.id.str(), "': number ", room.number,
                                     " is room '", same->id.str(), "' already"));
    }
  }

  // Two programs on one serial port hear half the answers each; so would two of our buses.
  void check_ports() {
    std::map<std::string, const BusConfig*> seen;
    for (const auto& bus : inventory_.buses) {
      const auto* serial = std::get_if<SerialLine>(&bus.line);
      const auto* tcp = std::get_if<TcpLink>(&bus.line);
      const std::string port = serial != nullptr ? serial->path : cat(tcp->host, ":", tcp->port);
      const auto [first, fresh] = seen.emplace(port, &bus);
      if (!fresh) {
        complain(bus.source_line, cat("bus '", bus.id.str(), "': ", printable(port),
                                      " is taken by bus '", first->second->id.str(), "'"));
      }
    }
  }

  void check_device(const DeviceConfig& device) {
    const auto say = [&](std::string message) {
      complain(device.source_line, cat("device '", device.id.str(), "': ", message));
    };
    const BusConfig* bus = find_by_id(inventory_.buses, device.bus);
    if (bus == nullptr) {
      say(cat("there is no bus '", device.bus.str(), "'"));
    } else if (std::holds_alternative<SerialLine>(bus->line) &&
               (device.unit < 1 || device.unit > 247)) {
      say(cat("unit ", device.unit, " is not on a serial line; units are 1 to 247"));
    }
    for (const auto& room : device.rooms) {
      if (find_by_id(inventory_.rooms, room) == nullptr) {
        say(cat("there is no room '", room.str(), "'"));
      }
    }
    const ModelInfo* model = models_.find(device.model);
    if (model == nullptr) {
      const auto names = models_.names();
      const auto near = nearest(device.model, names);
      say(cat("there is no model '", printable(device.model), "'",
              near.empty() ? "" : cat("; did you mean '", near, "'?")));
      return;
    }
    if (device.channel < 1 || device.channel > model->channels) {
      say(cat("channel ", device.channel, " is not on a ", device.model, "; channels are 1 to ",
              model->channels));
    }
    check_options(device, *model, say);
    if (const auto fault = coupling_fault(device, *model, inventory_); !fault.empty()) say(fault);
    check_place(device, *model, say);
  }

  void check_options(const DeviceConfig& device, const ModelInfo& model, auto&& say) {
    if (model.kind != DeviceKind::zone) {
      if (device.purpose) say("only a zone has a purpose");
      if (device.panel) say("only a zone has a panel");
      return;
    }
    if (!device.purpose) say("a zone needs a purpose (door, window, motion, …)");
    if (!device.panel) return;
    const DeviceConfig* panel = find_by_id(inventory_.devices, *device.panel);
    const ModelInfo* panel_model = panel == nullptr ? nullptr : models_.find(panel->model);
    if (panel_model == nullptr || panel_model->kind != DeviceKind::security_panel) {
      say(cat("'", device.panel->str(), "' is no security panel of this site"));
    }
  }

  // One place (bus, unit, model, channel) is one device, and a unit is one piece of hardware.
  void check_place(const DeviceConfig& device, const ModelInfo& model, auto&& say) {
    const auto unit = std::pair(device.bus, device.unit);
    const auto [at_unit, first] = hardware_.try_emplace(unit, &device, &model);
    if (!first && at_unit->second.second->hardware != model.hardware) {
      say(cat("unit ", device.unit, " of bus '", device.bus.str(), "' is '",
              at_unit->second.first->id.str(), "' already (", at_unit->second.first->model, ")"));
      return;
    }
    const auto place = std::tuple(device.bus, device.unit, device.model, device.channel);
    const auto [at_place, free] = places_.try_emplace(place, &device);
    if (!free) {
      say(cat("unit ", device.unit, " channel ", device.channel, " of bus '", device.bus.str(),
              "' is '", at_place->second->id.str(), "' already"));
      return;
    }
    check_writes(device, model, say);
  }

  // A relay that is one model's door and another model's light would obey both.
  void check_writes(const DeviceConfig& device, const ModelInfo& model, auto&& say) {
    for (const auto& write : model.writes) {
      const auto address =
          static_cast<std::uint16_t>(write.address + (device.channel - 1) * write.per_channel);
      const auto place = std::tuple(device.bus, device.unit, write.coil, address);
      const auto [at, free] = written_.try_emplace(place, &device);
      if (free || at->second == &device) continue;
      say(cat(write.coil ? "coil " : "holding register ", address, " of unit ", device.unit,
              " of bus '", device.bus.str(), "' belongs to '", at->second->id.str(), "' already (",
              at->second->model, " channel ", at->second->channel, ")"));
      return;
    }
  }

  const Inventory& inventory_;
  const ModelCatalog& models_;
  std::string_view file_;
  Problems& problems_;
  std::map<std::pair<BusId, std::uint8_t>, std::pair<const DeviceConfig*, const ModelInfo*>>
      hardware_;
  std::map<std::tuple<BusId, std::uint8_t, std::string, std::uint16_t>, const DeviceConfig*>
      places_;
  std::map<std::tuple<BusId, std::uint8_t, bool, std::uint16_t>, const DeviceConfig*> written_;
};

}  // namespace

std::string_view name_of(ZonePurpose purpose) {
  constexpr std::array<std::string_view, 10> names{
      "door", "window",    "motion",    "glass",       "fire",
      "gas",  "emergency", "bath_call", "toilet_call", "other"};
  return names[static_cast<std::size_t>(purpose)];
}

const DeviceConfig* Inventory::device(const DeviceId& id) const { return find_by_id(devices, id); }
const RoomConfig* Inventory::room(const RoomId& id) const { return find_by_id(rooms, id); }
const BusConfig* Inventory::bus(const BusId& id) const { return find_by_id(buses, id); }

void check(const Inventory& inventory, const ModelCatalog& models, std::string_view file,
           Problems& problems) {
  Checker(inventory, models, file, problems).run();
}

std::string name_fault(std::string_view name, NameRule rule) {
  if (!is_utf8(name)) return "the name is not UTF-8";
  const std::string_view refused = rule == NameRule::building ? "\\;?$`\"/%&" : "\\;?$`\"/%";
  std::size_t position = 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ++position;  // a new character begins
    if (byte < 0x20 || byte == 0x7F || refused.find(c) != std::string_view::npos) {
      return cat("the name may not have '", printable(std::string_view(&c, 1)), "' (character ",
                 position, ")");
    }
  }
  const std::size_t least = rule == NameRule::device ? 3 : 1;
  if (position < least || position > 64) {
    return cat("a name has ", least, " to 64 characters, not ", position);
  }
  return {};
}

}  // namespace genkan::domain
