#pragma once

#include "drivers/devices/memory_talk.hpp"

// What a slot really holds: asked of the lock, never remembered.
namespace genkan::devices {

// Reads one slot by the lock's read command. Profiles that can only.
boost::asio::awaitable<Result<profile::SlotFound>> find_in_slot(MemoryTalk& talk,
                                                                domain::SlotAddress address);
// Whether a slot of the selected area is taken, by its bit. Profiles with `taken` only.
boost::asio::awaitable<Result<bool>> is_taken(MemoryTalk& talk, domain::SlotAddress address);

}  // namespace genkan::devices
