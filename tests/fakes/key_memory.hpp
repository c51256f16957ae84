#pragma once

#include "firmware/ports/key_records.hpp"

namespace genkan::fakes {

// Does to the memory what ports::KeyChange says. Nothing is ever unreadable here.
void apply(const ports::KeyChange& change, ports::KeyMemory& memory);

}  // namespace genkan::fakes
