#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/toml.hpp"
#include "firmware/domain/calendar/holidays.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/domain/command.hpp"
#include "firmware/domain/keys/code_pattern.hpp"
#include "firmware/domain/record.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/ports/lock_memory.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/live.hpp"

// All that a person, a screen or the cloud can ask of the building: the services behind one face.
// Everything is on the loop's thread; the awaitables run on the loop's executor.
namespace genkan::services {

class Cloud;
class Keys;
struct KeySecrets;
class TransferOffice;

struct GatewayPolicy {
  std::string gateway_id = "gw-1";
  std::string version = "0.0.0";
  bool remote_disarm = false;      // SEC-8: [security] remote_disarm
  bool unsigned_commands = false;  // [cloud] unsigned_commands = "allow"
  // [cloud] allow: what the cloud may command without a signature all the same, one by one (a home
  // server on the same broker).
  std::vector<std::pair<DeviceId, domain::Command>> allowed_unsigned = {};
  std::uint32_t requests_a_minute = 60;  // [cloud] requests_per_minute: signed ones, of a sender
  // How long an answer waits for its record to be on disk before it goes out without a number.
  std::chrono::milliseconds record_wait{1000};

  // Whether the cloud may give this command without a signature. Never what its role has no right
  // to: disarming is always signed for (SEC-8).
  bool allows_unsigned(const DeviceId& device, domain::Command command) const;
};

struct CommandAnswer {
  DeviceId device;
  domain::DeviceCommand command{};
  domain::Outcome outcome;
  std::string message;  // one sentence for people
  std::chrono::milliseconds took{0};
  std::optional<Seq> seq;  // of its record; nothing if storage did not get there in time
};
// {"device","command","part"?,"verdict","reason","message","detail","state","took_ms","seq"}
json::object to_json(const CommandAnswer& answer);

struct JournalPage {
  std::vector<domain::Record> records;
  Seq head{};
  Seq oldest{};
  std::string journal = {};  // whose numbers these are; empty: it could not be read
};
// {"records":[R…],"head","oldest","journal"}
json::object to_json(const JournalPage& page);

// What became of a site file. With problems nothing was changed.
struct SiteAnswer {
  std::vector<Problem> problems;
  std::size_t buses = 0;
  std::size_t rooms = 0;
  std::size_t devices = 0;
  // What goes with the devices and rooms that are gone (SITE-6), and whose keys go on opening a
  // lock that is gone (SITE-7), in sentences; at most 100.
  std::vector<std::string> warnings = {};
  // Which of the present site are not in the file.
  struct Removed {
    std::vector<std::string> buses, rooms, devices;
    bool empty() const { return buses.empty() && rooms.empty() && devices.empty(); }
  } removed = {};
};
// {"buses","rooms","devices","warnings","removed":{"buses":[id…],"rooms":[…],"devices":[…]}}, the
// last two only if there are any.
json::object to_json(const SiteAnswer& answer);

// What keys and reservations need besides. What is referred to must outlive the gateway.
struct KeyMeans {
  boost::asio::any_io_executor loop;
  ports::LockMemory& memory;
  const KeySecrets& secrets;
  domain::RandomBelow random;
  domain::Holidays holidays;
};

// Rights are checked here, whoever calls: ErrorCode::forbidden is the API's 403, unknown its 404,
// invalid its 400, busy its 429, conflict its 409, io and corrupt its 503.
class Gateway {
 public:
  // What is passed in must outlive the gateway. Registers itself with the fleet and the store.
  Gateway(ports::Fleet& fleet, ports::Store& store, const Clock& clock,
          const domain::ModelCatalog& models, GatewayPolicy policy, KeyMeans means);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Takes up what the store remembers, configures the fleet, re-applies holds, records the start.
  void start();
  // To be called once a second: limits of open doors, storage, clock, stale troubles, keys that are
  // due.
  void tick();
  // Refuses commands from now on (stopping), waits for those under way (at most 3 s), puts the
  // record of the stop on disk (at most 10 s), and ends subscriptions and waiting readers. The
  // fleet may be taken down afterwards; the loop must not run on once the gateway is destroyed.
  boost::asio::awaitable<void> stop();

  // Trust, claim, signed requests, the line to the cloud.
  Cloud& cloud();
  // Reservations, holders, temporary keys, room codes, and what is in the locks' memories.
  Keys& keys();

  // Commands (DEV-10). An Error only for what never became a command: unknown device, no right
  // (recorded as refused), a part where none is taken or the other way round. All else is an
  // outcome. `timeout` 1 ms to 60 s. The answer comes after its record is on disk (or without a
  // number after policy.record_wait).
  boost::asio::awaitable<Result<CommandAnswer>> command(domain::Caller caller, DeviceId device,
                                                        domain::DeviceCommand command,
                                                        std::chrono::milliseconds timeout);
  // Reads the device now (REM-1); device_json() then shows it.
  boost::asio::awaitable<Result<domain::Reported>> refresh(DeviceId device,
                                                           std::chrono::milliseconds timeout);

  // Views. Shapes: the API's description (docs of /v1/…).
  json::object status_json() const;
  json::object devices_json() const;                                      // {"devices":[D…]}
  std::optional<json::object> device_json(const DeviceId& device) const;  // D; nothing if unknown
  json::object troubles_json() const;                                     // {"troubles":[T…]}
  // {"buses":[{"id","name","port","up","fault","wire_share","waiting","reopened",
  //   "counts":{"asked","answered","silent","late","garbage","partial","wrong_unit","wrong_crc",
  //             "wrong_function","wrong_length","wrong_echo","exceptions"},
  //   "units":[{"unit","dead","round_trip_median_us","round_trip_worst_us","counts":{…}}]}]}
  json::object buses_json() const;
  json::object models_json() const;
  std::string metrics_text() const;  // Prometheus' text format 0.0.4
  json::object hello_json() const;   // {"boot","head"}: a stream's first event

  // The journal. If nothing fits and `wait` is above 0 (and the query is not newest first), waits
  // for the first record that does, at most `wait` (0 to 60 s); at most 64 wait at once (busy).
  boost::asio::awaitable<Result<JournalPage>> journal(ports::JournalQuery query,
                                                      std::chrono::milliseconds wait);
  // Durable cursors of readers.
  boost::asio::awaitable<Result<Seq>> cursor(std::string reader);
  boost::asio::awaitable<Result<>> set_cursor(std::string reader, Seq seq);

  // The live stream: first a device event for every device, then what happens. Null: 64 are there.
  std::unique_ptr<Subscription> subscribe(LiveKinds kinds, std::size_t bound = 1024);

  // The site file (docs/SITE.md): all its mistakes, or all of it.
  std::string site_export() const;
  boost::asio::awaitable<Result<SiteAnswer>> site_import(domain::Caller caller, std::string text,
                                                         bool check_only);

  // The catalog of models that the gateway was given has changed (DEV-31).
  void models_changed();
  // Site and keys for another gateway, and from one (docs/SECRETS.md).
  TransferOffice& transfer();

  // For installers (Right::install). Writes are recorded, without the values: they may be codes.
  boost::asio::awaitable<Result<std::vector<std::uint16_t>>> ask(domain::Caller caller, BusId bus,
                                                                 ports::RegisterQuestion question);
  boost::asio::awaitable<Result<std::vector<ports::ScanHit>>> scan(domain::Caller caller, BusId bus,
                                                                   std::uint8_t first,
                                                                   std::uint8_t last);

 private:
  struct Services;
  std::unique_ptr<Services> services_;
};

}  // namespace genkan::services
