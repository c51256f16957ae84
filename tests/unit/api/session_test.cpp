#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

using domain::Field;

namespace {

constexpr std::string_view status_request = "GET /v1/status HTTP/1.1\r\nHost: genkan\r\n\r\n";

std::string with_body(std::string_view method, std::string_view target, std::string_view type,
                      std::size_t bytes) {
  return cat(method, " ", target, " HTTP/1.1\r\nContent-Type: ", type,
             "\r\nContent-Length: ", bytes, "\r\n\r\n", std::string(bytes, 'x'));
}

}  // namespace

TEST_CASE("API: what is no HTTP gets 400 and is closed") {
  TestBuilding building;
  for (const std::string_view bytes :
       {"\r\n\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "GET /v1/status\r\n\r\n",
        "GET /v1/status HTTP/9.9\r\n\r\n", "GET /v1/status HTTP/1.1\r\nbroken header\r\n\r\n",
        "POST /v1/site HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/site HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/site HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    CAPTURE(std::string(bytes));
    const auto stream = building.connect();
    stream->send(std::string(bytes));
    building.run();
    const auto reply = reply_of(stream->received());
    CHECK(reply.status == 400);
    CHECK(!reply.message().empty());
    CHECK(stream->closed());
  }
}

TEST_CASE("API: bytes are put together however they arrive") {
  TestBuilding building;
  const std::string body = R"({"command":"lock"})";
  const std::string bytes =
      cat("POST /v1/devices/lock-101/commands HTTP/1.1\r\nContent-Type: application/json\r\n"
          "Content-Length: ",
          body.size(), "\r\n\r\n", body);
  for (const std::size_t piece : {1U, 2U, 7U, 64U, 1000U}) {
    const auto stream = building.connect();
    for (std::size_t at = 0; at < bytes.size(); at += piece) stream->send(bytes.substr(at, piece));
    building.run();
    CHECK(reply_of(stream->received()).status == 200);
    CHECK(!stream->closed());
    stream->end();
    building.run();
    CHECK(stream->closed());
  }
}

TEST_CASE("API: a chunked body is a body") {
  TestBuilding building;
  const auto text = building.exchange(
      "POST /v1/devices/lock-101/commands HTTP/1.1\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"com\r\nd\r\nmand\":\"lock\"}\r\n0\r\n\r\n");
  CHECK(reply_of(text).status == 200);
}

TEST_CASE("API: pipelined requests are answered one after the other, in order") {
  TestBuilding building;
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    bytes += cat("GET /v1/devices/lock-", i, " HTTP/1.1\r\n\r\n");
  }
  const auto text = building.exchange(bytes);
  CHECK(count_of(text, "HTTP/1.1 404") == 40);
  std::size_t at = 0;
  for (int i = 0; i < 40; ++i) {
    at = text.find(cat("'lock-", i, "'"), at);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("API: no body is larger than its bound") {
  TestBuilding building;
  struct Case {
    std::string_view method;
    std::string_view target;
    std::string_view type;
    std::size_t bytes;
    int status;
  };
  const Case cases[] = {
      {"POST", "/v1/devices/lock-101/commands", "application/json", 1'000'000, 413},
      {"POST", "/v1/devices/lock-101/commands", "application/json", 65'537, 413},
      {"POST", "/v1/devices/lock-101/commands", "application/json", 65'536, 400},
      {"PUT", "/v1/site", "application/toml", 1'048'577, 413},
      {"PUT", "/v1/site", "application/toml", 1'048'576, 400},
      {"PUT", "/v1/site/", "application/toml", 65'537, 413},
      {"GET", "/v1/status", "application/json", 65'537, 413},
  };
  for (const auto& one : cases) {
    CAPTURE(std::string(one.target));
    CAPTURE(one.bytes);
    const auto stream = building.connect();
    stream->send(with_body(one.method, one.target, one.type, one.bytes));
    building.run();
    CHECK(reply_of(stream->received()).status == one.status);
    if (one.status != 413) continue;
    CHECK(stream->closed());
    CHECK(reply_of(stream->received()).head.contains("Connection: close"));
  }
}

TEST_CASE("API: of a body that is too large nothing is read beyond the header's piece") {
  TestBuilding building;
  const auto stream = building.connect();
  stream->send(
      "PUT /v1/site HTTP/1.1\r\nContent-Type: application/toml\r\nContent-Length: 2000000\r\n\r\n");
  for (int i = 0; i < 10; ++i) stream->send(std::string(1000, 'x'));
  building.run();
  CHECK(reply_of(stream->received()).status == 413);
  CHECK(stream->unread() == 10);
}

TEST_CASE("API: a chunked body has the same bound") {
  TestBuilding building;
  std::string bytes =
      "POST /v1/devices/lock-101/commands HTTP/1.1\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 70; ++i) bytes += cat("400\r\n", std::string(1024, ' '), "\r\n");
  bytes += "0\r\n\r\n";
  const auto reply = reply_of(building.exchange(bytes));
  CHECK(reply.status == 413);
  CHECK(reply.message() == "the body is larger than 64 KiB");
}

TEST_CASE("API: the header has a bound too") {
  TestBuilding building;
  const auto reply = reply_of(
      building.exchange(cat("GET /v1/status HTTP/1.1\r\nX: ", std::string(9000, 'x'), "\r\n\r\n")));
  CHECK(reply.status == 413);
  CHECK(reply.message() == "the header is larger than 8 KiB");
  const auto target =
      reply_of(building.exchange(cat("GET /", std::string(100'000, 'x'), " HTTP/1.1\r\n\r\n")));
  CHECK(target.status == 413);
}

TEST_CASE("API: 100-continue is said before the body, and only if it will be read") {
  TestBuilding building;
  const auto stream = building.connect();
  stream->send(
      "POST /v1/devices/lock-101/commands HTTP/1.1\r\nContent-Type: application/json\r\n"
      "Content-Length: 18\r\nExpect: 100-continue\r\n\r\n");
  building.run();
  CHECK(stream->received() == "HTTP/1.1 100 Continue\r\n\r\n");
  stream->send(R"({"command":"lock"})");
  building.run();
  CHECK(count_of(stream->received(), "HTTP/1.1 200 OK") == 1);

  const auto large = building.exchange(
      "POST /v1/devices/lock-101/commands HTTP/1.1\r\nContent-Length: 999999\r\n"
      "Expect: 100-continue\r\n\r\n");
  CHECK(reply_of(large).status == 413);
  const auto other =
      building.exchange("GET /v1/status HTTP/1.1\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n");
  CHECK(reply_of(other).status == 417);
}

TEST_CASE("API: Connection: close is kept, and HTTP/1.0 closes") {
  TestBuilding building;
  for (const std::string_view bytes : {"GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n",
                                       "GET /v1/status HTTP/1.0\r\n\r\n"}) {
    const auto stream = building.connect();
    stream->send(std::string(bytes));
    building.run();
    CHECK(reply_of(stream->received()).status == 200);
    CHECK(stream->closed());
  }
}

TEST_CASE("API: whoever has no role is refused with a sentence") {
  TestBuilding building;
  struct Nobody final : CallerSource {
    Result<domain::Caller> caller(std::string_view) const override {
      return fail(ErrorCode::forbidden, "user:nobody has no role here");
    }
  };
  auto stream = std::make_shared<MemoryStream>(building.loop.get_executor());
  boost::asio::co_spawn(building.loop,
                        serve(stream, std::make_shared<Nobody>(), building.gateway, {}),
                        boost::asio::detached);
  stream->send(std::string(status_request));
  stream->end();
  building.run();
  CHECK(reply_of(stream->received()).status == 403);
  CHECK(reply_of(stream->received()).message() == "user:nobody has no role here");
}

TEST_CASE("API: an idle connection is closed, a request that stops in the middle gets 408") {
  SessionLimits limits;
  limits.idle = std::chrono::milliseconds(30);
  limits.request = std::chrono::milliseconds(20);
  TestBuilding building({}, limits);
  const auto idle = building.connect();
  const auto slow = building.connect();
  slow->send("GET /v1/sta");
  building.run_for(std::chrono::milliseconds(500));
  CHECK(idle->closed());
  CHECK(idle->received().empty());
  CHECK(slow->closed());
  CHECK(reply_of(slow->received()).status == 408);
}

TEST_CASE("API: an answer that nobody takes closes the connection") {
  SessionLimits limits;
  limits.answer = std::chrono::milliseconds(20);
  TestBuilding building({}, limits);
  const auto stream = building.connect();
  stream->stop_reading();
  stream->send(std::string(status_request));
  building.run_for(std::chrono::milliseconds(500));
  CHECK(stream->closed());
}

TEST_CASE("API: the stream greets, shows every device, then what happens") {
  TestBuilding building;
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::unlocked);
  building.run();
  const auto stream = building.connect(domain::Role::viewer);
  stream->send("GET /v1/stream HTTP/1.1\r\n\r\n");
  building.run();
  const auto reply = reply_of(stream->received());
  CHECK(reply.status == 200);
  CHECK(reply.head.contains("Content-Type: text/event-stream"));
  CHECK(reply.body.starts_with("event: hello\ndata: {\"boot\":\"boot-1\",\"head\":"));
  CHECK(count_of(reply.body, "event: device\ndata: {") == fakes::small_site().devices.size());
  const auto before = stream->received().size();
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::locked);
  building.run();
  const auto news = stream->received().substr(before);
  CHECK(news.contains("event: device\ndata: {\"id\":\"lock-101\""));
  CHECK(news.contains("event: record\ndata: {\"seq\":"));
  CHECK(news.contains("id: "));
  CHECK(news.ends_with("}\n\n"));
  building.fleet.set_bus("line-a", "unplugged");
  building.run();
  CHECK(stream->received().contains("event: bus\ndata: {\"id\":\"line-a\",\"up\":false"));
}

TEST_CASE("API: the stream brings the kinds that were asked for") {
  TestBuilding building;
  const auto stream = building.connect();
  stream->send("GET /v1/stream?kinds=record HTTP/1.1\r\n\r\n");
  building.run();
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::unlocked);
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::locked);
  building.run();
  CHECK(count_of(stream->received(), "event: device") == 0);
  CHECK(count_of(stream->received(), "event: record") >= 1);
}

TEST_CASE("API: a stream is never silent for longer than its comments") {
  SessionLimits limits;
  limits.comment = std::chrono::milliseconds(20);
  TestBuilding building({}, limits);
  const auto stream = building.connect();
  stream->send("GET /v1/stream?kinds=bus HTTP/1.1\r\n\r\n");
  building.run_for(std::chrono::milliseconds(200));
  CHECK(count_of(stream->received(), "\n:\n") >= 1);
}

TEST_CASE("API: a stream that is not read is closed") {
  SessionLimits limits;
  limits.answer = std::chrono::milliseconds(30);
  TestBuilding building({}, limits);
  const auto stream = building.connect();
  stream->send("GET /v1/stream HTTP/1.1\r\n\r\n");
  building.run();
  stream->stop_reading();
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::locked);
  building.run_for(std::chrono::milliseconds(500));
  CHECK(stream->closed());
}

TEST_CASE("API: a waiting reader is answered by the first record that fits") {
  TestBuilding building;
  const auto head = building.request("GET", "/v1/journal").object().at("head").as_int64();
  const auto stream = building.connect();
  stream->send(cat("GET /v1/journal?device=lock-101&wait=60&after=", head, " HTTP/1.1\r\n\r\n"));
  building.run();
  CHECK(stream->received().empty());
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::unlocked);
  building.fleet.report("lock-101", Field::bolt, domain::Bolt::locked);
  building.run();
  const auto reply = reply_of(stream->received());
  CHECK(reply.status == 200);
  CHECK(!reply.object().at("records").as_array().empty());
}

}  // namespace genkan::api::testing
