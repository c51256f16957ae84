#include "firmware/services/keys/key_json.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::KeyStanding;
using domain::KeyState;
using domain::NotSet;

template <class Record>
std::string name_or(const Record* record, const std::string& id) {
  return record == nullptr ? id : record->name;
}

std::string not_set_sentence(const KeyDesk& desk, const KeyStanding& standing) {
  switch (standing.why) {
    case NotSet::none: return {};
    case NotSet::unread: return "the lock's memory has not been read yet";
    case NotSet::no_address: return "no address in the lock is free";
    case NotSet::code_in_use:
      if (!standing.in_favour_of) return "in use by another reservation or not yet removed";
      return cat("in use by '", name_of(desk.book(), *standing.in_favour_of),
                 "' or not yet removed");
    case NotSet::code_foreign: return "the same code was programmed at the lock by hand";
    case NotSet::unreachable: return "the lock does not answer";
    case NotSet::rejected: return "the lock refused it";
    case NotSet::no_secret: return "the code can no longer be read; give it a new one";
  }
  return {};
}

}  // namespace

std::string name_of(const domain::KeyBook& book, const domain::KeyRef& key) {
  switch (key.owner) {
    case domain::KeyOwner::reservation:
      return name_or(book.find(domain::ReservationId(key.id)), key.id);
    case domain::KeyOwner::holder: return name_or(book.find(domain::HolderId(key.id)), key.id);
    case domain::KeyOwner::temporary_key:
      return name_or(book.find(domain::TemporaryKeyId(key.id)), key.id);
    case domain::KeyOwner::room:
    case domain::KeyOwner::resident: break;
  }
  return key.id;
}

std::string why_sentence(const KeyDesk& desk, const KeyStanding& standing) {
  const std::string reason = not_set_sentence(desk, standing);
  if (standing.state == KeyState::not_set) return reason;
  if (standing.state != KeyState::still_opens) return {};
  const std::string_view opens = "its time is over, and it is not proven that it is gone";
  return reason.empty() ? std::string(opens) : cat(opens, ": ", reason);
}

json::object key_json(const KeyDesk& desk, const DeviceId& device, const KeyStanding& standing) {
  json::object object;
  object["device"] = device.str();
  object["key"] = standing.key.card ? "card" : "code";
  object["state"] = domain::name_of(standing.state);
  object["why"] = domain::name_of(standing.why);
  object["why_sentence"] = why_sentence(desk, standing);
  object["area"] = nullptr;
  object["slot"] = nullptr;
  if (standing.address) {
    const auto* model = desk.needs().model_of(device);
    if (model != nullptr && standing.address->area < model->areas.size()) {
      object["area"] = model->areas[standing.address->area].name;
    }
    object["slot"] = standing.address->number;
  }
  object["in_favour_of"] = nullptr;
  if (standing.in_favour_of) {
    object["in_favour_of"] = json::object{{"id", standing.in_favour_of->id},
                                          {"name", name_of(desk.book(), *standing.in_favour_of)}};
  }
  object["opens"] = interval_json(standing.opens, desk.needs().zones.of(device));
  return object;
}

json::array keys_json(const KeyDesk& desk, const ExpectedKeys& expected,
                      std::span<const DeviceId> doors) {
  json::array list;
  const auto standings = desk.needs().standings.standings_of(expected.owner, expected.id);
  for (const auto& [device, standing] : standings) {
    list.emplace_back(key_json(desk, device, standing));
  }
  if (!expected.opens) return list;
  const auto expect = [&](const DeviceId& door, bool card) {
    const auto known = std::ranges::any_of(standings, [&door, card](const auto& one) {
      return one.first == door && one.second.key.card == card;
    });
    if (known) return;
    KeyStanding waiting;
    waiting.key = {expected.owner, expected.id, card};
    waiting.opens = *expected.opens;
    list.emplace_back(key_json(desk, door, waiting));
  };
  for (const auto& door : doors) {
    if (expected.code && desk.keeps_codes(door)) expect(door, false);
    if (expected.card && desk.keeps_cards(door)) expect(door, true);
  }
  return list;
}

}  // namespace genkan::services
