#pragma once

#include <string>
#include <string_view>

#include "firmware/cli/daemon.hpp"

namespace genkan::cli {

// The time zone of the building that a room is in, by the site file's text; empty if that cannot be
// told. Pure.
std::string zone_of_room(std::string_view site, std::string_view room);

// From now on this program's local times are those of the building that the device is in. Where the
// daemon does not say which that is, they stay those of the machine.
void use_building_time(Daemon& daemon, const std::string& device);

}  // namespace genkan::cli
