#include "firmware/services/keys/reservation_office.hpp"

#include "firmware/base/text.hpp"
#include "firmware/services/keys/field_changes.hpp"
#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/overlaps.hpp"
#include "firmware/services/keys/slot_preview.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::RecordKind;
using domain::Reservation;
using domain::ReservationId;

const std::string& target_id(const Reservation& reservation) {
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) return device->str();
  return std::get<domain::KeyGroupId>(reservation.target).str();
}

json::array mail_json(const Reservation& reservation) {
  return json::array(reservation.mail.begin(), reservation.mail.end());
}

FieldChanges changes_between(const Reservation& before, const Reservation& now) {
  FieldChanges changes;
  changes.field("name", before.name, now.name);
  changes.field("door", target_id(before), target_id(now));
  changes.field("timing", timing_json(before.timing), timing_json(now.timing));
  changes.field("kind", domain::name_of(before.kind), domain::name_of(now.kind));
  changes.secret("code", before.code != now.code);
  changes.secret("card", before.card != now.card);
  changes.field("mail", mail_json(before), mail_json(now));
  return changes;
}

json::array first_times(const KeyDesk& desk, const Reservation& reservation) {
  constexpr std::size_t most = 10;
  json::array list;
  const auto& zone = zone_of(desk, reservation);
  const auto extent = extent_of(desk, reservation);
  if (!extent) return list;
  const auto times =
      domain::occurrences(reservation.timing, zone, desk.needs().holidays, extent->start,
                          extent->end + std::chrono::minutes(1), most);
  for (const auto& time : times) list.emplace_back(interval_json(time, zone));
  return list;
}

json::array told_json(const Told& told) { return json::array(told.begin(), told.end()); }

}  // namespace

Result<const Reservation*> ReservationOffice::find(const ReservationId& id) const {
  const auto* found = desk_.book().find(id);
  if (found != nullptr) return found;
  return fail(ErrorCode::unknown, cat("there is no reservation '", printable(id.str(), 48), "'"));
}

Result<> ReservationOffice::check_origin(const domain::Caller& caller, const Reservation& before,
                                         domain::Origin origin) const {
  if (origin != domain::Origin::here && caller.role != domain::Role::cloud) {
    return fail(ErrorCode::invalid,
                "origin: is for reservations that come through the cloud; leave it out");
  }
  if (origin == before.origin) return {};
  if (before.origin == domain::Origin::here) {
    return fail(ErrorCode::conflict, "the reservation was made here; it is changed only here");
  }
  return fail(ErrorCode::conflict,
              cat("the reservation came from a ", domain::name_of(before.origin),
                  "; change or delete it there"));
}

Result<> ReservationOffice::give_code(ReservationDraft& draft) const {
  if (draft.code.wish != Wish::given) return {};
  Reservation& reservation = draft.reservation;
  const auto doors = code_doors(desk_, reservation);
  const CodesInUse in_use(desk_, doors, extent_of(desk_, reservation), reservation.id.str());
  const auto taken = [&in_use](const domain::Code& code) { return in_use.has(code); };
  auto code = domain::code_from_pattern(draft.code.pattern, desk_.needs().random, taken);
  if (!code) return fail(code.error().in("code"));
  reservation.code = std::move(*code);
  if (!draft.code.fixed() || !in_use.has(*reservation.code)) return {};
  const std::string owner = in_use.owner_of(*reservation.code);
  draft.told.push_back(
      owner.empty() ? std::string("the code was programmed at a lock by hand: it is not set there")
                    : cat("the code is in use by '", owner,
                          "' on the same door at the same time: the later one is set once the "
                          "other is gone"));
  return {};
}

domain::RecordDraft ReservationOffice::record(const domain::Caller& caller, RecordKind kind,
                                              const Reservation& reservation) const {
  auto record = desk_.record(caller, kind,
                             {{"reservation", reservation.id.str()}, {"name", reservation.name}});
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) {
    record.device = *device;
    const auto* config = desk_.inventory().device(*device);
    if (config != nullptr && !config->rooms.empty()) record.room = config->rooms.front();
  } else {
    record.body["key_group"] = target_id(reservation);
  }
  return record;
}

json::object ReservationOffice::answer(const Reservation& reservation, const Told& told,
                                       Secrets secrets) const {
  json::object object = views_.to_json(reservation, secrets);
  object["overlaps"] = overlaps_json(overlaps_of(desk_, reservation), zone_of(desk_, reservation));
  object["told"] = told_json(told);
  return object;
}

