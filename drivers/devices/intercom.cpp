#include "drivers/devices/behaviour.hpp"

namespace genkan::devices {

// The door release is an output with a pulse (output.hpp), confirmed from the relay (VIS-5); calls
// are states that the services turn into events.
const Behaviour intercom_behaviour{
    .early = never_early, .late = plain_late, .refusal = plain_refusal};

}  // namespace genkan::devices
