#include "cloud-agent/agent/request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cloud-agent/agent/topics.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

constexpr std::size_t most_correlation = 256;
constexpr std::size_t most_path = 1024;
constexpr std::size_t most_subject = 64;
// genkand's own default and limit for a command's timeout_ms.
constexpr std::int64_t command_default_ms = 10'000;
// How much longer than the command itself its answer may take to come back.
constexpr std::chrono::milliseconds answer_grace{500};

// What a cloud may ask for. Left out on purpose: the stream (events come by topics), readers (a
// cursor belongs to its reader), raw bus access. What changes keys, site or trust goes signed.
constexpr std::string_view signed_path = "/v1/signed";

struct Route {
  std::string_view method;
  std::string_view path;  // {id} stands for one id
};
constexpr std::array routes{
    Route{"GET", "/v1/status"},       Route{"GET", "/v1/devices"},
    Route{"GET", "/v1/devices/{id}"}, Route{"POST", "/v1/devices/{id}/commands"},
    Route{"GET", "/v1/journal"},      Route{"GET", "/v1/troubles"},
    Route{"GET", "/v1/buses"},        Route{"GET", "/v1/site"},
    Route{"GET", "/v1/models"},       Route{"GET", "/v1/openapi.json"},
    Route{"GET", "/v1/identity"},     Route{"GET", "/v1/claim"},
    Route{"GET", "/v1/trust"},        Route{"POST", signed_path},
};
constexpr std::array<std::string_view, 3> methods{"GET", "POST", "PUT"};

bool matches(std::string_view pattern, std::string_view path) {
  while (true) {
    const auto pattern_end = std::min(pattern.find('/'), pattern.size());
    const auto path_end = std::min(path.find('/'), path.size());
    const auto wanted = pattern.substr(0, pattern_end);
    const auto segment = path.substr(0, path_end);
    if (wanted == "{id}" ? !id_fault(segment).empty() : wanted != segment) return false;
    if (pattern_end == pattern.size() || path_end == path.size()) {
      return pattern_end == pattern.size() && path_end == path.size();
    }
    pattern.remove_prefix(pattern_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

bool has_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto parameter = query.substr(0, end);
    if (parameter.substr(0, parameter.find('=')) == name) return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

bool graphic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

struct Properties {
  std::string method;
  std::string path;
  std::string subject;
  std::string fault;
};

Properties read_properties(const mqtt::UserProperties& list) {
  Properties read;
  struct Slot {
    std::string_view name;
    std::string* value;
    int count = 0;
  };
  std::array slots{Slot{"method", &read.method}, Slot{"path", &read.path},
                   Slot{"subject", &read.subject}};
  for (const auto& [name, value] : list) {
    const auto same = [&wanted = name](const Slot& slot) { return slot.name == wanted; };
    const auto slot = std::find_if(slots.begin(), slots.end(), same);
    if (slot == slots.end()) {
      read.fault = cat("a request has no user property '", printable(name),
                       "'; method, path and subject are allowed");
      return read;
    }
    *slot->value = value;
    ++slot->count;
  }
  for (const Slot& slot : slots) {
    if (slot.count == 1 || (slot.count == 0 && slot.name == "subject")) continue;
    read.fault = cat("a request has exactly one user property '", slot.name, "', not ", slot.count);
    return read;
  }
  if (slots[2].count == 1 && (read.subject.empty() || read.subject.size() > most_subject ||
                              !printable_ascii(read.subject))) {
    read.fault =
        cat("the user property 'subject' has 1 to ", most_subject, " printable ASCII characters");
  }
  return read;
}

// A command must not run longer than its caller waits: its timeout_ms is bounded by `left`. What
// is no object, or has no whole number there, passes unchanged: genkand says what is wrong with it.
std::string with_time_limit(const std::string& body, std::chrono::milliseconds left) {
  auto parsed = parse_json(body, mqtt::most_payload);
  if (!parsed || !parsed->is_object()) return body;
  json::object& command = parsed->as_object();
  std::int64_t limit = command_default_ms;
  if (const json::value* given = command.if_contains("timeout_ms"); given != nullptr) {
    if (!given->is_int64()) return body;
    limit = given->as_int64();
  }
  const auto bound = std::max<std::int64_t>(1, left.count());
  if (limit <= bound) return body;
  command["timeout_ms"] = bound;
  return json::serialize(command);
}

Refusal refuse(std::optional<AnswerAddress> address, int status, std::string_view code,
               std::string reason) {
  return Refusal{std::move(address), Answer{status, error_body(code, reason)}, reason};
}

std::chrono::milliseconds time_left(const mqtt::Inbound& message, SteadyTime now) {
  if (!message.expiry) return most_request_time;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - message.arrived);
  return std::min<std::chrono::milliseconds>(most_request_time, *message.expiry - waited);
}

}  // namespace

std::string error_body(std::string_view code, std::string_view message) {
  json::object error;
  error["code"] = code;
  error["message"] = message;
  json::object body;
  body["error"] = std::move(error);
  return json::serialize(body);
}

std::string route_fault(std::string_view method, std::string_view path) {
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
    return cat("'", printable(method), "' is no method; ", alternatives(methods), " are");
  }
  if (path.size() > most_path || !graphic(path) || path.find('#') != std::string_view::npos) {
    return cat("a path has at most ", most_path, " visible ASCII characters and no '#'");
  }
  const auto question = std::min(path.find('?'), path.size());
  const auto plain = path.substr(0, question);
  const auto allowed = [method, plain](const Route& route) {
    return route.method == method && matches(route.path, plain);
  };
  if (std::none_of(routes.begin(), routes.end(), allowed)) {
    return cat(method, " ", printable(plain), " is not open to the cloud");
  }
  if (has_parameter(path.substr(std::min(question + 1, path.size())), "wait")) {
    return "'wait' is not open to the cloud: new records come on the event topics by themselves";
  }
  return {};
}

