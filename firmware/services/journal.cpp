#include "firmware/services/journal.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

Result<> check(const ports::JournalQuery& query) {
  if (query.limit < 1 || query.limit > 1000) {
    return fail(ErrorCode::invalid, cat("'limit' is ", query.limit, "; it goes from 1 to 1000"));
  }
  return {};
}

}  // namespace

json::object to_json(const JournalPage& page) {
  json::array records;
  for (const auto& record : page.records) records.emplace_back(domain::to_json(record));
  json::object object;
  object["records"] = std::move(records);
  object["head"] = number(page.head);
  object["oldest"] = number(page.oldest);
  object["journal"] = page.journal;
  return object;
}

boost::asio::awaitable<Result<JournalPage>> Journal::read(ports::JournalQuery query,
                                                          std::chrono::milliseconds wait) {
  if (auto checked = check(query); !checked) co_return fail(checked.error());
  const auto most = std::clamp<std::chrono::milliseconds>(wait, 0ms, longest_wait);
  const SteadyTime end = Steady::now() + most;
  for (;;) {
    const Seq head = store_.head();
    auto records = co_await store_.read(query);
    if (!records) co_return fail(records.error());
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    const bool final = !records->empty() || query.newest_first || left.count() <= 0 || stopped_;
    if (final) {
      co_return JournalPage{std::move(*records), store_.head(), store_.oldest(),
                            cloud_.journal_id()};
    }
    if (store_.head() != head) continue;  // something came while we read
    if (news_.waiting() >= most_waiting) {
      co_return fail(ErrorCode::busy, cat("already ", most_waiting, " readers wait"));
    }
    co_await news_.wait(left);
  }
}

void Journal::committed(const std::vector<domain::Record>& records) {
  if (!records.empty()) news_.ring();
}

void Journal::stop() {
  stopped_ = true;
  news_.ring();
}

}  // namespace genkan::services
