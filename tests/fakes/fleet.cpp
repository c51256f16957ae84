#include "tests/fakes/fleet.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace genkan::fakes {

namespace asio = boost::asio;
using domain::Command;
using domain::Field;

namespace {

template <class Word>
std::int32_t as_value(Word word) {
  return static_cast<std::int32_t>(word);
}

// What the hardware makes of a command.
void apply(domain::DeviceState& state, const domain::DeviceCommand& command) {
  switch (command.command) {
    case Command::lock: state.set({Field::bolt}, as_value(domain::Bolt::locked)); break;
    case Command::unlock: state.set({Field::bolt}, as_value(domain::Bolt::unlocked)); break;
    case Command::open:
    case Command::hold_open:
    case Command::on: state.set({Field::output}, as_value(domain::Output::on)); break;
    case Command::end_hold:
    case Command::off: state.set({Field::output}, as_value(domain::Output::off)); break;
    case Command::arm_away: state.set({Field::guard}, as_value(domain::Guard::away)); break;
    case Command::arm_home: state.set({Field::guard}, as_value(domain::Guard::home)); break;
    case Command::disarm: state.set({Field::guard}, as_value(domain::Guard::disarmed)); break;
    case Command::bypass: state.set({Field::bypass}, 1); break;
    case Command::end_bypass: state.set({Field::bypass}, 0); break;
    case Command::release_compartment:
      state.set({Field::compartment_door, command.part}, as_value(domain::Door::open));
      break;
  }
}

}  // namespace

FakeFleet::FakeFleet(asio::any_io_executor loop, const Clock& clock,
                     const domain::ModelCatalog& models)
    : loop_(std::move(loop)), clock_(clock), models_(models) {}

FakeFleet::~FakeFleet() = default;

void FakeFleet::report(const std::string& device,
                       std::initializer_list<std::pair<domain::FieldKey, std::int32_t>> values) {
  const DeviceId id(device);
  domain::Reported now = reported_[id];
  for (const auto& [key, value] : values) now.state.set(key, value);
  now.link = domain::Link::fresh;
  tell(id, std::move(now));
}

void FakeFleet::set_link(const std::string& device, domain::Link link) {
  const DeviceId id(device);
  domain::Reported now = reported_[id];
  now.link = link;
  tell(id, std::move(now));
}

void FakeFleet::set_bus(const std::string& bus, const std::string& fault) {
  bus_faults_[BusId(bus)] = fault;
  if (listener_ != nullptr) listener_->on_bus(BusId(bus), fault);
}

void FakeFleet::let_go() {
  held_back_ = false;
  for (asio::steady_timer* gate : gates_) gate->cancel();
}

void FakeFleet::offer(const std::string& device, std::vector<Command> commands) {
  offered_[DeviceId(device)] = std::move(commands);
}

void FakeFleet::configure(const domain::Inventory& inventory) {
  inventory_ = inventory;
  ++configured_;
  for (const auto& device : inventory_.devices) reported_.try_emplace(device.id);
  std::erase_if(reported_,
                [this](const auto& entry) { return inventory_.device(entry.first) == nullptr; });
}

std::vector<Command> FakeFleet::commands(const DeviceId& device) const {
  if (const auto offered = offered_.find(device); offered != offered_.end()) return offered->second;
  const domain::DeviceConfig* config = inventory_.device(device);
  const domain::ModelInfo* model = config == nullptr ? nullptr : models_.find(config->model);
  if (model == nullptr) return {};
  const auto commands = domain::spec(model->kind).commands;
  return {commands.begin(), commands.end()};
}

std::optional<domain::Reported> FakeFleet::reported(const DeviceId& device) const {
  const auto found = reported_.find(device);
  if (found == reported_.end()) return std::nullopt;
  return found->second;
}

asio::awaitable<domain::Outcome> FakeFleet::execute(DeviceId device, domain::DeviceCommand command,
                                                    SteadyTime deadline) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  while (held_back_) {
    asio::steady_timer gate(loop_, asio::steady_timer::time_point::max());
    gates_.push_back(&gate);
    const auto quiet = asio::as_tuple(asio::use_awaitable);
    const auto ended = co_await gate.async_wait(quiet);
    static_cast<void>(ended);
    std::erase(gates_, &gate);
  }
  if (clock_.steady() >= deadline) co_return domain::Outcome{domain::Verdict::expired, {}, {}, {}};
  executed_.push_back(device.str() + " " + std::string(domain::spec(command.command).name));
  if (act_) {
    auto outcome = act_(device, command);
    co_return outcome;
  }
  co_return succeed(device, command);
}

domain::Outcome FakeFleet::succeed(const DeviceId& device, const domain::DeviceCommand& command) {
  domain::Reported now = reported_[device];
  apply(now.state, command);
  now.link = domain::Link::fresh;
  domain::Outcome outcome{domain::Verdict::done, domain::Reason::none, {}, now.state};
  if (when_ == Report::before_the_end) tell(device, now);
  if (when_ == Report::after_the_end) {
    const std::weak_ptr<bool> alive = alive_;
    asio::post(loop_, [this, alive, device, now] {
      if (!alive.expired()) tell(device, now);
    });
  }
  return outcome;
}

asio::awaitable<Result<domain::Reported>> FakeFleet::refresh(DeviceId device,
                                                             SteadyTime /*deadline*/) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  const auto found = reported_.find(device);
  if (found == reported_.end()) co_return fail(ErrorCode::unknown, "no such device");
  if (found->second.link != domain::Link::fresh) {
    co_return fail(ErrorCode::unreachable, "the device does not answer");
  }
  co_return found->second;
}

void FakeFleet::hold(const DeviceId& device, bool held) {
  if (held) {
    held_.insert(device);
  } else {
    held_.erase(device);
  }
}

std::vector<ports::BusStatistics> FakeFleet::statistics() const {
  std::vector<ports::BusStatistics> list;
  for (const auto& bus : inventory_.buses) {
    ports::BusStatistics statistics;
    statistics.bus = bus.id;
    const auto fault = bus_faults_.find(bus.id);
    statistics.fault = fault == bus_faults_.end() ? "" : fault->second;
    statistics.up = statistics.fault.empty();
    list.push_back(std::move(statistics));
  }
  return list;
}

asio::awaitable<Result<std::vector<std::uint16_t>>> FakeFleet::ask(
    BusId bus, ports::RegisterQuestion question) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  if (inventory_.bus(bus) == nullptr) co_return fail(ErrorCode::unknown, "no such bus");
  asked_ = question;
  if (question.until && clock_.steady() >= *question.until) {
    co_return fail(ErrorCode::timeout, "its time was over");
  }
  co_return question.write.value_or(std::vector<std::uint16_t>(question.count, 7));
}

asio::awaitable<Result<std::vector<ports::ScanHit>>> FakeFleet::scan(BusId /*bus*/,
                                                                     std::uint8_t first,
                                                                     std::uint8_t /*last*/) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  co_return std::vector<ports::ScanHit>{{first, std::chrono::microseconds(900), "answered"}};
}

void FakeFleet::tell(const DeviceId& device, domain::Reported now) {
  now.read_at = clock_.steady();
  now.read_at_wall = clock_.wall();
  const domain::Reported before = reported_[device];
  reported_[device] = now;
  const bool same = before.state == now.state && before.link == now.link;
  if (listener_ != nullptr && !same) listener_->on_reported(device, before, now);
}

}  // namespace genkan::fakes
