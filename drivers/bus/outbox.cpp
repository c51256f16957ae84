#include "drivers/bus/outbox.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace genkan::bus {

Outbox::Outbox(boost::asio::any_io_executor loop, Bus::Events events)
    : loop_(std::move(loop)), receiver_(std::make_shared<Receiver>()) {
  receiver_->events = std::move(events);
}

void Outbox::answer(std::function<void(Answer)> done, Answer answer) {
  if (!done) return;
  boost::asio::post(loop_, [done = std::move(done), answer = std::move(answer)]() mutable {
    done(std::move(answer));
  });
}

void Outbox::reports(std::vector<PollReport> reports) {
  if (reports.empty() || !receiver_->events.on_poll) return;
  boost::asio::post(loop_, [receiver = receiver_, reports = std::move(reports)] {
    for (const PollReport& report : reports) {
      if (receiver->listening.load()) receiver->events.on_poll(report);
    }
  });
}

void Outbox::unit(std::uint8_t unit, bool dead) {
  if (!receiver_->events.on_unit) return;
  boost::asio::post(loop_, [receiver = receiver_, unit, dead] {
    if (receiver->listening.load()) receiver->events.on_unit(unit, dead);
  });
}

void Outbox::line(std::string fault) {
  if (!receiver_->events.on_line) return;
  boost::asio::post(loop_, [receiver = receiver_, fault = std::move(fault)] {
    if (receiver->listening.load()) receiver->events.on_line(fault);
  });
}

void Outbox::silence() { receiver_->listening.store(false); }

}  // namespace genkan::bus
