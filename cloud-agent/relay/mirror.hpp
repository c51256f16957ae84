#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/relay/reading.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"

namespace genkan::relay {

class MirrorTables;

// How far the journal that a gateway writes now is mirrored.
struct Standing {
  std::string gateway;
  std::string journal;
  std::int64_t whole = 0;    // every number up to here is kept, or gone at the gateway itself
  std::int64_t highest = 0;  // of what we heard: above `whole`, numbers are missing

  bool operator==(const Standing&) const = default;
};

// Numbers of a journal, from `first` to `last`, that a page passed over: the gateway no longer had
// them, or so it was told.
struct GoneRun {
  std::string gateway;
  std::string journal;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// What a message changed, once it is committed.
struct Taken {
  Standing standing;  // without a gateway: nothing that others need to know
  enum class Presence { same, online, offline } presence = Presence::same;
  std::size_t added = 0;     // records
  std::size_t doubled = 0;   // records that were there
  std::size_t disputed = 0;  // other records under numbers that were taken: a restored gateway
  bool new_journal = false;  // the gateway began another journal
};

// The mirror: what gateways told, in SQLite. A record is kept under gateway, journal and number, so
// one that comes twice is kept once, in whatever order it comes.
//
// A record does not say which journal it is of; its boot does, once a presence told both. Until
// then it counts for the journal that the gateway writes now, and is moved if that was wrong.
//
// Any thread, one at a time. What a call took is committed when it returns (Outlives::process).
class Mirror {
 public:
  static Result<std::unique_ptr<Mirror>> open(const std::filesystem::path& path);
  ~Mirror();
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;

  // Takes a message of a gateway, at most a few milliseconds. ErrorCode::invalid: the message makes
  // no sense and never will; any other error: it is not kept, and must not be acknowledged.
  Result<Taken> take(const mqtt::Inbound& message, WallTime now);

  // Takes the answer to "what is behind `asked.whole`?". Numbers that it passes over are gone.
  // ErrorCode::conflict: the gateway has begun another journal since.
  Result<Taken> take_page(const Standing& asked, const JournalPage& page);

  // The first run behind `after`, of the journal that the gateway writes now.
  Result<std::optional<GoneRun>> gone_behind(std::string_view gateway, std::int64_t after);
  // Its numbers are there after all: they are missing again. ErrorCode::conflict: the gateway has
  // begun another journal since.
  Result<Standing> not_gone(const GoneRun& run);

  // Of every gateway that ever told of its journal.
  Result<std::vector<Standing>> standings();
  Result<Standing> standing(std::string_view gateway);

 private:
  explicit Mirror(std::unique_ptr<MirrorTables> tables);

  std::mutex mutex_;
  std::unique_ptr<MirrorTables> tables_;
};

}  // namespace genkan::relay
