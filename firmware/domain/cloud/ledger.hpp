#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/command.hpp"

// What makes a signed request happen once: its row is on disk before anything moves (REM-4).
namespace genkan::domain {

// A row is kept so long after its request expired; at most so many rows.
constexpr std::chrono::hours ledger_keep{24};
constexpr std::size_t most_ledger_rows = 20'000;
// A longer answer is stored as a sentence that says so.
constexpr std::size_t most_ledger_answer = 64 * 1024;

enum class LedgerState : std::uint8_t {
  accepted,  // it may be under way, or the gateway went down while it was
  answered,
  unknown,  // the gateway went down in between; what was read back is the answer
};
std::string_view name_of(LedgerState state);
std::optional<LedgerState> ledger_state_named(std::string_view name);

// A request that changes something, as the ledger keeps it.
struct LedgerRow {
  std::string jti, kid, sub;
  Digest digest{};  // SHA-256 of the envelope's payload
  std::chrono::sys_seconds expires{};
  WallTime accepted{};
  std::string method, path;  // of the inner request, for people
  DeviceId device;           // which device it commands; empty: none
  std::string command;       // the command's name; empty: none
  LedgerState state = LedgerState::accepted;
  int status = 0;      // of the answer; 0 while there is none
  std::string answer;  // its body
  bool operator==(const LedgerRow&) const = default;
};

// What is put on disk when the request has its answer.
struct LedgerEnd {
  std::string jti;
  LedgerState state = LedgerState::answered;
  int status = 0;
  std::string answer;
  bool operator==(const LedgerEnd&) const = default;
};
// Cuts too long an answer.
LedgerEnd ledger_end(std::string jti, int status, std::string answer);

// What may be forgotten at `now`: rows that expired at or before it. The greatest expiry ever
// forgotten is the floor: an envelope that expires at or before it is never accepted again,
// whatever the clock says.
std::chrono::sys_seconds ledger_floor(WallTime now);

// The answer of a command that was under way when the gateway went down (200), with the state read
// back; `read` false: the device did not answer.
json::object unknown_outcome(const LedgerRow& row, std::string_view device_name,
                             const DeviceState& state, bool read);
// The same for a request that was no command (500).
json::object unknown_outcome(const LedgerRow& row);

}  // namespace genkan::domain
