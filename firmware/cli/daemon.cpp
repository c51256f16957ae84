#include "firmware/cli/daemon.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>

#include "firmware/base/text.hpp"
#include "firmware/cli/option_names.hpp"

namespace genkan::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_answer = 16 * 1024 * 1024;

ErrorCode code_of(int status) {
  switch (status) {
    case 400: return ErrorCode::invalid;
    case 403: return ErrorCode::forbidden;
    case 404: return ErrorCode::unknown;
    case 429: return ErrorCode::busy;
    default: return ErrorCode::rejected;
  }
}

}  // namespace

Exit exit_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return Exit::usage;
    case ErrorCode::forbidden: return Exit::forbidden;
    case ErrorCode::unknown: return Exit::unknown;
    case ErrorCode::busy: return Exit::busy;
    case ErrorCode::unreachable:
    case ErrorCode::timeout: return Exit::unreachable;
    default: return Exit::failed;
  }
}

Exit worse(Exit a, Exit b) { return std::max(a, b); }

Daemon::Daemon(std::string socket) : client_(loop_.get_executor(), std::move(socket)) {}

Result<ApiResponse> Daemon::ask(ApiRequest request, std::chrono::milliseconds within) {
  Result<ApiResponse> answer = fail(ErrorCode::internal, "no answer");
  std::vector<ApiRequest> one;
  one.push_back(std::move(request));
  ask_all(std::move(one), within,
          [&answer](std::size_t, Result<ApiResponse> got) { answer = std::move(got); });
  return answer;
}

void Daemon::ask_all(std::vector<ApiRequest> requests, std::chrono::milliseconds within,
                     const std::function<void(std::size_t, Result<ApiResponse>)>& on_answer) {
  std::size_t open = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto finished = [this, i, &open, &on_answer](const std::exception_ptr& thrown,
                                                       Result<ApiResponse> answer) {
      if (thrown) std::rethrow_exception(thrown);
      on_answer(i, std::move(answer));
      if (--open == 0) loop_.stop();
    };
    asio::co_spawn(loop_, client_.request(std::move(requests[i]), within), finished);
  }
  loop_.restart();
  if (open > 0) loop_.run();
}

Result<json::object> object_of(const ApiResponse& response) {
  if (response.status != 200) return fail(error_of(response));
  auto value = parse_json(response.body, most_answer);
  if (!value || !value->is_object()) {
    return fail(ErrorCode::rejected, "the daemon's answer is no JSON object");
  }
  return std::move(value->get_object());
}

Error error_of(const ApiResponse& response) {
  const auto value = parse_json(response.body, most_answer);
  if (value && value->is_object()) {
    auto message = text_at(object_at(value->get_object(), "error"), "message");
    if (!message.empty()) {
      return Error(code_of(response.status), in_options(std::move(message)));
    }
  }
  return Error(code_of(response.status), cat("the daemon answered with status ", response.status));
}

Result<json::object> Daemon::get(std::string target, std::chrono::milliseconds within) {
  ApiRequest request;
  request.target = std::move(target);
  const auto answer = ask(std::move(request), within);
  if (!answer) return fail(answer.error());
  return object_of(*answer);
}

Result<json::object> Daemon::send(std::string method, std::string target,
                                  const std::optional<json::value>& body,
                                  std::chrono::milliseconds within) {
  ApiRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  if (body) request.body = json::serialize(*body);
  const auto answer = ask(std::move(request), within);
  if (!answer) return fail(answer.error());
  return object_of(*answer);
}

std::string escaped(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  static constexpr std::string_view marks = "-._~";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || marks.contains(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 0x0FU];
  }
  return out;
}

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::int64_t number_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return 0;
  boost::system::error_code not_whole;
  const auto number = value->is_number() ? value->to_number<std::int64_t>(not_whole) : 0;
  return not_whole ? 0 : number;
}

bool flag_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object& object_at(const json::object& object, std::string_view key) {
  static const json::object none;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array none;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

}  // namespace genkan::cli
