#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/domain/command.hpp"
#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/trouble.hpp"

// What the rules need of the building's hardware. All calls and callbacks are on the loop's thread.
namespace genkan::ports {

namespace asio = boost::asio;

// What a bus is doing, for people and metrics. Counters since start.
struct ExchangeCounts {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t silent = 0;      // no answer in time
  std::uint64_t late = 0;        // an answer to an earlier question, thrown away
  std::uint64_t garbage = 0;     // bytes that are no frame
  std::uint64_t partial = 0;     // a frame that stopped in the middle
  std::uint64_t wrong_unit = 0;  // a good frame of another unit
  std::uint64_t wrong_crc = 0;   //
  std::uint64_t wrong_function = 0;
  std::uint64_t wrong_length = 0;  // a good frame that does not fit the question
  std::uint64_t wrong_echo = 0;    // a write's echo of another address or value
  std::uint64_t exceptions = 0;    // the device said no
};

struct UnitStatistics {
  std::uint8_t unit = 0;
  ExchangeCounts counts;
  std::chrono::microseconds round_trip_median{0};  // over the last 64 exchanges
  std::chrono::microseconds round_trip_worst{0};   // likewise
  bool dead = false;                               // probed with growing pauses
};

struct BusStatistics {
  BusId bus;
  bool up = false;
  std::string fault;  // why it is down; empty while up
  ExchangeCounts counts;
  double wire_share = 0;       // of the last 10 s, how much the line was in use: 0 to 1
  std::uint32_t waiting = 0;   // exchanges queued, all lanes
  std::uint32_t reopened = 0;  // how often the line came back
  std::vector<UnitStatistics> units;
};

// One register question of an installer (`genkan bus read`, `genkan bus write`).
struct RegisterQuestion {
  enum class Table : std::uint8_t { coil, discrete, holding, input };
  std::uint8_t unit = 1;
  Table table = Table::holding;
  std::uint16_t address = 0;
  std::uint16_t count = 1;  // reading: coils and discretes to 2000, words to 125
  std::optional<std::vector<std::uint16_t>> write;  // the values to write instead of reading
  std::optional<SteadyTime> until = std::nullopt;   // at and after this nothing goes out any more
};

struct ScanHit {
  std::uint8_t unit = 0;
  std::chrono::microseconds round_trip{0};
  std::string answered;  // "answered", or the exception's name
};

// Told of all that comes from the hardware.
class FleetListener {
 public:
  virtual ~FleetListener() = default;
  // The state or the link of a device changed. `before` is what was known until now.
  virtual void on_reported(const DeviceId& device, const domain::Reported& before,
                           const domain::Reported& now) = 0;
  // A bus went down (`fault` says why) or came up (`fault` empty).
  virtual void on_bus(const BusId& bus, const std::string& fault) = 0;
};

// Every device of the building, whatever it hangs on.
class Fleet {
 public:
  virtual ~Fleet() = default;

  // Takes over an inventory that passed domain::check. Buses and devices that are the same as
  // before go on undisturbed; others are stopped, started or replaced.
  virtual void configure(const domain::Inventory& inventory) = 0;
  // At most one; set before the first configure.
  virtual void listen(FleetListener& listener) = 0;

  // Which commands the device's model offers (a subset of its kind's). Empty for unknown devices.
  virtual std::vector<domain::Command> commands(const DeviceId& device) const = 0;
  // The last known state; nothing for unknown devices.
  virtual std::optional<domain::Reported> reported(const DeviceId& device) const = 0;

  // Sends the command, reads the device back until it is so or the model's limit passes, and says
  // how it ended (DEV-10). Ends at or before `deadline` (if the command was not yet sent by then:
  // expired, and nothing moves). Commands to one device run one after the other; a newer one that
  // contradicts a waiting one supersedes it. At most 8 wait for one device; more are refused, busy.
  virtual asio::awaitable<domain::Outcome> execute(DeviceId device, domain::DeviceCommand command,
                                                   SteadyTime deadline) = 0;
  // Reads the device now, ahead of all polling (REM-1). Ends at or before `deadline`.
  virtual asio::awaitable<Result<domain::Reported>> refresh(DeviceId device,
                                                            SteadyTime deadline) = 0;
  // What an entrance or switch should be by the records (desired): held open or not. The fleet
  // makes it so, and makes it so again after every loss; nothing: the pulse rules alone decide.
  virtual void hold(const DeviceId& device, bool held) = 0;

  virtual std::vector<BusStatistics> statistics() const = 0;
  virtual asio::awaitable<Result<std::vector<std::uint16_t>>> ask(BusId bus,
                                                                  RegisterQuestion question) = 0;
  // Asks every unit from `first` to `last` for one register, in the bulk lane.
  virtual asio::awaitable<Result<std::vector<ScanHit>>> scan(BusId bus, std::uint8_t first,
                                                             std::uint8_t last) = 0;
};

}  // namespace genkan::ports
