#include "tests/unit/services/house.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services::test {

ports::Memory House::first_memory() {
  ports::Memory memory;
  memory.inventory = fakes::small_site();
  return memory;
}

House::House(GatewayPolicy policy, ports::Memory memory, const KeySecrets& secrets)
    : policy_(std::move(policy)), secrets_(secrets) {
  start(std::move(memory));
}

House::~House() { loop.stop(); }

void House::start(ports::Memory memory) {
  store = std::make_unique<fakes::FakeStore>(loop.get_executor(), std::move(memory),
                                             cat("boot-", ++boots_));
  fleet = std::make_unique<fakes::FakeFleet>(loop.get_executor(), clock, models);
  gateway =
      std::make_unique<Gateway>(*fleet, *store, clock, models, policy_,
                                genkan::test::key_means(loop.get_executor(), locks, secrets_));
  gateway->start();
  read_ = 0;
}

void House::settle() {
  loop.restart();
  while (loop.poll() > 0) {
  }
}

void House::pass(std::chrono::seconds time) {
  for (auto left = time; left.count() > 0; left -= std::chrono::seconds(1)) {
    clock.pass(std::chrono::seconds(1));
    gateway->tick();
    settle();
  }
}

void House::restart(Off off) {
  if (off == Off::stopped) {
    std::optional<bool> stopped;
    const auto stop = [](Gateway* its_gateway) -> boost::asio::awaitable<bool> {
      co_await its_gateway->stop();
      co_return true;
    };
    begin(stop(gateway.get()), &stopped);
  }
  ports::Memory memory = store->on_disk();
  gateway.reset();
  fleet.reset();
  store.reset();
  start(std::move(memory));
  settle();
}

boost::asio::awaitable<Result<CommandAnswer>> House::asked(const std::string& device,
                                                           domain::Command command,
                                                           std::string who) {
  return gateway->command({domain::Role::operator_, std::move(who)}, DeviceId(device), {command},
                          std::chrono::seconds(10));
}

CommandAnswer House::command(const std::string& device, domain::Command command,
                             std::uint8_t part) {
  auto answer = run(gateway->command(anna, DeviceId(device), {command, part}, 10s));
  if (!answer) throw std::runtime_error(answer.error().message());
  return std::move(*answer);
}

std::vector<std::string> House::news() {
  settle();
  std::vector<std::string> lines;
  for (; read_ < store->records().size(); ++read_) {
    const domain::RecordDraft& record = store->records()[read_].draft;
    const std::string lane = record.lane == domain::RecordLane::alarm ? "ALARM " : "";
    const std::string device = record.device.empty() ? "" : cat(" ", record.device.str());
    const std::string by = record.actor.empty() ? "" : cat(" by ", record.actor);
    const std::string body =
        record.body.empty() ? "" : cat(" ", std::string_view(json::serialize(record.body)));
    lines.push_back(cat(lane, domain::name_of(record.kind), device, by, body));
  }
  return lines;
}

std::vector<std::string> House::standing() const {
  std::vector<std::string> lines;
  const json::object troubles = gateway->troubles_json();
  for (const auto& value : troubles.at("troubles").as_array()) {
    const json::object& trouble = value.as_object();
    std::string line(trouble.at("kind").as_string());
    if (const auto* device = trouble.if_contains("device")) {
      line += " " + std::string(device->as_string());
    }
    if (const auto* bus = trouble.if_contains("bus")) line += " " + std::string(bus->as_string());
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace genkan::services::test
