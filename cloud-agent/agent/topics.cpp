#include "cloud-agent/agent/topics.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {
constexpr std::size_t most_response_topic = 256;
constexpr std::string_view state_end = "/state";
constexpr std::string_view wish_end = "/set";
}  // namespace

Topics::Topics(std::string_view gateway) : prefix_(cat("genkan/1/", gateway, "/")) {}

std::string Topics::state(const DeviceId& device) const {
  return cat(prefix_, "device/", device.str(), state_end);
}

std::optional<DeviceId> Topics::device_of(std::string_view topic) const {
  return between(topic, "device/", state_end);
}

std::string Topics::wish(const DeviceId& device) const {
  return cat(prefix_, "ha/", device.str(), wish_end);
}

std::optional<DeviceId> Topics::wished_of(std::string_view topic) const {
  return between(topic, "ha/", wish_end);
}

std::optional<DeviceId> Topics::between(std::string_view topic, std::string_view part,
                                        std::string_view end) const {
  const std::string begin = cat(prefix_, part);
  if (!topic.starts_with(begin) || !topic.ends_with(end)) return std::nullopt;
  if (topic.size() < begin.size() + end.size()) return std::nullopt;
  auto device =
      parse_id<DeviceId>(topic.substr(begin.size(), topic.size() - begin.size() - end.size()));
  if (!device) return std::nullopt;
  return *std::move(device);
}

std::string response_topic_fault(std::string_view topic) {
  if (topic.empty() || topic.size() > most_response_topic) {
    return cat("a response topic has 1 to ", most_response_topic, " bytes, not ", topic.size());
  }
  if (topic.front() == '$') return "a response topic must not begin with '$'";
  if (topic.find_first_of("+#") != std::string_view::npos) {
    return "a response topic must not contain the wildcards '+' and '#'";
  }
  const auto control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  if (std::any_of(topic.begin(), topic.end(), control) || !is_utf8(topic)) {
    return "a response topic must be UTF-8 without control characters";
  }
  return {};
}

}  // namespace genkan::agent
