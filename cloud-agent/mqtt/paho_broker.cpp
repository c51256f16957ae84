#include "cloud-agent/mqtt/paho_broker.hpp"

#include <utility>

#include "cloud-agent/mqtt/paho_session.hpp"

namespace genkan::mqtt {

PahoBroker::PahoBroker(boost::asio::any_io_executor loop, SessionSettings settings,
                       std::optional<Place> place, BrokerListener& listener)
    : session_(std::make_shared<Session>(std::move(loop), std::move(settings), std::move(place),
                                         listener)) {}

PahoBroker::~PahoBroker() { session_->detach(); }

void PahoBroker::use(std::optional<Place> place) { session_->use(std::move(place)); }

void PahoBroker::start() { session_->start(); }

void PahoBroker::stop(std::chrono::milliseconds within, std::function<void()> done) {
  session_->stop(within, std::move(done));
}

Result<> PahoBroker::publish(const Message& message, Ticket ticket) {
  return session_->publish(message, ticket);
}

void PahoBroker::subscribe(std::string filter, Retain retained, Qos qos) {
  session_->subscribe(filter, retained, qos);
}

void PahoBroker::unsubscribe(std::string filter) { session_->unsubscribe(filter); }

void PahoBroker::reconnect(std::string why) { session_->reconnect(why); }

}  // namespace genkan::mqtt
