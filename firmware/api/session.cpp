#include "firmware/api/session.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "firmware/api/http.hpp"
#include "firmware/api/routes.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::api {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t buffer_bytes = 16 * 1024;

// Cancels what the stream is doing when its time is over. The timer stays armed from one wait to
// the next and is only set anew when it fires too early: a request costs no timer operation as a
// rule.
class Watch : public std::enable_shared_from_this<Watch> {
 public:
  Watch(const asio::any_io_executor& loop, std::shared_ptr<ByteStream> stream)
      : timer_(loop), stream_(std::move(stream)) {}

  void begin(std::chrono::milliseconds within) {
    deadline_ = Clock::now() + within;
    if (!armed_ || timer_.expiry() > *deadline_) arm();
  }
  void end() { deadline_.reset(); }
  bool expired() const { return expired_; }

 private:
  void arm() {
    timer_.expires_at(*deadline_);
    armed_ = true;
    timer_.async_wait([self = weak_from_this(), mine = ++wait_](const error_code&) {
      if (const auto watch = self.lock()) watch->on_timer(mine);
    });
  }
  void on_timer(std::uint64_t mine) {
    if (mine != wait_) return;
    armed_ = false;
    if (!deadline_) return;
    if (*deadline_ > Clock::now()) return arm();
    expired_ = true;
    stream_->cancel();
  }

  asio::steady_timer timer_;
  std::shared_ptr<ByteStream> stream_;
  std::optional<Clock::time_point> deadline_;
  std::uint64_t wait_ = 0;  // which async_wait is the present one
  bool armed_ = false;
  bool expired_ = false;
};

// What the connection does after an answer.
enum class Next { go_on, close };

class Session {
 public:
  Session(std::shared_ptr<ByteStream> stream, std::shared_ptr<const CallerSource> callers,
          services::Gateway& gateway, SessionLimits limits, std::span<const Route> routes,
          asio::any_io_executor loop)
      : stream_(std::move(stream)),
        callers_(std::move(callers)),
        gateway_(gateway),
        limits_(limits),
        routes_(routes),
        watch_(std::make_shared<Watch>(std::move(loop), stream_)) {}

  asio::awaitable<void> run();

 private:
  using Parser = http::request_parser<http::string_body>;

  asio::awaitable<bool> fill();
  asio::awaitable<Result<>> feed(Parser& parser);
  asio::awaitable<Next> one_request();
  asio::awaitable<Next> refuse(Response response);
  asio::awaitable<Next> respond(Response response, bool keep_alive);
  asio::awaitable<void> stream_events(std::shared_ptr<EventStream> events);
  asio::awaitable<bool> write(std::string_view head, std::string_view body);
  std::optional<Response> check_header(Parser& parser, std::size_t& most_body);
  Result<Request> request_of(Parser::value_type message) const;

  std::shared_ptr<ByteStream> stream_;
  std::shared_ptr<const CallerSource> callers_;
  services::Gateway& gateway_;
  SessionLimits limits_;
  std::span<const Route> routes_;
  std::shared_ptr<Watch> watch_;
  std::vector<char> buffer_ = std::vector<char>(buffer_bytes);
  std::size_t held_ = 0;  // bytes of the buffer that are not used yet
};

Response too_large(std::string_view what, std::size_t most) {
  return error_response(413, "too_large", cat(what, " is larger than ", most / 1024, " KiB"));
}

