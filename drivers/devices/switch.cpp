#include "drivers/devices/behaviour.hpp"

namespace genkan::devices {

// Lights and air conditioners: what is read back is all there is to judge. Further writes of 'on'
// (an air conditioner's mode) stand in the profile's plan.
const Behaviour switch_behaviour{
    .early = never_early, .late = plain_late, .refusal = plain_refusal};

}  // namespace genkan::devices
