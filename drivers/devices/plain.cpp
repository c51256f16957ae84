#include "drivers/devices/answers.hpp"
#include "drivers/devices/behaviour.hpp"
#include "firmware/base/text.hpp"

namespace genkan::devices {

using domain::Field;
using domain::Outcome;
using domain::Reason;
using domain::Verdict;

const Behaviour plain_behaviour{.early = never_early, .late = plain_late, .refusal = plain_refusal};

const Behaviour& behaviour(domain::DeviceKind kind) {
  using enum domain::DeviceKind;
  switch (kind) {
    case lock: return lock_behaviour;
    case entrance: return entrance_behaviour;
    case light:
    case air_conditioner: return switch_behaviour;
    case delivery_box: return box_behaviour;
    case security_panel: return panel_behaviour;
    case intercom: return intercom_behaviour;
    case zone:
    case button:
    case elevator: return plain_behaviour;
  }
  return plain_behaviour;
}

Outcome failed(const Situation& situation, Reason reason, std::string detail) {
  return {.verdict = Verdict::failed,
          .reason = reason,
          .detail = std::move(detail),
          .state = situation.now};
}

std::optional<Outcome> never_early(const Situation&) { return std::nullopt; }

Outcome plain_late(const Situation& situation) {
  if (situation.now.is(Field::power, domain::Power::lost)) {
    return failed(situation, Reason::no_power, "");
  }
  const auto fault = situation.now.get(Field::fault);
  if (fault && *fault != 0) {
    return failed(situation, Reason::device_fault, cat("fault code ", *fault));
  }
  return failed(situation, Reason::timed_out, "");
}

Outcome plain_refusal(const Situation& situation, std::uint8_t exception) {
  if (situation.now.is(Field::power, domain::Power::lost)) {
    return failed(situation, Reason::no_power, exception_text(exception));
  }
  // 10 and 11 come from a Modbus gateway whose own line does not reach the unit.
  const bool by_gateway = exception == 10 || exception == 11;
  return failed(situation, by_gateway ? Reason::no_answer : Reason::rejected,
                exception_text(exception));
}

}  // namespace genkan::devices
