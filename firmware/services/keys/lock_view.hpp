#pragma once

#include <chrono>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/key_sync.hpp"

namespace genkan::services {

// How a device's memory stands, and whose keys are in it:
// {"device","memory":{"areas":[{"name","places","taken"|null,"enabled"|null}],"read_at"|null,
//  "serial"|null,"schedule_in_lock","clock_off_s"|null,"fault"}|null,"keys":[K with "owner","id",
//  "name"],"foreign":[{"area","slot","card"}]}. A device without a memory has none of it. Unknown
// devices are an error.
Result<json::object> lock_view(const KeyDesk& desk, const KeySync& sync, const DeviceId& device);

// Reads the memory now and then shows it; a lock that does not answer says so in "fault". Ends at
// or before `most`. Errors: forbidden (the keys' right), unknown, unsupported (no memory), conflict
// (the clock is not trusted yet, and no lock is touched), timeout.
boost::asio::awaitable<Result<json::object>> check_lock(const KeyDesk& desk, KeySync& sync,
                                                        domain::Caller caller, DeviceId device,
                                                        std::chrono::milliseconds most);

}  // namespace genkan::services
