#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "drivers/bus/bus.hpp"

// A loop and a bus on it, with everything that the bus told.
class BusBench {
 public:
  explicit BusBench(genkan::domain::BusConfig config, std::size_t most_commands = 64);
  ~BusBench();

  genkan::bus::Bus& bus() { return *bus_; }
  void close() { bus_.reset(); }
  boost::asio::any_io_executor executor() const;

  // Runs the loop until `done` says so; false if it did not within `limit`.
  bool until(const std::function<bool()>& done,
             std::chrono::milliseconds limit = std::chrono::seconds(10));
  void run_for(std::chrono::milliseconds time);

  // Asks and waits for the answer.
  genkan::bus::Answer ask(genkan::bus::Exchange exchange,
                          genkan::bus::Lane lane = genkan::bus::Lane::command,
                          std::chrono::milliseconds deadline = std::chrono::seconds(5));

  std::vector<genkan::bus::PollReport> reports;
  std::vector<std::pair<int, bool>> units;  // unit, dead
  std::vector<std::string> lines;           // faults; empty: up

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<genkan::bus::Bus> bus_;
};

genkan::domain::BusConfig serial_config(const std::string& path, std::uint32_t baud = 19'200);
genkan::domain::BusConfig tcp_config(const std::string& host, std::uint16_t port);

genkan::bus::Exchange read_words(std::uint8_t unit, std::uint16_t address, std::uint16_t count = 2);
genkan::bus::Exchange write_coil(std::uint8_t unit, std::uint16_t address, bool on);
