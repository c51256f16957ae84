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

std::optional<json::object> LinkReport::next(SteadyTime now, Counts counts) {
  const bool same = told_ && told_->connected == connected_ && told_->why == why_;
  if (same && now - told_->at < every) return std::nullopt;
  told_ = Told{connected_, why_, now};
  counts.connects = connects_;
  json::object numbers;
  numbers["records_sent"] = counts.records_sent;
  numbers["records_waiting"] = counts.records_waiting;
  numbers["records_left_out"] = counts.records_left_out;
  numbers["requests"] = counts.requests;
  numbers["requests_refused"] = counts.requests_refused;
  numbers["requests_busy"] = counts.requests_busy;
  numbers["requests_repeated"] = counts.requests_repeated;
  numbers["answers_unsent"] = counts.answers_unsent;
  numbers["connects"] = counts.connects;
  json::object report;
  report["connected"] = connected_;
  report["why"] = why_;
  report["counts"] = std::move(numbers);
  return report;
}

}  // namespace genkan::agent
