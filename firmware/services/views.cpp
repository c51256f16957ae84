#include "firmware/services/views.hpp"

#include <array>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

json::object counts_json(const ports::ExchangeCounts& counts) {
  return {{"asked", counts.asked},
          {"answered", counts.answered},
          {"silent", counts.silent},
          {"late", counts.late},
          {"garbage", counts.garbage},
          {"partial", counts.partial},
          {"wrong_unit", counts.wrong_unit},
          {"wrong_crc", counts.wrong_crc},
          {"wrong_function", counts.wrong_function},
          {"wrong_length", counts.wrong_length},
          {"wrong_echo", counts.wrong_echo},
          {"exceptions", counts.exceptions}};
}

json::object unit_json(const ports::UnitStatistics& unit) {
  return {{"unit", unit.unit},
          {"dead", unit.dead},
          {"round_trip_median_us", unit.round_trip_median.count()},
          {"round_trip_worst_us", unit.round_trip_worst.count()},
          {"counts", counts_json(unit.counts)}};
}

std::string port_of(const domain::BusConfig& bus) {
  if (const auto* tcp = std::get_if<domain::TcpLink>(&bus.line)) {
    return cat(tcp->host, ":", tcp->port);
  }
  return std::get<domain::SerialLine>(bus.line).path;
}

template <class List>
json::array ids_json(const List& list) {
  json::array ids;
  for (const auto& id : list) ids.emplace_back(id.str());
  return ids;
}

template <class List>
json::array command_names(const List& commands) {
  json::array names;
  for (const auto command : commands) names.emplace_back(domain::spec(command).name);
  return names;
}

// What the cloud may give unsigned of what the model takes.
template <class List>
json::array cloud_commands(const GatewayPolicy& policy, const DeviceId& device,
                           const List& commands) {
  json::array names;
  for (const auto command : commands) {
    if (policy.allows_unsigned(device, command)) names.emplace_back(domain::spec(command).name);
  }
  return names;
}

json::array troubles_json(const std::vector<domain::Trouble>& troubles) {
  json::array list;
  for (const auto& trouble : troubles) list.emplace_back(to_json(trouble));
  return list;
}

}  // namespace

json::object Views::status() const {
  const auto health = needs_.store.health();
  json::array buses;
  for (const auto& bus : needs_.fleet.statistics()) {
    buses.push_back(json::object{{"id", bus.bus.str()}, {"up", bus.up}, {"fault", bus.fault}});
  }
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(needs_.clock.steady() - started_.steady);
  json::object status;
  status["gateway"] = needs_.policy.gateway_id;
  status["contract"] = needs_.directory.inventory().contract;
  status["version"] = needs_.policy.version;
  status["boot"] = needs_.store.boot();
  status["started"] = format_time(started_.wall);
  status["uptime_s"] = uptime.count();
  status["clock"] = needs_.clock.trust() == ClockTrust::trusted ? "trusted" : "untrusted";
  status["journal"] = json::object{{"id", needs_.cloud.journal_id()},
                                   {"head", number(needs_.store.head())},
                                   {"oldest", number(needs_.store.oldest())}};
  status["storage"] = json::object{{"failing", health.failing},
                                   {"fault", health.fault},
                                   {"database_bytes", health.database_bytes},
                                   {"free_bytes", health.free_bytes},
                                   {"commits", health.commits},
                                   {"records_waiting", health.records_waiting},
                                   {"records_lost", health.records_lost}};
  status["buses"] = std::move(buses);
  status["devices"] = needs_.directory.inventory().devices.size();
  status["troubles"] = needs_.troubles.count();
  status["cloud"] = needs_.cloud.link().view();
  return status;
}

json::object Views::devices() const {
  json::array list;
  for (const auto& device : needs_.directory.inventory().devices) {
    list.emplace_back(device_json(device));
  }
  return {{"devices", std::move(list)}};
}

std::optional<json::object> Views::device(const DeviceId& device) const {
  const domain::DeviceConfig* config = needs_.directory.inventory().device(device);
  if (config == nullptr) return std::nullopt;
  return device_json(*config);
}

json::object Views::device_json(const domain::DeviceConfig& device) const {
  const Directory::Entry* entry = needs_.directory.find(device.id);
  const auto reported = needs_.fleet.reported(device.id).value_or(domain::Reported{});
  json::object object;
  object["id"] = device.id.str();
  object["name"] = device.name;
  object["kind"] = entry == nullptr ? "unknown" : domain::spec(entry->kind).name;
  object["model"] = device.model;
  object["bus"] = device.bus.str();
  object["unit"] = device.unit;
  object["channel"] = device.channel;
  object["rooms"] = ids_json(device.rooms);
  if (device.purpose) object["purpose"] = domain::name_of(*device.purpose);
  if (device.panel) object["panel"] = device.panel->str();
  const auto commands = needs_.fleet.commands(device.id);
  object["commands"] = command_names(commands);
  object["cloud_commands"] = cloud_commands(needs_.policy, device.id, commands);
  object["state"] = domain::to_json(reported.state);
  object["link"] = domain::name_of(reported.link);
  object["read_at"] = nullptr;
  object["age_ms"] = nullptr;
  if (!reported.state.empty()) {
    const auto age = needs_.clock.steady() - reported.read_at;
    object["read_at"] = format_time(reported.read_at_wall);
    object["age_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(age).count();
  }
  object["held"] = needs_.holds.held(device.id);
  object["troubles"] = troubles_json(needs_.troubles.of(device.id));
  return object;
}

json::object Views::troubles() const {
  return {{"troubles", troubles_json(needs_.troubles.all())}};
}

json::object Views::buses() const {
  json::array list;
  for (const auto& bus : needs_.fleet.statistics()) {
    const domain::BusConfig* config = needs_.directory.inventory().bus(bus.bus);
    json::array units;
    for (const auto& unit : bus.units) units.emplace_back(unit_json(unit));
    json::object object;
    object["id"] = bus.bus.str();
    object["name"] = config == nullptr ? std::string{} : config->name;
    object["port"] = config == nullptr ? std::string{} : port_of(*config);
    object["up"] = bus.up;
    object["fault"] = bus.fault;
    object["wire_share"] = bus.wire_share;
    object["waiting"] = bus.waiting;
    object["reopened"] = bus.reopened;
    object["counts"] = counts_json(bus.counts);
    object["units"] = std::move(units);
    list.emplace_back(std::move(object));
  }
  return {{"buses", std::move(list)}};
}

json::object Views::models() const {
  json::array list;
  for (const auto name : needs_.directory.models().names()) {
    const domain::ModelInfo* model = needs_.directory.models().find(name);
    if (model == nullptr) continue;
    json::object object;
    object["model"] = model->model;
    object["title"] = model->title;
    object["kind"] = domain::spec(model->kind).name;
    object["hardware"] = model->hardware;
    object["channels"] = model->channels;
    object["commands"] = command_names(model->commands);
    list.emplace_back(std::move(object));
  }
  return {{"models", std::move(list)}};
}

}  // namespace genkan::services
