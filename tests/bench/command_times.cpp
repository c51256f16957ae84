#include "tests/bench/command_times.hpp"

#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include <modbus/modbus.h>

#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"

namespace genkan::bench {

using namespace std::chrono_literals;

namespace {

struct Sent {
  std::string device;
  std::string correlation{};
  std::int64_t at_ns = 0;
};

double milliseconds(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) / 1e6;
}

test::MqttRequest plain_call(const std::string& device, std::string_view command) {
  test::MqttRequest request;
  request.path = cat("/v1/devices/", device, "/commands");
  request.body = cat(R"({"command":")", command, R"("})");
  return request;
}

// The coils of these devices, in the order in which they were asked for.
std::vector<double> coil_times(const std::vector<json::object>& moves, std::size_t from,
                               const std::vector<Sent>& sent) {
  std::vector<double> times;
  for (std::size_t i = from; i < moves.size() && times.size() < sent.size(); ++i) {
    const json::object& move = moves[i];
    const Sent& next = sent[times.size()];
    if (move.at("what").as_string() != "coil" || move.at("device").as_string() != next.device) {
      continue;
    }
    times.push_back(milliseconds(next.at_ns, move.at("t_ns").to_number<std::int64_t>()));
  }
  if (times.size() != sent.size()) throw std::runtime_error("a command's coil is missing");
  return times;
}

}  // namespace

CommandTimes command_times(const CommandRun& run) {
  std::mt19937 random(7);
  std::vector<Sent> sent;
  const std::size_t moves_before = run.building.moves().size();
  for (int i = 0; i < run.count; ++i) {
    const int unit = 1 + i % 16;
    if (unit == run.without) continue;
    Sent one{.device = cat(run.prefix, unit)};
    const std::string_view command = i / 16 % 2 == 0 ? "unlock" : "lock";
    const auto request =
        run.request ? run.request(one.device, command) : plain_call(one.device, command);
    one.correlation = run.cloud.send(run.gateway, request, &one.at_ns);
    sent.push_back(one);
    std::this_thread::sleep_for(std::chrono::microseconds(120'000 + random() % 60'000));
  }
  CommandTimes times;
  for (const auto& one : sent) {
    const auto answer = run.cloud.wait_for(
        [&one](const auto& message) { return message.correlation == one.correlation; }, 15s);
    if (!answer || answer->payload.find("\"done\"") == std::string::npos) {
      throw std::runtime_error("a command to " + one.device +
                               " was not done: " + (answer ? answer->payload : "no answer"));
    }
    times.to_answer.push_back(milliseconds(one.at_ns, answer->arrived_ns));
  }
  run.cloud.forget();
  times.to_coil = coil_times(run.building.moves(), moves_before, sent);
  return times;
}

std::vector<double> bare_coil_times(test::Building& building, int broker_port, int count) {
  test::MqttClient cloud(broker_port, "bare-cloud");
  test::MqttClient hand(broker_port, "bare-hand");
  hand.subscribe("bare/coil");
  modbus_t* link = modbus_new_tcp("127.0.0.1", building.tcp_port());
  if (link == nullptr || modbus_connect(link) != 0) throw std::runtime_error("bare loop: no link");
  modbus_set_slave(link, 16);
  std::mt19937 random(7);
  std::vector<Sent> sent;
  const std::size_t moves_before = building.moves().size();
  for (int i = 0; i < count; ++i) {
    hand.forget();
    Sent one{.device = "tcp-16"};
    one.at_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                    std::chrono::steady_clock::now().time_since_epoch())
                    .count();
    sent.push_back(one);
    cloud.publish("bare/coil", i % 2 == 0 ? "1" : "0");
    if (!hand.wait_for([](const auto&) { return true; }, 5s) ||
        modbus_write_bit(link, 0, i % 2 == 0) != 1) {
      throw std::runtime_error("bare loop: no write");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
  }
  modbus_close(link);
  modbus_free(link);
  return coil_times(building.moves(), moves_before, sent);
}

void Rounds::add(const std::vector<double>& times) {
  p50_.push_back(quantile(times, 0.50));
  p99_.push_back(quantile(times, 0.99));
}

double Rounds::p50() const { return median(p50_); }

double Rounds::p99() const { return median(p99_); }

}  // namespace genkan::bench
