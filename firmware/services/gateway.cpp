#include "firmware/services/gateway.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/cloud/cloud.hpp"
#include "firmware/services/commands.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/health.hpp"
#include "firmware/services/holds.hpp"
#include "firmware/services/journal.hpp"
#include "firmware/services/keys/keys.hpp"
#include "firmware/services/keys/slot_owner.hpp"
#include "firmware/services/metrics.hpp"
#include "firmware/services/requests.hpp"
#include "firmware/services/security.hpp"
#include "firmware/services/site.hpp"
#include "firmware/services/site_office.hpp"
#include "firmware/services/transfer/transfer_office.hpp"
#include "firmware/services/troubles.hpp"
#include "firmware/services/views.hpp"
#include "firmware/services/watch.hpp"

namespace genkan::services {

namespace asio = boost::asio;

namespace {

Security::RemoteDisarm remote_disarm(const GatewayPolicy& policy) {
  return policy.remote_disarm ? Security::RemoteDisarm::allowed : Security::RemoteDisarm::refused;
}

// A command that is under way when the gateway stops has this long to end and be recorded.
constexpr std::chrono::seconds stop_wait{3};

Result<> check_install(const domain::Caller& caller, std::string_view what) {
  return check_right(caller, domain::Right::install, what);
}

std::string_view name_of(ports::RegisterQuestion::Table table) {
  switch (table) {
    case ports::RegisterQuestion::Table::coil: return "coil";
    case ports::RegisterQuestion::Table::discrete: return "discrete";
    case ports::RegisterQuestion::Table::holding: return "holding";
    case ports::RegisterQuestion::Table::input: return "input";
  }
  return "holding";
}

// Who hears the fleet: first the journal, then what answers to it.
class Hearing final : public ports::FleetListener {
 public:
  Hearing(Watch& watch, Keys& keys) : watch_(watch), keys_(keys) {}

  void on_reported(const DeviceId& device, const domain::Reported& before,
                   const domain::Reported& now) override {
    watch_.on_reported(device, before, now);
    keys_.on_reported(device, before, now);
  }
  void on_bus(const BusId& bus, const std::string& fault) override { watch_.on_bus(bus, fault); }

 private:
  Watch& watch_;
  Keys& keys_;
};

}  // namespace

bool GatewayPolicy::allows_unsigned(const DeviceId& device, domain::Command command) const {
  if (!domain::allows(domain::Role::cloud, domain::right_to(command))) return false;
  return unsigned_commands ||
         std::ranges::find(allowed_unsigned, std::pair(device, command)) != allowed_unsigned.end();
}

// The services, in the order in which they need one another.
struct Gateway::Services {
  Services(ports::Fleet& its_fleet, ports::Store& its_store, const Clock& its_clock,
           const domain::ModelCatalog& models, GatewayPolicy its_policy, KeyMeans means)
      : fleet(its_fleet),
        store(its_store),
        clock(its_clock),
        policy(std::move(its_policy)),
        directory(models),
        cloud({means.loop, store, fleet, clock, directory, troubles, policy.gateway_id,
               means.secrets.sealed, policy.requests_a_minute}),
        keys({std::move(means.loop), fleet, means.memory, store, clock, directory, troubles,
              commands, policy, means.secrets, std::move(means.random),
              std::move(means.holidays)}) {}

  ports::Fleet& fleet;
  ports::Store& store;
  const Clock& clock;
  const GatewayPolicy policy;
  Directory directory;
  LiveHub live{[this](const DeviceId& device) { return views.device(device); }};
  Troubles troubles{clock, directory, live};
  Requests requests{clock};
  Holds holds{fleet};
  // The keys are asked once they are there: devices report after the start.
  Watch watch{{fleet, store, clock, directory, troubles, requests, holds, live,
               [this](const DeviceId& device, std::uint16_t slot, domain::OperatedBy how) {
                 return slot_owner(keys.sync(), keys.desk().book(), device, slot, how);
               }}};
  Security security{fleet, directory, remote_disarm(policy)};
  Commands commands{{fleet, clock, directory, security, policy, requests, troubles, holds, watch}};
  Cloud cloud;
  Keys keys;
  Hearing hearing{watch, keys};
  SiteOffice site{{fleet, store, clock, directory, troubles, holds, watch, live, keys}};
  TransferOffice transfer{{directory, keys, site}};
  Journal journal{store, cloud};
  Health health{store, clock, troubles};
  Views views{{fleet, store, clock, directory, troubles, holds, policy, cloud}};
  Metrics metrics{{fleet, store, clock, directory, troubles, policy, cloud}};

