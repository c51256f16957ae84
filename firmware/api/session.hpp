#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include "firmware/api/peer.hpp"
#include "firmware/api/routes.hpp"
#include "firmware/services/gateway.hpp"

// HTTP/1.1 over any stream of bytes: the Unix socket, TCP, TLS (later), memory in tests and the
// fuzzer.
namespace genkan::api {

// A connection's bytes. One read and one write at a time; loop thread.
class ByteStream {
 public:
  using Transferred = std::tuple<boost::system::error_code, std::size_t>;

  virtual ~ByteStream() = default;
  // At least one byte, or an error (the end is one).
  virtual boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer into) = 0;
  // All of both, in one go where possible. The texts must stand until it completes.
  virtual boost::asio::awaitable<Transferred> write(std::string_view head,
                                                    std::string_view body) = 0;
  // Ends what is under way with operation_aborted; the stream stays open.
  virtual void cancel() = 0;
  virtual void close() = 0;
};

struct SessionLimits {
  std::chrono::milliseconds idle{60'000};     // between two requests
  std::chrono::milliseconds request{10'000};  // from a request's first byte to its last
  std::chrono::milliseconds answer{10'000};   // for the other side to take an answer or an event
  std::chrono::milliseconds comment{10'000};  // a stream is never silent for longer
};
constexpr std::size_t most_header_bytes = 8 * 1024;

// Serves requests one after the other until the other side closes, breaks a bound, or the stream is
// closed. What was pipelined waits unread: at most 16 KiB of it are held. Closes the stream at the
// end. Never throws. `routes`: what there is at this connection.
boost::asio::awaitable<void> serve(std::shared_ptr<ByteStream> stream,
                                   std::shared_ptr<const CallerSource> callers,
                                   services::Gateway& gateway, SessionLimits limits,
                                   std::span<const Route> routes = all_routes());

}  // namespace genkan::api
