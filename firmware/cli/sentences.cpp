#include "firmware/cli/sentences.hpp"

#include <algorithm>
#include <ctime>

#include "firmware/base/text.hpp"

namespace genkan::cli {

namespace {

// One digit behind the point, without the locale.
std::string tenths(std::int64_t value) { return cat(value / 10, ".", value % 10); }

}  // namespace

std::string spaced(std::string text) {
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string local_time(std::string_view rfc3339, TimeStyle style) {
  const auto time = parse_time(rfc3339);
  if (!time) return printable(rfc3339, 30);
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char text[32];
  const char* form = style == TimeStyle::clock ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S";
  return std::string(text, std::strftime(text, sizeof text, form, &local));
}

std::string duration_text(std::chrono::seconds span) {
  const auto count = span.count();
  if (count < 120) return cat(count, " s");
  if (count < 2 * 3600) return cat(count / 60, " min");
  if (count < 48 * 3600) return cat(count / 3600, " h");
  return cat(count / 86'400, " days");
}

std::string clock_text(std::int64_t seconds_fast) {
  const bool slow = seconds_fast < 0;
  return cat(duration_text(std::chrono::seconds(slow ? -seconds_fast : seconds_fast)),
             slow ? " slow" : " fast");
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return cat(bytes, " B");
  std::size_t unit = 0;
  std::int64_t scale = 1024;
  while (unit + 1 < std::size(units) && bytes / scale >= 1024) {
    scale *= 1024;
    ++unit;
  }
  return cat(tenths((bytes * 10 + scale / 2) / scale), " ", units[unit]);
}

Toned outcome_sentence(const json::object& answer) {
  const auto verdict = text_at(answer, "verdict");
  auto message = printable(text_at(answer, "message"), 500);
  if (message.empty()) {
    message = cat(text_at(answer, "device"), ": ", spaced(text_at(answer, "command")), ": ",
                  spaced(verdict), ", ", spaced(text_at(answer, "reason")), ".");
  }
  if (message.ends_with('.')) message.pop_back();
  if (verdict != "done") {
    return {message + ".", verdict == "refused" ? Tone::notice : Tone::bad};
  }
  const auto took = (number_at(answer, "took_ms") + 50) / 100;
  return {cat(message, " (", tenths(took), " s)."), Tone::good};
}

Exit outcome_exit(const json::object& answer) {
  if (text_at(answer, "verdict") == "done") return Exit::done;
  const auto reason = text_at(answer, "reason");
  if (reason == "not_allowed") return Exit::forbidden;
  if (reason == "busy") return Exit::busy;
  return Exit::failed;
}

std::string trouble_text(const json::object& trouble) {
  auto sentence = text_at(trouble, "sentence");
  if (sentence.empty()) sentence = spaced(text_at(trouble, "kind"));
  const auto detail = text_at(trouble, "detail");
  return printable(detail.empty() ? sentence : cat(sentence, ": ", detail), 300);
}

std::string trouble_place(const json::object& trouble) {
  for (const std::string_view key : {"device", "bus"}) {
    if (auto place = text_at(trouble, key); !place.empty()) return printable(place, 48);
  }
  return "gateway";
}

}  // namespace genkan::cli
