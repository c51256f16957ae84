#include "firmware/domain/cloud/ledger.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

constexpr std::array<std::string_view, 3> names{"accepted", "answered", "unknown"};

constexpr std::string_view too_long =
    R"({"error":{"code":"too_large","message":"it was carried out; its answer is longer than 64 KiB and was not kept"}})";

}  // namespace

std::string_view name_of(LedgerState state) { return names[static_cast<std::size_t>(state)]; }

std::optional<LedgerState> ledger_state_named(std::string_view name) {
  const auto* at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<LedgerState>(at - names.begin());
}

LedgerEnd ledger_end(std::string jti, int status, std::string answer) {
  if (answer.size() > most_ledger_answer) {
    return {std::move(jti), LedgerState::answered, 413, std::string(too_long)};
  }
  return {std::move(jti), LedgerState::answered, status, std::move(answer)};
}

std::chrono::sys_seconds ledger_floor(WallTime now) {
  return std::chrono::floor<std::chrono::seconds>(now - ledger_keep);
}

json::object unknown_outcome(const LedgerRow& row, std::string_view device_name,
                             const DeviceState& state, bool read) {
  const std::string_view detail = read ? "the gateway stopped in between; the state was read after"
                                       : "the gateway stopped in between; the device is silent";
  json::object object;
  object["device"] = row.device.str();
  object["command"] = row.command;
  object["verdict"] = name_of(Verdict::unknown_outcome);
  object["reason"] = name_of(Reason::stopping);
  object["message"] =
      cat("it cannot be told what became of '", row.command, "' at ", device_name, ": ", detail);
  object["detail"] = detail;
  object["state"] = to_json(state);
  object["took_ms"] = 0;
  object["seq"] = nullptr;
  return object;
}

json::object unknown_outcome(const LedgerRow& row) {
  return {{"error",
           {{"code", "unknown_outcome"},
            {"message", cat("the gateway stopped while ", row.method, ' ', printable(row.path, 200),
                            " was under way; look what is there")}}}};
}

}  // namespace genkan::domain
