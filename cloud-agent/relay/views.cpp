#include "cloud-agent/relay/views.hpp"

#include <algorithm>

#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// To the second, as "2026-11-20 09:05:07Z"; "-" for never.
std::string moment(std::int64_t milliseconds) {
  if (milliseconds == 0) return "-";
  std::string text = format_time(WallTime(std::chrono::milliseconds(milliseconds))).substr(0, 19);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + "Z";
}

std::string certificate_cell(std::int64_t ends, WallTime now) {
  if (ends == 0) return "-";
  const WallTime end{std::chrono::milliseconds(ends)};
  const auto days = std::chrono::floor<std::chrono::days>(end - now).count();
  return cat(format_time(end).substr(0, 10), end <= now ? " ended" : cat(" (", days, " d)"));
}

std::string or_dash(std::string_view text) { return text.empty() ? "-" : printable(text, 40); }

// head, and what of it is here.
std::string mirror_cell(std::int64_t whole, std::int64_t highest) {
  return whole >= highest ? "all" : cat("to ", whole, ", then gaps");
}

std::vector<std::string> fleet_row(const store::Statement& row, WallTime now) {
  const bool known = !row.is_null(2);
  const std::string presence =
      known ? cat(row.integer(2) != 0 ? "online" : "away", " since ", moment(row.integer(3))) : "-";
  std::string mirror = row.is_null(6) ? "-" : mirror_cell(row.integer(6), row.integer(7));
  if (row.integer(9) > 0) mirror += cat("; ", row.integer(9), " disputed");
  return {std::string(row.text(0)),
          or_dash(row.text(1)),
          presence,
          or_dash(row.text(4)),
          or_dash(row.text(5)),
          row.is_null(7) ? "-" : cat(row.integer(7)),
          mirror,
          certificate_cell(row.integer(8), now)};
}

std::string word(const json::object& record, std::string_view key) {
  const json::value* value = record.if_contains(key);
  return value != nullptr && value->is_string() ? printable(value->get_string(), 60) : "-";
}

std::string history_line(std::int64_t seq, std::string_view text) {
  const auto value = parse_json(text, 64 * 1024);
  if (!value || !value->is_object()) return cat(seq, "  (damaged)\n");
  const json::object& record = value->get_object();
  const json::value* body = record.if_contains("body");
  const bool empty = body == nullptr || !body->is_object() || body->get_object().empty();
  return cat(seq, "  ", word(record, "time"), "  ", word(record, "kind"), "  ",
             word(record, "device"), "  ", word(record, "actor"),
             empty ? "" : cat("  ", printable(json::serialize(*body), 200)), "\n");
}

}  // namespace

std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

Result<std::string> fleet_view(const store::Connection& database, WallTime now) {
  auto rows = database.prepare(
      "SELECT id, contract, online, presence.since, version, journal, whole, highest, ends,"
      " (SELECT count(*) FROM disputed WHERE disputed.gateway = id)"
      " FROM (SELECT gateway AS id FROM gateways UNION SELECT gateway FROM presence)"
      " LEFT JOIN gateways ON gateways.gateway = id"
      " LEFT JOIN presence ON presence.gateway = id"
      " LEFT JOIN journals ON journals.gateway = id AND current = 1 ORDER BY id");
  if (!rows) return fail(rows.error());
  std::vector<std::vector<std::string>> table{
      {"GATEWAY", "CONTRACT", "PRESENCE", "VERSION", "JOURNAL", "HEAD", "HERE", "CERTIFICATE"}};
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return columns(table);
    table.push_back(fleet_row(*rows, now));
  }
}

Result<std::string> history_view(const store::Connection& database, const HistoryChoice& choice) {
  auto rows = database.prepare(
      choice.after ? "SELECT seq, record FROM records JOIN journals USING (gateway, journal)"
                     " WHERE gateway = ?1 AND current = 1 AND seq > ?2 ORDER BY seq LIMIT ?3"
                   : "SELECT * FROM (SELECT seq, record FROM records"
                     " JOIN journals USING (gateway, journal) WHERE gateway = ?1 AND current = 1"
                     " AND seq > ?2 ORDER BY seq DESC LIMIT ?3) ORDER BY seq");
  if (!rows) return fail(rows.error());
  rows->bind(1, choice.gateway).bind(2, choice.after.value_or(0)).bind(3, choice.count);
  std::string text;
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) break;
    text += choice.json ? cat(rows->text(1), "\n") : history_line(rows->integer(0), rows->text(1));
  }
  if (!text.empty()) return text;
  auto known = database.prepare("SELECT 1 FROM journals WHERE gateway = ?1");
  if (!known) return fail(known.error());
  const auto row = known->bind(1, choice.gateway).step();
  if (!row) return fail(row.error());
  if (*row) return text;
  return fail(ErrorCode::unknown,
              cat("nothing was ever heard of gateway ", printable(choice.gateway)));
}

Result<std::string> keys_view(const store::Connection& database,
                              const ThumbprintOf& thumbprint_of) {
  auto rows = database.prepare(
      "SELECT kid, made, retired, (SELECT count(*) FROM held_keys JOIN gateways USING (gateway)"
      "  WHERE held_keys.kid = command_keys.kid AND contract <> ''),"
      " (SELECT count(*) FROM gateways WHERE contract <> ''),"
      " number = (SELECT max(number) FROM command_keys)"
      " FROM command_keys ORDER BY number DESC");
  if (!rows) return fail(rows.error());
  std::vector<std::vector<std::string>> table{{"KEY", "MADE", "STATE", "HELD BY", "THUMBPRINT"}};
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return columns(table);
    const bool retired = !rows->is_null(2);
    const std::string state = retired                 ? cat("retired ", moment(rows->integer(2)))
                              : rows->integer(5) != 0 ? "signs"
                                                      : "on its way out";
    const std::string kid(rows->text(0));
    const std::string thumbprint = retired ? "" : thumbprint_of(kid);
    table.push_back({kid, moment(rows->integer(1)), state,
                     retired ? "-" : cat(rows->integer(3), " of ", rows->integer(4)),
                     thumbprint.empty() ? "-" : thumbprint});
  }
}

}  // namespace genkan::relay
