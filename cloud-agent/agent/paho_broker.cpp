#include "cloud-agent/agent/paho_broker.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mqtt/async_client.h>

#include "cloud-agent/agent/paho_pace.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds keep_alive{30};
constexpr std::chrono::seconds connect_timeout{10};
// After this, the library has lost the connect (it gives up by itself after connect_timeout).
constexpr std::chrono::seconds connect_patience{20};
constexpr std::uint32_t session_expiry_s = 24 * 3600;
// Requests on their way to us: they are acknowledged as fast as they are read.
constexpr std::uint16_t receive_maximum = 20;
// A longer request than most_payload gets an answer that says so; beyond this the broker drops it.
constexpr std::uint32_t largest_inbound = 256 * 1024;
constexpr std::chrono::milliseconds first_pause{1000};
constexpr std::chrono::milliseconds longest_pause{30'000};
constexpr int at_least_once = 1;
// Above our window of 20, so that nothing waits in Paho: it does not wake its sending thread when
// an acknowledgement makes room, and what waits there would wait up to a second.
constexpr int paho_window = 100;

// MQTT 5 reason codes (OASIS MQTT 5.0, 2.4).
constexpr int packet_too_large = 149;
constexpr int first_failure = 128;

mqtt::properties connect_properties() {
  mqtt::properties list;
  list.add({mqtt::property::SESSION_EXPIRY_INTERVAL, static_cast<int32_t>(session_expiry_s)});
  list.add({mqtt::property::RECEIVE_MAXIMUM, receive_maximum});
  list.add({mqtt::property::MAXIMUM_PACKET_SIZE, static_cast<int32_t>(largest_inbound)});
  return list;
}

std::optional<std::string> text_property(const mqtt::properties& list, mqtt::property::code code) {
  if (!list.contains(code)) return std::nullopt;
  return mqtt::get<std::string>(list, code);
}

Inbound inbound_from(const mqtt::message& message) {
  const mqtt::properties& list = message.get_properties();
  Inbound inbound;
  inbound.arrived = Steady::now();
  inbound.topic = message.get_topic();
  inbound.payload = message.to_string();
  inbound.retained = message.is_retained();
  inbound.response_topic = text_property(list, mqtt::property::RESPONSE_TOPIC);
  inbound.correlation = text_property(list, mqtt::property::CORRELATION_DATA);
  if (list.contains(mqtt::property::MESSAGE_EXPIRY_INTERVAL)) {
    inbound.expiry = std::chrono::seconds(
        mqtt::get<std::uint32_t>(list, mqtt::property::MESSAGE_EXPIRY_INTERVAL));
  }
  const std::size_t count = list.count(mqtt::property::USER_PROPERTY);
  for (std::size_t i = 0; i < count; ++i) {
    const auto pair = mqtt::get<mqtt::string_pair>(list, mqtt::property::USER_PROPERTY, i);
    inbound.user_properties.emplace_back(std::get<0>(pair), std::get<1>(pair));
  }
  return inbound;
}

mqtt::message_ptr message_from(const Message& message) {
  auto made = mqtt::make_message(message.topic, message.payload.data(), message.payload.size(),
                                 at_least_once, message.retain == Retain::yes);
  if (message.correlation.empty() && message.user_properties.empty()) return made;
  mqtt::properties list;
  if (!message.correlation.empty()) {
    list.add({mqtt::property::CORRELATION_DATA, message.correlation});
  }
  for (const auto& [name, value] : message.user_properties) {
    list.add({mqtt::property::USER_PROPERTY, name, value});
  }
  made->set_properties(list);
  return made;
}

SessionFacts facts_of(const mqtt::connect_response& response) {
  const mqtt::properties& list = response.get_properties();
  SessionFacts facts;
  if (list.contains(mqtt::property::RECEIVE_MAXIMUM)) {
    facts.receive_maximum = mqtt::get<std::uint16_t>(list, mqtt::property::RECEIVE_MAXIMUM);
  }
  if (list.contains(mqtt::property::MAXIMUM_PACKET_SIZE)) {
    facts.largest_packet = mqtt::get<std::uint32_t>(list, mqtt::property::MAXIMUM_PACKET_SIZE);
  }
  return facts;
}

std::string words_of(int reason) {
  const char* words = MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(reason));
  return cat(reason, " (", words == nullptr ? "unknown" : words, ")");
}

