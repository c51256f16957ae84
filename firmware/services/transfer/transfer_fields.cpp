#include "firmware/services/transfer/transfer_fields.hpp"

#include <array>

#include "firmware/services/keys/time_input.hpp"

namespace genkan::services {

WallTime read_time(const JsonFields& fields, std::string_view key) {
  const auto time = parse_time(fields.needed_text(key, "a time like 2026-11-20T09:00:00.000Z"));
  if (time) return *time;
  fields.fault(key, "is no time like 2026-11-20T09:00:00.000Z");
  return {};
}

std::uint32_t read_revision(const JsonFields& fields) {
  return static_cast<std::uint32_t>(fields.integer("revision", 1, UINT32_MAX).value_or(1));
}

namespace {

constexpr std::chrono::hours day_long{24};

// A whole moment: date and time.
domain::LocalTime read_local(const JsonFields& fields, std::string_view key) {
  const auto time = domain::parse_local(fields.needed_text(key, "a time like 2026-11-20 09:00"));
  if (time) return *time;
  fields.fault(key, "is no time like 2026-11-20 09:00");
  return {};
}

}  // namespace

domain::Timing read_timing(const JsonFields& record) {
  static constexpr std::array<std::string_view, 5> known{"start", "end", "recurrence", "weekly",
                                                         "always"};
  const json::object* object = record.object("timing");
  if (object == nullptr) {
    record.fault("timing", "is missing");
    return {};
  }
  const JsonFields fields(*object, "timing", known, record.faults());
  Told told;
  if (const auto* inner = fields.object("recurrence")) {
    const auto read = read_recurrence(*inner, "timing.recurrence", record.faults(), told);
    return read ? domain::Timing(*read) : domain::Timing();
  }
  if (const auto* inner = fields.object("weekly")) {
    const auto read = read_weekly(*inner, "timing.weekly", record.faults());
    return read ? domain::Timing(*read) : domain::Timing();
  }
  if (fields.flag("always").value_or(false)) return domain::Always{};
  const domain::Timing span = domain::Span{read_local(fields, "start"), read_local(fields, "end")};
  if (const auto wrong = domain::fault_of(span); !wrong.empty()) record.fault("timing", wrong);
  return span;
}

std::optional<domain::LockSchedule> read_schedule(const JsonFields& record) {
  static constexpr std::array<std::string_view, 5> known{"first", "last", "weekdays", "from", "to"};
  const json::object* object = record.object("schedule");
  if (object == nullptr) return std::nullopt;
  const JsonFields fields(*object, "schedule", known, record.faults());
  domain::LockSchedule schedule;
  schedule.first = read_local(fields, "first");
  schedule.last = read_local(fields, "last");
  schedule.weekdays = read_weekdays(fields, "weekdays").value_or(domain::every_day);
  if (fields.has("from")) {
    const auto from = read_minutes(fields, "from");
    const auto to = read_minutes(fields, "to");
    if (from > day_long || to > day_long) fields.fault("to", "is past 24:00");
    schedule.window = {from, to};
  }
  return schedule;
}

}  // namespace genkan::services
