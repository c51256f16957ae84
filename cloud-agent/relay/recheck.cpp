#include "cloud-agent/relay/recheck.hpp"

#include <algorithm>
#include <utility>

#include "cloud-agent/relay/reading.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

void Recheck::presence(const std::string& gateway, bool online, SteadyTime now) {
  const auto [at, is_new] = gateways_.try_emplace(gateway);
  at->second.online = online;
  if (is_new) at->second.next = now + first_after;
}

void Recheck::tick(SteadyTime now) {
  now_ = now;
  std::size_t looks = 0;
  for (auto& [id, gateway] : gateways_) {
    if (asking_ >= most_asked || looks >= most_looks) return;
    if (!gateway.online || gateway.asking || now < gateway.next) continue;
    ++looks;
    look(id, gateway, now);
  }
}

void Recheck::look(const std::string& id, Gateway& gateway, SteadyTime now) {
  const auto run = mirror_.gone_behind(id, gateway.after);
  if (!run || !*run) {
    gateway.next = now + every;
    gateway.after = 0;
    gateway.left = most_runs;
    return;
  }
  Call call{id,
            "GET",
            cat("/v1/journal?after=", (*run)->first - 1, "&limit=1"),
            {},
            std::chrono::seconds{20}};
  const auto asked =
      calls_.ask(std::move(call), now, [this, run = **run, now](const Result<Answer>& answer) {
        answered(run, std::max(now, now_), answer);
      });
  if (!asked) {
    gateway.next = now + again_after;
    return;
  }
  gateway.asking = true;
  ++asking_;
}

bool Recheck::shows(const GoneRun& run, const Answer& answer) {
  const auto page = read_page(answer.body);
  if (!page || page->records.empty()) return false;
  if (page->journal.value_or(run.journal) != run.journal) return false;
  const auto seq = page->records.front().seq;
  return seq >= run.first && seq <= run.last;
}

void Recheck::answered(const GoneRun& run, SteadyTime now, const Result<Answer>& answer) {
  --asking_;
  Gateway& gateway = gateways_[run.gateway];
  gateway.asking = false;
  if (!answer || !answer->good()) {
    gateway.next = now + again_after;
    return;
  }
  gateway.after = run.last;
  if (--gateway.left <= 0) {
    gateway.left = most_runs;
    gateway.next = now + every;
  }
  if (!shows(run, *answer)) return;
  const auto standing = mirror_.not_gone(run);
  if (!standing) {
    return log(LogLevel::warning, "numbers that are not gone could not be taken up again",
               {{"gateway", run.gateway}, {"why", standing.error().message()}});
  }
  log(LogLevel::error,
      "the gateway has records that an earlier answer passed over; asking for them",
      {{"gateway", run.gateway}, {"from", cat(run.first)}, {"to", cat(run.last)}});
  reopened_(*standing, now);
}

}  // namespace genkan::relay