Delivery delivery_of(int reason) {
  if (reason == packet_too_large) return Delivery::too_large;
  return reason >= first_failure ? Delivery::refused : Delivery::lost;
}

void* context_of(Ticket ticket) {
  // Paho passes a pointer through; ours is a number.
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(ticket));
}

Ticket ticket_of(const mqtt::token& token) {
  return Ticket{reinterpret_cast<std::uintptr_t>(token.get_user_context())};
}

}  // namespace

// Paho calls the listeners and handlers on its own two threads, under its lock: they take what they
// need and post it to the loop, nothing else.
class PahoBroker::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(asio::any_io_executor loop, BrokerSettings settings, std::string password, Will will,
          BrokerListener& listener);

  void start();
  void stop(std::chrono::milliseconds within, std::function<void()> done);
  void detach() { listener_ = nullptr; }

  Result<> publish(const Message& message, Ticket ticket);
  void subscribe(const std::string& filter, Retain retained);
  void unsubscribe(const std::string& filter);
  void reconnect(const std::string& why);

 private:
  enum class Phase { resting, connecting, online, stopping };

  struct Connecting final : mqtt::iaction_listener {
    explicit Connecting(Session& session) : owner(session) {}
    void on_success(const mqtt::token& token) override;
    void on_failure(const mqtt::token& token) override;
    Session& owner;
  };
  struct Leaving final : mqtt::iaction_listener {
    explicit Leaving(Session& session) : owner(session) {}
    void on_success(const mqtt::token& token) override;
    void on_failure(const mqtt::token& token) override;
    Session& owner;
  };
  struct Publishing final : mqtt::iaction_listener {
    explicit Publishing(Session& session) : owner(session) {}
    void on_success(const mqtt::token& token) override;
    void on_failure(const mqtt::token& token) override;
    Session& owner;
  };
  struct Subscribing final : mqtt::iaction_listener {
    void on_success(const mqtt::token& token) override;
    void on_failure(const mqtt::token& token) override;
  };

  // Runs a member function on the loop, if the session still is.
  template <class Work>
  void on_loop(Work work) {
    asio::post(loop_, [self = weak_from_this(), todo = std::move(work)]() mutable {
      if (auto alive = self.lock()) todo(*alive);
    });
  }

  void set_handlers();
  void connect();
  void watch_connect();
  void online(SessionFacts facts);
  void offline(const std::string& why);
  void retry();
  void report(Receipt receipt);
  void stopped();

  asio::any_io_executor loop_;
  BrokerSettings settings_;
  std::string password_;
  Will will_;
  BrokerListener* listener_;
  asio::steady_timer timer_;
  std::minstd_rand chance_{std::random_device{}()};
  Phase phase_ = Phase::resting;
  bool told_ = false;  // that the broker cannot be reached
  std::chrono::milliseconds pause_ = first_pause;
  std::size_t longest_sent_ = 0;   // payload, in this session
  std::size_t learned_limit_ = 0;  // a payload of this length made the broker hang up; 0: none did
  std::function<void()> stopped_;
  Connecting connecting_{*this};
  Leaving leaving_{*this};
  Publishing publishing_{*this};
  Subscribing subscribing_;
  mqtt::async_client client_;  // last: its end waits for its callbacks
};

PahoBroker::Session::Session(asio::any_io_executor loop, BrokerSettings settings,
                             std::string password, Will will, BrokerListener& listener)
    : loop_(loop),
      settings_(std::move(settings)),
      password_(std::move(password)),
      will_(std::move(will)),
      listener_(&listener),
      timer_(loop),
      client_(cat("tcp://", settings_.host, ":", settings_.port), settings_.client_id,
              mqtt::create_options_builder()
                  .mqtt_version(MQTTVERSION_5)
                  .max_buffered_messages(paho_window)
                  .send_while_disconnected(false)
                  .finalize(),
              nullptr) {}

void PahoBroker::Session::set_handlers() {
  // Before connecting: with a handler set later, messages would be acknowledged and lost.
  client_.set_message_callback([this](mqtt::const_message_ptr message) {
    on_loop([inbound = inbound_from(*message)](Session& self) mutable {
      if (self.listener_ != nullptr) self.listener_->on_message(std::move(inbound));
    });
  });
  client_.set_connection_lost_handler([this](const std::string&) {
    on_loop([](Session& self) { self.offline("the connection to the broker was lost"); });
  });
  client_.set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode reason) {
    on_loop([code = static_cast<int>(reason)](Session& self) {
      if (code == packet_too_large) self.learned_limit_ = self.longest_sent_;
      self.offline(cat("the broker hung up with reason ", words_of(code)));
    });
  });
}

