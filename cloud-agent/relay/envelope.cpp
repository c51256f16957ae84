#include "cloud-agent/relay/envelope.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "firmware/base/base64url.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::size_t most_subject = 64;

std::int64_t seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string fresh_id() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  return base64url(bytes);
}

bool is_subject(std::string_view text) {
  const auto printable_ascii = [](char c) { return c >= ' ' && c <= '~'; };
  return !text.empty() && text.size() <= most_subject &&
         std::all_of(text.begin(), text.end(), printable_ascii);
}

// {"body"}, {"text"}, or nothing.
Result<json::object> content_of(const Order& order) {
  json::object content;
  if (order.text && !order.body.empty()) {
    return fail(ErrorCode::invalid, "a call takes a body or a file, not both");
  }
  if (order.text) content["text"] = *order.text;
  if (!order.body.empty()) {
    auto body = parse_json(order.body, max_jws);
    if (!body) return fail(body.error().in("the body"));
    if (!body->is_object()) return fail(ErrorCode::invalid, "the body is no JSON object");
    content["body"] = *std::move(body);
  }
  return content;
}

}  // namespace

bool is_worth_sealing(const Order& order) {
  const bool command = order.path.starts_with("/v1/devices/") && order.path.ends_with("/commands");
  const bool is_public =
      order.path.starts_with("/v1/trust/") || order.path.starts_with("/v1/claim/");
  return !command && !is_public && (order.text || !order.body.empty());
}

Result<std::string> seal_order(const Order& order, const P256Key& key, std::string_view kid,
                               WallTime now, std::chrono::seconds life) {
  if (!is_subject(order.subject)) {
    return fail(ErrorCode::invalid, "who asks is told in 1 to 64 printable ASCII characters");
  }
  auto content = content_of(order);
  if (!content) return fail(content.error());
  const std::string jti = fresh_id();
  json::object request{{"method", order.method}, {"path", order.path}};
  if (order.receiver && !content->empty()) {
    content->insert({{"jti", jti}, {"aud", order.gateway}, {"signed_by", kid}});
    request["sealed"] = jwe_seal(*order.receiver, json::serialize(*content));
  } else {
    for (auto& member : *content) request.insert(member);
  }
  const json::object claims{{"jti", jti},           {"aud", order.gateway},
                            {"iat", seconds(now)},  {"exp", seconds(now) + life.count()},
                            {"sub", order.subject}, {"req", std::move(request)}};
  auto sealed = jws_sign(key, kid, json::serialize(claims));
  if (sealed.size() > max_jws) {
    return fail(ErrorCode::invalid, cat("the request is too large for one message: ", sealed.size(),
                                        " bytes signed, at most ", max_jws));
  }
  return sealed;
}

std::string seal_consent(std::string_view gateway, std::string_view contract, const P256Key& key,
                         std::string_view kid, WallTime now, std::chrono::days life) {
  const json::object claims{
      {"jti", fresh_id()},
      {"aud", gateway},
      {"iat", seconds(now)},
      {"exp", seconds(now) + std::chrono::duration_cast<std::chrono::seconds>(life).count()},
      {"release", contract}};
  return jws_sign(key, kid, json::serialize(claims));
}

Result<Consent> read_consent(std::string_view text) {
  const auto jws = jws_read(text);
  if (!jws) return fail(jws.error().in("the consent"));
  const auto claims = parse_unambiguous_json(jws->payload, 4096);
  if (!claims || !claims->is_object()) {
    return fail(ErrorCode::invalid, "the consent's claims are no JSON object");
  }
  JsonReader reader(claims->get_object(), "the consent");
  static_cast<void>(reader.text("jti", 64));
  Consent consent{jws->kid, reader.text("aud"), reader.text("release"), {}};
  constexpr std::int64_t far = 253'402'300'799;  // the end of the year 9999
  static_cast<void>(reader.integer("iat", 0, far));
  consent.ends = WallTime(std::chrono::seconds(reader.integer("exp", 0, far)));
  if (auto whole = reader.finish(); !whole) return fail(whole.error());
  return consent;
}

}  // namespace genkan::relay
