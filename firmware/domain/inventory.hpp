#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "firmware/base/ids.hpp"
#include "firmware/base/toml.hpp"
#include "firmware/domain/kinds.hpp"

// What hangs on the gateway: the content of a site file (docs/SITE.md).
namespace genkan::domain {

enum class Parity : std::uint8_t { none, even, odd };
// How an RS-485 transceiver is told to send.
enum class DirectionControl : std::uint8_t {
  automatic,  // the adapter or the transceiver does it
  kernel,     // TIOCSRS485
  rts,        // we raise RTS around each frame
};

struct SerialLine {
  std::string path;  // "/dev/serial/by-id/…"
  std::uint32_t baud = 19'200;
  Parity parity = Parity::even;  // the Modbus serial line guide's default
  std::uint8_t stop_bits = 1;
  DirectionControl direction = DirectionControl::automatic;
  bool operator==(const SerialLine&) const = default;
};

struct TcpLink {
  std::string host;  // an address, or a name resolved when connecting
  std::uint16_t port = 502;
  bool operator==(const TcpLink&) const = default;
};

struct BusConfig {
  BusId id;
  std::string name;
  std::variant<SerialLine, TcpLink> line;
  std::uint32_t source_line = 0;  // where it stands in the site file; 0: not from a file
  bool operator==(const BusConfig&) const = default;
};

// The kinds of key that a new reservation may begin with (SITE-8).
constexpr std::array<std::string_view, 3> default_keys{"link", "code", "code_and_link"};
// Bounds of BuildingConfig and DeviceConfig, in minutes.
constexpr std::chrono::minutes latest_default{99 * 60 +
                                              99};  // 99:99, as times may be typed (RES-4)
constexpr std::chrono::minutes most_allowance{7 * 24 * 60};
constexpr std::chrono::minutes most_show_code_before{366 * 24 * 60};
constexpr std::chrono::minutes most_key_lead{24 * 60};

// What a building's reservations begin with and follow (RES-11, SITE-8).
struct BuildingConfig {
  BuildingId id;
  std::string name;
  std::string zone = "Asia/Tokyo";
  std::chrono::minutes default_start{15 * 60};  // of a new reservation, after midnight
  std::chrono::minutes default_end{10 * 60};    // at or before the start: the next day; to 99:99
  std::string default_key = "link";             // one of default_keys
  std::chrono::minutes common_allowance{0};     // common doors open so much earlier (RES-41)
  bool show_unlock_buttons = true;              // on the shared page
  // How long before the start the shared page shows the code; none: always.
  std::optional<std::chrono::minutes> show_code_before;
  std::uint32_t source_line = 0;
  bool operator==(const BuildingConfig&) const = default;
};

struct RoomConfig {
  RoomId id;
  std::string name;
  BuildingId building;
  bool common = false;       // SITE-4
  std::uint16_t number = 0;  // as typed at boxes and intercoms; 0: none
  std::uint32_t source_line = 0;
  bool operator==(const RoomConfig&) const = default;
};

// What a zone's detector looks for; decides what its going active means.
enum class ZonePurpose : std::uint8_t {
  door,
  window,
  motion,
  glass,
  fire,
  gas,
  emergency,
  bath_call,
  toilet_call,
  other,
};
std::string_view name_of(ZonePurpose purpose);

// How a device follows reservations (spec: coupled devices).
enum class Coupling : std::uint8_t { none, with_reservation, end_only, entrance };
std::string_view name_of(Coupling coupling);
std::optional<Coupling> coupling_named(std::string_view name);

struct DeviceConfig {
  DeviceId id;
  std::string name;
  std::string model;  // a profile's name
  BusId bus;
  std::uint8_t unit = 1;      // Modbus unit, 1 to 247 (TCP: 0 to 255)
  std::uint16_t channel = 1;  // which part of a device with several, from 1
  std::vector<RoomId> rooms;
  std::optional<ZonePurpose> purpose;  // zones only
  std::optional<DeviceId> panel;       // zones only: the panel whose guard they serve
  std::chrono::seconds open_limit{0};  // doors: 'door left open' after this long; 0: never
  Coupling coupling = Coupling::none;
  // Locks: how long before its start a key is written (KEY-9); none: as the model says.
  std::optional<std::chrono::minutes> key_lead;
  std::uint32_t source_line = 0;
  bool operator==(const DeviceConfig&) const = default;
};

struct Inventory {
  std::string contract;  // contract number; may be empty before commissioning
  std::vector<BuildingConfig> buildings;
  std::vector<RoomConfig> rooms;
  std::vector<BusConfig> buses;
  std::vector<DeviceConfig> devices;
  bool operator==(const Inventory&) const = default;

  const DeviceConfig* device(const DeviceId& id) const;
  const RoomConfig* room(const RoomId& id) const;
  const BusConfig* bus(const BusId& id) const;
};

// A coil or holding register that the commands of a model write: channel c at
// address + (c - 1) * per_channel.
struct WrittenPlace {
  bool coil = false;
  std::uint16_t address = 0;
  std::uint16_t per_channel = 0;
};

// What the rules must know of a model to check an inventory.
struct ModelInfo {
  std::string model;  // the profile's name
  std::string title;  // for people
  DeviceKind kind{};
  std::string hardware;  // profiles of one hardware may share a unit (panel and its zones)
  std::uint16_t channels = 1;
  std::vector<Command> commands{};     // what it can be told, in the order of its kind
  std::vector<WrittenPlace> writes{};  // those of one channel alone; not what all channels share
};

// The models that are known, by name.
class ModelCatalog {
 public:
  virtual ~ModelCatalog() = default;
  virtual const ModelInfo* find(std::string_view model) const = 0;
  virtual std::vector<std::string_view> names() const = 0;
};

// Adds a problem for every mistake: unknown references, ids and names used twice, names against
// SITE-3, zones that the system does not know, settings out of range, couplings that the kind of
// device cannot have, models not in the catalog, units and channels out of range, two devices at
// one place of one bus or writing one register, two buses on one port. `file` names the source in
// the problems.
void check(const Inventory& inventory, const ModelCatalog& models, std::string_view file,
           Problems& problems);

// What is wrong with the settings of a building (SITE-8, RES-11), and with coupling and key_lead of
// a device; empty if nothing is.
std::string settings_fault(const BuildingConfig& building);
std::string coupling_fault(const DeviceConfig& device, const ModelInfo& model,
                           const Inventory& inventory);

// What is wrong with a name of a building, or of a room or device (SITE-3): names the character and
// where it stands; empty if nothing is.
enum class NameRule : std::uint8_t { building, room, device };
std::string name_fault(std::string_view name, NameRule rule);

}  // namespace genkan::domain
