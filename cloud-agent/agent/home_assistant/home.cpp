#include "cloud-agent/agent/home_assistant/home.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "cloud-agent/agent/home_assistant/entities.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent::home_assistant {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds command_time{10'500};  // genkand's own 10 s, and its answer
constexpr std::chrono::seconds refusal_log_every{10};
// Who it is in the journal.
constexpr const char* subject = "home-assistant";
}  // namespace

Home::Home(asio::any_io_executor loop, Daemon& daemon, Window& window, const Topics& topics,
           Settings settings, std::string gateway)
    : loop_(std::move(loop)),
      daemon_(daemon),
      topics_(topics),
      settings_(std::move(settings)),
      gateway_(std::move(gateway)),
      names_(settings_.prefix, gateway_),
      feed_(
          window, mirror_, [this](const DeviceId& id) { return names_.config(id); },
          "an announcement for Home Assistant") {}

void Home::online(SteadyTime now) {
  takes_from_ = now + settling;
  feed_.online();
}

void Home::version(std::string_view version) {
  if (version == version_) return;
  version_ = version;
  announce_gateway();
  for (const auto& [id, known] : known_) announce(id, known);
}

void Home::device(const json::object& device) {
  if (!settings_.enabled) return;
  const json::value* id = device.if_contains("id");
  if (id == nullptr || !id->is_string()) return;
  auto parsed = parse_id<DeviceId>(std::string_view(id->as_string()));
  if (!parsed) return;
  if (known_.size() >= RetainedMirror::most_devices && !known_.contains(*parsed)) return;
  Known& known = known_[*parsed];
  const json::value* state = device.if_contains("state");
  if (state != nullptr && state->is_object()) note_fields(known.fields, state->as_object());
  known.device = device;
  for (const char* changing : {"state", "read_at", "age_ms", "held", "troubles", "link"}) {
    known.device.erase(changing);
  }
  announce(*parsed, known);
}

void Home::inventory(const std::set<DeviceId>& devices) {
  std::set<DeviceId> all;
  if (settings_.enabled) {
    all = devices;
    all.insert(Names::gateway_object());
  }
  std::erase_if(known_, [&all](const auto& entry) { return !all.contains(entry.first); });
  mirror_.inventory(all);
  announce_gateway();
  feed_.pump();
}

// Not before it was read once: a device announced without its fields would lose, in Home Assistant,
// what belongs to them.
void Home::announce(const DeviceId& id, const Known& known) {
  if (version_.empty() || known.fields.empty()) return;
  std::string text = json::serialize(
      device_message(known.device, known.fields, gateway_, topics_, names_, version_));
  mirror_.want(id, text, text);
}

void Home::announce_gateway() {
  if (version_.empty() || !settings_.enabled) return;
  std::string text = json::serialize(gateway_message(gateway_, topics_, names_, version_));
  mirror_.want(Names::gateway_object(), text, text);
}

std::string Home::fault(const DeviceId& device, const mqtt::Inbound& message, SteadyTime now,
                        const Result<Wish>& wish) const {
  if (message.retained) {
    return "it is retained: it would run again at every reconnect";
  }
  if (now < takes_from_) return "it may have been waiting at the broker while we were away";
  if (!wish) return wish.error().message();
  if (!known_.contains(device)) return "there is no such device";
  if (in_hand_ >= most_in_hand) return cat(most_in_hand, " others are in hand");
  return {};
}

void Home::wish(const DeviceId& device, const mqtt::Inbound& message, SteadyTime now) {
  if (!settings_.enabled) return;
  auto wish = read_wish(message.payload);
  if (const auto why = fault(device, message, now, wish); !why.empty()) {
    return refuse(device, why);
  }
  ++in_hand_;
  asio::co_spawn(loop_, carry_out(device, *std::move(wish)), asio::detached);
}

asio::awaitable<void> Home::carry_out(DeviceId device, Wish wish) {
  ApiRequest request;
  request.method = "POST";
  request.target = cat("/v1/devices/", device.str(), "/commands");
  json::object body;
  body["command"] = wish.command;
  if (wish.part) body["part"] = *wish.part;
  request.body = json::serialize(body);
  request.headers.emplace_back("Genkan-Subject", subject);
  const auto response = co_await daemon_.pass_on(std::move(request), command_time);
  --in_hand_;
  if (response && response->status == 200) {
    ++counts_.carried_out;
    co_return;
  }
  refuse(device, cat("genkand did not carry out '", wish.command, "': ",
                     response ? printable(response->body, 200) : response.error().message()));
}

void Home::refuse(const DeviceId& device, std::string_view why) {
  ++counts_.refused;
  const auto now = Steady::now();
  if (refusal_logged_ != SteadyTime{} && now - refusal_logged_ < refusal_log_every) return;
  refusal_logged_ = now;
  log(LogLevel::warning, "Home Assistant's wish refused",
      {{"device", device.str()}, {"why", why}, {"refused", cat(counts_.refused)}});
}

}  // namespace genkan::agent::home_assistant
