#include "tests/unit/devices/fake_wire.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace genkan::devices::test {

using bus::Ending;

namespace {

constexpr auto cycle = 100ms;           // of all polls
constexpr auto time_out = 200ms;        // a silent exchange
constexpr auto probe_pause = 1000ms;    // of a dead unit
constexpr auto repeat_report = 1000ms;  // of an unchanged poll

bus::Answer ended(Ending ending, SteadyTime at, bool sent) {
  bus::Answer answer;
  answer.ending = ending;
  answer.at = at;
  answer.sent = sent;
  return answer;
}

bool is_write(bus::Function function) { return static_cast<int>(function) >= 5; }

bus::Table table_of(bus::Function function) {
  switch (function) {
    case bus::Function::read_coils:
    case bus::Function::write_coil:
    case bus::Function::write_coils: return bus::Table::coil;
    case bus::Function::read_discretes: return bus::Table::discrete;
    case bus::Function::read_input: return bus::Table::input;
    default: return bus::Table::holding;
  }
}

}  // namespace

class FakeLink final : public Link {
 public:
  explicit FakeLink(FakeWire& wire) : wire_(wire) {}
  ~FakeLink() override { wire_.close(); }
  void submit(bus::Exchange exchange, bus::Lane lane, SteadyTime deadline,
              std::function<void(bus::Answer)> done) override {
    wire_.submit({std::move(exchange), lane, deadline, std::move(done)});
  }
  bus::PollId add_poll(const bus::PollSpec& spec) override { return wire_.add_poll(spec); }
  void remove_poll(bus::PollId poll) override { wire_.polls_.erase(poll); }
  void hurry(bus::PollId poll) override {
    ++wire_.hurried;
    wire_.time_.call_at(wire_.time_.steady() + wire_.round_trip,
                        [&wire = wire_, poll] { wire.ask(poll, true); });
  }
  void set_traits(std::uint8_t unit, bus::UnitTraits traits) override {
    wire_.traits[unit] = traits;
  }
  void forget_unit(std::uint8_t unit) override { wire_.forgotten.insert(unit); }
  ports::BusStatistics statistics() const override {
    ports::BusStatistics statistics;
    statistics.up = wire_.fault_.empty();
    statistics.counts.asked = wire_.asked;
    return statistics;
  }

 private:
  FakeWire& wire_;
};

std::unique_ptr<Link> FakeWire::open(bus::Bus::Events events) {
  events_ = std::move(events);
  ++opened;
  return std::make_unique<FakeLink>(*this);
}

void FakeWire::close() {
  polls_.clear();
  while (!waiting_.empty()) {
    complete(waiting_.begin()->first, ended(Ending::cancelled, time_.steady(), false));
  }
  events_ = {};
}

void FakeWire::set_line(const std::string& fault) {
  fault_ = fault;
  boost::asio::post(io_, [on_line = events_.on_line, fault] {
    if (on_line) on_line(fault);
  });
}

void FakeWire::submit(Waiting waiting) {
  ++asked;
  const std::uint8_t unit = waiting.exchange.unit;
  const std::uint64_t number = ++last_exchange_;
  waiting_.emplace(number, std::move(waiting));
  const auto bulk = std::ranges::count_if(
      waiting_, [](const auto& entry) { return entry.second.lane == bus::Lane::bulk; });
  most_bulk_waiting = std::max(most_bulk_waiting, static_cast<std::size_t>(bulk));
  if (stuck) return;
  const SteadyTime begins = time_.steady() + queue_time;
  const SteadyTime deadline = waiting_.at(number).deadline;
  if (begins > deadline) {
    time_.call_at(deadline, [this, number, deadline] {
      if (waiting_.contains(number)) complete(number, ended(Ending::expired, deadline, false));
    });
    return;
  }
  const auto takes = silent.contains(unit) ? time_out : round_trip;
  time_.call_at(begins + takes, [this, number] { run(number); });
}

void FakeWire::run(std::uint64_t number) {
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;
  const Waiting& waiting = found->second;
  const bus::Exchange& exchange = waiting.exchange;
  const SteadyTime now = time_.steady();
  if (!fault_.empty()) return complete(number, ended(Ending::line_down, now, false));
  exchanges.push_back(exchange);
  const std::optional<Fate> told = fate ? fate(exchange) : std::nullopt;
  bus::Answer answer = is_write(exchange.function) ? answer_write(exchange, waiting.lane, told)
                                                   : answer_read(exchange, told);
  count_silence(exchange.unit, answer.ending == Ending::silent);
  complete(number, std::move(answer));
}

