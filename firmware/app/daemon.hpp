#pragma once

#include "firmware/app/settings.hpp"
#include "firmware/base/error.hpp"

namespace genkan::app {

// Runs genkand until SIGTERM or SIGINT. Ends with an error if it could not start; hardware or a
// network that is away is no reason not to start.
Result<> run_daemon(const Settings& settings);

}  // namespace genkan::app
