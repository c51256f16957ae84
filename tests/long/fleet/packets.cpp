#include "tests/long/fleet/packets.hpp"

#include <stdexcept>

namespace genkan::fleet {

namespace {

// Control packets (2.1.2) and properties (2.2.2.2).
enum Kind : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  subscribe = 8,
  suback = 9,
  pingreq = 12,
  disconnect = 14,
};
enum Property : std::uint8_t {
  payload_format = 0x01,
  message_expiry = 0x02,
  content_type = 0x03,
  response_topic = 0x08,
  correlation_data = 0x09,
  subscription_id = 0x0B,
  session_expiry = 0x11,
  will_delay = 0x18,
  receive_maximum = 0x21,
  topic_alias = 0x23,
  user_property = 0x26,
};

constexpr std::uint8_t qos_1 = 0x02;
constexpr std::uint8_t retain = 0x01;
constexpr std::size_t longest_packet = std::size_t{1} << 20;

void put(std::string& out, unsigned value, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xFF);
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<unsigned>(text.size()), 2);
  out += text;
}

// A variable byte integer (1.5.5).
void put_length(std::string& out, std::size_t value) {
  do {
    const auto low = static_cast<unsigned>(value & 0x7F);
    value >>= 7;
    put(out, value > 0 ? low | 0x80 : low, 1);
  } while (value > 0);
}

std::string packet(Kind kind, std::uint8_t flags, std::string_view body) {
  std::string out;
  put(out, static_cast<unsigned>(kind << 4 | flags), 1);
  put_length(out, body.size());
  out += body;
  return out;
}

void put_properties(std::string& out, std::string_view properties) {
  put_length(out, properties.size());
  out += properties;
}

// The body of a packet, taken from its front.
class Body {
 public:
  explicit Body(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) throw std::runtime_error("a packet ends too early");
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  unsigned number(std::size_t bytes) {
    unsigned value = 0;
    for (const char byte : take(bytes)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  std::string_view text() { return take(number(2)); }
  std::size_t length() {
    std::size_t value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      const unsigned byte = number(1);
      value |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    throw std::runtime_error("a length has no end");
  }
  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view rest_;
};

void read_property(Body& properties, Arrived& arrived) {
  switch (properties.number(1)) {
    case payload_format: properties.take(1); return;
    case message_expiry: properties.take(4); return;
    case topic_alias: properties.take(2); return;
    case subscription_id: properties.length(); return;
    case content_type: properties.text(); return;
    case response_topic: arrived.response_topic = properties.text(); return;
    case correlation_data: arrived.correlation = properties.text(); return;
    case user_property: {
      const auto name = properties.text();
      const auto value = properties.text();
      if (name == "method") arrived.method = value;
      if (name == "path") arrived.path = value;
      return;
    }
    default: throw std::runtime_error("a publish with a property that is none");
  }
}

Arrived read_publish(std::uint8_t flags, Body body) {
  Arrived arrived;
  arrived.retained = (flags & retain) != 0;
  arrived.topic = body.text();
  if ((flags & 0x06) != 0) arrived.packet_id = static_cast<std::uint16_t>(body.number(2));
  Body properties(body.take(body.length()));
  while (!properties.empty()) read_property(properties, arrived);
  arrived.payload = body.rest();
  return arrived;
}

Packet read_packet(std::uint8_t head, Body body) {
  switch (head >> 4) {
    case connack: {
      const bool resumed = (body.number(1) & 1) != 0;
      return Connected{resumed, static_cast<int>(body.number(1))};
    }
    case publish: return read_publish(head & 0x0F, body);
    case puback: {
      const auto id = static_cast<std::uint16_t>(body.number(2));
      return Acknowledged{id, body.empty() ? 0 : static_cast<int>(body.number(1))};
    }
    case suback: {
      body.take(2);
      body.take(body.length());
      return Subscribed{static_cast<int>(body.number(1))};
    }
    case disconnect: return HungUp{body.empty() ? 0 : static_cast<int>(body.number(1))};
    default: return Other{};
  }
}

}  // namespace

std::string connect_packet(const ConnectWords& words) {
  std::string body;
  put_text(body, "MQTT");
  put(body, 5, 1);
  put(body, 0x04 | 0x08 | 0x20, 1);  // will, QoS 1, retained; the session goes on (3.1.2.3)
  put(body, words.keep_alive_s, 2);
  std::string properties;
  put(properties, session_expiry, 1);
  put(properties, words.session_s, 4);
  put(properties, receive_maximum, 1);
  put(properties, words.receive_maximum, 2);
  put_properties(body, properties);
  put_text(body, words.client_id);
  std::string will;
  put(will, will_delay, 1);
  put(will, words.will_delay_s, 4);
  put_properties(body, will);
  put_text(body, words.will_topic);
  put_text(body, words.will_payload);
  return packet(connect, 0, body);
}

std::string publish_packet(const PublishWords& words) {
  std::string body;
  put_text(body, words.topic);
  put(body, words.packet_id, 2);
  std::string properties;
  if (!words.correlation.empty()) {
    put(properties, correlation_data, 1);
    put_text(properties, words.correlation);
  }
  if (!words.status.empty()) {
    put(properties, user_property, 1);
    put_text(properties, "status");
    put_text(properties, words.status);
  }
  put_properties(body, properties);
  body += words.payload;
  return packet(publish, words.retained ? qos_1 | retain : qos_1, body);
}

std::string subscribe_packet(std::uint16_t packet_id, std::string_view filter) {
  std::string body;
  put(body, packet_id, 2);
  put_properties(body, {});
  put_text(body, filter);
  put(body, 0x20 | 0x01, 1);  // QoS 1; nothing retained (3.8.3.1)
  return packet(subscribe, 0x02, body);
}

std::string acknowledge_packet(std::uint16_t packet_id) {
  std::string body;
  put(body, packet_id, 2);
  return packet(puback, 0, body);
}

std::string ping_packet() { return packet(pingreq, 0, {}); }

std::optional<Packet> PacketReader::next() {
  if (bytes_.size() < 2) return std::nullopt;
  std::size_t head_size = 2;
  while (static_cast<unsigned char>(bytes_[head_size - 1]) >= 0x80) {
    if (++head_size > 5) throw std::runtime_error("a length has no end");
    if (bytes_.size() < head_size) return std::nullopt;
  }
  Body head(std::string_view(bytes_).substr(1, head_size - 1));
  const std::size_t size = head.length();
  if (size > longest_packet) throw std::runtime_error("a packet is too long");
  if (bytes_.size() < head_size + size) return std::nullopt;
  auto read = read_packet(static_cast<std::uint8_t>(bytes_.front()),
                          Body(std::string_view(bytes_).substr(head_size, size)));
  bytes_.erase(0, head_size + size);
  return read;
}

}  // namespace genkan::fleet
