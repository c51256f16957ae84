#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "drivers/bus/bus.hpp"

// The standing questions: which is due, and which of their answers the loop is to be told of. Pure;
// time is passed in.
namespace genkan::bus {

class Polls {
 public:
  PollId add(const PollSpec& spec, SteadyTime now);
  void remove(PollId poll);
  const PollSpec* find(PollId poll) const;
  bool any(std::uint8_t unit) const;

  // Whether this unit may be asked, and from when on (SteadyTime::max(): not by polling).
  using ReadyAt = std::function<SteadyTime(std::uint8_t)>;
  // The poll of the lane that has been due the longest among those whose unit is ready: among polls
  // "as often as possible" that is the one asked longest ago, so they go round.
  std::optional<PollId> due(Lane lane, SteadyTime now, const ReadyAt& ready_at) const;
  // The unit's poll asked longest ago, to probe the unit with.
  std::optional<PollId> for_probe(std::uint8_t unit) const;
  // When due() of any lane will next give something; SteadyTime::max() if never.
  SteadyTime next_due(const ReadyAt& ready_at) const;
  // The units that have polls, each once.
  std::vector<std::uint8_t> units() const;

  // The question goes on the wire: its next time is one interval after its last (not after now:
  // poll times do not drift), intervals missed altogether are left out. Polls that became due
  // together part here: the first interval after that is a shorter one, of another length for each,
  // so that a line's polls do not come in one volley ever after.
  void asked(PollId poll, SteadyTime now);
  // Makes every poll (of one unit) due now.
  void all_due(SteadyTime now);
  void unit_due(std::uint8_t unit, SteadyTime now);
  // The next report of this poll is posted even if nothing changed.
  void want_report(PollId poll);

  // Takes the answer; the report to post at once, if it differs from the last one posted or was
  // wanted.
  std::optional<PollReport> answered(PollId poll, const Answer& answer);
  // Reports kept back because nothing changed: all that are newer than the last post of their poll.
  std::vector<PollReport> kept_back();
  // An ending that concerns every poll (the line went down).
  std::vector<PollReport> answered_all(const Answer& answer);

 private:
  struct Poll {
    PollId id = 0;
    PollSpec spec;
    SteadyTime due{};
    std::uint64_t turn = 0;  // when it was asked last, in turns: decides between equal times
    Answer latest;
    bool posted = false;  // `latest` as posted once
    bool kept = false;    // `latest` is newer than the last post
    bool wanted = false;
    bool parted = false;  // from those that became due with it
  };
  Poll* get(PollId poll);
  static void make_due(Poll& poll, SteadyTime now);
  static bool earlier(const Poll& left, const Poll& right);

  std::vector<Poll> polls_;
  PollId last_id_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace genkan::bus
