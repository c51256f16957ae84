#include "drivers/bus/bus.hpp"

#include <utility>

#include "drivers/bus/worker.hpp"

namespace genkan::bus {

Bus::Bus(boost::asio::any_io_executor loop, Options options, Events events)
    : worker_(std::make_unique<Worker>(std::move(loop), options, std::move(events))) {}

Bus::~Bus() = default;

void Bus::submit(Exchange exchange, Lane lane, SteadyTime deadline,
                 std::function<void(Answer)> done) {
  worker_->submit(std::move(exchange), lane, deadline, std::move(done));
}

PollId Bus::add_poll(const PollSpec& spec) { return worker_->add_poll(spec); }

void Bus::remove_poll(PollId poll) { worker_->remove_poll(poll); }

void Bus::hurry(PollId poll) { worker_->hurry(poll); }

void Bus::set_traits(std::uint8_t unit, UnitTraits traits) { worker_->set_traits(unit, traits); }

void Bus::forget_unit(std::uint8_t unit) { worker_->forget_unit(unit); }

bool Bus::up() const { return worker_->up(); }

ports::BusStatistics Bus::statistics() const { return worker_->statistics(); }

}  // namespace genkan::bus
