#include "drivers/devices/behaviour.hpp"

namespace genkan::devices {

namespace {

using domain::Field;
using domain::Outcome;

// The echo proves the release; whether the door springs open is up to its hinge and the parcel.
Outcome late(const Situation& situation) {
  if (situation.now.is(Field::power, domain::Power::lost)) return plain_late(situation);
  return {.verdict = domain::Verdict::done,
          .reason = domain::Reason::none,
          .detail = "released; its door was not opened yet",
          .state = situation.now};
}

}  // namespace

const Behaviour box_behaviour{.early = never_early, .late = late, .refusal = plain_refusal};

}  // namespace genkan::devices
