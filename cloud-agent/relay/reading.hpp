#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"

// What gateways say, as values. Members that the contract does not know (yet) are passed over;
// what it promises and is not there, or has another type, is ErrorCode::invalid.
namespace genkan::relay {

struct PresenceWord {
  bool online = false;
  std::string boot, version, clock;
  // Names the journal whose numbers are told; "-" from gateways that do not tell it.
  std::string journal;
  std::int64_t head = 0;  // the journal's last number
  std::string reason;     // of being offline
};
Result<PresenceWord> read_presence(std::string_view text);

// A journal record: what is looked for, and the whole of it as JSON.
struct MirrorRecord {
  std::int64_t seq = 0;
  std::string boot, time, lane, kind, device;
  std::string text;
};
Result<std::vector<MirrorRecord>> read_alarm(std::string_view text);
Result<std::vector<MirrorRecord>> read_activity(std::string_view text);

// The answer to GET /v1/journal.
struct JournalPage {
  std::vector<MirrorRecord> records;  // rising numbers
  std::int64_t head = 0;
  std::int64_t oldest = 0;             // the first number that is still kept; 0: none is
  std::optional<std::string> journal;  // whose numbers these are; not of older gateways
};
Result<JournalPage> read_page(std::string_view text);

}  // namespace genkan::relay
