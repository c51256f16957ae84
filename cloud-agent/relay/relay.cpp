#include "cloud-agent/relay/relay.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

#include "cloud-agent/relay/database.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// What a power cut can take (Outlives::process).
constexpr std::chrono::seconds checkpoint_every{30};
constexpr std::chrono::milliseconds goodbye{1000};

// Events are dealt out among the copies; retained topics go to each, as a shared subscription
// brings nothing that is retained (MQTT 5, 4.8.2).
constexpr std::string_view events = "genkan/1/+/event/+";
constexpr std::string_view presences = "genkan/1/+/presence";
constexpr std::string_view states = "genkan/1/+/device/+/state";

}  // namespace

Relay::Relay(boost::asio::any_io_executor loop, const RelayParts& parts, std::string copy,
             const MakeBroker& make_broker, CannotKeep cannot_keep)
    : loop_(std::move(loop)),
      parts_(parts),
      cannot_keep_(std::move(cannot_keep)),
      broker_(make_broker(*this)),
      calls_(*broker_, std::move(copy)),
      orders_(calls_, parts.keys, parts.registry, parts.clock),
      repair_(calls_, parts.mirror),
      recheck_(
          calls_, parts.mirror,
          [this](const Standing& standing, SteadyTime now) { repair_.standing(standing, now); }),
      renewal_(parts.settings, parts.authority, parts.registry, orders_, parts.clock,
               [this](const std::string& gateway) { return is_online(gateway); }),
      rotation_(parts.settings, parts.registry, parts.keys, orders_, parts.clock,
                [this](const std::string& gateway) { return is_online(gateway); }),
      handover_([this] { boost::asio::post(loop_, [this] { drain(); }); }) {}

Result<> Relay::start() {
  const auto standings = parts_.mirror.standings();
  if (!standings) return fail(standings.error());
  for (const auto& standing : *standings) repair_.standing(standing, parts_.clock.steady());
  broker_->start();
  return {};
}

void Relay::stop(std::function<void()> done) { broker_->stop(goodbye, std::move(done)); }

void Relay::on_online(mqtt::SessionFacts) {
  connected_ = true;
  broker_->subscribe(calls_.answers(), mqtt::Retain::no);
  broker_->subscribe(cat("$share/", parts_.share_group, "/", events), mqtt::Retain::no);
  broker_->subscribe(std::string(states), mqtt::Retain::yes);
  broker_->subscribe(std::string(presences), mqtt::Retain::yes);
  calls_.online(parts_.clock.steady());
  if (std::exchange(was_connected_, true)) repair_.doubt(parts_.clock.steady());
}

void Relay::on_offline(mqtt::Away) {
  connected_ = false;
  calls_.offline();
}

void Relay::on_message(mqtt::Inbound message) {
  // Everything else was kept on arrival.
  static_cast<void>(calls_.message(message));
}

void Relay::on_receipt(mqtt::Receipt receipt) { calls_.receipt(receipt, parts_.clock.steady()); }

void Relay::on_arrival(const mqtt::Inbound& message) noexcept {
  try {
    keep(message);
  } catch (const std::exception& fault) {  // out of memory
    cannot_keep_(Error(ErrorCode::internal, fault.what()));
  }
}

void Relay::keep(const mqtt::Inbound& message) {
  auto taken = parts_.mirror.take(message, parts_.clock.wall());
  for (int again = 0; !taken && taken.error().code() == ErrorCode::busy && again < 5; ++again) {
    taken = parts_.mirror.take(message, parts_.clock.wall());  // each waits for 2 s
  }
  if (taken) {
    if (!taken->standing.gateway.empty()) handover_.put(*std::move(taken));
    return;
  }
  if (taken.error().code() != ErrorCode::invalid) return cannot_keep_(taken.error());
  log(LogLevel::warning, "a message that makes no sense is passed over",
      {{"topic", printable(message.topic)}, {"why", taken.error().message()}});
}

void Relay::drain() {
  const SteadyTime now = parts_.clock.steady();
  for (const auto& each : handover_.take()) taken(each, now);
}

void Relay::taken(const Taken& taken, SteadyTime now) {
  const std::string& gateway = taken.standing.gateway;
  records_ += taken.added;
  if (taken.presence != Taken::Presence::same) {
    const bool online = taken.presence == Taken::Presence::online;
    if (online) online_.insert(gateway);
    if (!online) online_.erase(gateway);
    repair_.presence(gateway, online);
    recheck_.presence(gateway, online, now);
  }
  if (taken.new_journal) {
    log(LogLevel::notice, "the gateway began another journal; it is mirrored from its beginning",
        {{"gateway", gateway}, {"journal", taken.standing.journal}});
  }
  if (taken.disputed > 0) {
    log(LogLevel::error, "records came under numbers that others have; kept beside them",
        {{"gateway", gateway}, {"records", cat(taken.disputed)}});
  }
  repair_.standing(taken.standing, now);
}

void Relay::tick() {
  const SteadyTime now = parts_.clock.steady();
  calls_.tick(now);
  repair_.tick(now);
  recheck_.tick(now);
  renewal_.tick();
  rotation_.tick();
  if (now < next_checkpoint_) return;
  next_checkpoint_ = now + checkpoint_every;
  if (auto moved = checkpoint(parts_.registry.connection()); !moved) {
    log(LogLevel::warning, "the database's log was not moved into it",
        {{"why", moved.error().message()}});
  }
}

std::string Relay::status_line() const {
  return cat(connected_ ? "connected" : "no broker", "; ", online_.size(), " gateways online, ",
             repair_.behind(), " with gaps (", repair_.missing(), " numbers); ", records_,
             " new records, ", repair_.repaired(), " more by asking; ", renewal_.renewed(),
             " certificates renewed");
}

}  // namespace genkan::relay
