#include "cloud-agent/relay/topics.hpp"

#include <array>

#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::string_view prefix = "genkan/1/";

bool is_id(std::string_view text) { return id_fault(text).empty(); }

// The next level of a topic; `rest` loses it.
std::string_view take_level(std::string_view& rest) {
  const auto slash = rest.find('/');
  const auto level = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return level;
}

}  // namespace

std::optional<TopicName> read_topic(std::string_view topic) {
  if (!topic.starts_with(prefix)) return std::nullopt;
  std::string_view rest = topic.substr(prefix.size());
  const std::string gateway(take_level(rest));
  if (!is_id(gateway)) return std::nullopt;
  if (rest == "presence") return TopicName{TopicKind::presence, gateway, {}, {}};
  if (rest == "event/alarm") return TopicName{TopicKind::alarm, gateway, {}, {}};
  if (rest == "event/activity") return TopicName{TopicKind::activity, gateway, {}, {}};
  const auto sort = take_level(rest);
  const std::string name(take_level(rest));
  if (!is_id(name)) return std::nullopt;
  if (sort == "device" && rest == "state") return TopicName{TopicKind::state, gateway, name, {}};
  if (sort == "answer" && rest.empty()) return TopicName{TopicKind::answer, gateway, {}, name};
  return std::nullopt;
}

std::string request_topic(std::string_view gateway) { return cat(prefix, gateway, "/request"); }

std::string answer_topic(std::string_view gateway, std::string_view client) {
  return cat(prefix, gateway, "/answer/", client);
}

}  // namespace genkan::relay
