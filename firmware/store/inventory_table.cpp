#include "firmware/store/inventory_table.hpp"

#include <array>

#include "firmware/base/text.hpp"
#include "firmware/store/row_reader.hpp"

namespace genkan::store {

namespace {

// What migration 4 added, and what it gives to rows before it: the file of an earlier program may
// be read before it can be written.
constexpr std::string_view building_columns =
    "zone, default_start, default_end, default_key, common_allowance, show_unlock_buttons, "
    "show_code_before";
constexpr std::string_view early_buildings = "'Asia/Tokyo', 900, 600, 'link', 0, 1, NULL";
constexpr std::string_view device_columns = "coupling, key_lead";
constexpr std::string_view early_devices = "'none', NULL";

constexpr std::array<std::string_view, 3> parity_names{"none", "even", "odd"};
constexpr std::array<std::string_view, 3> direction_names{"automatic", "kernel", "rts"};

domain::BusConfig bus_from(RowReader& row, const Statement& columns) {
  domain::BusConfig bus;
  bus.id = BusId(row.text(0));
  bus.name = row.text(1);
  if (columns.is_null(2)) {
    bus.line = domain::TcpLink{row.text(7), row.integer<std::uint16_t>(8)};
    return bus;
  }
  domain::SerialLine line;
  line.path = row.text(2);
  line.baud = row.integer<std::uint32_t>(3);
  line.parity = row.word<domain::Parity>(4, parity_names);
  line.stop_bits = row.integer<std::uint8_t>(5);
  line.direction = row.word<domain::DirectionControl>(6, direction_names);
  bus.line = line;
  return bus;
}

std::optional<domain::ZonePurpose> purpose_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(domain::ZonePurpose::other); ++i) {
    const auto purpose = static_cast<domain::ZonePurpose>(i);
    if (domain::name_of(purpose) == name) return purpose;
  }
  return std::nullopt;
}

domain::DeviceConfig device_from(RowReader& row, const Statement& columns) {
  domain::DeviceConfig device;
  device.id = DeviceId(row.text(0));
  device.name = row.text(1);
  device.model = row.text(2);
  device.bus = BusId(row.text(3));
  device.unit = row.integer<std::uint8_t>(4);
  device.channel = row.integer<std::uint16_t>(5);
  if (!columns.is_null(6)) {
    device.purpose = row.named<domain::ZonePurpose>(6, purpose_named);
  }
  if (!columns.is_null(7)) device.panel = DeviceId(row.text(7));
  device.open_limit = std::chrono::seconds{row.integer<std::uint32_t>(8)};
  device.coupling = row.named<domain::Coupling>(9, domain::coupling_named);
  device.key_lead = row.minutes(10);
  return device;
}

domain::BuildingConfig building_from(RowReader& row) {
  domain::BuildingConfig building;
  building.id = BuildingId(row.text(0));
  building.name = row.text(1);
  building.zone = row.text(2);
  building.default_start = row.minutes(3).value_or(building.default_start);
  building.default_end = row.minutes(4).value_or(building.default_end);
  building.default_key = row.text(5);
  building.common_allowance = row.minutes(6).value_or(building.common_allowance);
  building.show_unlock_buttons = row.integer<std::uint8_t>(7) != 0;
  building.show_code_before = row.minutes(8);
  return building;
}

Result<> save_bus(Statement& insert, const domain::BusConfig& bus, std::int64_t position) {
  insert.bind(1, position).bind(2, bus.id.str()).bind(3, bus.name);
  for (int i = 4; i <= 10; ++i) insert.bind_null(i);
  if (const auto* serial = std::get_if<domain::SerialLine>(&bus.line)) {
    insert.bind(4, serial->path)
        .bind(5, std::int64_t{serial->baud})
        .bind(6, parity_names[static_cast<std::size_t>(serial->parity)])
        .bind(7, std::int64_t{serial->stop_bits})
        .bind(8, direction_names[static_cast<std::size_t>(serial->direction)]);
  } else if (const auto* tcp = std::get_if<domain::TcpLink>(&bus.line)) {
    insert.bind(9, tcp->host).bind(10, std::int64_t{tcp->port});
  }
  return insert.run();
}

Result<> save_device(Statement& insert, const domain::DeviceConfig& device, std::int64_t position) {
  return insert.bind(1, position)
      .bind(2, device.id.str())
      .bind(3, device.name)
      .bind(4, device.model)
      .bind(5, device.bus.str())
      .bind(6, std::int64_t{device.unit})
      .bind(7, std::int64_t{device.channel})
      .bind_optional(8, device.purpose ? domain::name_of(*device.purpose) : std::string_view())
      .bind_optional(9, device.panel ? std::string_view(device.panel->str()) : std::string_view())
      .bind(10, std::int64_t{device.open_limit.count()})
      .bind(11, domain::name_of(device.coupling))
      .bind_optional(12, device.key_lead)
      .run();
}

Result<> save_rooms_of(Statement& insert, const domain::DeviceConfig& device) {
  std::int64_t position = 0;
  for (const RoomId& room : device.rooms) {
    insert.bind(1, device.id.str()).bind(2, ++position).bind(3, room.str());
    if (auto saved = insert.run(); !saved) return saved;
  }
  return {};
}

