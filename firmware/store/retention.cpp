#include "firmware/store/retention.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

// Free pages are used again by new records; only what is far more than a step's worth is given
// back, because moving pages costs the flash writes.
constexpr std::int64_t free_pages_kept = 4'096;
constexpr std::int64_t pages_given_back = 1'024;

// The last of the records behind `base` that are older than `limit`; base if there is none.
Result<Seq> last_expired(const Connection& connection, Seq base, WallTime limit) {
  auto rows = connection.prepare(
      "SELECT seq, time < ?2 FROM (SELECT seq, time, clock FROM journal WHERE seq > ?1 "
      "ORDER BY seq LIMIT ?3) WHERE clock = 'trusted'");
  if (!rows) return fail(rows.error());
  rows->bind(1, number(base))
      .bind(2, std::int64_t{limit.time_since_epoch().count()})
      .bind(3, most_removed);
  Seq last = base;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row || rows->integer(1) == 0) return last;
    last = Seq{rows->integer(0)};
  }
}

struct Space {
  std::int64_t page_size = 0;
  std::int64_t pages = 0;
  std::int64_t free_pages = 0;
};

Result<Space> space_of(const Connection& connection) {
  const auto size = connection.integer("PRAGMA page_size");
  const auto pages = connection.integer("PRAGMA page_count");
  const auto free_pages = connection.integer("PRAGMA freelist_count");
  if (!size) return fail(size.error());
  if (!pages) return fail(pages.error());
  if (!free_pages) return fail(free_pages.error());
  return Space{*size, *pages, *free_pages};
}

Result<Digest> hash_of(const Connection& connection, Seq seq) {
  auto row = connection.prepare("SELECT hash FROM journal WHERE seq = ?1");
  if (!row) return fail(row.error());
  const auto found = row->bind(1, number(seq)).step();
  if (!found) return fail(found.error());
  Digest hash{};
  if (!*found || row->blob(0).size() != hash.size()) {
    return fail(ErrorCode::corrupt, "retention: the last record to remove is damaged");
  }
  std::ranges::copy(row->blob(0), hash.begin());
  return hash;
}

Result<ChainLink> remove_through(const Connection& connection, Seq last) {
  const auto hash = hash_of(connection, last);
  if (!hash) return fail(hash.error());
  const ChainLink base{last, *hash};
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  if (auto set = set_journal_base(connection, base); !set) return fail(set.error());
  {
    auto remove = connection.prepare("DELETE FROM journal WHERE seq <= ?1");
    if (!remove) return fail(remove.error());
    if (auto removed = remove->bind(1, number(last)).run(); !removed) return fail(removed.error());
  }
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return base;
}

}  // namespace

Result<RetentionStep> retain(const Connection& connection, const Options& options,
                             const Clock& clock, const ChainLink& base) {
  Seq last = base.seq;
  if (clock.trust() == ClockTrust::trusted) {
    const auto limit = clock.wall() - std::chrono::days{options.journal_days};
    const auto expired = last_expired(connection, base.seq, limit);
    if (!expired) return fail(expired.error());
    last = *expired;
  }
  const auto space = space_of(connection);
  if (!space) return fail(space.error());
  const auto used =
      static_cast<std::uint64_t>((space->pages - space->free_pages) * space->page_size);
  if (used > options.journal_bytes) {
    const auto head = journal_head(connection);
    if (!head) return fail(head.error());
    last = std::min(head->seq, Seq{number(base.seq) + most_removed});
  }
  RetentionStep step{base, false};
  if (last > base.seq) {
    const auto removed = remove_through(connection, last);
    if (!removed) return fail(removed.error());
    step = {*removed, number(last) - number(base.seq) >= most_removed};
  }
  if (space->free_pages > std::max(free_pages_kept, space->pages / 8)) {
    auto given_back = connection.prepare(cat("PRAGMA incremental_vacuum(", pages_given_back, ")"));
    if (!given_back) return fail(given_back.error());
    if (auto done = given_back->run(); !done) return fail(done.error());
    step.more = step.more || space->free_pages > free_pages_kept + pages_given_back;
  }
  return step;
}

}  // namespace genkan::store
