// Whether a transfer holds together.
#include <algorithm>
#include <set>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/group_office.hpp"
#include "firmware/services/keys/holder_office.hpp"
#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/reservation_office.hpp"
#include "firmware/services/keys/temporary_office.hpp"
#include "firmware/services/transfer/transfer.hpp"

namespace genkan::services {

namespace {

using domain::Origin;

class Checker {
 public:
  Checker(const ports::KeyMemory& keys, const Directory& site, Problems& problems)
      : keys_(keys), site_(site), problems_(problems) {}

  void check() {
    for (const auto& group : keys_.key_groups) key_groups_.insert(group.id);
    for (const auto& group : keys_.validity_groups) validity_groups_.insert(group.id);
    check_groups();
    check_holders();
    check_reservations();
    check_visitors();
    check_slots();
  }

 private:
  void tell(std::string_view list, std::size_t place, std::string_view id, std::string_view what) {
    problems_.add(cat(list, "[", place, "]"), 0, cat("'", printable(id, 48), "': ", what));
  }

  // What every list has: ids once, names that people may give, no more than a gateway takes.
  template <class Record>
  void check_list(std::string_view list, const std::vector<Record>& records, std::size_t most) {
    if (records.size() > most) {
      problems_.add(std::string(list), 0,
                    cat("has ", records.size(), " entries; at most ", most, " are taken"));
    }
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& record = records[i];
      if (!seen.insert(record.id.str()).second) {
        tell(list, i, record.id.str(), "the id is there twice; each record has its own");
      }
      const auto wrong = domain::reservation_name_fault(record.name, origin_of(record));
      if (!wrong.empty()) tell(list, i, record.id.str(), cat("the name ", wrong));
    }
  }
  template <class Record>
  static Origin origin_of(const Record&) {
    return Origin::here;
  }
  static Origin origin_of(const domain::Reservation& reservation) { return reservation.origin; }

  template <class Group>
  void check_names(std::string_view list, const std::vector<Group>& groups) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (seen.insert(groups[i].name).second) continue;
      tell(list, i, groups[i].id.str(), "the name is there twice; groups are found by name");
    }
  }

  void check_groups() {
    check_list("key_groups", keys_.key_groups, GroupOffice::most_groups);
    check_list("validity_groups", keys_.validity_groups, GroupOffice::most_groups);
    check_names("key_groups", keys_.key_groups);
    check_names("validity_groups", keys_.validity_groups);
    for (std::size_t i = 0; i < keys_.key_groups.size(); ++i) {
      const auto& group = keys_.key_groups[i];
      for (const auto& device : group.devices) {
        const auto wrong = not_a_door(site_, device);
        if (!wrong.empty()) tell("key_groups", i, group.id.str(), wrong);
      }
    }
    for (std::size_t i = 0; i < keys_.validity_groups.size(); ++i) {
      const auto& group = keys_.validity_groups[i];
      if (std::holds_alternative<domain::Recurrence>(group.timing)) {
        tell("validity_groups", i, group.id.str(), "its timing must be a span, a week or always");
      }
    }
  }

  void check_holders() {
    check_list("holders", keys_.holders, HolderOffice::most_holders);
    for (std::size_t i = 0; i < keys_.holders.size(); ++i) {
      const auto& holder = keys_.holders[i];
      if (!key_groups_.contains(holder.group)) {
        tell("holders", i, holder.id.str(),
             cat("there is no key group '", holder.group.str(), "'"));
      }
      if (holder.validity && !validity_groups_.contains(*holder.validity)) {
        tell("holders", i, holder.id.str(),
             cat("there is no validity group '", holder.validity->str(), "'"));
      }
    }
  }

  void check_reservations() {
    check_list("reservations", keys_.reservations, ReservationOffice::most_reservations);
    for (std::size_t i = 0; i < keys_.reservations.size(); ++i) {
      const auto& one = keys_.reservations[i];
      const std::string wrong = target_fault(one.target);
      if (!wrong.empty()) tell("reservations", i, one.id.str(), wrong);
      const bool fits = std::holds_alternative<domain::Span>(one.timing) ||
                        std::holds_alternative<domain::Recurrence>(one.timing);
      if (!fits) tell("reservations", i, one.id.str(), "its timing must be a span or recurring");
    }
  }

  std::string target_fault(const std::variant<DeviceId, domain::KeyGroupId>& target) const {
    if (const auto* device = std::get_if<DeviceId>(&target)) return not_a_door(site_, *device);
    const auto& group = std::get<domain::KeyGroupId>(target);
    if (key_groups_.contains(group)) return {};
    return cat("there is no key group '", group.str(), "'");
  }

  std::string room_fault(const RoomId& id) const {
    const auto* room = site_.inventory().room(id);
    if (room == nullptr) return cat("there is no room '", printable(id.str(), 48), "'");
    if (room->common) return cat("'", room->name, "' is a common area; only a dwelling has keys");
    return {};
  }

  void check_visitors() {
    check_list("temporary_keys", keys_.temporary_keys, TemporaryOffice::most_keys);
    std::set<std::uint64_t> serials;
    for (std::size_t i = 0; i < keys_.temporary_keys.size(); ++i) {
      const auto& key = keys_.temporary_keys[i];
      if (auto wrong = room_fault(key.room); !wrong.empty()) {
        tell("temporary_keys", i, key.id.str(), wrong);
      }
      if (auto wrong = domain::temporary_rule_fault(key.rule); !wrong.empty()) {
        tell("temporary_keys", i, key.id.str(), wrong);
      }
      if (!serials.insert(key.serial).second) {
        tell("temporary_keys", i, key.id.str(), "its serial is there twice");
      }
    }
    for (const auto& [room, code] : keys_.room_codes) {
      if (auto wrong = room_fault(room); !wrong.empty()) {
        problems_.add(cat("room_codes '", printable(room.str(), 48), "'"), 0, std::move(wrong));
      }
    }
  }

  void check_slots() {
    const auto check = [this](std::string_view list, const DeviceId& device) {
      if (site_.inventory().device(device) != nullptr) return;
      problems_.add(std::string(list), 0,
                    cat("there is no device '", printable(device.str(), 48), "'"));
    };
    for (const auto& [device, since] : keys_.coupled_since) check("coupled_since", device);
  }

  const ports::KeyMemory& keys_;
  const Directory& site_;
  Problems& problems_;
  std::set<domain::KeyGroupId> key_groups_;
  std::set<domain::ValidityGroupId> validity_groups_;
};

}  // namespace

void check_transfer(const Transfer& transfer, const domain::Inventory& site,
                    const domain::ModelCatalog& models, Problems& problems) {
  Directory directory(models);
  directory.take(site);
  Checker(transfer.keys, directory, problems).check();
}

}  // namespace genkan::services
