#include "firmware/services/cloud/refusal_log.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

constexpr auto minute = std::chrono::minutes(1);
constexpr std::string_view again = "repeated";

void put(json::object& body, std::string_view key, std::string_view text, std::size_t most) {
  if (!text.empty()) body[json::string_view(key.data(), key.size())] = printable(text, most);
}

}  // namespace

void RefusalLog::refused(domain::EnvelopeRefusal refusal, const RequestTrace& trace) {
  const auto reason = domain::spec(refusal).name;
  ++counts_[std::string(reason)];
  tell(domain::RecordKind::request_refused, reason, trace);
}

void RefusalLog::repeated(const RequestTrace& trace) {
  tell(domain::RecordKind::request_repeated, again, trace);
}

void RefusalLog::tell(domain::RecordKind kind, std::string_view reason, const RequestTrace& trace) {
  if (clock_.steady() - minute_ >= minute) begin_minute();
  if (++told_ > most_a_minute) {
    ++summed_[std::string(reason)];
    return;
  }
  json::object body;
  if (kind == domain::RecordKind::request_refused) put(body, "reason", reason, 32);
  put(body, "kid", trace.kid, 64);
  put(body, "jti", trace.jti, 64);
  put(body, "sub", trace.sub, 64);
  put(body, "method", trace.method, 16);
  put(body, "path", trace.path, 200);
  put(body, "detail", trace.detail, 200);
  submit(kind, trace.carrier, std::move(body));
}

void RefusalLog::tick() {
  if (!summed_.empty() && clock_.steady() - minute_ >= minute) begin_minute();
}

void RefusalLog::begin_minute() {
  if (!summed_.empty()) {
    std::uint64_t count = 0;
    json::object reasons;
    for (const auto& [reason, number] : summed_) {
      reasons[reason] = number;
      count += number;
    }
    submit(domain::RecordKind::request_refused, "",
           {{"reason", "several"}, {"count", count}, {"reasons", std::move(reasons)}});
  }
  summed_.clear();
  told_ = 0;
  minute_ = clock_.steady();
}

void RefusalLog::submit(domain::RecordKind kind, std::string actor, json::object body) {
  ports::Change change;
  change.records.push_back({.kind = kind,
                            .time = clock_.wall(),
                            .clock = clock_.trust(),
                            .device = {},
                            .room = {},
                            .actor = std::move(actor),
                            .body = std::move(body)});
  store_.submit(std::move(change));
}

}  // namespace genkan::services
