#include "firmware/domain/sentences.hpp"

#include <array>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

struct Phrase {
  Command command;
  std::string_view done;    // "Door 101 is locked"
  std::string_view not_so;  // "Door 101 was not locked"
  std::string_view maybe;   // "… whether Door 101 was locked"
};

// clang-format off
constexpr std::array phrases{
    Phrase{Command::lock,       "is locked",                 "was not locked",          "was locked"},
    Phrase{Command::unlock,     "is unlocked",               "was not unlocked",        "was unlocked"},
    Phrase{Command::open,       "was opened",                "was not opened",          "was opened"},
    Phrase{Command::hold_open,  "is held open",              "is not held open",        "is held open"},
    Phrase{Command::end_hold,   "is no longer held open",    "is still held open",      "is still held open"},
    Phrase{Command::on,         "is on",                     "was not switched on",     "was switched on"},
    Phrase{Command::off,        "is off",                    "was not switched off",    "was switched off"},
    Phrase{Command::arm_away,   "is armed (away)",           "was not armed",           "was armed"},
    Phrase{Command::arm_home,   "is armed (home)",           "was not armed",           "was armed"},
    Phrase{Command::disarm,     "is disarmed",               "was not disarmed",        "was disarmed"},
    Phrase{Command::bypass,     "is left out of arming",     "was not bypassed",        "was bypassed"},
    Phrase{Command::end_bypass, "is no longer bypassed",     "is still bypassed",       "is still bypassed"},
    Phrase{Command::release_compartment, "was released",     "was not released",        "was released"},
};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    if (static_cast<std::size_t>(phrases[i].command) != i) return false;
  }
  return phrases.size() == static_cast<std::size_t>(Command::release_compartment) + 1;
}
static_assert(in_order());

// "the reason (detail)", as far as there are any.
std::string why(const Outcome& outcome) {
  const auto reason = sentence(outcome.reason);
  if (reason.empty()) return outcome.detail;
  return outcome.detail.empty() ? std::string(reason) : cat(reason, " (", outcome.detail, ")");
}

}  // namespace

std::string answer_sentence(std::string_view device_name, const DeviceCommand& command,
                            const Outcome& outcome) {
  const Phrase& phrase = phrases[static_cast<std::size_t>(command.command)];
  const std::string what = spec(command.command).takes_part
                               ? cat("compartment ", command.part, " of ", device_name)
                               : std::string(device_name);
  const std::string because = why(outcome);
  const std::string tail = because.empty() ? std::string{} : cat(": ", because);
  switch (outcome.verdict) {
    case Verdict::done:
      return outcome.detail.empty() ? cat(what, " ", phrase.done)
                                    : cat(what, " ", phrase.done, " (", outcome.detail, ")");
    case Verdict::unknown_outcome:
      return cat("it cannot be told whether ", what, " ", phrase.maybe, tail);
    case Verdict::expired:
      return cat(what, " ", phrase.not_so, ": the command was not sent in time, nothing moved");
    case Verdict::failed:
    case Verdict::refused: break;
  }
  return cat(what, " ", phrase.not_so, tail);
}

}  // namespace genkan::domain
