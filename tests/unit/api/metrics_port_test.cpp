#include "firmware/api/metrics_port.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

// A port of 127.0.0.1 that somebody holds.
struct Holder {
  explicit Holder(asio::io_context& loop)
      : acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}
  std::uint16_t port() const { return acceptor.local_endpoint().port(); }
  tcp::acceptor acceptor;
};

MetricsPortOptions at(std::uint16_t port) {
  return {.address = {"127.0.0.1", port}, .limits = {}, .retry = 20ms};
}

// A port that was free a moment ago.
std::uint16_t free_port(asio::io_context& loop) { return Holder(loop).port(); }

void run_until(TestBuilding& building, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!holds() && std::chrono::steady_clock::now() < end) building.run_for(5ms);
  REQUIRE(holds());
}

// Sends the bytes and reads until the other side closes.
asio::awaitable<void> talk(std::uint16_t port, std::string bytes,
                           std::optional<std::string>* into) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const tcp::endpoint there(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(there, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
  std::string text;
  boost::system::error_code error;
  while (!error) {
    std::array<char, 4096> part{};
    const auto got = co_await socket.async_read_some(
        asio::buffer(part), asio::redirect_error(asio::use_awaitable, error));
    text.append(part.data(), got);
  }
  *into = std::move(text);
}

Reply ask(TestBuilding& building, std::uint16_t port, std::string_view line) {
  std::optional<std::string> text;
  asio::co_spawn(building.loop,
                 talk(port, cat(line, " HTTP/1.1\r\nConnection: close\r\n\r\n"), &text),
                 asio::detached);
  run_until(building, [&text] { return text.has_value(); });
  return reply_of(*text);
}

}  // namespace

TEST_CASE("metrics: over TCP there is GET /metrics and nothing else") {
  TestBuilding building;
  const auto port = free_port(building.loop);
  MetricsPort metrics(building.loop.get_executor(), building.gateway, at(port));
  metrics.start();
  run_until(building, [&] { return metrics.listening(); });
  const auto found = ask(building, port, "GET /metrics");
  CHECK(found.status == 200);
  CHECK(found.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  CHECK(found.body.contains("\ngenkan_clock_trusted 1\n"));
  struct Case {
    std::string_view line;
    int status;
  };
  for (const auto& one :
       {Case{"POST /metrics", 405}, Case{"GET /v1/status", 404}, Case{"GET /v1/openapi.json", 404},
        Case{"GET /", 404}, Case{"POST /v1/devices/lock-101/commands", 404},
        Case{"POST /v1/signed", 404}, Case{"PUT /v1/site", 404}}) {
    CAPTURE(one.line);
    const auto reply = ask(building, port, one.line);
    CHECK(reply.status == one.status);
    CHECK(reply.head.contains("Allow: GET") == (one.status == 405));
  }
  CHECK(ask(building, port, "GET /v1/status").message() ==
        "there is nothing at /v1/status; there is /metrics here, and no more");
  metrics.stop();
  CHECK_FALSE(metrics.listening());
}

TEST_CASE("metrics: a port that is taken is tried again until it can be had") {
  TestBuilding building;
  auto holder = std::make_unique<Holder>(building.loop);
  const auto port = holder->port();
  MetricsPort metrics(building.loop.get_executor(), building.gateway, at(port));
  metrics.start();
  building.run_for(60ms);
  CHECK_FALSE(metrics.listening());
  CHECK(building.request("GET", "/v1/status").status == 200);
  holder.reset();
  run_until(building, [&] { return metrics.listening(); });
  CHECK(ask(building, port, "GET /metrics").status == 200);
}

TEST_CASE("metrics: connections are bounded, and a request has a deadline") {
  TestBuilding building;
  auto options = at(free_port(building.loop));
  options.most_connections = 2;
  options.limits.idle = 200ms;
  const auto port = options.address.port;
  MetricsPort metrics(building.loop.get_executor(), building.gateway, options);
  metrics.start();
  run_until(building, [&] { return metrics.listening(); });
  std::optional<std::string> first;
  std::optional<std::string> second;
  asio::co_spawn(building.loop, talk(port, "", &first), asio::detached);
  asio::co_spawn(building.loop, talk(port, "", &second), asio::detached);
  building.run_for(20ms);
  CHECK(ask(building, port, "GET /metrics").status == 503);
  run_until(building, [&] { return first && second; });
  CHECK(first->empty());
  CHECK(ask(building, port, "GET /metrics").status == 200);
}

}  // namespace genkan::api::testing
