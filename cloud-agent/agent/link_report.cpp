#include "cloud-agent/agent/link_report.hpp"

#include <utility>

#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {
constexpr std::size_t most_why = 300;
}

void LinkReport::connected() {
  connected_ = true;
  why_.clear();
  ++connects_;
}

void LinkReport::away(std::string why) {
  connected_ = false;
  why_ = printable(why, most_why);
}

void LinkReport::not_told() {
  told_.reset();
  refused_told_ = refused_before_;
}

std::optional<json::object> LinkReport::next(SteadyTime now, const Counts& counts) {
  const bool same = told_ && told_->connected == connected_ && told_->why == why_;
  const std::uint64_t refused = counts.requests_refused - refused_told_;
  if (same && now - told_->at < (refused > 0 ? refusals_every : every)) return std::nullopt;
  told_ = Told{connected_, why_, now};
  refused_before_ = std::exchange(refused_told_, counts.requests_refused);
  json::object numbers;
  numbers["records_sent"] = counts.records_sent;
  numbers["records_waiting"] = counts.records_waiting;
  numbers["records_left_out"] = counts.records_left_out;
  numbers["requests"] = counts.requests;
  numbers["requests_refused"] = counts.requests_refused;
  numbers["requests_busy"] = counts.requests_busy;
  numbers["requests_repeated"] = counts.requests_repeated;
  numbers["answers_unsent"] = counts.answers_unsent;
  numbers["connects"] = connects_;
  json::object report;
  report["connected"] = connected_;
  report["why"] = why_;
  report["counts"] = std::move(numbers);
  if (refused > 0) {
    report["refused"] =
        json::object{{"count", refused}, {"why", printable(counts.why_refused, most_why)}};
  }
  return report;
}

}  // namespace genkan::agent