std::expected<CloudRequest, Refusal> check_request(const mqtt::Inbound& message, SteadyTime now) {
  const auto refusal = [](auto... parts) {
    return std::unexpected<Refusal>(refuse(std::move(parts)...));
  };
  // First of all where an answer would go: without that, nothing is done.
  if (!message.response_topic) {
    return refusal(std::optional<AnswerAddress>(), 400, "invalid",
                   std::string("the request has no response topic"));
  }
  if (auto fault = response_topic_fault(*message.response_topic); !fault.empty()) {
    return refusal(std::optional<AnswerAddress>(), 400, "invalid", std::move(fault));
  }
  const std::string correlation = message.correlation.value_or("");
  if (correlation.size() > most_correlation) {
    return refusal(
        std::optional(AnswerAddress{*message.response_topic, {}}), 400, "invalid",
        cat("correlation data has at most ", most_correlation, " bytes, not ", correlation.size()));
  }
  const AnswerAddress address{*message.response_topic, correlation};
  if (message.retained) {
    return refusal(
        std::optional(address), 400, "invalid",
        std::string("a request must not be retained: it would run again at every reconnect"));
  }
  if (message.payload.size() > mqtt::most_payload) {
    return refusal(
        std::optional(address), 413, "invalid",
        cat("a request has at most ", mqtt::most_payload, " bytes, not ", message.payload.size()));
  }
  Properties properties = read_properties(message.user_properties);
  if (!properties.fault.empty()) {
    return refusal(std::optional(address), 400, "invalid", std::move(properties.fault));
  }
  if (auto fault = route_fault(properties.method, properties.path); !fault.empty()) {
    return refusal(std::optional(address), 403, "forbidden", std::move(fault));
  }
  const auto left = time_left(message, now);
  if (left <= std::chrono::milliseconds::zero()) {
    return refusal(std::optional(address), 408, "timeout",
                   std::string("the request expired before it could be carried out"));
  }
  CloudRequest request;
  request.address = address;
  request.api.method = std::move(properties.method);
  request.api.target = std::move(properties.path);
  request.api.body = message.payload;
  request.is_signed =
      std::string_view(request.api.target).substr(0, request.api.target.find('?')) == signed_path;
  if (request.is_signed) {
    request.api.content_type = "application/jose";
  } else if (message.expiry && request.api.method == "POST") {
    request.api.body = with_time_limit(message.payload, left);
  }
  // A signed one says itself who asks.
  if (!properties.subject.empty() && !request.is_signed) {
    request.api.headers.emplace_back("Genkan-Subject", std::move(properties.subject));
  }
  request.within = left + answer_grace;
  return request;
}

mqtt::Message answer_message(const AnswerAddress& address, const Answer& answer,
                             std::size_t most_bytes) {
  mqtt::Message message;
  message.topic = address.topic;
  message.correlation = address.correlation;
  const bool fits = answer.body.size() <= most_bytes;
  message.user_properties.emplace_back("status", cat(fits ? answer.status : 413));
  message.payload =
      fits ? answer.body
           : error_body("invalid", cat("the answer has ", answer.body.size(), " bytes, a message ",
                                       most_bytes, "; ask for less at once"));
  return message;
}

}  // namespace genkan::agent
