#include "tests/unit/cli/canned.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/cli/line.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace genkan::cli::test {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;
using Acceptor = asio::local::stream_protocol::acceptor;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

// The value of a header, whose name is looked for in lower case.
std::string header(std::string_view head, std::string_view name) {
  std::string lower(head);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto at = lower.find(cat("\r\n", name, ": "));
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 4;
  return std::string(head.substr(begin, head.find("\r\n", begin) - begin));
}

// Where a command's words go.
class Sink {
 public:
  Sink() : file_(::open_memstream(&text_, &size_)) {}
  ~Sink() {
    std::fclose(file_);
    std::free(text_);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  std::FILE* file() { return file_; }
  std::string text() {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

class Input {
 public:
  explicit Input(const std::string& text)
      : stream_(text), before_(std::cin.rdbuf(stream_.rdbuf())) {
    std::cin.clear();
  }
  ~Input() { std::cin.rdbuf(before_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

 private:
  std::istringstream stream_;
  std::streambuf* before_;
};

}  // namespace

// Lives on the client's own loop: it works while a command waits for its answer.
struct Server {
  const CannedApi& api;
  std::vector<Asked>& asked;

  std::string reply(const std::string& what) const {
    const auto found = api.answers_.find(what);
    const CannedApi::Answer none{
        404, R"({"error":{"code":"unknown","message":"nothing is canned for this"}})"};
    const auto& answer = found == api.answers_.end() ? none : found->second;
    return cat("HTTP/1.1 ", answer.status, " Whatever\r\nContent-Type: application/json\r\n",
               "Content-Length: ", answer.body.size(), "\r\n\r\n", answer.body);
  }

  asio::awaitable<void> session(Socket socket) {
    std::string buffer;
    for (;;) {
      const auto [no_head, size] =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n", tuple);
      if (no_head) co_return;
      const std::string head = buffer.substr(0, size);
      buffer.erase(0, size);
      const auto length =
          parse_integer<std::size_t>(header(head, "content-length"), 0, 1'000'000).value_or(0);
      if (buffer.size() < length) {
        const auto [no_body, got] =
            co_await asio::async_read(socket, asio::dynamic_buffer(buffer),
                                      asio::transfer_exactly(length - buffer.size()), tuple);
        if (no_body) co_return;
      }
      const auto what = head.substr(0, head.find(" HTTP/"));
      asked.push_back({what, header(head, "content-type"), buffer.substr(0, length)});
      buffer.erase(0, length);
      const auto text = reply(what);
      const auto [no_write, put] = co_await asio::async_write(socket, asio::buffer(text), tuple);
      if (no_write) co_return;
    }
  }

  asio::awaitable<void> listen(Acceptor& acceptor) {
    for (;;) {
      auto [failed, socket] = co_await acceptor.async_accept(tuple);
      if (failed) co_return;
      asio::co_spawn(acceptor.get_executor(), session(std::move(socket)), asio::detached);
    }
  }
};

json::object Said::body_of(std::string_view what) const {
  for (const auto& one : asked) {
    if (one.what != what) continue;
    const auto value = parse_json(one.body, one.body.size());
    return value && value->is_object() ? value->get_object() : json::object();
  }
  return {};
}

bool Said::has_asked(std::string_view what) const {
  return std::ranges::any_of(asked, [what](const Asked& one) { return one.what == what; });
}

void CannedApi::answer(std::string what, std::string body, int status) {
  answers_.insert_or_assign(std::move(what), Answer{status, std::move(body)});
}

void CannedApi::refuse(std::string what, int status, std::string_view message) {
  answer(std::move(what),
         json::serialize(
             json::object{{"error", json::object{{"code", "whatever"}, {"message", message}}}}),
         status);
}

Said CannedApi::type(const std::vector<std::string>& words, const std::string& input) const {
  Said said;
  Action action;
  bool as_json = false;
  CLI::App app;
  app.add_flag("--json", as_json);
  app.require_subcommand(1);
  app.fallthrough();
  add_reservation_commands(app, action);
  add_key_commands(app, action);
  add_holder_commands(app, action);
  add_cloud_commands(app, action);
  add_site_commands(app, action);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    said.end = error.get_exit_code() == 0 ? Exit::done : Exit::usage;
    said.err = error.what();
    return said;
  }
  const genkan::test::TempDir folder;
  const auto path = folder.file("api.sock");
  Sink out;
  Sink err;
  {
    const Input standard_input(input);
    Daemon daemon(path);
    Acceptor acceptor(daemon.loop(), asio::local::stream_protocol::endpoint(path));
    Server server{*this, said.asked};
    asio::co_spawn(daemon.loop(), server.listen(acceptor), asio::detached);
    said.end = action(daemon, Console{Paint(false), as_json, out.file(), err.file()});
  }
  said.out = out.text();
  said.err = err.text();
  return said;
}

}  // namespace genkan::cli::test