void PahoBroker::Session::start() {
  if (phase_ != Phase::resting) return;
  set_handlers();
  connect();
}

void PahoBroker::Session::connect() {
  phase_ = Phase::connecting;
  // Paho C++ 1.2.0 loses the properties when options are copied from a temporary: they are set on
  // an object that lives until connect() has returned.
  mqtt::connect_options options;
  options.set_mqtt_version(MQTTVERSION_5);
  options.set_clean_start(false);
  options.set_keep_alive_interval(keep_alive);
  options.set_connect_timeout(connect_timeout);
  options.set_max_inflight(paho_window);
  if (!settings_.username.empty()) options.set_user_name(settings_.username);
  if (!password_.empty()) options.set_password(password_);
  mqtt::properties will_properties;
  will_properties.add(
      {mqtt::property::WILL_DELAY_INTERVAL, static_cast<int32_t>(settings_.will_delay.count())});
  const mqtt::will_options will(will_.topic, will_.payload, at_least_once, true, will_properties);
  options.set_will(will);
  options.set_properties(connect_properties());
  watch_connect();
  try {
    client_.connect(options, nullptr, connecting_);
  } catch (const mqtt::exception& error) {
    offline(cat("connecting failed: ", error.what()));
  }
}

// Paho drops a connect without a word if it is not done with the connection before.
void PahoBroker::Session::watch_connect() {
  timer_.expires_after(connect_patience);
  timer_.async_wait([self = weak_from_this()](error_code error) {
    const auto alive = self.lock();
    if (error || !alive || alive->phase_ != Phase::connecting) return;
    hang_up();
    alive->offline("no answer to the connect");
  });
}

void PahoBroker::Session::Connecting::on_success(const mqtt::token& token) {
  SessionFacts facts;
  try {
    facts = facts_of(token.get_connect_response());
  } catch (const mqtt::exception&) {
    // No response kept: the defaults of the standard hold.
    facts = SessionFacts{};
  }
  send_without_delay();
  owner.on_loop([facts](Session& self) { self.online(facts); });
}

void PahoBroker::Session::Connecting::on_failure(const mqtt::token& token) {
  const int reason = static_cast<int>(token.get_reason_code());
  std::string why = reason >= first_failure
                        ? cat("the broker refused the connection with reason ", words_of(reason))
                        : std::string("the broker cannot be reached");
  owner.on_loop([text = std::move(why)](Session& self) { self.offline(text); });
}

void PahoBroker::Session::online(SessionFacts facts) {
  if (phase_ != Phase::connecting) return;
  phase_ = Phase::online;
  timer_.cancel();
  pause_ = first_pause;
  told_ = false;
  longest_sent_ = 0;
  constexpr std::size_t overhead = 1024;  // as Window counts it
  if (learned_limit_ > 0) {
    facts.largest_packet = std::min(facts.largest_packet, learned_limit_ - 1 + overhead);
  }
  log(LogLevel::notice, "connected to the broker",
      {{"host", settings_.host}, {"port", cat(settings_.port)}});
  if (listener_ != nullptr) listener_->on_online(facts);
}

void PahoBroker::Session::offline(const std::string& why) {
  if (phase_ == Phase::stopping) return stopped();
  if (phase_ == Phase::resting) return;
  const bool was_online = phase_ == Phase::online;
  // Once for each time away, not for each attempt.
  if (!told_) log(LogLevel::warning, "no broker", {{"why", why}, {"host", settings_.host}});
  told_ = true;
  phase_ = Phase::resting;
  retry();
  if (was_online && listener_ != nullptr) listener_->on_offline(why);
}

