#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "cloud-agent/relay/calls.hpp"
#include "cloud-agent/relay/mirror.hpp"
#include "firmware/base/clock.hpp"

namespace genkan::relay {

// Doubts what the mirror noted as gone. A page is not signed: whoever has the broker could once
// pass numbers over, and the mirror would be blind for them for ever. So each gateway is asked for
// them again, a run of numbers at a time, once a day; what turns out to be there is missing again,
// and repair.hpp brings it. A journal cut by its retention costs one request a day.
//
// At most 8 gateways are asked at a time, each by one request. One thread; no timers of its own.
class Recheck {
 public:
  // After a gateway was first heard of, when there is enough else to do.
  static constexpr std::chrono::hours first_after{1};
  static constexpr std::chrono::hours every{24};
  // Where the last answer was none.
  static constexpr std::chrono::hours again_after{1};
  // Runs of numbers a day and gateway; the next day goes on behind them.
  static constexpr int most_runs = 16;
  static constexpr std::size_t most_asked = 8;
  // Gateways that are looked at in one tick: each costs a look into the database.
  static constexpr std::size_t most_looks = 64;

  // `reopened` is told how far the journal is whole once numbers turned out not to be gone.
  using Reopened = std::function<void(const Standing& standing, SteadyTime now)>;
  Recheck(Calls& calls, Mirror& mirror, Reopened reopened)
      : calls_(calls), mirror_(mirror), reopened_(std::move(reopened)) {}

  void presence(const std::string& gateway, bool online, SteadyTime now);
  // Asks what is due. Every second or more often.
  void tick(SteadyTime now);

 private:
  struct Gateway {
    bool online = false;
    bool asking = false;
    SteadyTime next{};
    std::int64_t after = 0;  // numbers up to here were asked for in this round
    int left = most_runs;    // today
  };

  void look(const std::string& id, Gateway& gateway, SteadyTime now);
  void answered(const GoneRun& run, SteadyTime now, const Result<Answer>& answer);
  // Whether the page shows a number of the run.
  static bool shows(const GoneRun& run, const Answer& answer);

  Calls& calls_;
  Mirror& mirror_;
  Reopened reopened_;
  SteadyTime now_{};  // of the last tick
  std::size_t asking_ = 0;
  std::unordered_map<std::string, Gateway> gateways_;
};

}  // namespace genkan::relay
