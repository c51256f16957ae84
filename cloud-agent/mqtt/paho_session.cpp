#include "cloud-agent/mqtt/paho_session.hpp"

#include <algorithm>

#include "cloud-agent/mqtt/paho_message.hpp"
#include "cloud-agent/mqtt/paho_pace.hpp"
#include "cloud-agent/mqtt/tls_probe.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::mqtt {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// After this, the library has lost the connect (it gives up by itself after 10 s).
constexpr std::chrono::seconds connect_patience{20};
constexpr std::chrono::milliseconds first_pause{1000};
constexpr std::chrono::milliseconds longest_pause{30'000};
constexpr int paho_buffer = 100;
constexpr std::chrono::minutes probe_every{5};

}  // namespace

PahoBroker::Session::Session(asio::any_io_executor loop, SessionSettings settings,
                             std::optional<Place> place, BrokerListener& listener)
    : loop_(loop),
      settings_(std::move(settings)),
      place_(std::move(place)),
      listener_(&listener),
      timer_(loop),
      pause_(first_pause) {}

void PahoBroker::Session::make_client() {
  if (client_) return;
  client_.emplace(uri_of(*place_), settings_.client_id,
                  ::mqtt::create_options_builder()
                      .mqtt_version(MQTTVERSION_5)
                      .max_buffered_messages(paho_buffer)
                      .send_while_disconnected(false)
                      .finalize(),
                  nullptr);
  set_handlers();
}

void PahoBroker::Session::set_handlers() {
  // Before connecting: with a handler set later, messages would be acknowledged and lost.
  client_->set_message_callback([this](::mqtt::const_message_ptr message) { arrived(*message); });
  client_->set_connection_lost_handler([this](const std::string&) {
    on_loop([](Session& self) { self.offline({"the connection to the broker was lost"}); });
  });
  client_->set_disconnected_handler([this](const ::mqtt::properties&, ::mqtt::ReasonCode reason) {
    on_loop([code = static_cast<int>(reason)](Session& self) {
      if (code == packet_too_large) self.learned_limit_ = self.longest_sent_;
      self.offline({cat("the broker hung up with reason ", words_of(code))});
    });
  });
}

void PahoBroker::Session::start() {
  if (std::exchange(started_, true) || !place_) return;
  connect();
}

void PahoBroker::Session::use(std::optional<Place> place) {
  if (phase_ == Phase::stopping) return;
  const auto before = std::exchange(place_, std::move(place));
  pause_ = first_pause;
  told_ = false;
  probed_ = SteadyTime{};
  probe_said_.reset();
  if (!started_) return;
  if (phase_ == Phase::resting) {
    timer_.cancel();
    if (place_) connect();
    return;
  }
  hang_up(before->port);  // Paho tells of it as well; the first word counts
  end_later({place_ ? "connecting anew, with what is valid now" : "there is no broker any more"});
}

void PahoBroker::Session::connect() {
  phase_ = Phase::connecting;
  ++epoch_;
  if (place_->tls) {
    if (auto fault = tls_files_fault(*place_->tls)) return end_later(*std::move(fault));
  }
  watch_connect();
  try {
    make_client();
    hand_over_connect();
  } catch (const ::mqtt::exception& error) {
    end_later({cat("connecting failed: ", error.what())});
  }
}

void PahoBroker::Session::hand_over_connect() {
  ::mqtt::connect_options options;
  fill(options, settings_, *place_);
  client_->connect(options, nullptr, connecting_);
}

// Paho drops a connect without a word if it is not done with the connection before.
void PahoBroker::Session::watch_connect() {
  timer_.expires_after(connect_patience);
  timer_.async_wait([self = weak_from_this(), epoch = epoch_](error_code error) {
    const auto alive = self.lock();
    if (error || !alive || alive->phase_ != Phase::connecting || alive->epoch_ != epoch) return;
    hang_up(alive->place_->port);
    alive->offline({"no answer to the connect"});
  });
}

void PahoBroker::Session::Connecting::on_success(const ::mqtt::token& token) {
  SessionFacts facts;
  try {
    facts = facts_of(token.get_connect_response());
  } catch (const ::mqtt::exception&) {
    // No response kept: the defaults of the standard hold.
    facts = SessionFacts{};
  }
  send_without_delay();  // any port: this is not the loop's thread
  owner.on_loop([facts](Session& self) { self.online(facts); });
}

void PahoBroker::Session::Connecting::on_failure(const ::mqtt::token& token) {
  const int reason = static_cast<int>(token.get_reason_code());
  if (reason >= first_failure) {
    owner.on_loop([why = cat("the broker refused the connection with reason ", words_of(reason))](
                      Session& self) { self.offline({why}); });
  } else {
    owner.on_loop([](Session& self) { self.connect_failed("the broker cannot be reached"); });
  }
}

