#pragma once

#include <memory>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/api/session.hpp"
#include "firmware/base/json.hpp"
#include "firmware/services/gateway.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/fleet.hpp"
#include "tests/fakes/lock_memory.hpp"
#include "tests/fakes/models.hpp"
#include "tests/fakes/store.hpp"
#include "tests/unit/api/memory_stream.hpp"
#include "tests/unit/key_means.hpp"

namespace genkan::api::testing {

// A caller of a given role.
class FixedCaller final : public CallerSource {
 public:
  explicit FixedCaller(domain::Role role) : role_(role) {}
  Result<domain::Caller> caller(std::string_view subject) const override {
    return domain::Caller{role_, subject.empty() ? "user:test" : "cloud:" + std::string(subject)};
  }

 private:
  domain::Role role_;
};

// What came back for one request.
struct Reply {
  int status = 0;
  std::string head;
  std::string body;

  json::object object() const;
  // The sentence of an error.
  std::string message() const;
};

// A small building behind the API, without hardware, disk or sockets.
class TestBuilding {
 public:
  explicit TestBuilding(services::GatewayPolicy policy = {}, SessionLimits limits = {});

  // Sends the bytes on a connection of their own, ends it, and gives all that came back.
  std::string exchange(std::string bytes, domain::Role role = domain::Role::administrator);
  // One request; `body` goes as JSON.
  Reply request(std::string_view method, std::string_view target, std::string_view body = "",
                domain::Role role = domain::Role::administrator);
  // The same with a body of another sort.
  Reply send(std::string_view method, std::string_view target, std::string_view content_type,
             std::string_view body, domain::Role role = domain::Role::administrator);
  // A connection that stays open; run() drives it.
  std::shared_ptr<MemoryStream> connect(domain::Role role = domain::Role::administrator);
  // Runs the loop until nothing is ready, or for so long.
  void run() {
    loop.restart();
    loop.poll();
  }
  void run_for(std::chrono::milliseconds time) {
    loop.restart();
    loop.run_for(time);
  }

  boost::asio::io_context loop;
  fakes::FakeClock clock;
  fakes::FakeModels models;
  fakes::FakeFleet fleet{loop.get_executor(), clock, models};
  fakes::FakeStore store;
  fakes::FakeLockMemory memory{loop.get_executor()};  // lock-101 has 230 places
  SessionLimits limits;
  services::Gateway gateway;
};

Reply reply_of(const std::string& text);
// How many answers the text holds.
std::size_t count_of(const std::string& text, std::string_view part);

}  // namespace genkan::api::testing
