#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"

// What was typed about keys, as requests to the API. What is not typed is not sent: the daemon
// knows the defaults, and judges everything. Pure, save for secrets from standard input.
namespace genkan::cli {

// A window of chosen days, as it is typed for recurring reservations, groups and visitors.
struct WindowChoice {
  std::vector<std::string> every;     // "mon", "tue"; "day": all seven
  std::optional<std::string> window;  // "9:00-17:30"
};
// {"from","to","weekdays"} as far as they are typed, put into `rule`. Error: a window without "-".
Result<> put_window(const WindowChoice& choice, json::object& rule);

// The key itself.
struct SecretChoice {
  std::optional<std::string> code;  // a pattern; empty: random; "-": from standard input
  std::optional<std::string> card;  // a number; "-": from standard input
  std::optional<std::string> card_name;
  bool no_code = false;
  bool no_card = false;
};
void put_secrets(const SecretChoice& choice, json::object& body);

struct ReserveChoice {
  std::string target;  // a device's id, or a key group's id or name; change: empty, as it is
  std::optional<std::string> name;
  std::optional<std::string> from;
  std::optional<std::string> to;
  WindowChoice days;
  std::optional<std::string> first;
  std::optional<std::string> last;
  std::optional<std::string> holidays;
  std::vector<std::string> extra;
  std::vector<std::string> except;
  std::optional<std::string> kind;
  SecretChoice secret;
  std::vector<std::string> mail;
  bool no_mail = false;
  bool preview = false;
  std::string id;  // change
};
// Whether it says something about a recurrence.
bool is_recurring(const ReserveChoice& choice);
// All but the door. `before`: the recurrence that is changed; what is not typed stays.
Result<json::object> reservation_request(const ReserveChoice& choice, const json::object& before);

struct HolderChoice {
  std::string id;  // change
  std::optional<std::string> name;
  std::optional<std::string> group;     // a key group's id or name
  std::optional<std::string> validity;  // a validity group's id or name
  bool always = false;                  // no validity group
  SecretChoice secret;
  std::optional<std::string> mail;
  bool enabled = false;
  bool disabled = false;
};
// All but the groups.
json::object holder_request(const HolderChoice& choice);

struct GroupChoice {
  std::string group;  // change, delete: an id or a name
  std::optional<std::string> name;
  std::vector<std::string> doors;
  std::vector<std::string> add;
  std::vector<std::string> remove;
  std::optional<std::string> from;
  std::optional<std::string> to;
  WindowChoice days;
};
// Whether it says something about validity.
bool is_validity(const GroupChoice& choice);
// {"name","span"|"weekly"}
Result<json::object> validity_request(const GroupChoice& choice);
// {"name","devices"}; `before`: the devices that are in it.
json::object key_group_request(const GroupChoice& choice, const json::array& before);

struct VisitorChoice {
  std::string name;
  std::string room;
  std::optional<std::string> id_number;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::int64_t> uses;
  WindowChoice days;
};
Result<json::object> visitor_request(const VisitorChoice& choice);

}  // namespace genkan::cli
