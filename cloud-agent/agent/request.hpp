#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "cloud-agent/mqtt/broker.hpp"
#include "firmware/base/api_client.hpp"

namespace genkan::agent {

// Where and how an answer goes.
struct AnswerAddress {
  std::string topic;
  std::string correlation;  // empty: none was given
};

// The answer to a request, before it is a message.
struct Answer {
  int status = 0;
  std::string body;
};

// A request from the cloud that may be passed on to genkand.
struct CloudRequest {
  AnswerAddress address;
  ApiRequest api;
  std::chrono::milliseconds within{};  // how long the caller still waits
  bool is_signed = false;              // an envelope: genkand's ledger answers its repetitions
};

// Why a request is not passed on. Without an address nobody can be told: it is logged.
struct Refusal {
  std::optional<AnswerAddress> address;
  Answer answer;
  std::string reason;  // for the log
};

// Longest that a request may take if its message does not expire earlier.
constexpr std::chrono::milliseconds most_request_time{70'000};

// Checks a message on the request topic: not retained, at most most_payload bytes, a usable
// response topic, at most 256 bytes of correlation data, exactly one user property `method` and
// `path`, at most one `subject` (1 to 64 printable ASCII characters), no others, and a route that a
// cloud may use. What was left of the message's lifetime on arrival, less the time since, bounds
// the request, and the timeout_ms of a command; in a signed one, its own `exp` does.
std::expected<CloudRequest, Refusal> check_request(const mqtt::Inbound& message, SteadyTime now);

// Says whether the cloud may use this route; empty if so, else a sentence. The rights of the
// request are checked by genkand all the same.
std::string route_fault(std::string_view method, std::string_view path);

// The body {"error":{"code","message"}} of genkand's API.
std::string error_body(std::string_view code, std::string_view message);

// The answer as a message. A body longer than `most_bytes` becomes status 413 with a sentence.
mqtt::Message answer_message(const AnswerAddress& address, const Answer& answer,
                             std::size_t most_bytes);

}  // namespace genkan::agent
