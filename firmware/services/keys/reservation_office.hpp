#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/codes_in_use.hpp"
#include "firmware/services/keys/reservation_draft.hpp"
#include "firmware/services/keys/reservation_views.hpp"

namespace genkan::services {

// Reservations, as people make and change them (RES-1 to RES-8, RES-20 to RES-22). Each change is
// on disk, with its record, before the book has it; a request that fails changes nothing. Errors:
// forbidden, invalid (the request's first mistake), unknown, conflict (RES-8, or 20,000 are there),
// busy, io. Loop thread.
class ReservationOffice {
 public:
  static constexpr std::size_t most_reservations = 20'000;

  ReservationOffice(KeyDesk& desk, const ReservationViews& views) : desk_(desk), views_(views) {}

  // R with "overlaps" (RES-5: saved all the same) and "told".
  boost::asio::awaitable<Result<json::object>> create(domain::Caller caller, json::object request,
                                                      Secrets secrets);
  boost::asio::awaitable<Result<json::object>> change(domain::Caller caller,
                                                      domain::ReservationId id,
                                                      json::object request, Secrets secrets);
  // {"removed":id}. `origin`: on whose behalf; only the cloud may say another than here (RES-8).
  boost::asio::awaitable<Result<json::object>> remove(domain::Caller caller,
                                                      domain::ReservationId id,
                                                      domain::Origin origin = domain::Origin::here);
  // What would come of create() or, with an id, change(): {"reservation","told","overlaps",
  // "occurrences":[{"start","end"}…10],"slots":[…]}. Nothing is changed, no code is drawn.
  Result<json::object> preview(const domain::Caller& caller, const json::object& request,
                               const std::optional<domain::ReservationId>& id) const;

 private:
  Result<const domain::Reservation*> find(const domain::ReservationId& id) const;
  Result<> check_origin(const domain::Caller& caller, const domain::Reservation& before,
                        domain::Origin origin) const;
  // Draws or takes the code that the draft asks for.
  Result<> give_code(ReservationDraft& draft) const;
  json::object answer(const domain::Reservation& reservation, const Told& told,
                      Secrets secrets) const;
  domain::RecordDraft record(const domain::Caller& caller, domain::RecordKind kind,
                             const domain::Reservation& reservation) const;

  KeyDesk& desk_;
  const ReservationViews& views_;
};

}  // namespace genkan::services
