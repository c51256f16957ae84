#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genkan::relay {

enum class TopicKind : std::uint8_t { presence, state, alarm, activity, answer };

// A topic of the contract, taken apart.
struct TopicName {
  TopicKind kind;
  std::string gateway;
  std::string device;  // of a state
  std::string client;  // of an answer: for whom it is
};

// Nothing for a topic that the contract does not have, or whose ids are none.
std::optional<TopicName> read_topic(std::string_view topic);

std::string request_topic(std::string_view gateway);
// Where answers are wanted: under the gateway's own prefix, so that the broker's access control
// proves who answers.
std::string answer_topic(std::string_view gateway, std::string_view client);

}  // namespace genkan::relay
