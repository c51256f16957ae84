#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// MQTT 5 (OASIS standard of 2019-03-07; section numbers are its), as far as a simulated gateway
// needs it: thousands of sessions in one process, where a library would take a thread or a lock for
// all of them.
namespace genkan::fleet {

struct ConnectWords {
  std::string client_id;
  std::uint16_t keep_alive_s = 30;
  std::uint32_t session_s = 86'400;
  std::uint16_t receive_maximum = 20;
  std::string will_topic, will_payload;  // retained, QoS 1
  std::uint32_t will_delay_s = 30;
};
std::string connect_packet(const ConnectWords& words);

// With QoS 1.
struct PublishWords {
  std::string_view topic, payload;
  std::uint16_t packet_id = 0;
  bool retained = false;
  std::string_view correlation{};  // empty: none
  std::string_view status{};       // user property; empty: none
};
std::string publish_packet(const PublishWords& words);
// With QoS 1.
std::string subscribe_packet(std::uint16_t packet_id, std::string_view filter);
std::string acknowledge_packet(std::uint16_t packet_id);
std::string ping_packet();

struct Connected {
  bool resumed = false;
  int reason = 0;
};
struct Acknowledged {  // a publish
  std::uint16_t packet_id = 0;
  int reason = 0;
};
struct Subscribed {
  int reason = 0;
};
struct Arrived {
  std::string topic, payload;
  std::uint16_t packet_id = 0;  // 0: QoS 0, nothing to acknowledge
  bool retained = false;
  std::string response_topic, correlation, method, path;  // empty: none
};
struct HungUp {
  int reason = 0;
};
struct Other {};  // a ping's answer
using Packet = std::variant<Connected, Acknowledged, Subscribed, Arrived, HungUp, Other>;

// Cuts what comes over a connection into packets.
class PacketReader {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  // The next whole packet; nothing until more came. Throws std::runtime_error for what is no MQTT.
  std::optional<Packet> next();

 private:
  std::string bytes_;
};

}  // namespace genkan::fleet