bus::Answer FakeWire::answer_read(const bus::Exchange& exchange, std::optional<Fate> told) {
  const SteadyTime now = time_.steady();
  if (told && *told != Fate::taken) {
    const bool damaged = *told == Fate::damaged_echo;
    bus::Answer answer = ended(damaged ? Ending::wrong_crc : Ending::silent, now, true);
    if (*told == Fate::exception) answer.ending = Ending::exception;
    answer.exception = *told == Fate::exception ? exception : std::uint8_t{0};
    return answer;
  }
  return read(exchange.unit, table_of(exchange.function), exchange.address, exchange.count);
}

bus::Answer FakeWire::answer_write(const bus::Exchange& exchange, bus::Lane lane,
                                   std::optional<Fate> told) {
  const SteadyTime now = time_.steady();
  if (silent.contains(exchange.unit)) return ended(Ending::silent, now, true);
  auto& list = fates[exchange.unit];
  Fate becomes = told.value_or(Fate::taken);
  if (!told && !list.empty()) {
    becomes = list.front();
    list.erase(list.begin());
  }
  if (becomes == Fate::exception) {
    bus::Answer answer = ended(Ending::exception, now, true);
    answer.exception = exception;
    return answer;
  }
  if (becomes == Fate::lost) return ended(Ending::silent, now, true);
  for (std::size_t i = 0; i < exchange.values.size(); ++i) {
    const auto address = static_cast<std::uint16_t>(exchange.address + i);
    const bus::Table table = table_of(exchange.function);
    at(exchange.unit, table, address) = exchange.values[i];
    writes.push_back({exchange.unit, table, address, exchange.values[i], now, lane});
    if (physics) physics(writes.back());
  }
  switch (becomes) {
    case Fate::lost_echo: return ended(Ending::silent, now, true);
    case Fate::damaged_echo: return ended(Ending::wrong_crc, now, true);
    default: return ended(Ending::answered, now, true);
  }
}

bus::Answer FakeWire::read(std::uint8_t unit, bus::Table table, std::uint16_t address,
                           std::uint16_t count) {
  const SteadyTime now = time_.steady();
  if (!fault_.empty()) return ended(Ending::line_down, now, false);
  if (silent.contains(unit)) return ended(Ending::silent, now, true);
  if (crc.contains(unit)) return ended(Ending::wrong_crc, now, true);
  if (refused_reads.contains({unit, address})) {
    bus::Answer refused = ended(Ending::exception, now, true);
    refused.exception = 2;
    return refused;
  }
  if (before_read) before_read(unit);
  bus::Answer answer = ended(Ending::answered, now, true);
  for (std::uint16_t i = 0; i < count; ++i) {
    answer.values.push_back(at(unit, table, static_cast<std::uint16_t>(address + i)));
  }
  return answer;
}

void FakeWire::complete(std::uint64_t number, bus::Answer answer) {
  auto node = waiting_.extract(number);
  boost::asio::post(
      io_, [done = std::move(node.mapped().done), answer = std::move(answer)] { done(answer); });
}

void FakeWire::count_silence(std::uint8_t unit, bool is_silent) {
  int& count = silences_[unit];
  const bool was_dead = count >= 2;
  count = is_silent ? count + 1 : 0;
  const bool dead = count >= 2;
  if (dead == was_dead) return;
  boost::asio::post(io_, [on_unit = events_.on_unit, unit, dead] {
    if (on_unit) on_unit(unit, dead);
  });
}

bus::PollId FakeWire::add_poll(const bus::PollSpec& spec) {
  ++polls_added;
  const bus::PollId id = ++last_poll_;
  polls_[id].spec = spec;
  schedule(id, 10ms);
  return id;
}

void FakeWire::schedule(bus::PollId id, std::chrono::milliseconds in) {
  time_.call_at(time_.steady() + in, [this, id] {
    if (!polls_.contains(id)) return;
    ask(id, false);
    const Poll& poll = polls_[id];
    const bool dead = silences_[poll.spec.unit] >= 2;
    schedule(id,
             dead ? probe_pause : std::max<std::chrono::milliseconds>(cycle, poll.spec.interval));
  });
}

void FakeWire::ask(bus::PollId id, bool is_hurried) {
  const auto found = polls_.find(id);
  if (found == polls_.end() || stuck) return;
  Poll& poll = found->second;
  ++asked;
  bus::Answer answer = read(poll.spec.unit, poll.spec.table, poll.spec.address, poll.spec.count);
  const bool changed =
      !poll.ever || answer.ending != poll.last.ending || answer.values != poll.last.values;
  count_silence(poll.spec.unit, answer.ending == Ending::silent);
  poll.last = answer;
  if (!changed && !is_hurried && time_.steady() - poll.posted < repeat_report) return;
  poll.ever = true;
  poll.posted = time_.steady();
  boost::asio::post(io_, [on_poll = events_.on_poll, report = bus::PollReport{id, answer}] {
    if (on_poll) on_poll(report);
  });
}

}  // namespace genkan::devices::test
