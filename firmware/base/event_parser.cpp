#include "firmware/base/event_parser.hpp"

namespace genkan {

EventParser::Outcome EventParser::feed(std::string_view bytes,
                                       const std::function<bool(const ApiEvent&)>& on_event) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (line_.size() + part.size() + event_.data.size() > most_bytes) return Outcome::too_large;
    line_ += part;
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    const Outcome outcome = end_line(on_event);
    line_.clear();
    if (outcome != Outcome::more) return outcome;
  }
  return Outcome::more;
}

EventParser::Outcome EventParser::end_line(const std::function<bool(const ApiEvent&)>& on_event) {
  if (line_.ends_with('\r')) line_.pop_back();
  if (!line_.empty()) {
    take_field(line_);
    return Outcome::more;
  }
  ApiEvent event;
  std::swap(event, event_);
  if (!has_data_) return Outcome::more;
  has_data_ = false;
  return on_event(event) ? Outcome::more : Outcome::stopped;
}

void EventParser::take_field(std::string_view line) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "event") event_.name = value;
  if (name == "id") event_.id = value;
  if (name == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  }
}

}  // namespace genkan
