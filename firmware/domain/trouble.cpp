#include "firmware/domain/trouble.hpp"

#include <array>

namespace genkan::domain {

namespace {

struct TroubleText {
  TroubleKind kind;
  std::string_view name;
  std::string_view sentence;
};

constexpr std::array troubles{
    TroubleText{TroubleKind::battery_low, "battery_low", "battery low"},
    TroubleText{TroubleKind::device_disconnected, "device_disconnected", "device disconnected"},
    TroubleText{TroubleKind::line_down, "line_down", "line down"},
    TroubleText{TroubleKind::bolt_fault, "bolt_fault", "deadbolt fault"},
    TroubleText{TroubleKind::forced_open, "forced_open", "forced open"},
    TroubleText{TroubleKind::tamper, "tamper", "cover opened"},
    TroubleText{TroubleKind::power_lost, "power_lost", "power lost"},
    TroubleText{TroubleKind::lock_communication, "lock_communication",
                "communication lost to lock"},
    TroubleText{TroubleKind::command_not_accepted, "command_not_accepted", "command not accepted"},
    TroubleText{TroubleKind::keypad_lockout, "keypad_lockout", "keypad locked out"},
    TroubleText{TroubleKind::door_left_open, "door_left_open", "door left open"},
    TroubleText{TroubleKind::device_fault, "device_fault", "device fault"},
    TroubleText{TroubleKind::clock_wrong, "clock_wrong", "clock wrong"},
    TroubleText{TroubleKind::storage_nearly_full, "storage_nearly_full", "storage nearly full"},
    TroubleText{TroubleKind::storage_failing, "storage_failing", "storage failing"},
    TroubleText{TroubleKind::database_set_aside, "database_set_aside",
                "damaged database set aside"},
    TroubleText{TroubleKind::certificate_ending, "certificate_ending", "certificate ends soon"},
    TroubleText{TroubleKind::certificate_ended, "certificate_ended", "certificate has ended"},
    TroubleText{TroubleKind::cloud_away, "cloud_away", "cloud not connected"},
    TroubleText{TroubleKind::secrets_unreadable, "secrets_unreadable",
                "codes or cards cannot be read"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < troubles.size(); ++i) {
    if (static_cast<std::size_t>(troubles[i].kind) != i) return false;
  }
  return troubles.size() == static_cast<std::size_t>(TroubleKind::secrets_unreadable) + 1;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(TroubleKind kind) { return troubles[static_cast<std::size_t>(kind)].name; }

std::string_view sentence(TroubleKind kind) {
  return troubles[static_cast<std::size_t>(kind)].sentence;
}

std::optional<TroubleKind> trouble_named(std::string_view name) {
  for (const auto& trouble : troubles) {
    if (trouble.name == name) return trouble.kind;
  }
  return std::nullopt;
}

}  // namespace genkan::domain
