#include "firmware/base/api_client.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "firmware/base/api_text.hpp"
#include "firmware/base/event_parser.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

using Clock = std::chrono::steady_clock;
using Socket = asio::local::stream_protocol::socket;

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_waiting = 256;
constexpr std::uint64_t most_body = 16 * 1024 * 1024;
// The server closes connections that were idle for 60 s; ours are given up before that.
constexpr std::chrono::seconds most_idle{45};

// One connection with its deadline. The timer stays armed over requests and is only set anew when
// it fires too early, so a request costs no timer operation as a rule.
struct Connection : std::enable_shared_from_this<Connection> {
  explicit Connection(const asio::any_io_executor& loop) : socket(loop), timer(loop) {}

  void begin(Clock::time_point at) {
    deadline = at;
    expired = false;
    if (!armed || timer.expiry() > at) arm();
  }
  void end() { deadline.reset(); }
  void close() {
    error_code ignored;
    socket.close(ignored);
    deadline.reset();
    timer.cancel();
  }

  // Whether the peer still holds its end and sent nothing that nobody asked for.
  bool sound() {
    char byte = 0;
    const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  Socket socket;
  asio::steady_timer timer;
  beast::flat_static_buffer<16 * 1024> buffer;
  std::optional<Clock::time_point> deadline;
  Clock::time_point idle_since{};
  std::uint64_t wait = 0;  // which async_wait is the present one
  bool armed = false;
  bool expired = false;
  bool used = false;  // carried a request before

 private:
  void arm() {
    timer.expires_at(*deadline);
    armed = true;
    timer.async_wait([self = weak_from_this(), mine = ++wait](const error_code&) {
      if (const auto connection = self.lock()) connection->on_timer(mine);
    });
  }
  void on_timer(std::uint64_t mine) {
    if (mine != wait) return;
    armed = false;
    if (!deadline || !socket.is_open()) return;
    if (*deadline > Clock::now()) return arm();
    expired = true;
    error_code ignored;
    socket.close(ignored);
  }
};

using ConnectionPtr = std::shared_ptr<Connection>;

std::unexpected<Error> ended(const Connection& connection, const error_code& error) {
  if (connection.expired) return fail(ErrorCode::timeout, "the daemon did not answer in time");
  if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
    return fail(ErrorCode::cancelled, "given up");
  }
  if (error == http::error::body_limit) {
    return fail(ErrorCode::rejected, "the daemon's answer is larger than 16 MiB");
  }
  return fail(ErrorCode::unreachable, cat("the connection to the daemon broke: ", error.message()));
}

}  // namespace

struct ApiClient::Pool : std::enable_shared_from_this<Pool> {
  Pool(asio::any_io_executor executor, std::string socket_path, std::size_t bound)
      : loop(std::move(executor)),
        path(std::move(socket_path)),
        most(std::max<std::size_t>(bound, 1)) {}

  // A turn: the right to use one connection. Giving it back wakes the next in the queue.
  struct Waiter {
    explicit Waiter(const asio::any_io_executor& loop) : timer(loop) {}
    asio::steady_timer timer;
    bool granted = false;
  };
  class Turn {
   public:
    explicit Turn(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
    Turn(Turn&& other) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (pool_) pool_->give_back();
    }

   private:
    std::shared_ptr<Pool> pool_;
  };
  // A connection in use: closed at the end unless it was put back.
  class Lease {
   public:
    explicit Lease(ConnectionPtr connection) : connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
      if (connection_) connection_->close();
    }
    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }
    ConnectionPtr take() { return std::move(connection_); }

   private:
    ConnectionPtr connection_;
  };

  static asio::awaitable<Result<ApiResponse>> request(std::shared_ptr<Pool> pool,
                                                      ApiRequest request, Clock::time_point until);
  static asio::awaitable<Result<ApiResponse>> exchange(std::shared_ptr<Pool> pool,
                                                       const std::string& text,
                                                       Clock::time_point until, bool fresh,
                                                       bool& may_retry);
  static asio::awaitable<Result<>> stream(std::shared_ptr<Pool> pool, std::string target,
                                          std::function<bool(const ApiEvent&)> on_event,
                                          std::chrono::milliseconds silence);
  static asio::awaitable<Result<std::shared_ptr<Turn>>> turn(std::shared_ptr<Pool> pool,
                                                             Clock::time_point until);
  asio::awaitable<error_code> connect(ConnectionPtr connection);
  std::unexpected<Error> not_connected(const Connection& connection, const error_code& error) const;

  ConnectionPtr idle_connection();
  ConnectionPtr new_connection();
  void put_back(ConnectionPtr connection);
  void give_back();
  void stop();

  asio::any_io_executor loop;
  std::string path;
  std::size_t most;
  std::size_t turns = 0;  // given out
  bool stopped = false;
  std::deque<std::shared_ptr<Waiter>> waiting;
  std::vector<ConnectionPtr> idle;  // the last one is the one used last
  std::vector<std::weak_ptr<Connection>> open;
};

