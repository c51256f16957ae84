#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "drivers/devices/device.hpp"

namespace genkan::devices {

// Runs one command of a device to its end (DEV-10): sends the plan's writes in the command lane,
// then asks the confirming reads, ahead of all polling and at least 50 ms apart, until the
// confirmation holds, it is plain that it cannot, the plan's limit passes or the deadline does.
//
// A write whose echo was lost is not sent again at once: what it should have changed is read first.
// It is sent a second time, once, if the reads show that it did not take. Writes of plans that
// toggle are never repeated, and not sent at all if the confirmation, read just before, holds
// already. Writes to a level (coils, modes, releases, pulses) may be repeated: a second one changes
// nothing.
//
// Verdicts where the answers are missing: 'failed' if the unit was already known not to answer or
// the reads show that nothing changed, 'unknown_outcome' if a write was sent and nothing was heard
// since.
boost::asio::awaitable<domain::Outcome> run_command(std::shared_ptr<Device> device,
                                                    domain::DeviceCommand command,
                                                    SteadyTime deadline);

}  // namespace genkan::devices
