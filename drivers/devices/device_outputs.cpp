// The outputs of a device: which of its registers are switched for a time or held.
#include <algorithm>
#include <utility>

#include "drivers/devices/device.hpp"

namespace genkan::devices {

namespace {

using domain::Command;

// Of holds whose model has no pulse to tell how long an opening lasts (VIS-5's default).
constexpr auto usual_pulse = 5s;

std::int32_t written_by(const profile::Profile& profile, Command command,
                        profile::RegisterIndex reg, std::int32_t otherwise) {
  const profile::CommandPlan* plan = profile.plan(command);
  if (plan == nullptr) return otherwise;
  const auto write = std::ranges::find(plan->writes, reg, &profile::Write::reg);
  return write == plan->writes.end() ? otherwise : write->value;
}

}  // namespace

void Device::make_outputs() {
  for (const profile::CommandPlan& plan : profile_.commands) {
    for (const profile::Write& write : plan.writes) {
      if (!write.pulse) continue;
      add_outputs(write, {.reg = write.reg,
                          .part = 0,
                          .on = write.value,
                          .off = write.rest,
                          .pulse = *write.pulse,
                          .closes = true});
    }
  }
  if (const auto* plan = profile_.plan(Command::hold_open); plan && !plan->writes.empty()) {
    const profile::Write& write = plan->writes.front();
    add_outputs(write, {.reg = write.reg,
                        .part = 0,
                        .on = write.value,
                        .off = written_by(profile_, Command::end_hold, write.reg, write.rest),
                        .pulse = write.pulse.value_or(usual_pulse),
                        .closes = true});
  }
  if (const auto* plan = profile_.plan(Command::on); plan && !plan->writes.empty()) {
    const profile::Write& write = plan->writes.front();
    add_outputs(write, {.reg = write.reg,
                        .part = 0,
                        .on = write.value,
                        .off = written_by(profile_, Command::off, write.reg, 0),
                        .pulse = usual_pulse,
                        .closes = false});
  }
}

void Device::add_outputs(const profile::Write& write, const Output::Spec& spec) {
  const std::uint8_t parts = profile_.registers[write.reg].parts;
  for (std::uint8_t part = parts == 0 ? 0 : 1; part <= parts; ++part) {
    Output::Spec placed = spec;
    placed.part = part;
    outputs_.try_emplace(OutputKey{write.reg, part},
                         std::make_shared<Output>(placed, *this, context_->delay, context_->clock));
  }
}

Output* Device::output(profile::RegisterIndex reg, std::uint8_t part) const {
  const std::uint8_t place = profile_.registers[reg].parts == 0 ? std::uint8_t{0} : part;
  const auto found = outputs_.find(OutputKey{reg, place});
  return found == outputs_.end() ? nullptr : found->second.get();
}

Output* Device::held_output() const {
  for (const Command command : {Command::hold_open, Command::on}) {
    const profile::CommandPlan* plan = profile_.plan(command);
    if (plan != nullptr && !plan->writes.empty()) return output(plan->writes.front().reg, 0);
  }
  return nullptr;
}

void Device::hold(bool held) {
  if (Output* output = held_output()) output->hold(held);
}

bool Device::held() const {
  const Output* output = held_output();
  return output != nullptr && output->held();
}

bool Device::finish_outputs() {
  for (const auto& [key, output] : outputs_) output->finish();
  return outputs_settled();
}

bool Device::outputs_settled() const {
  return std::ranges::all_of(outputs_, [](const auto& entry) { return entry.second->settled(); });
}

void Device::write(profile::RegisterIndex reg, std::uint8_t part, std::int32_t raw,
                   SteadyTime deadline, Done done) {
  if (detached()) return;
  // A last write keeps its link until the answer (5 s at most), or it would be lost with its bus.
  attachment_.link->submit(
      profile::write_exchange(profile_.registers[reg], config_.unit, config_.channel, part, raw),
      bus::Lane::command, deadline,
      [done = std::move(done), kept = kept_link_](const bus::Answer& answer) {
        if (done) done(answer);
      });
}

std::optional<OutputSide::Reading> Device::reading(profile::RegisterIndex reg,
                                                   std::uint8_t part) const {
  const auto read = ranges(reg, part);
  if (read.empty() || !read.front()->heard || read.front()->owed) return std::nullopt;
  const auto value = raw(reg, part);
  if (!value) return std::nullopt;
  return Reading{*value, read.front()->good};
}

bool Device::polled(profile::RegisterIndex reg, std::uint8_t part) const {
  return !ranges(reg, part).empty();
}

void Device::hurry(profile::RegisterIndex reg, std::uint8_t part) { hurry(ranges(reg, part)); }

}  // namespace genkan::devices
