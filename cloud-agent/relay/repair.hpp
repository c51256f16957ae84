#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "cloud-agent/relay/calls.hpp"
#include "cloud-agent/relay/mirror.hpp"
#include "firmware/base/clock.hpp"

namespace genkan::relay {

// Closes the gaps of the mirror: where a number below the highest one we heard of stays away for a
// while, the gateway is asked what is behind the last whole number, page by page. It is all the
// same why it is missing: a message that the broker lost, a mirror that was restored from a backup
// or is new, an outage longer than the broker keeps a session.
//
// At most 64 gateways are asked at a time, each by one request. One thread; no timers of its own.
class Repair {
 public:
  // Alarms go ahead of activity, so a number may be missing for a moment on a sound line. Only one
  // that comes no nearer for this long is asked for.
  static constexpr std::chrono::seconds patience{3};
  // On a slow line the gateway may be about to send what is asked for. A page that brings nothing
  // new doubles the patience with that gateway, up to this; one that does ends it.
  static constexpr std::chrono::seconds longest_patience{60};
  static constexpr std::size_t most_asked = 64;

  Repair(Calls& calls, Mirror& mirror) : calls_(calls), mirror_(mirror) {}

  // What the mirror says after each message, and at the start.
  void standing(const Standing& standing, SteadyTime now);
  void presence(const std::string& gateway, bool online);
  // The broker may have lost what it had taken for us (it was killed, say), also the last of it, of
  // which no number tells: every gateway is asked once what is behind the mirror.
  void doubt(SteadyTime now);
  // Asks what is due. Every second or more often.
  void tick(SteadyTime now);

  std::size_t behind() const;                           // gateways with gaps
  std::int64_t missing() const;                         // numbers, over all of them
  std::uint64_t repaired() const { return repaired_; }  // records that came by asking

 private:
  struct Gateway {
    Standing standing;
    bool online = false;
    bool asking = false;
    bool repairing = false;   // the next page is asked for at once
    bool doubted = false;     // to be asked although nothing is known to be missing
    SteadyTime moved{};       // when the mirror last came nearer, or the gap was first seen
    SteadyTime not_before{};  // after a failure
    std::chrono::seconds pause{0};
    std::chrono::seconds patient = patience;
    int limit = 100;  // records a page
  };

  static bool lacks(const Gateway& gateway) {
    return gateway.standing.whole < gateway.standing.highest;
  }
  static bool due(const Gateway& gateway, SteadyTime now);
  void ask(Gateway& gateway, SteadyTime now);
  void answered(const Standing& asked, SteadyTime asked_at, const Result<Answer>& answer);
  void page(Gateway& gateway, const Standing& asked, const std::string& body, SteadyTime now);
  static void back_off(Gateway& gateway, SteadyTime now, std::string_view why);

  Calls& calls_;
  Mirror& mirror_;
  SteadyTime now_{};  // of the last tick
  std::size_t asking_ = 0;
  std::uint64_t repaired_ = 0;
  std::unordered_map<std::string, Gateway> gateways_;
};

}  // namespace genkan::relay
