#include "tests/long/fleet/words.hpp"

#include <algorithm>

#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"

namespace genkan::fleet {

namespace {

constexpr std::size_t ledger_size = 64;
constexpr std::int64_t most_in_page = 100;

// The contract's ids have eight hexadecimal digits.
std::string eight_digits(unsigned value) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text(8, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, value >>= 4) *at = digits[value & 15];
  return text;
}

WallTime now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::int64_t parameter(std::string_view query, std::string_view name) {
  const auto at = query.find(cat(name, "="));
  if (at == std::string_view::npos) return 0;
  const auto value = query.substr(at + name.size() + 1);
  return parse_integer<std::int64_t>(value.substr(0, value.find('&')), 0, INT64_MAX).value_or(0);
}

Words::Reply refused(int status, std::string_view code, std::string_view message) {
  return {status, json::serialize(
                      json::object{{"error", json::object{{"code", code}, {"message", message}}}})};
}

std::string_view text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

}  // namespace

Words::Words(std::string gateway, unsigned number, std::string kid)
    : gateway_(std::move(gateway)),
      journal_(cat("j-", eight_digits(number))),
      boot_(eight_digits(number + 0x10000)),
      since_(now()),
      trusted_{std::move(kid)} {}

std::string Words::record(std::int64_t seq) const {
  const bool alarm = is_alarm(seq);
  const auto door = 101 + seq % 20;
  json::object record{{"seq", seq},
                      {"boot", boot_},
                      {"time", format_time(since_ + std::chrono::milliseconds(seq))},
                      {"clock", "trusted"},
                      {"kind", alarm          ? "forced_open"
                               : seq % 2 == 0 ? "locked"
                                              : "unlocked"},
                      {"lane", alarm ? "alarm" : "activity"},
                      {"device", cat("lock-", door)},
                      {"room", cat("r", door)}};
  if (!alarm) record["actor"] = "slot:12";
  record["body"] = json::object{{"battery", 87}};
  return json::serialize(record);
}

std::string Words::presence(std::int64_t head) const {
  return json::serialize(
      json::object{{"presence", "online"},
                   {"boot", boot_},
                   {"version", "0.1.0"},
                   {"clock", "trusted"},
                   {"journal", journal_},
                   {"certificate_ends", format_time(since_ + std::chrono::days(365))},
                   {"head", head}});
}

std::string Words::offline() { return R"({"presence":"offline","reason":"lost"})"; }

std::string Words::state(unsigned turn) const {
  return json::serialize(
      json::object{{"state", json::object{{"bolt", turn % 2 == 0 ? "locked" : "unlocked"},
                                          {"door", "closed"},
                                          {"battery", 87},
                                          {"tamper", false}}},
                   {"link", "fresh"},
                   {"read_at", format_time(since_ + std::chrono::seconds(turn))},
                   {"troubles", json::array()}});
}

Words::Reply Words::reply(const Arrived& request, std::int64_t head) {
  constexpr std::string_view journal = "/v1/journal?";
  if (request.retained) return refused(403, "forbidden", "a retained request is refused");
  if (request.method == "POST" && request.path == "/v1/signed") {
    return signed_request(request.payload, head);
  }
  if (request.method != "GET") return refused(403, "forbidden", "it must be signed");
  if (request.path == "/v1/status") {
    return {200, json::serialize(json::object{
                     {"gateway", gateway_},
                     {"boot", boot_},
                     {"journal", json::object{{"head", head}, {"oldest", 1}, {"id", journal_}}}})};
  }
  if (request.path.starts_with(journal)) {
    return journal_page(std::string_view(request.path).substr(journal.size()), head);
  }
  return refused(404, "unknown", "there is nothing");
}

Words::Reply Words::journal_page(std::string_view query, std::int64_t head) const {
  const auto after = parameter(query, "after");
  const auto limit = std::clamp<std::int64_t>(parameter(query, "limit"), 1, most_in_page);
  std::string list;
  for (auto seq = after + 1; seq <= std::min(head, after + limit); ++seq) {
    list += cat(list.empty() ? "" : ",", record(seq));
  }
  return {200, cat("{\"records\":[", list, "],\"head\":", head, ",\"oldest\":1}")};
}

Words::Reply Words::signed_request(const std::string& envelope, std::int64_t head) {
  const auto jws = jws_read(envelope);
  if (!jws) return refused(400, "malformed", jws.error().message());
  if (!trusted_.contains(jws->kid)) return refused(401, "unknown_key", "no such key is trusted");
  const auto claims = parse_json(jws->payload, max_jws);
  const auto* call =
      claims && claims->is_object() ? claims->get_object().if_contains("req") : nullptr;
  if (call == nullptr || !call->is_object()) return refused(400, "malformed", "no request in it");
  const json::object& all = claims->get_object();
  if (text_of(all, "aud") != gateway_) return refused(403, "wrong_gateway", "it is for another");
  const auto second = std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count();
  const json::value* ends = all.if_contains("exp");
  if (ends == nullptr || !ends->is_int64() || ends->get_int64() <= second) {
    return refused(403, "expired", "it has ended");
  }
  const std::string jti(text_of(all, "jti"));
  const auto known = std::find_if(ledger_.begin(), ledger_.end(),
                                  [&jti](const auto& each) { return each.first == jti; });
  if (known != ledger_.end()) {
    Reply again = known->second;
    again.moved = false;
    return again;
  }
  Reply reply = carry_out(call->get_object(), head);
  ledger_.emplace_back(jti, reply);
  if (ledger_.size() > ledger_size) ledger_.pop_front();
  return reply;
}

Words::Reply Words::carry_out(const json::object& request, std::int64_t head) {
  constexpr std::string_view keys = "/v1/trust/keys";
  constexpr std::string_view devices = "/v1/devices/";
  const auto method = text_of(request, "method");
  const auto path = text_of(request, "path");
  const json::value* value = request.if_contains("body");
  const json::object body =
      value != nullptr && value->is_object() ? value->get_object() : json::object();
  if (method == "POST" && path == keys) {
    trusted_.emplace(text_of(body, "kid"));
    return {200, "{}"};
  }
  if (method == "DELETE" && path.starts_with(keys) && path.size() > keys.size()) {
    const auto found = trusted_.find(path.substr(keys.size() + 1));
    if (found == trusted_.end()) return refused(404, "unknown", "no such key is trusted");
    trusted_.erase(found);
    return {200, "{}"};
  }
  if (method == "POST" && path.starts_with(devices) && path.ends_with("/commands")) {
    const auto command = text_of(body, "command");
    const auto device = path.substr(devices.size(), path.rfind('/') - devices.size());
    return {200,
            json::serialize(json::object{
                {"device", device},
                {"command", command},
                {"verdict", "done"},
                {"reason", "none"},
                {"message", cat("It is done: ", command, ".")},
                {"detail", ""},
                {"state", json::object{{"bolt", command == "lock" ? "locked" : "unlocked"}}},
                {"took_ms", 0},
                {"seq", head + 1}}),
            true};
  }
  return refused(404, "unknown", "there is nothing");
}

}  // namespace genkan::fleet
