// How a command ended, in the cases that all kinds share.
#include <algorithm>

#include "drivers/devices/answers.hpp"
#include "drivers/devices/run.hpp"

namespace genkan::devices {

using domain::Outcome;
using domain::Reason;
using domain::Verdict;

Outcome Run::line_down() const {
  return {.verdict = any_sent_ ? Verdict::unknown_outcome : Verdict::failed,
          .reason = Reason::line_down,
          .detail = device_->line_fault(),
          .state = {}};
}

Outcome Run::gone() const {
  return {.verdict = any_sent_ ? Verdict::unknown_outcome : Verdict::refused,
          .reason = device_->detach_reason(),
          .detail = {},
          .state = {}};
}

Outcome Run::done(std::string detail) const {
  return {.verdict = Verdict::done,
          .reason = Reason::none,
          .detail = std::move(detail),
          .state = device_->reported().state};
}

// Nothing of this write went on the wire; earlier writes of the plan may have.
Outcome Run::not_sent(const bus::Answer& answer) const {
  const Reason reason = reason_of(answer.ending);
  if (answer.ending == bus::Ending::expired && !any_sent_) {
    return {.verdict = Verdict::expired, .reason = Reason::none, .detail = {}, .state = {}};
  }
  const bool refused =
      answer.ending == bus::Ending::busy || answer.ending == bus::Ending::cancelled;
  return {.verdict = refused && !any_sent_ ? Verdict::refused : Verdict::failed,
          .reason = reason,
          .detail = reason == Reason::line_down ? device_->line_fault() : "",
          .state = {}};
}

// The deadline came while the write was on the wire.
Outcome Run::no_word() const {
  return {.verdict = Verdict::unknown_outcome,
          .reason = Reason::timed_out,
          .detail = "the time was up before the device answered",
          .state = {}};
}

Outcome Run::lost(const bus::Answer& answer, Took took) const {
  const bool read = took == Took::no && !(was_silent_ && device_->unit_dead());
  return {.verdict = took == Took::no ? Verdict::failed : Verdict::unknown_outcome,
          .reason = reason_of(answer.ending),
          .detail = read ? "it did not take the command" : "",
          .state = read ? device_->reported().state : domain::DeviceState{}};
}

// Written, but nothing was read since.
Outcome Run::unheard() const {
  if (!device_->line_fault().empty()) return line_down();
  return {.verdict = was_silent_ && !echoed_ ? Verdict::failed : Verdict::unknown_outcome,
          .reason = Reason::no_answer,
          .detail = {},
          .state = {}};
}

Situation Run::situation(bool cut_short) const {
  const auto since = now() - written_at_;
  const bool panel = device_->profile().info.kind == domain::DeviceKind::security_panel;
  return {.profile = device_->profile(),
          .command = command_,
          .before = before_,
          .now = device_->reported().state,
          .since_write = std::chrono::floor<std::chrono::milliseconds>(since),
          .cut_short = cut_short,
          .active_zones = panel ? device_->context().active_zones(device_->config().id)
                                : std::vector<std::string>{}};
}

std::optional<std::int32_t> Run::confirmed_value(const domain::DeviceState& state) const {
  if (!plan_.confirm) return std::nullopt;
  const bool indexed = spec(plan_.confirm->field).indexed;
  return state.get({plan_.confirm->field, indexed ? command_.part : std::uint8_t{0}});
}

bool Run::holds() const {
  const auto value = confirmed_value(device_->reported().state);
  return value && std::ranges::find(plan_.confirm->any_of, *value) != plan_.confirm->any_of.end();
}

}  // namespace genkan::devices
