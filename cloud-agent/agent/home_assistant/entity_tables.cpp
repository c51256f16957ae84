#include "cloud-agent/agent/home_assistant/entity_tables.hpp"

#include <array>

namespace genkan::agent::home_assistant {

namespace {

constexpr std::array all_readings{
    Reading{"door", "Door", "door", "'open'", "", false},
    Reading{"forced", "Forced open", "problem", "true", "", false},
    Reading{"tamper", "Tamper", "tamper", "true", "", true},
    Reading{"battery", "Battery", "battery", "", "%", true},
    Reading{"battery_low", "Battery low", "battery", "true", "", true},
    Reading{"power", "Supply", "power", "'ok'", "", true},
    Reading{"lockout", "Keypad locked", "problem", "true", "", false},
    Reading{"operated_by", "Operated by", "", "", "", false},
    Reading{"mode", "Mode", "", "", "", false},
    Reading{"call", "Call", "", "", "", false},
    Reading{"call_room", "Room called", "", "", "", false},
    Reading{"press", "Last press", "", "", "", false},
    Reading{"press_count", "Presses", "", "", "", true},
    Reading{"floor", "Floor", "", "", "", false},
    Reading{"direction", "Direction", "", "", "", false},
    Reading{"car_door", "Car door", "", "", "", false},
    Reading{"elevator_mode", "Mode", "", "", "", false},
    Reading{"trapped", "Somebody trapped", "safety", "true", "", false},
    Reading{"load", "Load", "", "", "%", true},
    Reading{"trips", "Trips", "", "", "", true},
    Reading{"fault", "Fault code", "", "", "", true},
};
constexpr std::array all_compartment_readings{
    Reading{"compartment", "Compartment", "occupancy", "'deposited'", "", false},
    Reading{"compartment_door", "Door of compartment", "door", "'open'", "", false},
};

constexpr std::array all_mains{
    Main{"lock", "lock", "lock", "unlock", {"bolt", "", "lock", "'unlocked'", "", false}},
    Main{"light", "light", "on", "off", {"output", "", "light", "'on'", "", false}},
    Main{"air_conditioner", "switch", "on", "off", {"output", "", "power", "'on'", "", false}},
    Main{"entrance", "", "", "", {"output", "Released", "", "'on'", "", false}},
    Main{"intercom", "", "", "", {"output", "Released", "", "'on'", "", false}},
    Main{"zone", "", "", "", {"zone", "", "", "'active'", "", false}},
};

constexpr std::array all_purposes{Purpose{"door", "door"},        Purpose{"window", "window"},
                                  Purpose{"motion", "motion"},    Purpose{"fire", "smoke"},
                                  Purpose{"gas", "gas"},          Purpose{"emergency", "safety"},
                                  Purpose{"bath_call", "safety"}, Purpose{"toilet_call", "safety"}};

constexpr std::array all_presses{Press{"open", "Open"},
                                 Press{"hold_open", "Hold open"},
                                 Press{"end_hold", "End hold"},
                                 Press{"lock", "Lock"},
                                 Press{"unlock", "Unlock"},
                                 Press{"on", "Switch on"},
                                 Press{"off", "Switch off"},
                                 Press{"bypass", "Bypass"},
                                 Press{"end_bypass", "End bypass"},
                                 Press{"arm_away", "Arm away"},
                                 Press{"arm_home", "Arm home"},
                                 Press{"disarm", "Disarm"}};

}  // namespace

std::span<const Reading> readings() { return all_readings; }
std::span<const Reading> compartment_readings() { return all_compartment_readings; }
std::span<const Main> mains() { return all_mains; }
std::span<const Purpose> purposes() { return all_purposes; }
std::span<const Press> presses() { return all_presses; }

}  // namespace genkan::agent::home_assistant
