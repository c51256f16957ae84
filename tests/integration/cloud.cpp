#include "tests/integration/cloud.hpp"

#include <stdexcept>

#include <signal.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

Cloud::Cloud(std::filesystem::path folder) : folder_(std::move(folder)), port_(free_port()) {
  do {
    own_port_ = free_port();
  } while (own_port_ == port_);
  const auto made =
      run({"init", folder_.string(), "--name", "trial", "--broker", cat("ssl://localhost:", port_),
           "--own-broker", cat("ssl://localhost:", own_port_)});
  if (made.code != 0) throw std::runtime_error("init: " + made.output);
  const auto settings = path("broker") / "mosquitto.conf";
  // Started by root it would become another user, who may not read the folder.
  if (::geteuid() == 0) write_file(settings, read_file(settings) + "user root\n");
}

CliAnswer Cloud::run(std::vector<std::string> words) const {
  words.insert(words.begin(), {std::string(GENKAN_CLOUD), "--folder", folder_.string()});
  const TempDir out;
  Process process(words, out.path() / "output");
  const auto code = process.wait(90s);
  return {code.value_or(-1), process.output()};
}

void Cloud::start_broker() {
  broker_ = std::make_unique<Process>(
      std::vector<std::string>{mosquitto_program(), "-c",
                               (path("broker") / "mosquitto.conf").string()},
      path("mosquitto.log"));
}

void Cloud::stop_broker() { broker_->stop(); }

void Cloud::start() {
  relay_ = std::make_unique<Process>(
      std::vector<std::string>{GENKAN_CLOUD, "--folder", folder_.string(), "run"},
      path("relay.log"));
}

void Cloud::kill() {
  relay_->signal(SIGKILL);
  relay_->wait(5s);
}

MqttClient::Tls Cloud::tls() const {
  return {path("ca.pem"), path("cloud.pem"), path("cloud.key")};
}

std::string Cloud::kid() const {
  for (const auto& entry : std::filesystem::directory_iterator(path("keys"))) {
    if (entry.path().extension() == ".key") return entry.path().stem().string();
  }
  throw std::runtime_error("the cloud has no command key");
}

}  // namespace genkan::test
