#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tests/integration/estate.hpp"
#include "tests/integration/signer.hpp"

namespace genkan::test {

// An estate whose gateway is connected, under attack: what must not move, and what is told of it.
// Whoever runs the test has the role cloud at genkand, as the agent has in a real gateway: what the
// test asks of genkand itself can only be reading.
struct Siege {
  // Changes the broker's mosquitto.conf before it starts.
  using Edit = std::function<std::string(std::string settings)>;
  explicit Siege(const Edit& edit = nullptr);

  Gateway& gateway() { return estate.house.gateway; }
  // Signs as the cloud does, with its key.
  RequestSigner signer() const;
  std::filesystem::path command_key() const;

  // What moved or changed since the beginning, or since settle(); empty: nothing.
  std::string moved();
  void settle();
  // After a restart of genkand.
  void wait_until_back();
  // Whether a record of this kind and reason is in the journal behind `after`, waited for a little.
  bool recorded(std::int64_t after, std::string_view kind, std::string_view reason);
  // How many requests the journal says that the agent did not pass on.
  std::int64_t not_passed_on();
  // Whether one of these records has this in its reason.
  bool not_passed_on_because(std::string_view why);
  // How often the agent reached its broker.
  std::size_t connects() const;
  // What genkand was told of why there is no line to the cloud; empty if there is one.
  std::string why_away();

  // Another gateway of the same cloud: a key, and the certificate that enrolling gave it.
  MqttClient::Tls enrol(const std::string& gateway);

  Estate estate;
  Present before;
};

}  // namespace genkan::test
