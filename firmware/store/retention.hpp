#pragma once

#include "firmware/base/clock.hpp"
#include "firmware/store/journal_table.hpp"
#include "firmware/store/options.hpp"
#include "firmware/store/sqlite.hpp"

// Keeps the journal within its age and size. It is cut at its old end only, so that what is left
// has no holes; the hash of the last record cut stays in `meta`, so that the chain stays provable.
// Readers are not waited for: Store::oldest tells them of a gap.
namespace genkan::store {

// Records removed in one transaction: some milliseconds, which is what a commit may have to wait.
inline constexpr std::int64_t most_removed = 500;

struct RetentionStep {
  ChainLink base;     // the journal's base now
  bool more = false;  // another step is due at once
};

// One step: removes up to most_removed records that are older than journal_days, or that make the
// database larger than journal_bytes, and gives free pages back to the file system once there are
// many. Age is looked at only while the clock is trusted; a record whose own clock was not is as
// old as the next one whose was.
Result<RetentionStep> retain(const Connection& connection, const Options& options,
                             const Clock& clock, const ChainLink& base);

}  // namespace genkan::store
