#include "cloud-agent/relay/repair.hpp"

#include <algorithm>
#include <utility>

#include "cloud-agent/relay/orders.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::chrono::seconds first_pause{5};
constexpr std::chrono::seconds longest_pause{300};
constexpr int too_large = 413;

}  // namespace

void Repair::standing(const Standing& standing, SteadyTime now) {
  if (standing.journal.empty()) return;
  Gateway& gateway = gateways_[standing.gateway];
  const bool had_gap = gateway.standing.whole < gateway.standing.highest;
  const bool moved =
      gateway.standing.journal != standing.journal || gateway.standing.whole != standing.whole;
  if (moved || !had_gap) gateway.moved = now;
  gateway.standing = standing;
  if (standing.whole >= standing.highest) gateway.repairing = false;
}

void Repair::presence(const std::string& gateway, bool online) {
  Gateway& entry = gateways_[gateway];
  if (online && !entry.online) entry.not_before = SteadyTime{};
  entry.online = online;
}

void Repair::doubt(SteadyTime now) {
  for (auto& [id, gateway] : gateways_) {
    if (gateway.standing.journal.empty()) continue;
    gateway.doubted = true;
    if (!lacks(gateway)) gateway.moved = now;  // what is on its way comes first
  }
}

bool Repair::due(const Gateway& gateway, SteadyTime now) {
  if (!gateway.online || gateway.asking || now < gateway.not_before) return false;
  if (!lacks(gateway) && !gateway.doubted) return false;
  return gateway.repairing || now - gateway.moved >= gateway.patient;
}

void Repair::tick(SteadyTime now) {
  now_ = now;
  if (asking_ >= most_asked) return;
  for (auto& [id, gateway] : gateways_) {
    if (!due(gateway, now)) continue;
    ask(gateway, now);
    if (asking_ >= most_asked) return;
  }
}

void Repair::ask(Gateway& gateway, SteadyTime now) {
  // As it is on disk: another copy of this program may have closed the gap.
  auto fresh = mirror_.standing(gateway.standing.gateway);
  if (!fresh) return back_off(gateway, now, fresh.error().message());
  gateway.standing = *std::move(fresh);
  const bool lacking = lacks(gateway);
  if (!lacking && !gateway.doubted) return;
  if (lacking && !gateway.repairing) {
    log(LogLevel::notice, "records are missing; asking for them",
        {{"gateway", gateway.standing.gateway},
         {"after", cat(gateway.standing.whole)},
         {"to", cat(gateway.standing.highest)}});
  }
  Call call{gateway.standing.gateway,
            "GET",
            cat("/v1/journal?after=", gateway.standing.whole, "&limit=", gateway.limit),
            {},
            std::chrono::seconds{20}};
  auto asked = calls_.ask(std::move(call), now,
                          [this, standing = gateway.standing, now](const Result<Answer>& answer) {
                            answered(standing, now, answer);
                          });
  if (!asked) return back_off(gateway, now, asked.error().message());
  gateway.asking = true;
  gateway.repairing = lacking;
  ++asking_;
}

void Repair::answered(const Standing& asked, SteadyTime asked_at, const Result<Answer>& answer) {
  const SteadyTime now = std::max(now_, asked_at);
  --asking_;
  Gateway& gateway = gateways_[asked.gateway];
  gateway.asking = false;
  if (!answer) return back_off(gateway, now, answer.error().message());
  if (answer->status == too_large && gateway.limit > 1) {
    gateway.limit = std::max(1, gateway.limit / 2);  // the next tick asks for less
    return;
  }
  if (!answer->good()) return back_off(gateway, now, words_of(*answer));
  page(gateway, asked, answer->body, now);
  if (asking_ < most_asked && due(gateway, now)) ask(gateway, now);
}

void Repair::page(Gateway& gateway, const Standing& asked, const std::string& body,
                  SteadyTime now) {
  const auto page = read_page(body);
  if (!page) return back_off(gateway, now, page.error().message());
  const auto taken = mirror_.take_page(asked, *page);
  if (!taken) return back_off(gateway, now, taken.error().message());
  repaired_ += taken->added;
  gateway.doubted = false;
  const bool nearer = taken->standing.whole > asked.whole;
  standing(taken->standing, now);
  if (!nearer && taken->standing.whole < taken->standing.highest) {
    return back_off(gateway, now, "the gateway has nothing behind the gap");
  }
  const bool came_by_itself = taken->added == 0 && taken->doubled > 0;
  if (came_by_itself) gateway.repairing = false;
  gateway.patient = came_by_itself ? std::min(gateway.patient * 2, longest_patience) : patience;
  gateway.pause = std::chrono::seconds{0};
  gateway.limit = std::min(100, gateway.limit + gateway.limit / 4 + 1);
}

void Repair::back_off(Gateway& gateway, SteadyTime now, std::string_view why) {
  gateway.pause = std::clamp(gateway.pause * 2, first_pause, longest_pause);
  gateway.not_before = now + gateway.pause;
  gateway.repairing = false;
  log(LogLevel::warning, "the journal's gap stays for now",
      {{"gateway", gateway.standing.gateway}, {"why", why}});
}

std::size_t Repair::behind() const {
  return static_cast<std::size_t>(
      std::count_if(gateways_.begin(), gateways_.end(), [](const auto& entry) {
        return entry.second.standing.whole < entry.second.standing.highest;
      }));
}

std::int64_t Repair::missing() const {
  std::int64_t sum = 0;
  for (const auto& [id, gateway] : gateways_) {
    sum += std::max<std::int64_t>(0, gateway.standing.highest - gateway.standing.whole);
  }
  return sum;
}

}  // namespace genkan::relay