boost::asio::awaitable<Result<json::object>> ReservationOffice::create(domain::Caller caller,
                                                                       json::object request,
                                                                       Secrets secrets) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  if (auto may = desk_.may_see(caller, secrets); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto& book = desk_.book();
  if (book.reservations().size() >= most_reservations) {
    co_return fail(ErrorCode::conflict, cat("there are ", most_reservations,
                                            " reservations already; delete some that are over"));
  }
  auto draft = draft_reservation(request, desk_, caller, nullptr);
  if (!draft) co_return fail(draft.error());
  Reservation& reservation = draft->reservation;
  reservation.id = ReservationId(desk_.new_id(
      "r", [&book](const std::string& id) { return book.find(ReservationId(id)) != nullptr; }));
  reservation.made = desk_.now();
  if (auto given = give_code(*draft); !given) co_return fail(given.error());
  ports::Change change;
  auto record = this->record(caller, RecordKind::reservation_made, reservation);
  record.body["timing"] = timing_json(reservation.timing);
  record.body["kind"] = domain::name_of(reservation.kind);
  record.body["card"] = reservation.card.has_value();
  change.records.push_back(std::move(record));
  change.keys.reservations.push_back(reservation);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return answer(reservation, draft->told, secrets);
}

boost::asio::awaitable<Result<json::object>> ReservationOffice::change(domain::Caller caller,
                                                                       ReservationId id,
                                                                       json::object request,
                                                                       Secrets secrets) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  if (auto may = desk_.may_see(caller, secrets); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto found = find(id);
  if (!found) co_return fail(found.error());
  const Reservation before = **found;
  auto draft = draft_reservation(request, desk_, caller, &before);
  if (!draft) co_return fail(draft.error());
  Reservation& reservation = draft->reservation;
  if (auto may = check_origin(caller, before, reservation.origin); !may) {
    co_return fail(may.error());
  }
  if (auto given = give_code(*draft); !given) co_return fail(given.error());
  auto changes = changes_between(before, reservation);
  if (changes.empty()) co_return answer(before, draft->told, secrets);
  reservation.revision = before.revision + 1;
  ports::Change change;
  auto record = this->record(caller, RecordKind::reservation_changed, reservation);
  record.body["changed"] = changes.take();
  change.records.push_back(std::move(record));
  change.keys.reservations.push_back(reservation);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return answer(reservation, draft->told, secrets);
}

boost::asio::awaitable<Result<json::object>> ReservationOffice::remove(domain::Caller caller,
                                                                       ReservationId id,
                                                                       domain::Origin origin) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto found = find(id);
  if (!found) co_return fail(found.error());
  if (auto may = check_origin(caller, **found, origin); !may) co_return fail(may.error());
  ports::Change change;
  change.records.push_back(record(caller, RecordKind::reservation_removed, **found));
  change.keys.reservations_removed.push_back(id);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return json::object{{"removed", id.str()}};
}

Result<json::object> ReservationOffice::preview(const domain::Caller& caller,
                                                const json::object& request,
                                                const std::optional<ReservationId>& id) const {
  if (auto may = desk_.may_change(caller); !may) return fail(may.error());
  const Reservation* before = nullptr;
  if (id) {
    const auto found = find(*id);
    if (!found) return fail(found.error());
    before = *found;
  }
  auto draft = draft_reservation(request, desk_, caller, before);
  if (!draft) return fail(draft.error());
  Reservation& reservation = draft->reservation;
  if (before != nullptr) {
    if (auto may = check_origin(caller, *before, reservation.origin); !may) {
      return fail(may.error());
    }
  } else {
    reservation.id = ReservationId("r-preview");  // shorter than any that is given
    reservation.made = desk_.now();
  }
  // Stands in for the code that saving will draw; never shown.
  if (auto given = give_code(*draft); !given) return fail(given.error());
  json::object shown = views_.to_json(reservation, Secrets::hidden);
  for (const auto* key : {"made", "keys"}) shown.erase(key);
  if (before == nullptr) shown.erase("id");
  return json::object{
      {"reservation", std::move(shown)},
      {"told", told_json(draft->told)},
      {"overlaps", overlaps_json(overlaps_of(desk_, reservation), zone_of(desk_, reservation))},
      {"occurrences", first_times(desk_, reservation)},
      {"slots", slot_preview(desk_, reservation)}};
}

}  // namespace genkan::services
