#include "tests/unit/relay/town.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <doctest/doctest.h>
#include <unistd.h>

#include "cloud-agent/relay/database.hpp"
#include "cloud-agent/relay/founding.hpp"
#include "cloud-agent/relay/topics.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// In memory where there is such a folder: a hundred clouds are founded, each with synced files.
std::filesystem::path fast_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

}  // namespace

Town::Town() : temp_(fast_folder()) {
  set_log_level(LogLevel::error);
  Founding founding;
  founding.settings.name = "demo";
  founding.settings.broker = mqtt::parse_place("ssl://localhost:8883").value();
  const auto founded = found_cloud(folder(), founding, clock.wall());
  REQUIRE_MESSAGE(founded.has_value(), founded.error().message());
  open();
}

void Town::open() {
  cloud_ = Cloud::open(folder()).value();
  authority_.emplace(Authority::load(folder()).value());
  mirror_ = Mirror::open(folder().database()).value();
  relay_ = std::make_unique<Relay>(
      loop_.get_executor(),
      RelayParts{cloud_->settings, *authority_, cloud_->registry, *cloud_->keys, *mirror_, clock,
                 "group"},
      "relay",
      [this](mqtt::BrokerListener&) {
        auto broker = std::make_unique<FakeBroker>();
        broker_ = broker.get();
        return broker;
      },
      [this](const Error& error) { not_kept.push_back(error.message()); });
  REQUIRE(relay_->start().has_value());
  relay_->on_online({});
}

FakeGateway& Town::add(const std::string& id) {
  auto made = std::make_unique<FakeGateway>(id, clock);
  FakeGateway& gateway = *made;
  gateways_[id] = std::move(made);
  const auto file = enrol(office(), {gateway.papers(), cat("SPID-", id), id, {}}, clock.wall());
  REQUIRE_MESSAGE(file.has_value(), file.error().message());
  const auto enrolment = json::parse(*file).as_object();
  for (const auto& each : enrolment.at("command_keys").as_array()) {
    gateway.trust(std::string(each.at("kid").as_string()),
                  P256Public::from_jwk(each.at("key").as_object()).value());
  }
  gateway.certificate =
      Certificate::from_pem(std::string_view(enrolment.at("certificate").as_string())).value();
  deliver(gateway.presence());
  return gateway;
}

void Town::say_online() {
  for (const auto& [id, gateway] : gateways_) deliver(gateway->presence());
}

void Town::deliver(const mqtt::Inbound& message) {
  relay_->on_arrival(message);
  relay_->on_message(message);
  loop_.restart();
  loop_.poll();
}

void Town::deliver(const std::vector<mqtt::Inbound>& messages) {
  for (const auto& message : messages) deliver(message);
}

void Town::serve() {
  int asked = 0;
  std::vector<std::pair<FakeGateway*, mqtt::Message>> requests;
  while (!broker_->sent.empty()) {
    const auto sent = std::exchange(broker_->sent, {});
    for (const auto& [message, ticket] : sent) {
      const auto level = message.topic.substr(9, message.topic.rfind('/') - 9);
      const auto found = gateways_.find(level);
      if (found != gateways_.end()) requests.emplace_back(found->second.get(), message);
      relay_->on_receipt({ticket, mqtt::Delivery::acknowledged, 0});
    }
  }
  for (const auto& [gateway, request] : requests) {
    if (!gateway->answers) continue;
    const int before = gateway->pages;
    const auto reply = gateway->answer(request);
    asked += gateway->pages - before;
    mqtt::Inbound answer;
    answer.topic = request.response_topic;
    answer.payload = reply.body;
    answer.correlation = request.correlation;
    answer.user_properties = {{"status", cat(reply.status)}};
    deliver(answer);
  }
  asked_most = std::max(asked_most, asked);
}

void Town::pass(std::chrono::milliseconds time) {
  for (auto left = time; left > std::chrono::milliseconds::zero(); left -= Relay::tick_every) {
    clock.pass(Relay::tick_every);
    relay_->tick();
    serve();
  }
}

void Town::restart_relay() {
  relay_.reset();
  mirror_.reset();
  cloud_.reset();
  open();
}

void Town::save_database() {
  std::filesystem::remove(temp_.path() / "saved.db");
  const auto database = open_database(folder().database(), Outlives::process).value();
  REQUIRE(
      database.run(cat("VACUUM INTO '", (temp_.path() / "saved.db").string(), "'")).has_value());
}

void Town::restore_database() {
  relay_.reset();
  mirror_.reset();
  cloud_.reset();
  for (const char* end : {"", "-wal", "-shm"}) {
    std::filesystem::remove(folder().database().string() + end);
  }
  std::filesystem::copy_file(temp_.path() / "saved.db", folder().database());
  open();
}

std::vector<std::int64_t> Town::numbers(const std::string& gateway, const std::string& journal) {
  const auto database = open_database(folder().database(), Outlives::process).value();
  auto rows =
      database.prepare("SELECT seq FROM records WHERE gateway = ?1 AND journal = ?2 ORDER BY seq")
          .value();
  rows.bind(1, gateway).bind(2, journal);
  std::vector<std::int64_t> found;
  while (rows.step().value()) found.push_back(rows.integer(0));
  return found;
}

std::int64_t Town::count(const std::string& sql) {
  const auto database = open_database(folder().database(), Outlives::process).value();
  return database.integer(sql).value();
}

}  // namespace genkan::relay
