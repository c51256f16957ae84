#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "firmware/domain/device_state.hpp"

namespace genkan::domain {

// What somebody asks of a device.
struct DeviceCommand {
  Command command;
  std::uint8_t part = 0;  // which compartment, where CommandSpec::takes_part
};

// How a command ended (DEV-10).
enum class Verdict : std::uint8_t {
  done,             // the device reported that it is so
  failed,           // it was tried; `reason` says why it is not so
  refused,          // it was not tried; `reason` says why
  expired,          // not sent in time; nothing moved
  unknown_outcome,  // sent, and it cannot be told what became of it
};
std::string_view name_of(Verdict verdict);

enum class Reason : std::uint8_t {
  none,
  door_open,        // ajar: the bolt cannot close
  no_answer,        // nothing from the device within its time
  line_down,        // the bus itself is away
  no_power,         // the device reports that its supply is lost
  bolt_fault,       // jammed, or did not reach its end
  timed_out,        // answered, but did not get there in time
  rejected,         // the device answered with an exception; `detail` has its code
  wrong_answer,     // the answers were damaged or did not belong to the question
  zone_active,      // arming; `detail` names the zones
  already_armed,    // SEC-3
  not_allowed,      // by role or by the building's settings
  unknown_device,   //
  unknown_command,  // the kind or the model lacks it
  invalid,          // the request itself is wrong; `detail` says how
  busy,             // too many commands wait
  superseded,       // a newer command to the same device took its place
  device_fault,     // the device reports a fault; `detail` has its code
  storage,          // the record that must stand first could not be written
  stopping,         // the gateway is going down
};
std::string_view name_of(Reason reason);
// One sentence for people, without the detail: "the door is open".
std::string_view sentence(Reason reason);

struct Outcome {
  Verdict verdict = Verdict::failed;
  Reason reason = Reason::none;
  std::string detail;  // for people; may be empty
  DeviceState state;   // read back; empty if it could not be read
};

}  // namespace genkan::domain
