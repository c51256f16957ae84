#include "tests/unit/api/support.hpp"

#include "firmware/base/text.hpp"

namespace genkan::api::testing {

namespace asio = boost::asio;

namespace {

ports::Memory memory_of_small_site() {
  ports::Memory memory;
  memory.inventory = fakes::small_site();
  return memory;
}

}  // namespace

json::object Reply::object() const {
  const auto value = parse_json(body, body.size());
  return value && value->is_object() ? value->get_object() : json::object{};
}

std::string Reply::message() const {
  const auto whole = object();
  const auto* error = whole.if_contains("error");
  if (error == nullptr || !error->is_object()) return "";
  return std::string(error->get_object().at("message").as_string());
}

Reply reply_of(const std::string& text) {
  Reply reply;
  const auto end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || end == std::string::npos) return reply;
  reply.status = parse_integer<int>(std::string_view(text).substr(9, 3), 100, 599).value_or(0);
  reply.head = text.substr(0, end);
  reply.body = text.substr(end + 4);
  return reply;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

TestBuilding::TestBuilding(services::GatewayPolicy policy, SessionLimits its_limits)
    : store(loop.get_executor(), memory_of_small_site()),
      limits(its_limits),
      gateway(fleet, store, clock, models, std::move(policy),
              test::key_means(loop.get_executor(), memory)) {
  memory.lock("lock-101").model = fakes::shared_memory();
  gateway.start();
  run();
}

std::shared_ptr<MemoryStream> TestBuilding::connect(domain::Role role) {
  auto stream = std::make_shared<MemoryStream>(loop.get_executor());
  asio::co_spawn(loop, serve(stream, std::make_shared<FixedCaller>(role), gateway, limits),
                 asio::detached);
  run();
  return stream;
}

std::string TestBuilding::exchange(std::string bytes, domain::Role role) {
  const auto stream = connect(role);
  stream->send(std::move(bytes));
  stream->end();
  run();
  return stream->received();
}

Reply TestBuilding::request(std::string_view method, std::string_view target, std::string_view body,
                            domain::Role role) {
  return send(method, target, "application/json", body, role);
}

Reply TestBuilding::send(std::string_view method, std::string_view target,
                         std::string_view content_type, std::string_view body, domain::Role role) {
  std::string text = cat(method, " ", target, " HTTP/1.1\r\nHost: genkan\r\n");
  if (!body.empty()) {
    text += cat("Content-Type: ", content_type, "\r\nContent-Length: ", body.size(), "\r\n");
  }
  return reply_of(exchange(cat(text, "\r\n", body), role));
}

}  // namespace genkan::api::testing
