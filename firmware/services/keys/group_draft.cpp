// What requests make of key groups and validity groups (RES-50).
#include <array>
#include <set>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/group_office.hpp"
#include "firmware/services/keys/key_places.hpp"

namespace genkan::services {

using domain::KeyGroup;
using domain::ValidityGroup;

void GroupOffice::read_devices(const JsonFields& fields, KeyGroup& group) const {
  const auto devices = fields.texts("devices", most_devices, 48);
  if (!devices) return;
  group.devices.clear();
  std::set<std::string_view> seen;
  for (const auto& device : *devices) {
    const std::string key = cat("devices[", group.devices.size(), "]");
    const auto wrong = not_a_door(desk_.needs().directory, DeviceId(device));
    if (!wrong.empty()) return fields.fault(key, wrong);
    if (!seen.insert(device).second) {
      return fields.fault(key, cat("'", device, "' is there twice; name each door once"));
    }
    group.devices.emplace_back(device);
  }
}

Result<KeyGroup> GroupOffice::draft_key_group(const json::object& request,
                                              const KeyGroup* before) const {
  static constexpr std::array<std::string_view, 2> known{"name", "devices"};
  Faults faults;
  const JsonFields fields(request, "", known, faults);
  KeyGroup group = before == nullptr ? KeyGroup{} : *before;
  if (before == nullptr || fields.has("name")) {
    group.name = fields.needed_text("name", "a name like Staff", 1024);
  }
  read_devices(fields, group);
  if (group.devices.empty()) fields.fault("devices", "is empty; name at least one door");
  if (faults.any()) return fail(faults.result().error());
  return group;
}

void GroupOffice::read_validity(const JsonFields& fields, ValidityGroup& group) const {
  static constexpr std::array<std::string_view, 2> known{"start", "end"};
  if (fields.has("span") && fields.has("weekly")) {
    return fields.fault("weekly", "stands beside 'span'; give one of them");
  }
  if (const json::object* weekly = fields.object("weekly")) {
    if (const auto read = read_weekly(*weekly, "weekly", fields.faults())) group.timing = *read;
    return;
  }
  const json::object* object = fields.object("span");
  if (object == nullptr) return;
  const JsonFields span(*object, "span", known, fields.faults());
  Told told;
  const auto start = read_moment(span, "start", {}, told);
  const auto end = read_moment(span, "end", {}, told);
  for (const auto key : known) {
    if (!span.has(key)) span.fault(key, "is missing; give a date and time like 2026-11-20 9:00");
  }
  if (!start || !end) return;
  group.timing = domain::Span{*start, *end};
  if (*end <= *start) {
    return span.fault("end", cat(domain::format_local(*end), " is not after the start, ",
                                 domain::format_local(*start), "; give a later end"));
  }
  const auto wrong = domain::fault_of(group.timing);
  if (!wrong.empty()) fields.fault("span", wrong);
}

Result<ValidityGroup> GroupOffice::draft_validity_group(const json::object& request,
                                                        const ValidityGroup* before) const {
  static constexpr std::array<std::string_view, 3> known{"name", "span", "weekly"};
  Faults faults;
  const JsonFields fields(request, "", known, faults);
  ValidityGroup group = before == nullptr ? ValidityGroup{} : *before;
  if (before == nullptr || fields.has("name")) {
    group.name = fields.needed_text("name", "a name like Weekdays", 1024);
  }
  if (before == nullptr && !fields.has("span") && !fields.has("weekly")) {
    fields.fault("weekly", "is missing; give a span or a weekly window");
  }
  read_validity(fields, group);
  if (faults.any()) return fail(faults.result().error());
  return group;
}

}  // namespace genkan::services
