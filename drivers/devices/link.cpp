#include "drivers/devices/link.hpp"

#include <utility>

namespace genkan::devices {

namespace {

class BusLink final : public Link {
 public:
  BusLink(boost::asio::any_io_executor loop, bus::Bus::Options options, bus::Bus::Events events)
      : bus_(std::move(loop), std::move(options), std::move(events)) {}

  void submit(bus::Exchange exchange, bus::Lane lane, SteadyTime deadline,
              std::function<void(bus::Answer)> done) override {
    bus_.submit(std::move(exchange), lane, deadline, std::move(done));
  }
  bus::PollId add_poll(const bus::PollSpec& spec) override { return bus_.add_poll(spec); }
  void remove_poll(bus::PollId poll) override { bus_.remove_poll(poll); }
  void hurry(bus::PollId poll) override { bus_.hurry(poll); }
  void set_traits(std::uint8_t unit, bus::UnitTraits traits) override {
    bus_.set_traits(unit, traits);
  }
  void forget_unit(std::uint8_t unit) override { bus_.forget_unit(unit); }
  ports::BusStatistics statistics() const override { return bus_.statistics(); }

 private:
  bus::Bus bus_;
};

}  // namespace

LinkFactory open_buses(boost::asio::any_io_executor loop) {
  return [loop](const domain::BusConfig& config, bus::Bus::Events events) {
    return std::make_unique<BusLink>(loop, bus::Bus::Options{.config = config}, std::move(events));
  };
}

}  // namespace genkan::devices
