#include "tests/long/fleet/town.hpp"

#include <functional>
#include <stdexcept>
#include <thread>

#include <signal.h>

#include "cloud-agent/relay/cloud.hpp"
#include "cloud-agent/relay/enrolment.hpp"
#include "firmware/base/text.hpp"
#include "tests/integration/signer.hpp"

namespace genkan::fleet {

using namespace std::chrono_literals;

namespace {

using Moment = std::chrono::steady_clock::time_point;

// Shorter than the contract's 30 s, so that the test sees it.
constexpr std::uint32_t will_delay_s = 5;
constexpr auto answer_within = 20s;

Moment now() { return std::chrono::steady_clock::now(); }

double seconds_since(Moment began) { return std::chrono::duration<double>(now() - began).count(); }

template <class Value>
Value taken(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return *std::move(result);
}

// Looking at thousands of rows takes a millisecond: seldom enough to disturb nothing.
std::optional<double> wait(const std::function<bool()>& holds, std::chrono::seconds within) {
  const auto began = now();
  while (!holds()) {
    if (now() - began > within) return std::nullopt;
    std::this_thread::sleep_for(50ms);
  }
  return seconds_since(began);
}

std::string id_of(unsigned number) { return cat("fleet-", number); }

Gateway::Setup enrol_one(const relay::Office& office, unsigned number) {
  Gateway::Setup setup;
  setup.id = id_of(number);
  setup.number = number;
  setup.will_delay_s = will_delay_s;
  const P256Key key = P256Key::make();
  const auto csr = taken(make_csr_pem(key, setup.id));
  const auto wall = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto file = taken(relay::enrol(office, {csr, cat("SPID-", number), setup.id, {}}, wall));
  const auto enrolment = taken(parse_json(file, 64 * 1024)).as_object();
  setup.certificate = std::string(enrolment.at("certificate").as_string());
  setup.kid = std::string(enrolment.at("command_keys").as_array().at(0).at("kid").as_string());
  setup.key = key.to_pem();
  return setup;
}

}  // namespace

Town::Town(unsigned gateways) : cloud_(folder_.path() / "cloud"), most_(gateways) {
  cloud_.start_broker();
  cloud_.start();
  mirror_.emplace(cloud_);
  fleet_.emplace(cloud_.path("ca.pem").string(), static_cast<std::uint16_t>(cloud_.port()));
}

double Town::enrol() {
  const auto began = now();
  const relay::Folder folder(cloud_.path(""));
  const auto cloud = taken(relay::Cloud::open(folder));
  const auto authority = taken(relay::Authority::load(folder));
  const relay::Office office{cloud->settings, authority, cloud->registry, *cloud->keys};
  for (unsigned i = 0; i < most_; ++i) setups_.push_back(enrol_one(office, i));
  return seconds_since(began);
}

double Town::grow(unsigned count) {
  const auto began = now();
  fleet_->add({setups_.begin() + grown_, setups_.begin() + count});
  grown_ = count;
  if (!wait_online(count, 120s)) throw std::runtime_error("the gateways do not come online");
  return seconds_since(began);
}

std::optional<double> Town::wait_online(std::int64_t count, std::chrono::seconds within) {
  return wait([&] { return fleet_->totals().online == count && mirror_->totals().online == count; },
              within);
}

std::optional<double> Town::wait_whole(std::chrono::seconds within) {
  return wait(
      [&] {
        const auto fleet = fleet_->totals();
        if (fleet.online != fleet.gateways || fleet.acknowledged != fleet.gateways) return false;
        const auto mirror = mirror_->totals();
        return mirror.online == fleet.gateways && mirror.whole == fleet.head;
      },
      within);
}

std::string Town::next_gateway() {
  // A step that meets them all, in no order that anything could prefer.
  constexpr unsigned step = 7919;
  return id_of(asked_++ * step % grown_);
}

std::vector<double> Town::command_times(int count) {
  if (!client_) client_.emplace(cloud_.own_port(), "fleet-commander", cloud_.tls());
  const auto kid = cloud_.kid();
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto gateway = next_gateway();
    const test::RequestSigner signer(cloud_.path("keys") / (kid + ".key"), kid, gateway);
    test::MqttRequest request;
    request.path = "/v1/signed";
    request.body = signer.command("lock-101", i % 2 == 0 ? "lock" : "unlock");
    std::int64_t sent_ns = 0;
    const auto correlation = client_->send(gateway, request, &sent_ns);
    const auto answer = client_->take(
        [&](const auto& message) { return message.correlation == correlation; }, answer_within);
    if (!answer || answer->payload.find("\"done\"") == std::string::npos) {
      throw std::runtime_error(cat("a command to ", gateway, " was not done: ",
                                   answer ? answer->payload : std::string("no answer")));
    }
    times.push_back(static_cast<double>(answer->arrived_ns - sent_ns) / 1e6);
  }
  return times;
}

std::vector<double> Town::send_times(int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto began = now();
    const auto answer = cloud_.run(
        {"send", next_gateway(), "POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})"});
    if (answer.code != 0) throw std::runtime_error("genkan-cloud send: " + answer.output);
    times.push_back(seconds_since(began) * 1e3);
  }
  return times;
}

void Town::kill_broker() {
  cloud_.broker().signal(SIGKILL);
  cloud_.broker().wait(5s);
  // Nobody may count as connected who only has not noticed yet.
  if (!wait([this] { return fleet_->totals().online == 0; }, 10s)) {
    throw std::runtime_error("connections outlive their broker");
  }
  cloud_.start_broker();
  client_.reset();
}

Cost Town::cost() {
  return {seconds_since(Moment{}), cloud_.process().use().processor_seconds,
          cloud_.broker().use().processor_seconds};
}

double Town::cloud_mib() { return static_cast<double>(cloud_.process().use().resident_kib) / 1024; }

double Town::broker_mib() { return static_cast<double>(cloud_.broker().use().resident_kib) / 1024; }

}  // namespace genkan::fleet