// ---- turns and connections

void ApiClient::Pool::give_back() {
  if (!waiting.empty()) {
    const auto next = std::move(waiting.front());
    waiting.pop_front();
    next->granted = true;
    next->timer.cancel();
    return;
  }
  --turns;
}

asio::awaitable<Result<std::shared_ptr<ApiClient::Pool::Turn>>> ApiClient::Pool::turn(
    std::shared_ptr<Pool> pool, Clock::time_point until) {
  if (pool->stopped) co_return fail(ErrorCode::cancelled, "given up");
  if (pool->turns < pool->most) {
    ++pool->turns;
    co_return std::make_shared<Turn>(pool);
  }
  if (pool->waiting.size() >= most_waiting) {
    co_return fail(ErrorCode::busy,
                   cat(most_waiting, " requests to the daemon are waiting already"));
  }
  // Whatever ends the wait, a turn that was granted in the meantime is passed on.
  struct Place {
    std::shared_ptr<Pool> pool;
    std::shared_ptr<Waiter> waiter;
    ~Place() {
      if (waiter->granted) pool->give_back();
      std::erase(pool->waiting, waiter);
    }
  } place{pool, std::make_shared<Waiter>(pool->loop)};
  pool->waiting.push_back(place.waiter);
  place.waiter->timer.expires_at(until);
  co_await place.waiter->timer.async_wait(tuple);
  if (pool->stopped) co_return fail(ErrorCode::cancelled, "given up");
  if (place.waiter->granted) {
    place.waiter->granted = false;
    co_return std::make_shared<Turn>(pool);
  }
  co_return fail(ErrorCode::timeout, "the daemon did not answer in time");
}

ConnectionPtr ApiClient::Pool::idle_connection() {
  while (!idle.empty()) {
    const auto connection = std::move(idle.back());
    idle.pop_back();
    if (Clock::now() - connection->idle_since < most_idle && connection->sound()) return connection;
    connection->close();
  }
  return nullptr;
}

ConnectionPtr ApiClient::Pool::new_connection() {
  auto connection = std::make_shared<Connection>(loop);
  std::erase_if(open, [](const auto& held) { return held.expired(); });
  open.push_back(connection);
  return connection;
}

void ApiClient::Pool::put_back(ConnectionPtr connection) {
  connection->end();
  connection->used = true;
  connection->idle_since = Clock::now();
  if (stopped) return connection->close();
  idle.push_back(std::move(connection));
}

void ApiClient::Pool::stop() {
  stopped = true;
  for (const auto& held : open) {
    if (const auto connection = held.lock()) connection->close();
  }
  idle.clear();
  for (const auto& waiter : waiting) waiter->timer.cancel();
}

asio::awaitable<error_code> ApiClient::Pool::connect(ConnectionPtr connection) {
  // The system's bound (sun_path); longer ones would throw.
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    co_return error_code(ENAMETOOLONG, boost::system::system_category());
  }
  const asio::local::stream_protocol::endpoint endpoint(path);
  const auto [error] = co_await connection->socket.async_connect(endpoint, tuple);
  co_return error;
}

std::unexpected<Error> ApiClient::Pool::not_connected(const Connection& connection,
                                                      const error_code& error) const {
  if (connection.expired || error == asio::error::operation_aborted)
    return ended(connection, error);
  return fail(ErrorCode::unreachable,
              cat("cannot reach the daemon at ", path, ": ", error.message()));
}

// ---- one request

asio::awaitable<Result<ApiResponse>> ApiClient::Pool::exchange(std::shared_ptr<Pool> pool,
                                                               const std::string& text,
                                                               Clock::time_point until, bool fresh,
                                                               bool& may_retry) {
  auto connection = fresh ? nullptr : pool->idle_connection();
  const bool connected = connection != nullptr;
  if (!connected) connection = pool->new_connection();
  may_retry = connected;
  Lease lease(std::move(connection));
  lease->begin(until);
  if (!connected) {
    const ConnectionPtr same = lease->shared_from_this();
    const auto error = co_await pool->connect(same);
    if (error) co_return pool->not_connected(*lease, error);
  }
  const auto [not_sent, sent] =
      co_await asio::async_write(lease->socket, asio::buffer(text), tuple);
  // A server that refuses a large body answers and closes before it has read all.
  if (not_sent && sent == 0) co_return ended(*lease, not_sent);
  http::response_parser<http::string_body> parser;
  parser.body_limit(most_body);
  const auto [not_read, got] =
      co_await http::async_read(lease->socket, lease->buffer, parser, tuple);
  if (not_read) {
    may_retry = may_retry && got == 0;
    co_return ended(*lease, not_read);
  }
  auto message = parser.release();
  ApiResponse response;
  response.status = static_cast<int>(message.result_int());
  response.content_type = std::string(message[http::field::content_type]);
  response.body = std::move(message.body());
  if (!not_sent && message.keep_alive() && lease->buffer.size() == 0) pool->put_back(lease.take());
  co_return response;
}