void PahoBroker::Session::connect_failed(const std::string& why) {
  if (phase_ != Phase::connecting || !place_ || !place_->tls) return offline({why});
  const auto now = Steady::now();
  const bool due = probed_ == SteadyTime{} || now - probed_ >= probe_every;
  if (due && !std::exchange(probing_, true)) {
    probed_ = now;
    return ask_beside_paho(why);
  }
  offline(probe_said_.value_or(Away{why}));
}

// Paho says of a failed TLS handshake only that it failed.
void PahoBroker::Session::ask_beside_paho(std::string why) {
  timer_.cancel();
  probe_ = std::jthread([self = weak_from_this(), loop = loop_, place = *place_, epoch = epoch_,
                         text = std::move(why)] {
    auto fault = tls_fault(place);
    asio::post(loop, [self, epoch, text, fault = std::move(fault)] {
      const auto alive = self.lock();
      if (!alive) return;
      alive->probing_ = false;
      if (alive->epoch_ != epoch) return;
      alive->probe_said_ = fault;
      alive->offline(fault.value_or(Away{text}));
    });
  });
}

void PahoBroker::Session::online(SessionFacts facts) {
  if (phase_ != Phase::connecting) return;
  phase_ = Phase::online;
  timer_.cancel();
  pause_ = first_pause;
  told_ = false;
  probed_ = SteadyTime{};
  probe_said_.reset();
  longest_sent_ = 0;
  constexpr std::size_t overhead = 1024;  // as Window counts it
  if (learned_limit_ > 0) {
    facts.largest_packet = std::min(facts.largest_packet, learned_limit_ - 1 + overhead);
  }
  log(LogLevel::notice, "connected to the broker", {{"broker", uri_of(*place_)}});
  if (listener_ != nullptr) listener_.load()->on_online(facts);
}

void PahoBroker::Session::offline(const Away& away) {
  if (phase_ == Phase::stopping) return stopped();
  if (phase_ == Phase::resting) return;
  const bool was_online = phase_ == Phase::online;
  // Once for each time away, not for each attempt.
  if (place_ && !std::exchange(told_, true)) {
    log(LogLevel::warning, "no broker", {{"why", away.why}, {"broker", uri_of(*place_)}});
  }
  phase_ = Phase::resting;
  retry();
  if (listener_ == nullptr) return;
  if (was_online) {
    listener_.load()->on_offline(away);
  } else {
    listener_.load()->on_attempt_failed(away);
  }
}

void PahoBroker::Session::retry() {
  timer_.cancel();
  if (!place_) return;
  std::uniform_int_distribution<std::int64_t> part(pause_.count() / 2, pause_.count());
  timer_.expires_after(std::chrono::milliseconds(part(chance_)));
  pause_ = std::min(pause_ * 2, longest_pause);
  timer_.async_wait([self = weak_from_this()](error_code error) {
    const auto alive = self.lock();
    const bool due = !error && alive && alive->phase_ == Phase::resting && alive->place_;
    if (due) alive->connect();
  });
}

void PahoBroker::Session::stop(std::chrono::milliseconds within, std::function<void()> done) {
  stopped_ = std::move(done);
  const bool connected = phase_ == Phase::online;
  phase_ = Phase::stopping;
  timer_.expires_after(connected ? within : std::chrono::milliseconds::zero());
  timer_.async_wait([self = weak_from_this()](error_code error) {
    const auto alive = self.lock();
    if (!error && alive) alive->stopped();
  });
  if (!connected) return;
  try {
    client_->disconnect(static_cast<int>(within.count()), nullptr, leaving_);
  } catch (const ::mqtt::exception&) {
    timer_.expires_after(std::chrono::milliseconds::zero());
  }
}

void PahoBroker::Session::Leaving::on_success(const ::mqtt::token&) {
  owner.on_loop([](Session& self) { self.stopped(); });
}

void PahoBroker::Session::Leaving::on_failure(const ::mqtt::token&) {
  owner.on_loop([](Session& self) { self.stopped(); });
}

void PahoBroker::Session::stopped() {
  timer_.cancel();
  if (const auto done = std::exchange(stopped_, nullptr)) done();
}

void PahoBroker::Session::reconnect(const std::string& why) {
  if (phase_ != Phase::online) return;
  hang_up(place_->port);  // Paho tells of it as well; the first word counts
  end_later({why});
}

// Not inside the call that asked for it.
void PahoBroker::Session::end_later(Away away) {
  on_loop([epoch = epoch_, kept = std::move(away)](Session& self) {
    if (self.epoch_ == epoch) self.offline(kept);
  });
}

}  // namespace genkan::mqtt
