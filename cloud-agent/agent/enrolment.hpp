#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "cloud-agent/agent/claim.hpp"
#include "cloud-agent/agent/daemon.hpp"
#include "cloud-agent/agent/identity.hpp"
#include "cloud-agent/mqtt/wake.hpp"

namespace genkan::agent {

// Keeps the identity in step with genkand: puts the certificate request there, fetches the claim,
// writes the files for TLS, and says where to connect to when that has changed. It asks at start
// and whenever look() is called; it is quiet while there is nothing to do. One thread: the loop's.
class Enrolment {
 public:
  struct Needs {
    std::string gateway;
    IdentityFolder folder;
    std::optional<mqtt::Place> own;  // the settings' broker
  };
  // `changed` is called from the loop, never inside start() or look().
  using Changed = std::function<void(const Destination&)>;

  Enrolment(boost::asio::any_io_executor loop, Daemon& daemon, Needs needs, Changed changed);

  // By what is known on this machine.
  const Destination& where() const { return where_; }
  void start();
  // genkand began anew, or a record told of a claim.
  void look() { due_.ring(); }

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<bool> tell_identity();
  boost::asio::awaitable<bool> fetch_claim();
  // Whether it is kept.
  bool take(std::optional<Claim> claim);
  void settle(bool renewed);

  boost::asio::any_io_executor loop_;
  Daemon& daemon_;
  Needs needs_;
  Changed changed_;
  Result<Identity> identity_;
  std::optional<Claim> claim_;
  Destination where_;
  mqtt::Wake due_;
  bool refusal_told_ = false;
  bool disk_told_ = false;
};

}  // namespace genkan::agent
