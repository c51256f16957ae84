#pragma once

#include <optional>
#include <string>

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// Which reservations a list shows. Times are "2026-11-20" or "2026-11-20 15:00" on the wall of the
// reservation's building.
struct ReservationQuery {
  enum class Sort : std::uint8_t { start, name, made };
  std::optional<DeviceId> device;
  std::optional<domain::KeyGroupId> key_group;
  std::optional<RoomId> room;
  std::optional<BuildingId> building;
  std::optional<std::string> from;
  std::optional<std::string> until;
  std::string text;  // in the name, an address or a device's name; ASCII in either case
  std::size_t page = 1;
  std::size_t page_size = 50;  // 1 to 200
  Sort sort = Sort::start;
  bool past = false;  // those that ended before today too (RES-10)
  Secrets secrets = Secrets::hidden;
};

// What of the calendar; of building, room and device at most one, none: all doors.
struct CalendarQuery {
  std::optional<BuildingId> building;
  std::optional<RoomId> room;
  std::optional<DeviceId> device;
  std::string from;   // a day; empty: a month back
  std::string until;  // the first day that is not shown any more; empty: 62 days after `from`
};

// Reservations as JSON (RES-9, RES-10). Loop thread.
class ReservationViews {
 public:
  static constexpr std::size_t most_page = 200;
  static constexpr std::chrono::days longest_calendar{62};
  static constexpr std::size_t most_entries = 5000;

  explicit ReservationViews(KeyDesk& desk) : desk_(desk) {}

  // R: {"id","name","device"|"key_group","timing","start","end","start_utc","end_utc","kind",
  //     "card":{"name"}|null,"mail","origin","made","revision","keys":[K…]}; with secrets "code"
  //     and the card's "number" too.
  json::object to_json(const domain::Reservation& reservation, Secrets secrets) const;
  Result<json::object> one(const domain::Caller& caller, const domain::ReservationId& id,
                           Secrets secrets) const;
  // {"reservations":[R…],"total","page"}
  Result<json::object> list(const domain::Caller& caller, const ReservationQuery& query) const;
  // {"entries":[{"reservation","name","device","start","end","start_utc","end_utc"}…],"truncated"}
  // in order of time. Of more than 5,000 the first are shown, and truncated says so.
  Result<json::object> calendar(const CalendarQuery& query) const;

 private:
  KeyDesk& desk_;
};

}  // namespace genkan::services
