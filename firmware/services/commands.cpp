#include "firmware/services/commands.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/domain/sentences.hpp"
#include "firmware/services/cloud/cloud_book.hpp"

namespace genkan::services {

namespace {

using domain::Reason;
using domain::Verdict;

// A device that answers with an error, with rubbish or too late stands in the troubles until it
// does as it is told again; a silent one has a trouble of its own.
bool not_accepted(const domain::Outcome& outcome) {
  return outcome.verdict == Verdict::failed &&
         (outcome.reason == Reason::rejected || outcome.reason == Reason::wrong_answer ||
          outcome.reason == Reason::timed_out);
}

// For the device to be read after a command whose outcome is unknown.
constexpr std::chrono::seconds read_back_limit{5};

bool may_have_moved(const domain::Outcome& outcome) {
  return outcome.verdict == Verdict::done || outcome.verdict == Verdict::failed ||
         outcome.verdict == Verdict::unknown_outcome;
}

}  // namespace

Result<> Commands::check_right(const domain::Caller& caller, const DeviceId& device,
                               domain::Command command) const {
  const auto right = domain::right_to(command);
  const auto* what = right == domain::Right::disarm ? "disarm" : "command devices";
  if (auto may = services::check_right(caller, right, what); !may) return may;
  if (caller.role == domain::Role::resident) {
    return fail(ErrorCode::forbidden, "residents' accounts have no rooms yet");
  }
  if (domain::is_unsigned_cloud(caller) && !needs_.policy.allows_unsigned(device, command)) {
    return fail(ErrorCode::forbidden,
                "commands from the cloud must be signed; unsigned ones are refused here");
  }
  return {};
}

Result<> Commands::check_form(const domain::DeviceCommand& command) const {
  const auto& spec = domain::spec(command.command);
  if (spec.takes_part && command.part == 0) {
    return fail(ErrorCode::invalid, cat("'", spec.name, "' needs a part, from 1"));
  }
  if (!spec.takes_part && command.part != 0) {
    return fail(ErrorCode::invalid, cat("'", spec.name, "' takes no part"));
  }
  return {};
}

domain::Outcome Commands::refusal(const Directory::Entry& entry, domain::Command command) const {
  const auto refused = [](Reason reason, std::string detail) {
    return domain::Outcome{Verdict::refused, reason, std::move(detail), {}};
  };
  const DeviceId& device = entry.config->id;
  if (stopping_) return refused(Reason::stopping, "");
  const auto offered = needs_.fleet.commands(device);
  if (std::ranges::find(offered, command) == offered.end()) {
    return refused(Reason::unknown_command, cat("model ", entry.config->model, " has no '",
                                                domain::spec(command).name, "'"));
  }
  auto ruling = needs_.security.check(command, device);
  return refused(ruling.reason, std::move(ruling.detail));
}

boost::asio::awaitable<Result<CommandAnswer>> Commands::run(domain::Caller caller, DeviceId device,
                                                            domain::DeviceCommand command,
                                                            std::chrono::milliseconds timeout) {
  const Directory::Entry* entry = needs_.directory.find(device);
  if (entry == nullptr) co_return fail(needs_.directory.why_not(device));
  if (auto form = check_form(command); !form) co_return fail(form.error());
  if (auto right = check_right(caller, device, command.command); !right) {
    record_forbidden(caller, device, command, right.error().message());
    co_return fail(right.error());
  }
  const std::string name = entry->config->name;  // the site may change while we wait
  const SteadyTime began = needs_.clock.steady();
  const std::uint64_t request = needs_.requests.begin(device, command, caller);
  domain::Outcome outcome = refusal(*entry, command.command);
  if (outcome.reason == Reason::none) {
    before_hold(device, command.command);
    ++under_way_;
    const SteadyTime deadline = began + timeout;
    outcome = co_await needs_.fleet.execute(device, command,
                                            std::min(deadline, caller.until.value_or(deadline)));
    --under_way_;
    after_hold(device, command.command, outcome);
    needs_.security.explain(command.command, device, outcome);
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(needs_.clock.steady() - began);
  conclude(request, device, outcome, took);
  ended_.ring();
  if (outcome.verdict == Verdict::unknown_outcome && caller.signed_for) {
    // Whoever signs is away from the door: how it is now is the answer's best part.
    const auto read =
        co_await needs_.fleet.refresh(device, needs_.clock.steady() + read_back_limit);
    if (read) outcome.state = read->state;
  }
  const auto seq = co_await needs_.requests.recorded(request, needs_.policy.record_wait);
  std::string message = domain::answer_sentence(name, command, outcome);
  co_return CommandAnswer{device, command, std::move(outcome), std::move(message), took, seq};
}

boost::asio::awaitable<void> Commands::stop(std::chrono::milliseconds most) {
  stopping_ = true;
  const SteadyTime end = Steady::now() + most;
  while (under_way_ > 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) co_return;
    co_await ended_.wait(left);
  }
}

void Commands::record_forbidden(const domain::Caller& caller, const DeviceId& device,
                                const domain::DeviceCommand& command, const std::string& why) {
  const SteadyTime now = needs_.clock.steady();
  if (now - refusals_since_ > std::chrono::minutes(1)) {
    refusals_since_ = now;
    refusals_ = 0;
  }
  if (++refusals_ > most_refusals_a_minute) return;
  const std::uint64_t request = needs_.requests.begin(device, command, caller);
  needs_.requests.end(request, Requests::Moved::no);
  needs_.watch.record(request, device, {Verdict::refused, Reason::not_allowed, why, {}}, {});
}

void Commands::before_hold(const DeviceId& device, domain::Command command) {
  if (command != domain::Command::end_hold) return;
  ports::Change change;
  needs_.holds.desire(device, false, change);
  needs_.watch.submit(std::move(change));
}

void Commands::after_hold(const DeviceId& device, domain::Command command,
                          const domain::Outcome& outcome) {
  const bool holds = command == domain::Command::hold_open;
  if (!holds && command != domain::Command::end_hold) return;
  if (needs_.directory.find(device) == nullptr) return;  // the site changed meanwhile
  ports::Change change;
  if (holds && outcome.verdict == Verdict::done) needs_.holds.desire(device, true, change);
  needs_.watch.submit(std::move(change));
  needs_.holds.make(device);
}

void Commands::conclude(std::uint64_t request, const DeviceId& device,
                        const domain::Outcome& outcome, std::chrono::milliseconds took) {
  const bool done = outcome.verdict == Verdict::done;
  if (done && !needs_.requests.is_explained(request)) {
    needs_.watch.learn(request, device, outcome.state);
  }
  if (!done || !needs_.requests.is_explained(request)) {
    needs_.watch.record(request, device, outcome, took);
    if (done) needs_.requests.told(request);
  }
  needs_.requests.end(request,
                      may_have_moved(outcome) ? Requests::Moved::maybe : Requests::Moved::no);
  judge(device, outcome);
}

void Commands::judge(const DeviceId& device, const domain::Outcome& outcome) {
  const domain::TroubleKey key{domain::TroubleKind::command_not_accepted, device, {}};
  auto standing = domain::Standing::keep;
  if (not_accepted(outcome)) standing = domain::Standing::yes;
  if (outcome.verdict == Verdict::done) standing = domain::Standing::no;
  ports::Change change;
  needs_.troubles.rule(key, standing, std::string(domain::name_of(outcome.reason)), change);
  needs_.watch.submit(std::move(change));
}

}  // namespace genkan::services
