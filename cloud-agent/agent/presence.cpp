#include "cloud-agent/agent/presence.hpp"

#include <cstdint>

namespace genkan::agent {

void Presence::online(const json::object& status) {
  json::object words;
  words["presence"] = "online";
  for (const std::string_view key : {"boot", "version", "clock"}) {
    const json::value* value = status.if_contains(key);
    words[key] = value != nullptr && value->is_string() ? *value : json::value("");
  }
  meaning_ = json::serialize(words);
  const json::value* journal = status.if_contains("journal");
  const json::value* head = journal != nullptr && journal->is_object()
                                ? journal->as_object().if_contains("head")
                                : nullptr;
  words["head"] = head != nullptr && head->is_int64() ? *head : json::value(std::int64_t{0});
  wanted_ = json::serialize(words);
}

void Presence::daemon_away() {
  wanted_ = offline("daemon_away");
  meaning_ = wanted_;
}

std::optional<std::string> Presence::next(SteadyTime now) {
  if (wanted_.empty()) return std::nullopt;
  if (said_) {
    if (said_->text == wanted_) return std::nullopt;
    if (said_->meaning == meaning_ && now - said_->at < head_every) return std::nullopt;
  }
  said_ = Said{wanted_, meaning_, now};
  return wanted_;
}

std::string Presence::offline(std::string_view reason) {
  json::object words;
  words["presence"] = "offline";
  words["reason"] = reason;
  return json::serialize(words);
}

}  // namespace genkan::agent
