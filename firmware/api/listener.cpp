#include "firmware/api/listener.hpp"

#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include "firmware/base/log.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::string_view full_answer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
    "Content-Length: 80\r\nConnection: close\r\n\r\n"
    R"({"error":{"code":"busy","message":"too many connections are open; try again"}})"
    "\r\n";

class SocketStream final : public ByteStream {
 public:
  explicit SocketStream(asio::generic::stream_protocol::socket socket)
      : socket_(std::move(socket)) {}

  asio::awaitable<Transferred> read_some(asio::mutable_buffer into) override {
    return socket_.async_read_some(into, tuple);
  }
  asio::awaitable<Transferred> write(std::string_view head, std::string_view body) override {
    const std::array parts{asio::buffer(head), asio::buffer(body)};
    return asio::async_write(socket_, parts, tuple);
  }
  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  asio::generic::stream_protocol::socket socket_;
};

}  // namespace

Listener::Listener(Acceptor acceptor, services::Gateway& gateway, Offer offer, WhoIs who_is)
    : acceptor_(std::move(acceptor)),
      gateway_(gateway),
      offer_(offer),
      who_is_(std::move(who_is)) {}

void Listener::start() {
  asio::co_spawn(acceptor_.get_executor(), accept(shared_from_this()), asio::detached);
}

void Listener::stop() {
  if (stopped_) return;
  stopped_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  for (const auto& stream : streams_) stream->close();
}

asio::awaitable<void> Listener::session(std::shared_ptr<Listener> self,
                                        std::shared_ptr<ByteStream> stream,
                                        std::shared_ptr<const CallerSource> callers) {
  const auto place = self->streams_.insert(self->streams_.end(), stream);
  const std::size_t yields = callers->yields() ? 1 : 0;
  self->yielding_ += yields;
  co_await serve(stream, std::move(callers), self->gateway_, self->offer_.limits,
                 self->offer_.routes);
  self->yielding_ -= yields;
  self->streams_.erase(place);
}

bool Listener::has_place(const CallerSource& callers) const {
  if (streams_.size() >= offer_.most_connections) return false;
  return !callers.yields() || yielding_ < offer_.most_connections / 4 * 3;
}

void Listener::take(Socket socket) {
  auto callers = who_is_(socket.native_handle());
  if (!callers) return log(LogLevel::warning, callers.error().message());
  if (!has_place(**callers)) {
    // A fresh socket's buffer takes this at once.
    ::send(socket.native_handle(), full_answer.data(), full_answer.size(),
           MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  auto stream = std::make_shared<SocketStream>(std::move(socket));
  asio::co_spawn(acceptor_.get_executor(),
                 session(shared_from_this(), std::move(stream), std::move(*callers)),
                 asio::detached);
}

asio::awaitable<void> Listener::accept(std::shared_ptr<Listener> self) {
  asio::steady_timer pause(self->acceptor_.get_executor());
  while (!self->stopped_) {
    auto [error, socket] = co_await self->acceptor_.async_accept(tuple);
    if (self->stopped_) co_return;
    if (!error) {
      self->take(std::move(socket));
      continue;
    }
    log(LogLevel::warning, "cannot take an API connection", {{"error", error.message()}});
    pause.expires_after(pause_without_descriptors);
    co_await pause.async_wait(tuple);
  }
}

}  // namespace genkan::api