  domain::RecordDraft record(domain::RecordKind kind) const {
    return {.kind = kind,
            .time = clock.wall(),
            .clock = clock.trust(),
            .device = {},
            .room = {},
            .actor = {},
            .body = {}};
  }

  // Whether a unit has a security panel in it.
  bool is_panel(const BusId& bus, std::uint8_t unit) const {
    return std::ranges::any_of(directory.devices_on(bus), [&](const domain::DeviceConfig* device) {
      const auto* entry = directory.find(device->id);
      return device->unit == unit && entry != nullptr &&
             entry->kind == domain::DeviceKind::security_panel;
    });
  }

  void committed(const std::vector<domain::Record>& records) {
    requests.committed(records);
    journal.committed(records);
    live.records(records);
  }

  // A damaged database stands in the troubles for this run: the next one began anew.
  void tell_set_aside(const std::string& where, ports::Change& change) {
    const auto standing = where.empty() ? domain::Standing::no : domain::Standing::yes;
    troubles.rule({domain::TroubleKind::database_set_aside, {}, {}}, standing, where, change);
  }

  // What the fleet did not tell of by itself, above all at start.
  void compare_lines() {
    for (const auto& bus : fleet.statistics()) {
      const bool down = troubles.stands({domain::TroubleKind::line_down, {}, bus.bus});
      if (bus.up && down) watch.on_bus(bus.bus, "");
      if (!bus.up && !down && !bus.fault.empty()) watch.on_bus(bus.bus, bus.fault);
    }
  }
};

json::object to_json(const CommandAnswer& answer) {
  json::object object;
  object["device"] = answer.device.str();
  object["command"] = domain::spec(answer.command.command).name;
  if (domain::spec(answer.command.command).takes_part) object["part"] = answer.command.part;
  object["verdict"] = domain::name_of(answer.outcome.verdict);
  object["reason"] = domain::name_of(answer.outcome.reason);
  object["message"] = answer.message;
  object["detail"] = answer.outcome.detail;
  object["state"] = domain::to_json(answer.outcome.state);
  object["took_ms"] = answer.took.count();
  object["seq"] = nullptr;
  if (answer.seq) object["seq"] = number(*answer.seq);
  return object;
}

Gateway::Gateway(ports::Fleet& fleet, ports::Store& store, const Clock& clock,
                 const domain::ModelCatalog& models, GatewayPolicy policy, KeyMeans means)
    : services_(std::make_unique<Services>(fleet, store, clock, models, std::move(policy),
                                           std::move(means))) {
  Services* services = services_.get();
  store.listen(
      [services](const std::vector<domain::Record>& records) { services->committed(records); });
  fleet.listen(services->hearing);
}

Gateway::~Gateway() = default;

void Gateway::start() {
  Services& s = *services_;
  const ports::Memory& memory = s.store.memory();
  s.views.started();
  s.site.open(memory.inventory);
  ports::Change change;
  auto started = s.record(domain::RecordKind::started);
  started.body["version"] = s.policy.version;
  change.records.push_back(std::move(started));
  s.troubles.restore(memory.troubles, change);
  s.tell_set_aside(memory.set_aside, change);
  s.site.judge_models(change);
  s.watch.restore(memory.last_states);
  s.fleet.configure(s.directory.usable());
  s.keys.start(memory.keys, change);
  s.cloud.start(memory.cloud);
  const auto devices = s.directory.devices();
  s.holds.restore(memory.held, {devices.begin(), devices.end()}, change);
  s.health.look(change);
  s.watch.submit(std::move(change));
}

void Gateway::tick() {
  Services& s = *services_;
  s.requests.tidy();
  s.watch.tick();
  s.keys.tick();
  ports::Change change;
  if (s.health.look(change)) s.compare_lines();
  s.cloud.tick(change);
  s.watch.submit(std::move(change));
}

asio::awaitable<void> Gateway::stop() {
  Services& s = *services_;
  co_await s.commands.stop(stop_wait);
  ports::Change change;
  change.records.push_back(s.record(domain::RecordKind::stopped));
  const auto committed = co_await s.store.commit(std::move(change));
  static_cast<void>(committed);  // nobody is left to tell
  s.journal.stop();
  s.live.stop();
}

Cloud& Gateway::cloud() { return services_->cloud; }
Keys& Gateway::keys() { return services_->keys; }
void Gateway::models_changed() { services_->site.models_changed(); }
TransferOffice& Gateway::transfer() { return services_->transfer; }

asio::awaitable<Result<CommandAnswer>> Gateway::command(domain::Caller caller, DeviceId device,
                                                        domain::DeviceCommand command,
                                                        std::chrono::milliseconds timeout) {
  return services_->commands.run(std::move(caller), std::move(device), command, timeout);
}

asio::awaitable<Result<domain::Reported>> Gateway::refresh(DeviceId device,
                                                           std::chrono::milliseconds timeout) {
  Services& s = *services_;
  if (s.directory.find(device) == nullptr) co_return fail(s.directory.why_not(device));
  auto reported = co_await s.fleet.refresh(device, s.clock.steady() + timeout);
  if (reported) s.watch.on_reported(device, {}, *reported);
  co_return reported;
}

json::object Gateway::status_json() const { return services_->views.status(); }
json::object Gateway::devices_json() const { return services_->views.devices(); }
std::optional<json::object> Gateway::device_json(const DeviceId& device) const {
  return services_->views.device(device);
}
json::object Gateway::troubles_json() const { return services_->views.troubles(); }
json::object Gateway::buses_json() const { return services_->views.buses(); }
json::object Gateway::models_json() const { return services_->views.models(); }
std::string Gateway::metrics_text() const { return services_->metrics.text(); }
json::object Gateway::hello_json() const {
  return {{"boot", services_->store.boot()}, {"head", number(services_->store.head())}};
}

asio::awaitable<Result<JournalPage>> Gateway::journal(ports::JournalQuery query,
                                                      std::chrono::milliseconds wait) {
  return services_->journal.read(std::move(query), wait);
}

asio::awaitable<Result<Seq>> Gateway::cursor(std::string reader) {
  return services_->store.cursor(std::move(reader));
}

asio::awaitable<Result<>> Gateway::set_cursor(std::string reader, Seq seq) {
  return services_->store.set_cursor(std::move(reader), seq);
}

std::unique_ptr<Subscription> Gateway::subscribe(LiveKinds kinds, std::size_t bound) {
  return services_->live.subscribe(kinds, bound, services_->directory.devices());
}

std::string Gateway::site_export() const { return write_site(services_->directory.inventory()); }

asio::awaitable<Result<SiteAnswer>> Gateway::site_import(domain::Caller caller, std::string text,
                                                         bool check_only) {
  return services_->site.import(std::move(caller), std::move(text), check_only);
}

asio::awaitable<Result<std::vector<std::uint16_t>>> Gateway::ask(domain::Caller caller, BusId bus,
                                                                 ports::RegisterQuestion question) {
  Services& s = *services_;
  if (auto right = check_install(caller, "read or write registers"); !right) {
    co_return fail(right.error());
  }
  if (s.directory.inventory().bus(bus) == nullptr) {
    co_return fail(ErrorCode::unknown, cat("there is no bus '", printable(bus.str()), "'"));
  }
  const bool writes = question.write.has_value();
  question.until = caller.until;
  // Written raw, a register of the panel could disarm (SEC-8).
  const bool from_afar = caller.role == domain::Role::cloud && !s.policy.remote_disarm;
  if (writes && from_afar && s.is_panel(bus, question.unit)) {
    co_return fail(ErrorCode::forbidden,
                   "this unit is a security panel, and disarming from afar is switched off; its "
                   "registers are written at the gateway only");
  }
  auto record = s.record(domain::RecordKind::command_done);
  record.body = {{"command", "write_register"}, {"bus", bus.str()},
                 {"unit", question.unit},       {"table", name_of(question.table)},
                 {"address", question.address}, {"count", writes ? question.write->size() : 0}};
  domain::put_actor(record, caller.name, caller.signed_by);
  auto answer = co_await s.fleet.ask(std::move(bus), std::move(question));
  if (!writes) co_return answer;
  if (!answer) {
    record.kind = domain::RecordKind::command_failed;
    record.body["detail"] = printable(answer.error().message(), 512);
  }
  ports::Change change;
  change.records.push_back(std::move(record));
  s.watch.submit(std::move(change));
  co_return answer;
}

asio::awaitable<Result<std::vector<ports::ScanHit>>> Gateway::scan(domain::Caller caller, BusId bus,
                                                                   std::uint8_t first,
                                                                   std::uint8_t last) {
  Services& s = *services_;
  if (auto right = check_install(caller, "scan a bus"); !right) co_return fail(right.error());
  if (s.directory.inventory().bus(bus) == nullptr) {
    co_return fail(ErrorCode::unknown, cat("there is no bus '", printable(bus.str()), "'"));
  }
  if (first > last) {
    co_return fail(ErrorCode::invalid, cat("'first' is ", first, ", behind 'last' (", last, ")"));
  }
  auto hits = co_await s.fleet.scan(std::move(bus), first, last);
  co_return hits;
}

}  // namespace genkan::services
