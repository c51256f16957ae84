#include "tests/unit/relay/fake_gateway.hpp"

#include <algorithm>
#include <utility>

#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

FakeGateway::Reply refused(int status, std::string_view code) {
  return {status, json::serialize(json::object{
                      {"error", json::object{{"code", code}, {"message", "because"}}}})};
}

std::int64_t parameter(std::string_view query, std::string_view name) {
  const auto at = query.find(cat(name, "="));
  if (at == std::string_view::npos) return 0;
  auto value = query.substr(at + name.size() + 1);
  value = value.substr(0, value.find('&'));
  return parse_integer<std::int64_t>(value, 0, INT64_MAX).value_or(0);
}

}  // namespace

FakeGateway::FakeGateway(std::string name, const Clock& clock)
    : id(std::move(name)), clock_(clock) {}

std::vector<mqtt::Inbound> FakeGateway::write(int count, int batch) {
  std::vector<mqtt::Inbound> alarms;
  std::vector<mqtt::Inbound> activity;
  std::vector<std::string> waiting;
  const auto flush = [&] {
    if (waiting.empty()) return;
    std::string list;
    for (const auto& each : waiting) list += cat(list.empty() ? "" : ",", each);
    activity.push_back(message("event/activity", cat("{\"records\":[", list, "]}")));
    waiting.clear();
  };
  for (int i = 0; i < count; ++i) {
    const auto seq = head() + 1;
    const bool alarm = seq % 10 == 0;
    const std::string text =
        json::serialize(json::object{{"seq", seq},
                                     {"boot", cat("b", boots_)},
                                     {"time", format_time(clock_.wall())},
                                     {"clock", "trusted"},
                                     {"kind", alarm ? "alarm" : "locked"},
                                     {"lane", alarm ? "alarm" : "activity"},
                                     {"device", "lock-101"},
                                     {"body", json::object{{"more", std::string(padding, 'x')}}}});
    records_[seq] = text;
    if (alarm) alarms.push_back(message("event/alarm", text));
    if (!alarm) waiting.push_back(text);
    if (waiting.size() >= static_cast<std::size_t>(batch)) flush();
  }
  flush();
  alarms.insert(alarms.end(), activity.begin(), activity.end());
  return alarms;
}

mqtt::Inbound FakeGateway::message(std::string_view end, std::string payload) const {
  mqtt::Inbound inbound;
  inbound.topic = cat("genkan/1/", id, "/", end);
  inbound.payload = std::move(payload);
  return inbound;
}

mqtt::Inbound FakeGateway::presence(bool online) const {
  if (!online) return message("presence", R"({"presence":"offline","reason":"lost"})");
  return message("presence", json::serialize(json::object{{"presence", "online"},
                                                          {"boot", cat("b", boots_)},
                                                          {"version", "0.1.0"},
                                                          {"clock", "trusted"},
                                                          {"head", head()},
                                                          {"journal", journal}}));
}

void FakeGateway::restart() { ++boots_; }

void FakeGateway::begin_journal(std::string name, std::int64_t first) {
  restart();
  journal = std::move(name);
  records_.clear();
  base_ = first;
}

void FakeGateway::forget_below(std::int64_t oldest) {
  base_ = head();
  records_.erase(records_.begin(), records_.lower_bound(oldest));
}

std::string FakeGateway::csr() const { return make_csr_pem(identity, id).value(); }

FakeGateway::Reply FakeGateway::answer(const mqtt::Message& request) {
  std::string method;
  std::string path;
  for (const auto& [name, value] : request.user_properties) {
    if (name == "method") method = value;
    if (name == "path") path = value;
  }
  Reply reply = refused(403, "forbidden");
  if (method == "GET" && path.starts_with("/v1/journal?")) reply = journal_page(path);
  if (method == "POST" && path == "/v1/signed") reply = signed_request(request.payload);
  if (reply.body.size() > most_answer) return refused(413, "too_large");
  return reply;
}

FakeGateway::Reply FakeGateway::journal_page(std::string_view query) {
  ++pages;
  const auto after = std::max(parameter(query, "after"), hidden_to);
  auto left = parameter(query, "limit");
  std::string list;
  for (auto each = records_.upper_bound(after); each != records_.end() && left > 0; ++each) {
    list += cat(list.empty() ? "" : ",", each->second);
    --left;
  }
  const auto oldest = records_.empty() ? base_ + 1 : records_.begin()->first;
  return {200, cat("{\"records\":[", list, "],\"head\":", head(), ",\"oldest\":", oldest,
                   ",\"journal\":\"", journal, "\"}")};
}

FakeGateway::Reply FakeGateway::signed_request(const std::string& text) {
  const auto jws = jws_read(text);
  if (!jws) return refused(400, "malformed");
  const auto key = trusted_.find(jws->kid);
  if (key == trusted_.end()) return refused(401, "unknown_key");
  if (!jws_holds(*jws, key->second)) return refused(401, "bad_signature");
  const auto claims = json::parse(jws->payload).as_object();
  if (claims.at("aud").as_string() != id) return refused(403, "wrong_gateway");
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch();
  if (claims.at("exp").as_int64() <= now.count()) return refused(403, "expired");
  if (!seen_.insert(std::string(claims.at("jti").as_string())).second) {
    return refused(409, "already_used");
  }
  auto request = claims.at("req").as_object();
  if (const auto* sealed = request.if_contains("sealed")) {
    const auto plain = jwe_open(receiver, std::string_view(sealed->get_string()));
    if (!plain) return refused(403, "sealed_for_another");
    opened.push_back(*plain);
    const auto content = json::parse(*plain).as_object();
    for (const char* name : {"jti", "aud"}) {
      if (content.at(name) != claims.at(name)) return refused(400, "malformed");
    }
    if (content.at("signed_by").as_string() != jws->kid) return refused(400, "malformed");
    if (content.contains("body")) request["body"] = content.at("body");
  }
  return carry_out(request, jws->kid);
}

FakeGateway::Reply FakeGateway::carry_out(const json::object& request, const std::string& kid) {
  const std::string method(request.at("method").as_string());
  const std::string path(request.at("path").as_string());
  const std::string what = cat(method, " ", path);
  constexpr std::string_view keys = "/v1/trust/keys/";
  done.push_back(cat(what, " by ", kid));
  if (what == "GET /v1/identity") {
    return {200, json::serialize(json::object{{"csr", csr()}, {"gateway", id}})};
  }
  if (what == "PUT /v1/claim/certificate") {
    const auto& pem = request.at("body").at("certificate").as_string();
    certificate = Certificate::from_pem(std::string_view(pem)).value();
    return {200, "{}"};
  }
  if (what == "POST /v1/trust/keys") {
    const auto& body = request.at("body").as_object();
    trust(std::string(body.at("kid").as_string()),
          P256Public::from_jwk(body.at("key").as_object()).value());
    return {200, "{}"};
  }
  if (method == "DELETE" && path.starts_with(keys)) {
    const auto gone = path.substr(keys.size());
    if (gone == kid) return refused(409, "conflict");
    return trusted_.erase(gone) > 0 ? Reply{200, "{}"} : refused(404, "unknown");
  }
  return {200, json::serialize(json::object{{"verdict", "done"}})};
}

}  // namespace genkan::relay