void PahoBroker::Session::retry() {
  std::uniform_int_distribution<std::int64_t> part(pause_.count() / 2, pause_.count());
  timer_.expires_after(std::chrono::milliseconds(part(chance_)));
  pause_ = std::min(pause_ * 2, longest_pause);
  timer_.async_wait([self = weak_from_this()](error_code error) {
    const auto alive = self.lock();
    if (!error && alive && alive->phase_ == Phase::resting) alive->connect();
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
    client_.disconnect(static_cast<int>(within.count()), nullptr, leaving_);
  } catch (const mqtt::exception&) {
    timer_.expires_after(std::chrono::milliseconds::zero());
  }
}

void PahoBroker::Session::Leaving::on_success(const mqtt::token&) {
  owner.on_loop([](Session& self) { self.stopped(); });
}

void PahoBroker::Session::Leaving::on_failure(const mqtt::token&) {
  owner.on_loop([](Session& self) { self.stopped(); });
}

void PahoBroker::Session::stopped() {
  timer_.cancel();
  if (const auto done = std::exchange(stopped_, nullptr)) done();
}

Result<> PahoBroker::Session::publish(const Message& message, Ticket ticket) {
  if (phase_ != Phase::online) return fail(ErrorCode::unreachable, "the broker is away");
  try {
    client_.publish(message_from(message), context_of(ticket), publishing_);
  } catch (const mqtt::exception& error) {
    const bool full = error.get_return_code() == MQTTASYNC_MAX_BUFFERED_MESSAGES;
    return fail(full ? ErrorCode::busy : ErrorCode::unreachable, error.what());
  }
  longest_sent_ = std::max(longest_sent_, message.payload.size());
  return {};
}

void PahoBroker::Session::Publishing::on_success(const mqtt::token& token) {
  owner.on_loop([receipt = Receipt{ticket_of(token), Delivery::acknowledged,
                                   static_cast<int>(token.get_reason_code())}](Session& self) {
    self.report(receipt);
  });
}

void PahoBroker::Session::Publishing::on_failure(const mqtt::token& token) {
  const int reason = static_cast<int>(token.get_reason_code());
  owner.on_loop([receipt = Receipt{ticket_of(token), delivery_of(reason), reason}](Session& self) {
    self.report(receipt);
  });
}

void PahoBroker::Session::report(Receipt receipt) {
  if (listener_ != nullptr) listener_->on_receipt(receipt);
}

void PahoBroker::Session::subscribe(const std::string& filter, Retain retained) {
  constexpr bool not_our_own = true;
  constexpr bool keep_retain_mark = true;
  const auto handling = retained == Retain::yes
                            ? mqtt::subscribe_options::SEND_RETAINED_ON_SUBSCRIBE
                            : mqtt::subscribe_options::DONT_SEND_RETAINED;
  try {
    client_.subscribe(filter, at_least_once, nullptr, subscribing_,
                      mqtt::subscribe_options(not_our_own, keep_retain_mark, handling));
  } catch (const mqtt::exception& error) {
    log(LogLevel::warning, "not subscribed", {{"topic", filter}, {"why", error.what()}});
  }
}

void PahoBroker::Session::Subscribing::on_success(const mqtt::token&) {}

void PahoBroker::Session::Subscribing::on_failure(const mqtt::token& token) {
  const auto topics = token.get_topics();
  const bool named = topics && topics->size() > 0;
  log(LogLevel::warning, "the broker refused a subscription",
      {{"topic", named ? (*topics)[0] : std::string("?")},
       {"reason", cat(static_cast<int>(token.get_reason_code()))}});
}

void PahoBroker::Session::unsubscribe(const std::string& filter) {
  try {
    client_.unsubscribe(filter, nullptr, subscribing_);
  } catch (const mqtt::exception& error) {
    log(LogLevel::debug, "not unsubscribed", {{"topic", filter}, {"why", error.what()}});
  }
}

void PahoBroker::Session::reconnect(const std::string& why) {
  if (phase_ != Phase::online) return;
  hang_up();  // Paho tells of it as well; the first word counts
  offline(why);
}

PahoBroker::PahoBroker(asio::any_io_executor loop, BrokerSettings settings, std::string password,
                       Will will, BrokerListener& listener)
    : session_(std::make_shared<Session>(std::move(loop), std::move(settings), std::move(password),
                                         std::move(will), listener)) {}

PahoBroker::~PahoBroker() { session_->detach(); }

void PahoBroker::start() { session_->start(); }

void PahoBroker::stop(std::chrono::milliseconds within, std::function<void()> done) {
  session_->stop(within, std::move(done));
}

Result<> PahoBroker::publish(const Message& message, Ticket ticket) {
  return session_->publish(message, ticket);
}

void PahoBroker::subscribe(std::string filter, Retain retained) {
  session_->subscribe(filter, retained);
}

void PahoBroker::unsubscribe(std::string filter) { session_->unsubscribe(filter); }

void PahoBroker::reconnect(std::string why) { session_->reconnect(why); }

}  // namespace genkan::agent
