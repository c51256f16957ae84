#pragma once

#include <cstdint>

namespace genkan::mqtt {

// Paho C 1.3.12 has no setting for what governs its latency; docs/CLOUD.md tells what was found,
// with figures. Two things are put right here, beside the library:
//
// 1. Its receiving thread waits for its socket for 1 s and then, if nothing came, sleeps blindly
//    for 100 ms (MQTTAsync_cycle). On an idle line one message in eleven arrives into that sleep.
//    The program's own usleep, found by the dynamic linker before libc's, leaves out a sleep that
//    follows such a wait; all others are slept in full, so nothing can spin.
// 2. It leaves Nagle's algorithm on: an answer behind the acknowledgement of its request would wait
//    for the peer's delayed acknowledgement, up to 40 ms.

// Sets TCP_NODELAY on every socket of this process that is connected to a peer's `port` (0: any):
// of those, all are Paho's. For after a connect.
void send_without_delay(std::uint16_t port = 0);

// Shuts those sockets down, so that Paho sees a lost connection at once. Its own disconnect waits
// behind whatever a full window holds back, and a connect before that is dropped without a word.
void hang_up(std::uint16_t port);

}  // namespace genkan::mqtt
