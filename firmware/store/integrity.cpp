#include "firmware/store/integrity.hpp"

#include <array>

#include "firmware/base/text.hpp"
#include "firmware/store/journal_table.hpp"

namespace genkan::store {

namespace {

constexpr std::array small_tables{std::to_array<std::string_view>({"meta",
                                                                   "buildings",
                                                                   "rooms",
                                                                   "buses",
                                                                   "devices",
                                                                   "device_rooms",
                                                                   "last_states",
                                                                   "troubles",
                                                                   "held",
                                                                   "cursors",
                                                                   "reservations",
                                                                   "key_groups",
                                                                   "key_group_devices",
                                                                   "validity_groups",
                                                                   "holders",
                                                                   "temporary_keys",
                                                                   "slot_notes",
                                                                   "coupling_marks",
                                                                   "coupled_since",
                                                                   "secrets"})};

Result<> quick_check(const Connection& connection, const std::string& pragma) {
  const auto answer = connection.text(pragma);
  if (!answer) return fail(answer.error());
  if (*answer != "ok") return fail(ErrorCode::corrupt, cat("quick check: ", printable(*answer)));
  return {};
}

Result<> check_pages(const Connection& connection, std::uint64_t whole_check_bytes) {
  const auto pages = connection.integer("PRAGMA page_count");
  const auto page_size = connection.integer("PRAGMA page_size");
  if (!pages || !page_size) return fail(pages ? page_size.error() : pages.error());
  if (static_cast<std::uint64_t>(*pages * *page_size) <= whole_check_bytes) {
    return quick_check(connection, "PRAGMA quick_check(1)");
  }
  for (const auto table : small_tables) {
    if (auto sound = quick_check(connection, cat("PRAGMA quick_check(", table, ")")); !sound) {
      return sound;
    }
  }
  return {};
}

}  // namespace

Result<> check_integrity(const Connection& connection, const Options& options) {
  if (auto sound = check_pages(connection, options.whole_check_bytes); !sound) return sound;
  const auto chain = check_chain(connection, proven_records);
  if (!chain) return fail(chain.error());
  if (!chain->fault.empty()) return fail(ErrorCode::corrupt, "journal: " + chain->fault);
  return {};
}

}  // namespace genkan::store
