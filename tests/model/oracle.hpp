#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/model/oracle_times.hpp"

namespace genkan::model {

enum class Model { el_100, io_80, pk_9, sb_8 };

// The table of models (spec: KEY).
struct Area {
  int places = 0;
  bool codes = false;
  bool cards = false;
  bool master = false;  // counts only if enabled at the lock, in order from the first
};
struct ModelRules {
  std::vector<Area> areas;
  int lead_most = 0;   // minutes
  int lead_least = 0;  //
  bool keeps_schedules = false;
};
const ModelRules& rules_of(Model model);

struct Door {
  std::string id;
  Model model = Model::el_100;
  std::size_t building = 0;
  bool common = false;                   // in a common area
  std::optional<int> lead;               // KEY-9: set for this lock
  std::optional<Millis> copies_since{};  // its coupling is `entrance` since then (RES-40)
};

enum class Kind { link, code, person, code_and_link, software_code, card_only };
enum class From { here, calendar, booking };

struct Secret {
  bool card = false;
  std::string text;
  auto operator<=>(const Secret&) const = default;
};

// A reservation, or a holder of an office (RES-50).
struct Booking {
  std::string id;
  bool holder = false;
  std::string door;   // or
  std::string group;  //
  When when;
  Kind kind = Kind::code;  // reservations
  From from = From::here;  // reservations
  std::optional<std::string> code;
  std::optional<std::string> card;
  Millis made = 0;
  bool enabled = true;  // holders
};

// One key in its memory time: its time to open, less the lead.
struct Due {
  std::string owner;
  bool holder = false;
  Secret secret;
  Minute start =
      0;  // of the time it is there for: an occurrence; of a lock that keeps schedules, all
  Minute end = 0;
  Millis made = 0;
  bool opens = false;       // now, by its own time
  bool must_be_in = false;  // the least lead has begun
};

class Oracle {
 public:
  // `walls` by building; they must outlive it.
  Oracle(std::vector<const Wall*> walls, Holidays holidays);

  void put(Door door);
  void put(Booking booking);
  void put_group(const std::string& group, std::vector<std::string> doors);
  void remove(const std::string& booking);

  const std::map<std::string, Door>& doors() const { return doors_; }
  const std::map<std::string, Booking>& bookings() const { return bookings_; }
  const std::vector<std::string>& group(const std::string& id) const { return groups_.at(id); }
  const Wall& wall(const std::string& door) const;
  int lead_of(const Door& door) const;

  // What may be in the lock now, in the order of KEY-4: by start, then by when it was made.
  const std::vector<Due>& due(const std::string& door, Millis now) const;
  // Whether the code or card should open the door: one of its keys does; where the lock keeps the
  // schedule, the first of them alone (the others are not set).
  bool should_open(const std::string& door, const Secret& secret, Millis now) const;
  bool may_be_in(const std::string& door, const Secret& secret, Millis now) const;
  // When any of these answers can change next by time alone.
  Millis next_change(const std::string& door, Millis now) const;
  // And when they did so last, as far as the present records say.
  Millis last_change(const std::string& door, Millis now) const;

 private:
  struct Key {
    const Booking* booking;
    Secret secret;
    std::vector<Times> times;
  };
  // What was worked out for a door, until the records or time change it.
  struct Known {
    bool stale = true;
    std::vector<Key> keys;
    Minute from = 0;
    Minute until = 0;
    Minute since = 0;
    std::vector<Due> due;
  };
  void forget();
  bool concerns(const Booking& booking, const Door& door) const;
  bool is_copied(const Booking& booking, const Door& door) const;
  Known& known(const Door& door) const;
  Known& looked_up(const std::string& door, Millis now) const;
  void add_due(const Door& door, const Key& key, Minute now, Known& known) const;

  std::vector<const Wall*> walls_;
  Holidays holidays_;
  std::map<std::string, Door> doors_;
  std::map<std::string, Booking> bookings_;
  std::map<std::string, std::vector<std::string>> groups_;
  mutable std::map<std::string, Known> known_;
};

}  // namespace genkan::model