asio::awaitable<Result<ApiResponse>> ApiClient::Pool::request(std::shared_ptr<Pool> pool,
                                                              ApiRequest request,
                                                              Clock::time_point until) {
  const auto text = request_text(request);
  if (!text) co_return fail(text.error());
  const auto turn = co_await Pool::turn(pool, until);
  if (!turn) co_return fail(turn.error());
  const bool repeatable = request.method == "GET" || request.method == "PUT";
  bool may_retry = false;
  auto answer = co_await exchange(pool, *text, until, false, may_retry);
  if (answer || !may_retry || !repeatable) co_return answer;
  if (answer.error().code() != ErrorCode::unreachable || pool->stopped) co_return answer;
  auto second = co_await exchange(pool, *text, until, true, may_retry);
  co_return second;
}

// ---- a stream

asio::awaitable<Result<>> ApiClient::Pool::stream(std::shared_ptr<Pool> pool, std::string target,
                                                  std::function<bool(const ApiEvent&)> on_event,
                                                  std::chrono::milliseconds silence) {
  ApiRequest request;
  request.target = std::move(target);
  request.headers.emplace_back("Accept", "text/event-stream");
  const auto text = request_text(request);
  if (!text) co_return fail(text.error());
  if (pool->stopped) co_return fail(ErrorCode::cancelled, "given up");
  Lease lease(pool->new_connection());
  lease->begin(Clock::now() + silence);
  const ConnectionPtr same = lease->shared_from_this();
  const auto not_connected = co_await pool->connect(same);
  if (not_connected) co_return pool->not_connected(*lease, not_connected);
  const auto [not_sent, sent] =
      co_await asio::async_write(lease->socket, asio::buffer(*text), tuple);
  if (not_sent) co_return ended(*lease, not_sent);

  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  const auto [no_header, header] =
      co_await http::async_read_header(lease->socket, lease->buffer, parser, tuple);
  if (no_header) co_return ended(*lease, no_header);
  const int status = static_cast<int>(parser.get().result_int());
  EventParser events;
  std::string refused;
  char chunk[16 * 1024];
  while (!parser.is_done()) {
    lease->begin(Clock::now() + silence);
    parser.get().body().data = chunk;
    parser.get().body().size = sizeof chunk;
    auto [error, got] = co_await http::async_read_some(lease->socket, lease->buffer, parser, tuple);
    if (error == http::error::need_buffer) error = {};
    if (error) {
      if (lease->expired) {
        co_return fail(ErrorCode::timeout, cat("nothing came for ", silence.count(), " ms"));
      }
      co_return ended(*lease, error);
    }
    const std::string_view bytes(chunk, sizeof chunk - parser.get().body().size);
    if (status != 200) {
      refused.append(bytes.substr(0, 64 * 1024 - std::min<std::size_t>(refused.size(), 64 * 1024)));
      continue;
    }
    const auto outcome = events.feed(bytes, on_event);
    if (outcome == EventParser::Outcome::stopped) co_return Result<>{};
    if (outcome == EventParser::Outcome::too_large) {
      co_return fail(ErrorCode::rejected, "an event of the stream is larger than 1 MiB");
    }
  }
  if (status != 200) co_return fail(refusal(status, refused));
  co_return fail(ErrorCode::unreachable, "the daemon ended the stream");
}

// ---- the face

ApiClient::ApiClient(asio::any_io_executor loop, std::string socket_path,
                     std::size_t most_connections)
    : pool_(std::make_shared<Pool>(std::move(loop), std::move(socket_path), most_connections)) {}

ApiClient::~ApiClient() { pool_->stop(); }

// No coroutines themselves: what runs holds the pool, never the client.
asio::awaitable<Result<ApiResponse>> ApiClient::request(ApiRequest request,
                                                        std::chrono::milliseconds within) {
  return Pool::request(pool_, std::move(request), Clock::now() + within);
}

asio::awaitable<Result<>> ApiClient::stream(std::string target,
                                            std::function<bool(const ApiEvent&)> on_event,
                                            std::chrono::milliseconds silence) {
  return Pool::stream(pool_, std::move(target), std::move(on_event), silence);
}

}  // namespace genkan
