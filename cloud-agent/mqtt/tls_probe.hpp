#pragma once

#include <chrono>
#include <optional>

#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/mqtt/place.hpp"

// What is wrong with a TLS connection, in one sentence: Paho says only that there is none.
namespace genkan::mqtt {

// Looks at our own files: there, readable, certificate and key one pair, the certificate not ended.
// Nothing: no fault. A certificate that is not valid by this machine's clock counts as a fault only
// if the files cannot work at all: the broker may know the time better, so dates are left to
// tls_fault. Any thread.
std::optional<Away> tls_files_fault(const TlsFiles& files);

// Connects, shakes hands and hangs up; each step of it waits at most 3 s, the resolver as long as
// it likes. Blocks: for a thread of its own. Nothing: the broker answers and takes our certificate.
std::optional<Away> tls_fault(const Place& place);

}  // namespace genkan::mqtt
