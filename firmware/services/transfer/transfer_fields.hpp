#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/locks/lock_model.hpp"
#include "firmware/services/keys/json_fields.hpp"

// The members that records of a transfer share, each read strictly: what is wrong is a fault.
namespace genkan::services {

template <class IdType>
IdType read_id(const JsonFields& fields, std::string_view key) {
  const auto text = fields.needed_text(key, "an id");
  const auto wrong = id_fault(text);
  if (!wrong.empty()) fields.fault(key, cat("is wrong: ", wrong));
  return IdType(text);
}
WallTime read_time(const JsonFields& fields, std::string_view key);
std::uint32_t read_revision(const JsonFields& fields);
domain::Timing read_timing(const JsonFields& record);
std::optional<domain::LockSchedule> read_schedule(const JsonFields& record);

}  // namespace genkan::services
