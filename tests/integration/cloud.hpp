#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace genkan::test {

// genkan-cloud "trial" with a folder of its own and the broker that its init describes: TLS, client
// certificates, access control, on two free ports of localhost. Throws std::runtime_error with a
// sentence if something does not work; the destructor ends what runs.
class Cloud {
 public:
  explicit Cloud(std::filesystem::path folder);

  // One command of genkan-cloud, at most 90 s.
  CliAnswer run(std::vector<std::string> words) const;

  void start_broker();
  void stop_broker();
  Process& broker() { return *broker_; }
  int port() const { return port_; }          // for gateways
  int own_port() const { return own_port_; }  // for the cloud's programs

  void start();  // genkan-cloud run
  void kill();   // SIGKILL, and waits for the end
  Process& process() { return *relay_; }

  // A file of its folder (docs/RELAY.md names them).
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  // With the cloud's own certificate, for a client beside genkan-cloud, at own_port().
  MqttClient::Tls tls() const;
  // The id of the command key that init made.
  std::string kid() const;

 private:
  std::filesystem::path folder_;
  int port_;
  int own_port_;
  std::unique_ptr<Process> broker_;
  std::unique_ptr<Process> relay_;
};

}  // namespace genkan::test
