#pragma once

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// Where the keys of a reservation would go at its next start, as far as can be said today:
// [{"device","key","area","slot"|null,"why"}…], one entry a key and door with a memory,
// those of common areas that it is copied to (RES-40) behind its own. The book is as before when it
// returns. `reservation` has the code that counts.
json::array slot_preview(const KeyDesk& desk, const domain::Reservation& reservation);

}  // namespace genkan::services
