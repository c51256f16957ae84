#pragma once

#include "drivers/profile/profile.hpp"

namespace genkan::devices::test {

// Small models of each sort, made of the profile's own types. Places are those of the registers'
// comments in models.cpp.
profile::Profile lock_model();         // "lock": bolt in input 0, order in coil 0 (not polled)
profile::Profile polled_lock_model();  // "polled-lock": the order is polled, too
profile::Profile slow_lock_model();    // "two-read-lock": the door contact is a read of its own
profile::Profile toggle_lock_model();  // "toggle-lock": a pulse on coil 1 toggles; discrete 1 tells
profile::Profile door_model();         // "door": pulse 2 s on coil 0, nothing while held
profile::Profile relay_model();        // "relay": pulse 5 s on coil 0 by channel, again while held
profile::Profile blind_door_model();   // "blind-door": pulse 2 s on coil 5, which is not polled
profile::Profile light_model();        // "light": coil 0 by channel
profile::Profile air_model();          // "air": coil 16, mode in holding 16; on writes both
profile::Profile box_model();          // "box": coil 0-11, door in discrete 32-43
profile::Profile panel_model();        // "panel": holding 0 orders, input 0 is the guard
profile::Profile zone_model();         // "zone": discrete 0 by channel, bypass in coil 0
profile::Profile seldom_model();       // "seldom": a zone in the panel's unit, read every 10 s
profile::Profile intercom_model();     // "intercom": pulse 5 s on coil 0; call in input 0
profile::Profile button_model();       // "button": input 0 and 1

profile::Catalog catalog();

}  // namespace genkan::devices::test
