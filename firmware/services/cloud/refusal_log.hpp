#pragma once

#include <map>
#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/domain/cloud/envelope.hpp"
#include "firmware/ports/store.hpp"

namespace genkan::services {

// What is known of a signed request when something is told of it; texts may be empty.
struct RequestTrace {
  std::string carrier;  // the actor who brought it
  std::string kid, jti, sub, method, path;
  std::string detail;  // what was wrong, where a code does not say all
};

// Puts every refused request into the journal (request_refused), and those that came again
// (request_repeated): most_a_minute one by one; the rest of the minute in one record with "count",
// so that a stranger cannot push the building's history out of the journal. Loop thread.
class RefusalLog {
 public:
  static constexpr int most_a_minute = 20;

  RefusalLog(ports::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  void refused(domain::EnvelopeRefusal refusal, const RequestTrace& trace);
  void repeated(const RequestTrace& trace);
  // Once a second: tells the sum when the minute is over.
  void tick();
  // All that were refused since the start, by reason.
  const std::map<std::string, std::uint64_t, std::less<>>& counts() const { return counts_; }

 private:
  void tell(domain::RecordKind kind, std::string_view reason, const RequestTrace& trace);
  void begin_minute();
  void submit(domain::RecordKind kind, std::string actor, json::object body);

  ports::Store& store_;
  const Clock& clock_;
  SteadyTime minute_{};
  int told_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> summed_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace genkan::services