std::string header_of(const Response& response, bool keep_alive) {
  std::string head = cat("HTTP/1.1 ", response.status, " ", status_text(response.status),
                         "\r\nContent-Type: ", response.content_type, "\r\n");
  if (!response.allow.empty()) head += cat("Allow: ", response.allow, "\r\n");
  if (response.events) {
    return head + "Cache-Control: no-store\r\nConnection: close\r\n\r\n";
  }
  head += cat("Content-Length: ", response.body.size(), "\r\n");
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

// "application/json; charset=utf-8" is "application/json".
std::string media_type(std::string_view header) {
  header = header.substr(0, header.find(';'));
  while (header.ends_with(' ') || header.ends_with('\t')) header.remove_suffix(1);
  std::string type(header);
  std::ranges::transform(type, type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type;
}

// Reads more behind what is held; false when the connection ends or its time is over.
asio::awaitable<bool> Session::fill() {
  const asio::mutable_buffer space(buffer_.data() + held_, buffer_.size() - held_);
  const auto [error, got] = co_await stream_->read_some(space);
  held_ += got;
  co_return !error && !watch_->expired();
}

// Gives the parser what is held, and reads more until the header or (afterwards) all is parsed.
asio::awaitable<Result<>> Session::feed(Parser& parser) {
  const bool header_only = !parser.is_header_done();
  for (;;) {
    error_code error;
    if (held_ > 0) {
      const auto used = parser.put(asio::const_buffer(buffer_.data(), held_), error);
      held_ -= used;
      std::memmove(buffer_.data(), buffer_.data() + used, held_);
    }
    if (error == http::error::header_limit || error == http::error::body_limit) {
      co_return fail(ErrorCode::busy, error == http::error::header_limit ? "header" : "body");
    }
    if (error && error != http::error::need_more) {
      co_return fail(ErrorCode::invalid, cat("this is no HTTP request: ", error.message()));
    }
    if (parser.is_done() || (header_only && parser.is_header_done())) co_return Result<>{};
    if (held_ == buffer_.size()) co_return fail(ErrorCode::busy, "header");
    const bool more = co_await fill();
    if (more) continue;
    if (watch_->expired()) co_return fail(ErrorCode::timeout, "the request did not come in time");
    co_return fail(ErrorCode::unreachable, "closed");
  }
}

// Sets the route's bound for the body; what refuses the request before its body is read.
std::optional<Response> Session::check_header(Parser& parser, std::size_t& most_body) {
  const auto& message = parser.get();
  const auto target = parse_target(message.target());
  const auto match = target ? find_route(routes_, message.method_string(), target->path) : Match{};
  auto most = most_bytes(match.route == nullptr ? Body::json : match.route->body);
  if (most > most_bytes(Body::csv)) {  // so much is read only for those who may send it
    const auto caller = callers_->caller(message["Genkan-Subject"]);
    const bool may = caller && domain::allows(caller->role, match.route->right);
    if (!may) most = most_bytes(Body::json);
  }
  if (parser.content_length().value_or(0) > most) return too_large("the body", most);
  parser.body_limit(most);
  most_body = most;
  const auto expect = message[http::field::expect];
  if (!expect.empty() && !boost::beast::iequals(expect, "100-continue")) {
    return error_response(417, "invalid", "the header Expect must be 100-continue");
  }
  return std::nullopt;
}

Result<Request> Session::request_of(Parser::value_type message) const {
  auto target = parse_target(message.target());
  if (!target) return fail(target.error());
  auto caller = callers_->caller(message["Genkan-Subject"]);
  if (!caller) return fail(caller.error());
  Request request;
  request.method = message.method_string();
  request.target = std::move(*target);
  request.content_type = media_type(message[http::field::content_type]);
  request.caller = std::move(*caller);
  request.body = std::move(message.body());
  return request;
}

asio::awaitable<bool> Session::write(std::string_view head, std::string_view body) {
  watch_->begin(limits_.answer);
  const auto [error, sent] = co_await stream_->write(head, body);
  watch_->end();
  co_return !error && !watch_->expired();
}

asio::awaitable<Next> Session::respond(Response response, bool keep_alive) {
  const auto head = header_of(response, keep_alive);
  const bool written = co_await write(head, response.body);
  if (!written) co_return Next::close;
  if (response.events) {
    co_await stream_events(std::move(response.events));
    co_return Next::close;
  }
  co_return keep_alive ? Next::go_on : Next::close;
}

asio::awaitable<Next> Session::refuse(Response response) {
  return respond(std::move(response), false);
}

asio::awaitable<void> Session::stream_events(std::shared_ptr<EventStream> events) {
  std::string text = event_text("hello", "", events->hello);
  for (;;) {
    const bool written = co_await write(text, "");
    if (!written) co_return;
    const auto event = co_await events->subscription->next(limits_.comment);
    if (event) {
      const auto id = event->seq ? cat(number(*event->seq)) : std::string();
      text = event_text(services::name_of(event->kind), id, *event->data);
    } else if (event.error().code() == ErrorCode::timeout) {
      text = ":\n";
    } else {
      co_return;  // did not keep up, or the gateway stops: the other side connects again
    }
  }
}

asio::awaitable<Next> Session::one_request() {
  if (held_ == 0) {
    watch_->begin(limits_.idle);
    const bool came = co_await fill();
    if (!came) co_return Next::close;
  }
  watch_->begin(limits_.request);
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(most_header_bytes));
  std::size_t most_body = 0;  // by the route, once the header is there
  parser.body_limit(boost::none);
  auto fed = co_await feed(parser);
  if (fed && !parser.is_done()) {
    if (auto refused = check_header(parser, most_body))
      co_return co_await refuse(std::move(*refused));
    if (!parser.get()[http::field::expect].empty()) {
      const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n", "");
      if (!written) co_return Next::close;
      watch_->begin(limits_.request);
    }
    parser.eager(true);
    fed = co_await feed(parser);
  }
  watch_->end();
  if (!fed) {
    const auto& error = fed.error();
    if (error.code() == ErrorCode::unreachable) co_return Next::close;
    if (error.code() == ErrorCode::timeout) {
      co_return co_await refuse(error_response(408, "timeout", error.message()));
    }
    if (error.code() == ErrorCode::busy) {
      co_return co_await refuse(error.message() == "header"
                                    ? too_large("the header", most_header_bytes)
                                    : too_large("the body", most_body));
    }
    co_return co_await refuse(error_response(error));
  }
  const bool keep_alive = parser.get().keep_alive();
  auto request = request_of(parser.release());
  if (!request) co_return co_await respond(error_response(request.error()), keep_alive);
  auto response = co_await answer(gateway_, std::move(*request), routes_);
  co_return co_await respond(std::move(response), keep_alive);
}

asio::awaitable<void> Session::run() {
  Next next = Next::go_on;
  while (next == Next::go_on) next = co_await one_request();
}

}  // namespace

asio::awaitable<void> serve(std::shared_ptr<ByteStream> stream,
                            std::shared_ptr<const CallerSource> callers, services::Gateway& gateway,
                            SessionLimits limits, std::span<const Route> routes) {
  try {
    const auto loop = co_await asio::this_coro::executor;
    Session session(stream, std::move(callers), gateway, limits, routes, loop);
    co_await session.run();
  } catch (const std::exception& error) {
    // A mistake of ours, or no memory: this connection ends, the others go on.
    log(LogLevel::error, "an API connection broke off", {{"error", error.what()}});
  }
  stream->close();
}

}  // namespace genkan::api
