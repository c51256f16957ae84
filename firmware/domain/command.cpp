#include "firmware/domain/command.hpp"

#include <array>

namespace genkan::domain {

namespace {

struct ReasonText {
  Reason reason;
  std::string_view name;
  std::string_view sentence;
};

constexpr std::array reasons{
    ReasonText{Reason::none, "none", ""},
    ReasonText{Reason::door_open, "door_open", "the door is open or ajar"},
    ReasonText{Reason::no_answer, "no_answer", "the device does not answer"},
    ReasonText{Reason::line_down, "line_down", "the line to the device is down"},
    ReasonText{Reason::no_power, "no_power", "the device has no power"},
    ReasonText{Reason::bolt_fault, "bolt_fault", "the bolt did not reach its end"},
    ReasonText{Reason::timed_out, "timed_out", "the device did not get there in time"},
    ReasonText{Reason::rejected, "rejected", "the device refused the command"},
    ReasonText{Reason::wrong_answer, "wrong_answer", "the device's answers were damaged"},
    ReasonText{Reason::zone_active, "zone_active", "a sensor is active"},
    ReasonText{Reason::already_armed, "already_armed", "the panel is already armed"},
    ReasonText{Reason::not_allowed, "not_allowed", "this caller may not do that"},
    ReasonText{Reason::unknown_device, "unknown_device", "there is no such device"},
    ReasonText{Reason::unknown_command, "unknown_command", "this device has no such command"},
    ReasonText{Reason::invalid, "invalid", "the request is wrong"},
    ReasonText{Reason::busy, "busy", "too many commands are waiting"},
    ReasonText{Reason::superseded, "superseded", "a newer command took its place"},
    ReasonText{Reason::device_fault, "device_fault", "the device reports a fault"},
    ReasonText{Reason::storage, "storage", "the gateway cannot write its records"},
    ReasonText{Reason::stopping, "stopping", "the gateway is stopping"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (static_cast<std::size_t>(reasons[i].reason) != i) return false;
  }
  return reasons.size() == static_cast<std::size_t>(Reason::stopping) + 1;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::done: return "done";
    case Verdict::failed: return "failed";
    case Verdict::refused: return "refused";
    case Verdict::expired: return "expired";
    case Verdict::unknown_outcome: return "unknown_outcome";
  }
  return "failed";
}

std::string_view name_of(Reason reason) { return reasons[static_cast<std::size_t>(reason)].name; }

std::string_view sentence(Reason reason) {
  return reasons[static_cast<std::size_t>(reason)].sentence;
}

}  // namespace genkan::domain
