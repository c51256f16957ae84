#include "tests/unit/bus/loop.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>

using namespace genkan;
using namespace genkan::bus;

struct BusBench::Loop {
  boost::asio::io_context context{1};
};

BusBench::BusBench(domain::BusConfig config, std::size_t most_commands)
    : loop_(std::make_unique<Loop>()) {
  Bus::Events events{
      .on_poll = [this](const PollReport& report) { reports.push_back(report); },
      .on_unit = [this](std::uint8_t unit, bool dead) { units.emplace_back(unit, dead); },
      .on_line = [this](const std::string& fault) { lines.push_back(fault); }};
  bus_ = std::make_unique<Bus>(
      loop_->context.get_executor(),
      Bus::Options{.config = std::move(config), .most_commands = most_commands}, std::move(events));
}

BusBench::~BusBench() = default;

boost::asio::any_io_executor BusBench::executor() const { return loop_->context.get_executor(); }

bool BusBench::until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto end = Steady::now() + limit;
  while (!done()) {
    if (Steady::now() >= end) return false;
    loop_->context.restart();
    loop_->context.run_one_for(1ms);
  }
  return true;
}

void BusBench::run_for(std::chrono::milliseconds time) {
  until([] { return false; }, time);
}

Answer BusBench::ask(Exchange exchange, Lane lane, std::chrono::milliseconds deadline) {
  std::optional<Answer> answer;
  bus_->submit(std::move(exchange), lane, Steady::now() + deadline,
               [&answer](Answer given) { answer = std::move(given); });
  until([&answer] { return answer.has_value(); });
  return answer.value_or(Answer{.ending = Ending::cancelled});
}

domain::BusConfig serial_config(const std::string& path, std::uint32_t baud) {
  return {.id = BusId("line-a"),
          .name = "Line A",
          .line = domain::SerialLine{.path = path, .baud = baud}};
}

domain::BusConfig tcp_config(const std::string& host, std::uint16_t port) {
  return {
      .id = BusId("tcp-1"), .name = "Link", .line = domain::TcpLink{.host = host, .port = port}};
}

Exchange read_words(std::uint8_t unit, std::uint16_t address, std::uint16_t count) {
  return {.unit = unit, .function = Function::read_holding, .address = address, .count = count};
}

Exchange write_coil(std::uint8_t unit, std::uint16_t address, bool on) {
  return {.unit = unit,
          .function = Function::write_coil,
          .address = address,
          .values = {static_cast<std::uint16_t>(on ? 1 : 0)}};
}
