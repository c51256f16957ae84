#include "drivers/devices/device.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "drivers/devices/command_run.hpp"
#include "firmware/base/log.hpp"

namespace genkan::devices {

namespace {

using LinkState = domain::Link;

}  // namespace

Device::Device(domain::DeviceConfig config, const profile::Profile& profile,
               std::shared_ptr<const Context> context)
    : config_(std::move(config)), profile_(profile), context_(std::move(context)) {}

void Device::attach(Attachment attachment) {
  attachment_ = std::move(attachment);
  ranges_ = attachment_.reader->ranges(member());
  if (outputs_.empty()) make_outputs();
  update(true);
}

void Device::detach(domain::Reason reason, bool switch_off) {
  if (detached()) return;
  if (switch_off) kept_link_ = attachment_.link;
  for (const auto& [key, output] : outputs_) output->stop(switch_off);
  kept_link_.reset();
  detach_reason_ = reason;
  queue_.clear({.verdict = domain::Verdict::refused, .reason = reason, .detail = {}, .state = {}});
  context_->delay->cancel(silence_timer_);
  attachment_ = {};
  ranges_.clear();
  notify();
}

void Device::on_poll(bus::PollId poll, bool values_changed) {
  const bool ours = std::ranges::any_of(
      ranges_, [poll](const std::shared_ptr<Range>& range) { return range->poll == poll; });
  if (ours) {
    update(values_changed);
  } else if (reported_.link == LinkState::fresh || reported_.link == LinkState::unknown) {
    on_link();  // a silent answer to a neighbour's question makes this one stale as well
  }
}

void Device::on_link() {
  if (detached()) return;
  const bool lost =
      std::ranges::any_of(ranges_, [](const std::shared_ptr<Range>& range) { return range->owed; });
  if (lost) update(false);
}

void Device::on_revived() {
  for (const auto& [key, output] : outputs_) output->revived();
}

std::string Device::line_fault() const { return detached() ? "" : attachment_.line->fault; }

bool Device::unit_dead() const { return !detached() && attachment_.reader->dead(); }

void Device::update(bool values_changed) {
  const domain::Reported before = reported_;
  if (values_changed) decode(reported_);
  reported_.link = judge_link();
  set_read_at(reported_);
  for (const auto& [key, output] : outputs_) output->seen();
  notify();
  if (reported_.link == before.link && reported_.state == before.state) return;
  const domain::Reported now = reported_;  // the listener may come back in and change it
  context_->tell(config_.id, before, now);
}

void Device::decode(domain::Reported& now) {
  std::vector<std::string> strange;
  now.state = profile::decode(profile_, config_.channel, attachment_.reader->image(), &strange);
  // Each once: a device that sends nonsense sends it again and again. At most 32 are told.
  for (const std::string& value : strange) {
    if (strange_told_.size() >= 32 || !strange_told_.insert(value).second) continue;
    log(LogLevel::warning, "a device reports a value that its profile does not name",
        {{"device", config_.id.str()}, {"value", value}});
  }
}

domain::Link Device::judge_link() {
  const auto owed = [](const std::shared_ptr<Range>& range) { return range->owed; };
  const auto heard = [](const std::shared_ptr<Range>& range) { return range->heard; };
  if (std::ranges::any_of(ranges_, owed)) {
    if (reported_.link != LinkState::stale && reported_.link != LinkState::disconnected) {
      missing_since_ = context_->clock.steady();
      watch_silence();
    }
    const bool long_gone =
        context_->clock.steady() - missing_since_ >= profile_.timing.disconnected_after;
    return long_gone || reported_.link == LinkState::disconnected ? LinkState::disconnected
                                                                  : LinkState::stale;
  }
  // After its reads were planned anew, what was known holds until the new reads have answered.
  if (ranges_.empty() || !std::ranges::all_of(ranges_, heard)) return reported_.link;
  context_->delay->cancel(silence_timer_);
  return LinkState::fresh;
}

void Device::watch_silence() {
  context_->delay->cancel(silence_timer_);
  silence_timer_ = context_->delay->call_at(missing_since_ + profile_.timing.disconnected_after,
                                            [weak = weak_from_this()] {
                                              const auto self = weak.lock();
                                              if (self && !self->detached()) self->update(false);
                                            });
}

// The time by which all of the quickest reads had answered; values that are read more seldom
// (a battery) may be older by their interval.
void Device::set_read_at(domain::Reported& now) const {
  const Range* oldest = nullptr;
  for (const auto& range : ranges_) {
    if (!range->heard) continue;
    const bool quicker = oldest != nullptr && range->spec.interval < oldest->spec.interval;
    const bool older = oldest != nullptr && range->spec.interval == oldest->spec.interval &&
                       range->good < oldest->good;
    if (oldest == nullptr || quicker || older) oldest = range.get();
  }
  if (oldest == nullptr) return;
  now.read_at = oldest->good;
  now.read_at_wall = oldest->good_wall;
}

std::shared_ptr<Ticket> Device::enqueue(domain::DeviceCommand command, SteadyTime deadline) {
  auto ticket = std::make_shared<Ticket>(
      Ticket{.command = command,
             .deadline = deadline,
             .wake = std::make_shared<Wake>(context_->loop, context_->delay),
             .outcome = {},
             .started = false});
  queue_.add(ticket);
  run_next();
  return ticket;
}

// The coroutine begins inside this call, so that its first write reaches the bus at once.
void Device::run_next() {
  auto ticket = queue_.start(context_->clock.steady());
  if (!ticket) return;
  boost::asio::co_spawn(
      context_->loop, run_command(shared_from_this(), ticket->command, ticket->deadline),
      [self = shared_from_this(), ticket](std::exception_ptr failure, domain::Outcome outcome) {
        if (failure) {
          outcome = {.verdict = domain::Verdict::unknown_outcome,
                     .reason = domain::Reason::none,
                     .detail = "the gateway failed while it ran the command",
                     .state = {}};
        }
        ticket->end(std::move(outcome));
        self->queue_.finished();
        if (!self->detached()) self->run_next();
      });
}

std::shared_ptr<Wake> Device::new_wake() {
  std::erase_if(wakes_, [](const std::weak_ptr<Wake>& wake) { return wake.expired(); });
  auto wake = std::make_shared<Wake>(context_->loop, context_->delay);
  wakes_.push_back(wake);
  return wake;
}

void Device::notify() {
  for (const auto& weak : wakes_) {
    if (const auto wake = weak.lock()) wake->notify();
  }
}

std::vector<std::shared_ptr<Range>> Device::ranges(domain::FieldKey field) const {
  if (detached()) return {};
  return attachment_.reader->ranges(member(), field);
}

std::vector<std::shared_ptr<Range>> Device::ranges(profile::RegisterIndex reg,
                                                   std::uint8_t part) const {
  if (detached()) return {};
  return attachment_.reader->ranges(member(), profile_.registers[reg], part);
}

void Device::hurry(const std::vector<std::shared_ptr<Range>>& ranges) {
  if (detached()) return;
  for (const auto& range : ranges) attachment_.link->hurry(range->poll);
}

std::optional<std::int64_t> Device::raw(profile::RegisterIndex reg, std::uint8_t part) const {
  if (detached()) return std::nullopt;
  return attachment_.reader->image().raw(profile_.registers[reg], config_.channel, part);
}

bool Device::reachable() const { return !detached() && line_fault().empty() && !unit_dead(); }

}  // namespace genkan::devices
