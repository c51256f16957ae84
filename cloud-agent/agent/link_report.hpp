#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"

namespace genkan::agent {

// What genkand is told of the line to the cloud (PUT /v1/cloud/link): at each change, when requests
// were refused here (their number and the last reason, for the journal), and else once a minute for
// the counts. Pure.
class LinkReport {
 public:
  static constexpr std::chrono::seconds every{60};
  static constexpr std::chrono::seconds refusals_every{10};

  // Since the agent began.
  struct Counts {
    std::uint64_t records_sent = 0;
    std::uint64_t records_waiting = 0;
    std::uint64_t records_left_out = 0;
    std::uint64_t requests = 0;
    std::uint64_t requests_refused = 0;
    std::uint64_t requests_busy = 0;
    std::uint64_t requests_repeated = 0;
    std::uint64_t answers_unsent = 0;
    std::uint64_t connects = 0;
    std::string why_refused{};  // the last of requests_refused; one sentence
  };

  void connected();
  // `why`: one sentence.
  void away(std::string why);
  // genkand forgets it when it begins anew.
  void resend() { told_.reset(); }
  // What was to be told last did not get there.
  void not_told();

  // What is to be told now; it counts as told. Nothing if there is nothing new.
  std::optional<json::object> next(SteadyTime now, const Counts& counts);
  bool is_connected() const { return connected_; }

 private:
  struct Told {
    bool connected;
    std::string why;
    SteadyTime at;
  };

  bool connected_ = false;
  std::string why_;
  std::uint64_t connects_ = 0;
  std::uint64_t refused_told_ = 0;    // of requests_refused
  std::uint64_t refused_before_ = 0;  // as long as the last report may not have got there
  std::optional<Told> told_;
};

}  // namespace genkan::agent
