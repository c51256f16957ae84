#include "firmware/services/cloud/cloud_link.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

constexpr std::size_t most_counts = 64;
constexpr std::size_t most_name = 48;
constexpr std::int64_t most_refused = 1'000'000'000;

domain::TroubleKey key(domain::TroubleKind kind) { return {kind, {}, {}}; }

domain::Standing stands(bool it_does) {
  return it_does ? domain::Standing::yes : domain::Standing::no;
}

// Names as metrics have them.
Result<> check_counts(const json::object& counts) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  const bool fine =
      counts.size() <= most_counts && std::ranges::all_of(counts, [&](const auto& count) {
        const std::string_view name = count.key();
        const auto& value = count.value();
        return !name.empty() && name.size() <= most_name &&
               name.find_first_not_of(allowed) == std::string_view::npos &&
               (value.is_uint64() || (value.is_int64() && value.get_int64() >= 0));
      });
  if (fine) return {};
  return fail(ErrorCode::invalid, cat("'counts' must have at most ", most_counts,
                                      " members: names of a-z, 0-9 and _, whole numbers from 0"));
}

}  // namespace

Result<json::object> CloudLink::report(const domain::Caller& caller, const json::object& request) {
  if (auto may = check_right(caller, domain::Right::report, "tell how the line is"); !may) {
    return fail(may.error());
  }
  JsonReader reader(request, "the report");
  const auto connected = reader.optional_flag("connected");
  const auto why = reader.optional_text("why", 512);
  const auto* counts = reader.optional_object("counts");
  const auto* refused = reader.optional_object("refused");
  if (auto read = reader.finish(); !read) return fail(read.error());
  if (!connected) return fail(ErrorCode::invalid, "the report: 'connected' is missing");
  if (counts != nullptr) {
    if (auto fine = check_counts(*counts); !fine) return fail(fine.error());
    counts_ = *counts;
  }
  if (refused != nullptr) {
    JsonReader details(*refused, "'refused'");
    const auto count = details.integer("count", 1, most_refused);
    const auto reason = details.text("why", 512);
    if (auto read = details.finish(); !read) return fail(read.error());
    refused_ = {caller, std::min(refused_.count + count, most_refused), printable(reason, 200)};
  }
  if (*connected != told_connected_ || !since_) since_ = book_.clock().wall();
  told_connected_ = *connected;
  reported_ = book_.clock().steady();
  why_ = printable(why.value_or(""), 200);
  return view();
}

bool CloudLink::connected() const {
  return told_connected_ && reported_ && book_.clock().steady() - *reported_ <= report_holds;
}

json::object CloudLink::view() const {
  const auto& claim = book_.claim();
  const auto ends = book_.certificate_ends();
  json::object object;
  object["claimed"] = claim.has_value();
  object["contract"] = claim ? json::value(claim->contract) : json::value();
  object["cloud"] = claim ? json::value(claim->cloud) : json::value();
  object["connected"] = connected();
  object["since"] = since_ ? json::value(format_time(*since_)) : json::value();
  object["why"] = told_connected_ && !connected() ? "the agent is silent" : why_;
  object["certificate_ends"] = ends ? json::value(format_time(*ends)) : json::value();
  return object;
}

void CloudLink::look(ports::Change& change) {
  const SteadyTime now = book_.clock().steady();
  if (looked_ && now - *looked_ < look_every) return;
  looked_ = now;
  tell_refused(change);
  look_at_certificate(change);
  look_at_line(change);
}

void CloudLink::tell_refused(ports::Change& change) {
  if (refused_.count == 0) return;
  change.records.push_back(book_.record(
      refused_.by, domain::RecordKind::request_refused,
      {{"reason", "not_passed_on"}, {"count", refused_.count}, {"detail", refused_.why}}));
  refused_ = {};
}

void CloudLink::look_at_certificate(ports::Change& change) {
  const auto ends = book_.certificate_ends();
  // A clock that is not trusted tells nothing of it, either way.
  if (ends && book_.clock().trust() == ClockTrust::untrusted) return;
  const auto now = book_.clock().wall();
  const bool ended = ends && now > *ends;
  const bool ending = ends && !ended && now > *ends - ending_before;
  const std::string when = ends ? format_time(*ends) : std::string();
  troubles_.rule(key(domain::TroubleKind::certificate_ending), stands(ending), cat("ends ", when),
                 change);
  troubles_.rule(key(domain::TroubleKind::certificate_ended), stands(ended), cat("ended ", when),
                 change);
}

void CloudLink::look_at_line(ports::Change& change) {
  const SteadyTime now = book_.clock().steady();
  if (!book_.claim() || connected()) {
    away_since_.reset();
  } else if (!away_since_) {
    away_since_ = now;
  }
  const bool away = away_since_ && now - *away_since_ >= away_after;
  troubles_.rule(key(domain::TroubleKind::cloud_away), stands(away), why_, change);
}

}  // namespace genkan::services
