#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "cloud-agent/relay/cloud.hpp"
#include "cloud-agent/relay/enrolment.hpp"
#include "cloud-agent/relay/relay.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/relay/fake_broker.hpp"
#include "tests/unit/relay/fake_gateway.hpp"

namespace genkan::relay {

// A cloud, its relay, and gateways, with a broker between that a test can make lose things. Time
// passes only in pass().
class Town {
 public:
  Town();

  fakes::FakeClock clock;
  Folder folder() const { return Folder(temp_.path() / "cloud"); }
  Cloud& cloud() { return *cloud_; }
  Relay& relay() { return *relay_; }
  FakeBroker& broker() { return *broker_; }
  Office office() { return {cloud_->settings, *authority_, cloud_->registry, *cloud_->keys}; }
  const Authority& authority() const { return *authority_; }

  // A gateway that is enrolled, claimed and online.
  FakeGateway& add(const std::string& id);
  FakeGateway& gateway(const std::string& id) { return *gateways_.at(id); }
  void say_online();  // every gateway's presence, as retained

  // From the broker to the relay.
  void deliver(const mqtt::Inbound& message);
  void deliver(const std::vector<mqtt::Inbound>& messages);
  // Time in steps of a tick; requests are carried to the gateways and answers back.
  void pass(std::chrono::milliseconds time);

  // The relay ends, as by kill -9, and another begins on the same folder; nobody is online for it
  // until say_online().
  void restart_relay();
  // The database as it was.
  void save_database();
  void restore_database();

  // Numbers of the journal that is kept under this name, in order.
  std::vector<std::int64_t> numbers(const std::string& gateway, const std::string& journal);
  std::int64_t count(const std::string& sql);
  std::vector<std::string> not_kept;  // why the process would have ended
  int asked_most = 0;                 // journal requests that were ever sent in one tick

 private:
  void open();
  void serve();

  test::TempDir temp_;
  boost::asio::io_context loop_{1};
  std::unique_ptr<Cloud> cloud_;
  std::optional<Authority> authority_;
  std::unique_ptr<Mirror> mirror_;
  std::unique_ptr<Relay> relay_;
  FakeBroker* broker_ = nullptr;
  std::map<std::string, std::unique_ptr<FakeGateway>> gateways_;
};

}  // namespace genkan::relay
