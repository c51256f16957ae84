#pragma once

#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/secret_input.hpp"
#include "firmware/services/keys/time_input.hpp"

namespace genkan::services {

// What a request makes of a reservation, before a code is drawn and anything is saved.
struct ReservationDraft {
  domain::Reservation reservation;  // new: without id, made; its code as before the request
  CodeWish code;                    // given: one is to be drawn or taken from it
  Told told;
};

// Reads {"name","device"|"key_group","start","end"|"recurrence","kind","code","card","mail",
// "origin"} (RES-1 to RES-6, RES-20 to RES-22). What is left out is the building's default
// (SITE-8), or stays as it was in `before`; a new recurrence replaces start and end and the other
// way round (RES-7). The error is the first mistake: the key's path, what is wrong, what would be
// right.
Result<ReservationDraft> draft_reservation(const json::object& request, const KeyDesk& desk,
                                           const domain::Caller& caller,
                                           const domain::Reservation* before);

}  // namespace genkan::services
