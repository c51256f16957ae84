#pragma once

#include <optional>
#include <string>

#include "firmware/domain/cloud/envelope.hpp"
#include "firmware/services/cloud/cloud_book.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// How the line to the cloud is, as the agent tells, and what is wrong with it. None of its troubles
// keeps a door from working. Loop thread.
class CloudLink {
 public:
  // The agent repeats its report every minute; a report is believed for so long.
  static constexpr std::chrono::seconds report_holds{150};
  static constexpr std::chrono::minutes away_after{10};
  static constexpr auto ending_before = std::chrono::days(30);
  static constexpr std::chrono::seconds look_every{10};

  CloudLink(const CloudBook& book, Troubles& troubles) : book_(book), troubles_(troubles) {}

  // {"connected","why"?,"counts"?:{name: number},"refused"?:{"count","why"}} from the agent
  // (Right::report); the answer is view(). "refused": requests since the last report that the agent
  // did not pass on; look() puts them into the journal, in one record.
  Result<json::object> report(const domain::Caller& caller, const json::object& request);
  // {"claimed","contract"|null,"cloud"|null,"connected","since"|null,"why","certificate_ends"|null}
  json::object view() const;
  // What the agent counted since it began, for metrics; what is called …_waiting is how much waits.
  const json::object& counts() const { return counts_; }
  bool connected() const;
  bool claimed() const { return book_.claim().has_value(); }
  std::optional<WallTime> certificate_ends() const { return book_.certificate_ends(); }
  // Once a second: troubles.
  void look(ports::Change& change);

 private:
  void tell_refused(ports::Change& change);
  void look_at_certificate(ports::Change& change);
  void look_at_line(ports::Change& change);

  const CloudBook& book_;
  Troubles& troubles_;
  bool told_connected_ = false;
  std::optional<SteadyTime> reported_;
  std::optional<WallTime> since_;  // of the state that was told last
  std::string why_;
  json::object counts_;
  struct Refused {
    domain::Caller by;
    std::int64_t count = 0;
    std::string why;  // the last
  };
  Refused refused_;  // not in the journal yet
  std::optional<SteadyTime> away_since_;
  std::optional<SteadyTime> looked_;
};

}  // namespace genkan::services
