#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/relay/mirror.hpp"
#include "cloud-agent/relay/reading.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/store/sqlite.hpp"

namespace genkan::relay {

// The mirror's statements; the rules are in mirror.cpp. All but begin() within a transaction. One
// thread.
class MirrorTables {
 public:
  // Of one gateway, which may lie: as many devices as a site may have, and more journals than
  // boards and disks will break.
  static constexpr std::int64_t most_devices = 4096;
  static constexpr std::int64_t most_journals = 64;

  static Result<std::unique_ptr<MirrorTables>> open(const std::filesystem::path& path);

  Result<store::Transaction> begin() { return store::Transaction::begin(connection_); }

  // After a commit: moves the write-ahead log into the file once it has 4,000 pages (16 MiB), some
  // tens of milliseconds. Only the writer can do it under load: whoever else tries never reaches
  // the log's end, and it grows without bound.
  void keep_log_short();

  enum class Added { added, doubled, disputed };
  Result<Added> add(std::string_view gateway, std::string_view journal, const MirrorRecord& record);
  // Files records of `from` under `to`: those of one boot, or all if `boot` is empty. What of them
  // does not fit goes to the disputed ones. `from`'s standing is put right.
  Result<> move(std::string_view gateway, std::string_view from, std::string_view to,
                std::string_view boot);
  Result<> add_gone(const Standing& of, std::int64_t first, std::int64_t last);
  Result<std::optional<GoneRun>> gone_behind(const Standing& of, std::int64_t after);
  Result<> drop_gone(const GoneRun& run);

  // Without a journal if the gateway has none yet.
  Result<Standing> current(std::string_view gateway);
  Result<Standing> standing(std::string_view gateway, std::string_view journal);
  Result<std::vector<Standing>> standings();
  // Moves `whole` over what is kept or gone behind it.
  Result<> advance(Standing& standing);
  Result<> save(const Standing& standing);
  // ErrorCode::invalid: it would be one more than most_journals.
  Result<> make_current(std::string_view gateway, std::string_view journal, WallTime now);

  // Empty if no presence told.
  Result<std::string> journal_of_boot(std::string_view gateway, std::string_view boot);
  Result<> set_boot(std::string_view gateway, std::string_view boot, std::string_view journal);

  // Whether the gateway was online; none: it was never heard of.
  Result<std::optional<bool>> was_online(std::string_view gateway);
  Result<> set_presence(std::string_view gateway, const PresenceWord& word, bool changed,
                        WallTime now);
  // An empty state takes the device out. ErrorCode::invalid: it would be one more than
  // most_devices.
  Result<> set_state(std::string_view gateway, std::string_view device, std::string_view state,
                     WallTime now);

 private:
  explicit MirrorTables(store::Connection connection) : connection_(std::move(connection)) {}
  Result<> prepare();
  Result<> check_room(std::string_view gateway, std::string_view journal);
  Result<std::int64_t> first_of(std::string_view gateway, std::string_view journal,
                                std::string_view boot);

  store::Connection connection_;
  std::vector<store::Statement> statements_;  // by Which, in mirror_tables.cpp
};

}  // namespace genkan::relay