// Calls `save(insert, entry, position)` for each entry.
template <class List, class Save>
Result<> save_all(const Connection& connection, std::string_view sql, const List& list, Save save) {
  auto insert = connection.prepare(sql);
  if (!insert) return fail(insert.error());
  std::int64_t position = 0;
  for (const auto& entry : list) {
    if (auto saved = save(*insert, entry, ++position); !saved) {
      return fail(saved.error().in(entry.id.str()));
    }
  }
  return {};
}

Result<> save_building(Statement& insert, const domain::BuildingConfig& building,
                       std::int64_t position) {
  return insert.bind(1, position)
      .bind(2, building.id.str())
      .bind(3, building.name)
      .bind(4, building.zone)
      .bind(5, std::int64_t{building.default_start.count()})
      .bind(6, std::int64_t{building.default_end.count()})
      .bind(7, building.default_key)
      .bind(8, std::int64_t{building.common_allowance.count()})
      .bind(9, std::int64_t{building.show_unlock_buttons ? 1 : 0})
      .bind_optional(10, building.show_code_before)
      .run();
}

Result<> save_room(Statement& insert, const domain::RoomConfig& room, std::int64_t position) {
  return insert.bind(1, position)
      .bind(2, room.id.str())
      .bind(3, room.name)
      .bind(4, room.building.str())
      .bind(5, std::int64_t{room.common ? 1 : 0})
      .bind(6, std::int64_t{room.number})
      .run();
}

Result<> save_contract(const Connection& connection, const std::string& contract) {
  auto statement = connection.prepare("INSERT OR REPLACE INTO meta VALUES ('contract', ?1)");
  if (!statement) return fail(statement.error());
  return statement->bind(1, contract).run();
}

}  // namespace

Result<> save_inventory(const Connection& connection, const domain::Inventory& inventory) {
  auto done = connection.run(
      "DELETE FROM device_rooms; DELETE FROM devices; DELETE FROM buses; DELETE FROM rooms; "
      "DELETE FROM buildings");
  if (done) done = save_contract(connection, inventory.contract);
  if (done) {
    done = save_all(connection,
                    "INSERT INTO buildings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    inventory.buildings, save_building);
  }
  if (done) {
    done = save_all(connection, "INSERT INTO rooms VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    inventory.rooms, save_room);
  }
  if (done) {
    done =
        save_all(connection, "INSERT INTO buses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                 inventory.buses, save_bus);
  }
  if (done) {
    done =
        save_all(connection,
                 "INSERT INTO devices VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                 inventory.devices, save_device);
  }
  if (!done) return done;
  auto rooms = connection.prepare("INSERT INTO device_rooms VALUES (?1, ?2, ?3)");
  if (!rooms) return fail(rooms.error());
  for (const auto& device : inventory.devices) {
    if (auto saved = save_rooms_of(*rooms, device); !saved) return saved;
  }
  return {};
}

Result<domain::Inventory> load_inventory(const Connection& connection) {
  domain::Inventory inventory;
  auto contract = connection.text("SELECT value FROM meta WHERE key = 'contract'");
  if (!contract) return fail(contract.error());
  inventory.contract = *std::move(contract);
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return fail(version.error());
  auto loaded = for_rows(connection, "buildings",
                         cat("SELECT id, name, ", *version < 4 ? early_buildings : building_columns,
                             " FROM buildings ORDER BY position"),
                         [&inventory](RowReader& row, const Statement&) {
                           inventory.buildings.push_back(building_from(row));
                         });
  if (!loaded) return fail(loaded.error());
  loaded = for_rows(
      connection, "rooms", "SELECT id, name, building, common, number FROM rooms ORDER BY position",
      [&inventory](RowReader& row, const Statement& columns) {
        inventory.rooms.push_back({RoomId(row.text(0)), row.text(1), BuildingId(row.text(2)),
                                   columns.integer(3) != 0, row.integer<std::uint16_t>(4)});
      });
  if (!loaded) return fail(loaded.error());
  loaded = for_rows(connection, "buses",
                    "SELECT id, name, serial, baud, parity, stop_bits, direction, host, port "
                    "FROM buses ORDER BY position",
                    [&inventory](RowReader& row, const Statement& columns) {
                      inventory.buses.push_back(bus_from(row, columns));
                    });
  if (!loaded) return fail(loaded.error());
  loaded = for_rows(
      connection, "devices",
      cat("SELECT id, name, model, bus, unit, channel, purpose, panel, open_limit, ",
          *version < 4 ? early_devices : device_columns, " FROM devices ORDER BY position"),
      [&inventory](RowReader& row, const Statement& columns) {
        inventory.devices.push_back(device_from(row, columns));
      });
  if (!loaded) return fail(loaded.error());
  std::size_t at = 0;
  loaded =
      for_rows(connection, "device_rooms",
               "SELECT r.device, r.room FROM device_rooms r JOIN devices d ON d.id = r.device "
               "ORDER BY d.position, r.position",
               [&inventory, &at](RowReader& row, const Statement&) {
                 const std::string device = row.text(0);
                 while (at < inventory.devices.size() && inventory.devices[at].id.str() != device)
                   ++at;
                 if (at < inventory.devices.size()) {
                   inventory.devices[at].rooms.push_back(RoomId(row.text(1)));
                 }
               });
  if (!loaded) return fail(loaded.error());
  return inventory;
}

}  // namespace genkan::store
