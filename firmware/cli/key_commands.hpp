#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/cli/commands.hpp"
#include "firmware/cli/key_requests.hpp"

// The commands about keys: reservations, what is in a lock, holders and groups, visitors, holidays.
namespace genkan::cli {

// Makes a reservation, or shows what would come of it.
Exit reserve(Daemon& daemon, const Console& console, const ReserveChoice& choice);
Exit change_reservation(Daemon& daemon, const Console& console, const ReserveChoice& choice);
Exit delete_reservations(Daemon& daemon, const Console& console,
                         const std::vector<std::string>& ids);

// Which page of a list, and whether codes and card numbers are shown.
struct PageChoice {
  std::string text;
  std::int64_t page = 1;
  std::int64_t count = 50;
  bool codes = false;
};
struct ReservationsChoice {
  std::string door;
  std::string room;
  std::string building;
  std::string group;
  std::string from;
  std::string until;
  std::string sort;
  bool past = false;
  PageChoice page;
};
Exit show_reservations(Daemon& daemon, const Console& console, const ReservationsChoice& choice);
struct OneChoice {
  std::string id;
  bool codes = false;
};
Exit show_reservation(Daemon& daemon, const Console& console, const OneChoice& choice);
struct CalendarChoice {
  std::string door;
  std::string room;
  std::string building;
  std::string from;
  std::string until;
};
Exit show_calendar(Daemon& daemon, const Console& console, const CalendarChoice& choice);

struct DoorKeysChoice {
  std::string door;
  bool check = false;  // read the lock now
};
Exit show_door_keys(Daemon& daemon, const Console& console, const DoorKeysChoice& choice);
struct WhyChoice {
  std::string door;
  std::string key;           // "-": from standard input
  std::string how = "code";  // as the API calls it
  std::string at;            // RFC 3339, or on the wall of the building; empty: now
};
// Done: it would open; failed: it would not.
Exit tell_why(Daemon& daemon, const Console& console, const WhyChoice& choice);

struct HoldersChoice {
  std::string group;  // a key group's id or name
  PageChoice page;
};
Exit show_holders(Daemon& daemon, const Console& console, const HoldersChoice& choice);
Exit show_holder(Daemon& daemon, const Console& console, const OneChoice& choice);
Exit add_holder(Daemon& daemon, const Console& console, const HolderChoice& choice);
Exit change_holder(Daemon& daemon, const Console& console, const HolderChoice& choice);
Exit delete_holders(Daemon& daemon, const Console& console, const std::vector<std::string>& ids);
struct ImportChoice {
  std::string file;
  std::string rows;  // "1,3-7"; empty: all
  std::string charset;
  bool preview = false;
};
// Failed if a row is wrong or was not done.
Exit import_holders(Daemon& daemon, const Console& console, const ImportChoice& choice);
// `file`: "-" is standard output.
Exit holder_sample(Daemon& daemon, const Console& console, const std::string& file);

Exit show_groups(Daemon& daemon, const Console& console);
Exit add_group(Daemon& daemon, const Console& console, const GroupChoice& choice);
Exit change_group(Daemon& daemon, const Console& console, const GroupChoice& choice);
Exit delete_group(Daemon& daemon, const Console& console, const GroupChoice& choice);

// `room`: empty, all.
Exit show_visitors(Daemon& daemon, const Console& console, const std::string& room);
Exit add_visitor(Daemon& daemon, const Console& console, const VisitorChoice& choice);
Exit revoke_visitor(Daemon& daemon, const Console& console, const std::string& id);
struct QrChoice {
  std::string id;
  std::string form;        // text, svg or png; empty: by the file's name, or text
  std::string file = "-";  // "-" is standard output
};
Exit show_qr(Daemon& daemon, const Console& console, const QrChoice& choice);

struct RoomCodeChoice {
  std::string room;
  std::optional<std::string> code;  // a pattern; "-": from standard input; none: only look
  bool remove = false;
  bool codes = false;
};
Exit room_code(Daemon& daemon, const Console& console, const RoomCodeChoice& choice);

// `year`: empty, this one.
Exit show_holidays(Daemon& daemon, const Console& console, const std::string& year);
Exit import_holidays(Daemon& daemon, const Console& console, const std::string& file);
Exit reset_holidays(Daemon& daemon, const Console& console);

}  // namespace genkan::cli
