#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <span>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "firmware/api/peer.hpp"
#include "firmware/api/routes.hpp"
#include "firmware/api/session.hpp"
#include "firmware/services/gateway.hpp"

namespace genkan::api {

// What a listening socket offers, and how much of it.
struct Offer {
  std::span<const Route> routes;
  // Further ones are answered 503 and closed; those that yield (CallerSource) beyond three
  // quarters.
  std::size_t most_connections = 64;
  SessionLimits limits;
};

// Takes the connections of one listening socket, Unix or TCP, and serves each. Loop thread; the
// gateway must outlive the loop's last run.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
  // Who is at the other end of the connection; an error closes it, and is logged.
  using WhoIs = std::function<Result<std::shared_ptr<const CallerSource>>(int socket)>;
  // Connections that the kernel holds until we take them.
  static constexpr int most_pending = 64;

  // `acceptor`: listening already.
  Listener(Acceptor acceptor, services::Gateway& gateway, Offer offer, WhoIs who_is);

  void start();
  // Takes no more connections and closes those that are open.
  void stop();
  std::size_t connections() const { return streams_.size(); }

 private:
  using Socket = boost::asio::generic::stream_protocol::socket;

  static boost::asio::awaitable<void> accept(std::shared_ptr<Listener> self);
  static boost::asio::awaitable<void> session(std::shared_ptr<Listener> self,
                                              std::shared_ptr<ByteStream> stream,
                                              std::shared_ptr<const CallerSource> callers);
  void take(Socket socket);
  bool has_place(const CallerSource& callers) const;

  Acceptor acceptor_;
  services::Gateway& gateway_;
  Offer offer_;
  WhoIs who_is_;
  std::list<std::shared_ptr<ByteStream>> streams_;
  std::size_t yielding_ = 0;  // of them
  bool stopped_ = false;
};

}  // namespace genkan::api
