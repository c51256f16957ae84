#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/services/gateway.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/fleet.hpp"
#include "tests/fakes/lock_memory.hpp"
#include "tests/fakes/models.hpp"
#include "tests/fakes/store.hpp"
#include "tests/unit/key_means.hpp"
#include "tests/unit/lines.hpp"

namespace genkan::services::test {

// A gateway over fakes, with the small site, and the means to restart it.
class House {
 public:
  explicit House(GatewayPolicy policy = {}, ports::Memory memory = first_memory(),
                 const KeySecrets& secrets = genkan::test::key_secrets());
  ~House();

  static ports::Memory first_memory();

  // Runs what is ready on the loop.
  void settle();
  void pass(std::chrono::seconds time);  // second by second, with a tick each
  // Switches off and on: the disk stays. `whole` false: like kill -9, what is not on disk is gone.
  enum class Off { stopped, killed };
  void restart(Off off = Off::stopped);

  template <class Value>
  Value run(boost::asio::awaitable<Value> work) {
    std::optional<Value> result;
    boost::asio::co_spawn(loop, keep(std::move(work), &result), boost::asio::detached);
    const auto end = Steady::now() + std::chrono::seconds(10);
    loop.restart();
    while (!result && Steady::now() < end) loop.run_one_for(std::chrono::milliseconds(50));
    if (!result) throw std::runtime_error("the work did not end");
    settle();
    return std::move(*result);
  }
  // Begins it; the result appears in `*result`.
  template <class Value>
  void begin(boost::asio::awaitable<Value> work, std::optional<Value>* result) {
    boost::asio::co_spawn(loop, keep(std::move(work), result), boost::asio::detached);
    settle();
  }

  CommandAnswer command(const std::string& device, domain::Command command, std::uint8_t part = 0);
  boost::asio::awaitable<Result<CommandAnswer>> asked(const std::string& device,
                                                      domain::Command command,
                                                      std::string who = "user:anna");

  // The journal since the last call, a line a record: "ALARM forced_open lock-101 by x {…}".
  std::vector<std::string> news();
  std::vector<std::string> standing() const;  // "door_left_open lock-101"

  boost::asio::io_context loop;
  fakes::FakeClock clock;
  fakes::FakeModels models;
  std::unique_ptr<fakes::FakeStore> store;
  std::unique_ptr<fakes::FakeFleet> fleet;
  fakes::FakeLockMemory locks{loop.get_executor()};  // as locks do, it stays over a restart
  std::unique_ptr<Gateway> gateway;

 private:
  template <class Value>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<Value> work,
                                           std::optional<Value>* result) {
    Value value = co_await std::move(work);
    result->emplace(std::move(value));
  }
  void start(ports::Memory memory);

  GatewayPolicy policy_;
  const KeySecrets& secrets_;
  std::size_t read_ = 0;
  int boots_ = 0;
};

const domain::Caller anna{domain::Role::operator_, "user:anna"};
const domain::Caller installer{domain::Role::installer, "user:ines"};

}  // namespace genkan::services::test
