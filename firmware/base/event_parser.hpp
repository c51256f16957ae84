#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "firmware/base/api_client.hpp"

namespace genkan {

// Cuts a stream of server-sent events into events. Comments are skipped; lines may end in LF or
// CR LF. One thread.
class EventParser {
 public:
  static constexpr std::size_t most_bytes = 1024 * 1024;  // of one event

  enum class Outcome { more, stopped, too_large };

  // Takes the next bytes and calls `on_event` for each event that they complete. `stopped` when
  // `on_event` returned false, `too_large` when an event passes its bound: then feed no more.
  Outcome feed(std::string_view bytes, const std::function<bool(const ApiEvent&)>& on_event);

 private:
  Outcome end_line(const std::function<bool(const ApiEvent&)>& on_event);
  void take_field(std::string_view line);

  std::string line_;
  ApiEvent event_;
  bool has_data_ = false;
};

}  // namespace genkan
