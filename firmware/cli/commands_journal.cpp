#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/cli/commands.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

constexpr std::chrono::seconds follow_wait{30};
constexpr std::int64_t most_records = 1000;

std::string filters(const JournalChoice& choice) {
  std::string query;
  if (choice.alarms) query += "&lane=alarm";
  if (!choice.device.empty()) query += cat("&device=", escaped(choice.device));
  return query;
}

// Prints in the order of numbers; gives the greatest number seen.
std::int64_t print_records(const Console& console, const json::array& records, bool newest_first,
                           std::int64_t seen) {
  const auto print = [&console, &seen](const json::value& entry) {
    const auto* record = entry.if_object();
    if (record == nullptr) return;
    seen = std::max(seen, number_at(*record, "seq"));
    console.say(console.json ? json::serialize(*record)
                             : record_line(*record, console.paint, TimeStyle::full));
  };
  if (newest_first) {
    for (auto i = records.size(); i > 0; --i) print(records[i - 1]);
  } else {
    for (const auto& entry : records) print(entry);
  }
  return seen;
}

}  // namespace

// With --json a record a line, so that following works the same way.
Exit show_journal(Daemon& daemon, const Console& console, const JournalChoice& choice) {
  const bool newest = !choice.after;
  const auto limit = std::clamp<std::int64_t>(choice.count, 1, most_records);
  std::string target = cat("/v1/journal?limit=", limit, filters(choice));
  if (newest) target += "&order=newest";
  if (choice.after) target += cat("&after=", *choice.after);
  const auto page = daemon.get(target);
  if (!page) return console.failed(page.error());
  if (!choice.device.empty() && array_at(*page, "records").empty()) {
    // A device that is gone has records still; one that never was has none.
    const auto device = daemon.get(cat("/v1/devices/", escaped(choice.device)));
    if (!device && device.error().code() == ErrorCode::unknown) {
      return console.failed(device.error());
    }
  }
  auto seen = print_records(console, array_at(*page, "records"), newest, choice.after.value_or(0));
  if (newest) seen = std::max(seen, number_at(*page, "head"));
  while (choice.follow) {
    const auto next = daemon.get(
        cat("/v1/journal?limit=1000&after=", seen, "&wait=", follow_wait.count(), filters(choice)),
        follow_wait + Daemon::default_limit);
    if (!next) return console.failed(next.error());
    seen = print_records(console, array_at(*next, "records"), false, seen);
  }
  return Exit::done;
}

}  // namespace genkan::cli
