#include "cloud-agent/relay/rotation.hpp"

#include <utility>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// How many are looked at; gateways that are away must not hide the others.
constexpr std::int64_t most_looked_at = 5000;
constexpr std::string_view subject = "genkan-cloud keys";
constexpr int not_found = 404;

}  // namespace

Rotation::Rotation(const CloudSettings& settings, Registry& registry, KeyChain& keys,
                   Orders& orders, const Clock& clock, IsOnline is_online)
    : settings_(settings),
      registry_(registry),
      keys_(keys),
      orders_(orders),
      clock_(clock),
      is_online_(std::move(is_online)) {}

void Rotation::tick() {
  const SteadyTime now = clock_.steady();
  if (now < next_look_) return;
  next_look_ = now + look_every;
  if (auto looked = look(); !looked) {
    log(LogLevel::error, "keys cannot be looked after", {{"why", looked.error().message()}});
  }
}

bool Rotation::may_begin(const std::string& gateway) const {
  if (in_hand_.size() >= most_in_hand || in_hand_.contains(gateway)) return false;
  const auto failed = not_before_.find(gateway);
  if (failed != not_before_.end() && clock_.steady() < failed->second) return false;
  return is_online_(gateway);
}

Result<> Rotation::look() {
  if (auto read = keys_.refresh(); !read) return read;
  if (keys_.live().empty()) return {};
  const std::string newest = keys_.live().front().kid;
  const auto lacking = registry_.without(newest, most_looked_at);
  if (!lacking) return fail(lacking.error());
  for (const auto& gateway : *lacking) {
    if (!may_begin(gateway)) continue;
    if (auto begun = introduce(gateway, newest); !begun) return begun;
  }
  if (keys_.live().size() < 2) return {};
  const auto both = registry_.beside(newest, most_looked_at);
  if (!both) return fail(both.error());
  for (const auto& [gateway, kid] : *both) {
    if (!may_begin(gateway)) continue;
    if (auto begun = take_away(gateway, kid); !begun) return begun;
  }
  return retire_unheld();
}

Result<> Rotation::introduce(const std::string& gateway, const std::string& kid) {
  const auto key = keys_.introduction(kid, settings_.scopes);
  if (!key) return fail(key.error());
  in_hand_.insert(gateway);
  auto given =
      orders_.give({gateway, "POST", "/v1/trust/keys", json::serialize(*key), std::string(subject)},
                   [this, gateway, kid](const Result<Answer>& answer) {
                     if (!answer) return end(gateway, answer.error().message());
                     // One that has the key already says so: 200 (a crash between its answer and
                     // our note).
                     if (!answer->good()) return end(gateway, words_of(*answer));
                     auto noted = registry_.set_held(gateway, kid, true);
                     end(gateway, noted ? std::string() : noted.error().message());
                   });
  if (!given) end(gateway, given.error().message());
  return {};
}

Result<> Rotation::take_away(const std::string& gateway, const std::string& kid) {
  in_hand_.insert(gateway);
  // By the newest alone: the old one could take itself away where the newest never arrived.
  auto given =
      orders_.give_by(keys_.live().front().kid,
                      {gateway, "DELETE", cat("/v1/trust/keys/", kid), {}, std::string(subject)},
                      [this, gateway, kid](const Result<Answer>& answer) {
                        if (!answer) return end(gateway, answer.error().message());
                        if (does_not_trust(*answer))
                          return end(gateway, {});  // noted; it is introduced first
                        if (!answer->good() && answer->status != not_found)
                          return end(gateway, words_of(*answer));
                        auto noted = registry_.set_held(gateway, kid, false);
                        end(gateway, noted ? std::string() : noted.error().message());
                      });
  if (!given) end(gateway, given.error().message());
  return {};
}

Result<> Rotation::retire_unheld() {
  const auto known = registry_.keys();
  if (!known) return fail(known.error());
  const std::string newest = keys_.live().front().kid;
  for (const auto& key : *known) {
    if (key.retired || key.kid == newest || key.held_by > 0) continue;
    if (auto retired = keys_.retire(key.kid, clock_.wall()); !retired) return retired;
    log(LogLevel::notice, "no gateway trusts this key any more; it is retired", {{"kid", key.kid}});
  }
  return {};
}

void Rotation::end(const std::string& gateway, const std::string& fault) {
  in_hand_.erase(gateway);
  not_before_.erase(gateway);
  if (fault.empty()) {
    next_look_ = clock_.steady();  // there is room for the next, or nothing left to do
    return;
  }
  not_before_[gateway] = clock_.steady() + again_after;
  log(LogLevel::warning, "keys not changed", {{"gateway", gateway}, {"why", fault}});
}

}  // namespace genkan::relay
