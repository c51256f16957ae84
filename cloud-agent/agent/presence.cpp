#include "cloud-agent/agent/presence.hpp"

#include <cstdint>

namespace genkan::agent {

namespace {

const json::value* member(const json::object& status, std::string_view part, std::string_view key) {
  const json::value* value = status.if_contains(part);
  return value != nullptr && value->is_object() ? value->as_object().if_contains(key) : nullptr;
}

}  // namespace

void Presence::online(const json::object& status) {
  json::object words;
  words["presence"] = "online";
  for (const std::string_view key : {"boot", "version", "clock"}) {
    const json::value* value = status.if_contains(key);
    words[key] = value != nullptr && value->is_string() ? *value : json::value("");
  }
  const json::value* journal = member(status, "journal", "id");
  words["journal"] = journal != nullptr && journal->is_string() ? *journal : json::value("");
  const json::value* ends = member(status, "cloud", "certificate_ends");
  if (ends != nullptr && ends->is_string()) words["certificate_ends"] = *ends;
  meaning_ = json::serialize(words);
  const json::value* head = member(status, "journal", "head");
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
