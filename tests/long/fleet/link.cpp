#include "tests/long/fleet/link.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace genkan::fleet {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto first_pause = 1000ms;
constexpr auto longest_pause = 30'000ms;
constexpr auto connect_patience = 10s;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, Free> memory(const std::string& pem) {
  return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// The certificate that this one connection shows.
void use_certificate(SSL* session, const LinkNeeds& needs) {
  const auto certificate_text = memory(needs.certificate);
  const auto key_text = memory(needs.key);
  const std::unique_ptr<X509, Free> certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  if (!certificate || !key || SSL_use_certificate(session, certificate.get()) != 1 ||
      SSL_use_PrivateKey(session, key.get()) != 1) {
    throw std::runtime_error("a simulated gateway's certificate does not load");
  }
}

}  // namespace

ssl::context make_tls(const std::string& authority_file) {
  ssl::context tls(ssl::context::tls_client);
  tls.load_verify_file(authority_file);
  tls.set_verify_mode(ssl::verify_peer);
  if (SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION) != 1) {
    throw std::runtime_error("no TLS 1.2");
  }
  SSL_CTX_set_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return tls;
}

struct Link::Connection {
  Connection(asio::io_context& loop, ssl::context& tls) : stream(loop, tls) {}
  ssl::stream<asio::ip::tcp::socket> stream;
  PacketReader reader;
  std::array<char, 4096> in{};
  std::string waiting;  // to be written behind what is being written
  std::string writing;
};

Link::Link(LinkNeeds needs, LinkListener& listener)
    : needs_(std::move(needs)), listener_(listener), timer_(needs_.loop), pause_(first_pause) {}

Link::~Link() = default;

void Link::come() {
  if (std::exchange(wanted_, true)) return;
  pause_ = first_pause;
  connect();
}

void Link::vanish() {
  wanted_ = false;
  timer_.cancel();
  if (connection_) lost(connection_);
}

void Link::connect() {
  connection_ = std::make_shared<Connection>(needs_.loop, needs_.tls);
  auto& stream = connection_->stream;
  use_certificate(stream.native_handle(), needs_);
  stream.set_verify_callback(ssl::host_name_verification("localhost"));
  watch();
  const asio::ip::tcp::endpoint broker(asio::ip::address_v4::loopback(), needs_.port);
  stream.next_layer().async_connect(broker, [this, now = connection_](error_code error) {
    if (now != connection_) return;
    if (error) return lost(now);
    error_code ignored;
    now->stream.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
    now->stream.async_handshake(ssl::stream_base::client, [this, now](error_code fault) {
      if (now != connection_) return;
      if (fault) return lost(now);
      greet(now);
    });
  });
}

void Link::watch() {
  timer_.expires_after(connect_patience);
  timer_.async_wait([this, now = connection_](error_code error) {
    if (!error && now == connection_ && !online_) lost(now);
  });
}

void Link::greet(const std::shared_ptr<Connection>& connection) {
  connection->waiting = connect_packet(needs_.words);
  write(connection);
  read(connection);
}

void Link::send(std::string packet) {
  if (!online_) return;
  connection_->waiting += packet;
  write(connection_);
}

void Link::write(const std::shared_ptr<Connection>& connection) {
  if (!connection->writing.empty() || connection->waiting.empty()) return;
  connection->writing.swap(connection->waiting);
  asio::async_write(connection->stream, asio::buffer(connection->writing),
                    [this, connection](error_code error, std::size_t) {
                      if (connection != connection_) return;
                      if (error) return lost(connection);
                      connection->writing.clear();
                      write(connection);
                    });
}

void Link::read(const std::shared_ptr<Connection>& connection) {
  connection->stream.async_read_some(asio::buffer(connection->in),
                                     [this, connection](error_code error, std::size_t size) {
                                       if (connection != connection_) return;
                                       if (error) return lost(connection);
                                       connection->reader.add({connection->in.data(), size});
                                       while (const auto packet = connection->reader.next()) {
                                         take(*packet);
                                         if (connection != connection_) return;
                                       }
                                       read(connection);
                                     });
}

void Link::take(const Packet& packet) {
  if (const auto* connected = std::get_if<Connected>(&packet)) {
    if (connected->reason != 0) return lost(connection_);
    online_ = true;
    pause_ = first_pause;
    keep_alive();
    send(subscribe_packet(UINT16_MAX, needs_.subscription));
    listener_.on_online();
  } else if (const auto* acknowledged = std::get_if<Acknowledged>(&packet)) {
    listener_.on_acknowledged(acknowledged->packet_id, acknowledged->reason);
  } else if (const auto* arrived = std::get_if<Arrived>(&packet)) {
    if (arrived->packet_id != 0) send(acknowledge_packet(arrived->packet_id));
    listener_.on_arrived(*arrived);
  } else if (const auto* subscribed = std::get_if<Subscribed>(&packet)) {
    if (subscribed->reason >= 0x80) throw std::runtime_error("a subscription was refused");
  } else if (std::holds_alternative<HungUp>(packet)) {
    lost(connection_);
  }
}

void Link::keep_alive() {
  timer_.expires_after(std::chrono::seconds(needs_.words.keep_alive_s) * 9 / 10);
  timer_.async_wait([this, now = connection_](error_code error) {
    if (error || now != connection_ || !online_) return;
    send(ping_packet());
    keep_alive();
  });
}

void Link::lost(std::shared_ptr<Connection> connection) {
  error_code ignored;
  connection->stream.next_layer().close(ignored);
  connection_.reset();
  timer_.cancel();
  if (std::exchange(online_, false)) listener_.on_offline();
  if (!wanted_) return;
  const auto half = pause_.count() / 2;
  const std::chrono::milliseconds pause(half + static_cast<std::int64_t>(chance_()) % (half + 1));
  pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, longest_pause);
  timer_.expires_after(pause);
  timer_.async_wait([this](error_code error) {
    if (!error && wanted_ && !connection_) connect();
  });
}

}  // namespace genkan::fleet
