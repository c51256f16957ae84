#pragma once

#include <string>
#include <string_view>

#include "firmware/domain/command.hpp"

namespace genkan::domain {

// How a command ended, in one sentence for people: "Door 101 is locked", "Door 101 was not locked:
// the door is open or ajar". Names the device and, in brackets, the outcome's detail.
std::string answer_sentence(std::string_view device_name, const DeviceCommand& command,
                            const Outcome& outcome);

}  // namespace genkan::domain
