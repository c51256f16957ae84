#include "cloud-agent/relay/orders.hpp"

#include <utility>
#include <vector>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// A little longer than the order lives, so that what it became is not missed.
constexpr std::chrono::seconds patience = order_life + std::chrono::seconds{5};
constexpr int forbidden = 403;  // looked at after the signature

std::string member_of_error(const Answer& answer, std::string_view key) {
  const auto body = parse_json(answer.body, mqtt::most_payload);
  if (!body || !body->is_object()) return {};
  const json::value* error = body->get_object().if_contains("error");
  if (error == nullptr || !error->is_object()) return {};
  const json::value* value = error->get_object().if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

}  // namespace

bool does_not_trust(const Answer& answer) {
  const auto reason = refusal_of(answer);
  return reason == "unknown_key" || reason == "key_ended";
}

std::string refusal_of(const Answer& answer) {
  return answer.good() ? std::string() : member_of_error(answer, "code");
}

std::string words_of(const Answer& answer) {
  return cat(answer.status, " (", printable(refusal_of(answer)),
             "): ", printable(member_of_error(answer, "message"), 300));
}

struct Orders::Attempt {
  Order order;
  std::function<void(Result<Answer>)> done;
  std::vector<std::string> kids;  // to try, the first next
};

Result<> Orders::give(Order order, std::function<void(Result<Answer>)> done) {
  auto kids = keys_.signers(order.gateway);
  if (!kids) return fail(kids.error());
  if (kids->empty()) return fail(ErrorCode::unknown, "there is no command key");
  return next({std::move(order), std::move(done), *std::move(kids)});
}

Result<> Orders::give_by(const std::string& kid, Order order,
                         std::function<void(Result<Answer>)> done) {
  return next({std::move(order), std::move(done), {kid}});
}

Result<> Orders::next(Attempt attempt) {
  const std::string& kid = attempt.kids.front();
  const P256Key* key = keys_.find(kid);
  if (key == nullptr) return fail(ErrorCode::unknown, cat("key ", kid, " was retired"));
  if (is_worth_sealing(attempt.order)) {
    const auto enrolled = registry_.find(attempt.order.gateway);
    if (!enrolled) return fail(enrolled.error());
    if (*enrolled) attempt.order.receiver = (*enrolled)->receiver;
  }
  auto sealed = seal_order(attempt.order, *key, kid, clock_.wall());
  if (!sealed) return fail(sealed.error());
  Call call{attempt.order.gateway, "POST", "/v1/signed", *std::move(sealed), patience};
  return calls_.ask(std::move(call), clock_.steady(),
                    [this, attempt = std::move(attempt)](Result<Answer> answer) mutable {
                      answered(std::move(attempt), std::move(answer));
                    });
}

void Orders::answered(Attempt attempt, Result<Answer> answer) {
  const std::string kid = attempt.kids.front();
  const bool key_unknown = answer && does_not_trust(*answer);
  // Done, or refused for another reason: then the gateway knows the key.
  const bool key_known = answer && (answer->good() || answer->status == forbidden);
  if (key_unknown || key_known) {
    auto noted = registry_.set_held(attempt.order.gateway, kid, !key_unknown);
    if (!noted) log(LogLevel::error, "not noted", {{"why", noted.error().message()}});
  }
  attempt.kids.erase(attempt.kids.begin());
  if (!key_unknown || attempt.kids.empty()) return attempt.done(std::move(answer));
  const auto done = attempt.done;
  if (auto again = next(std::move(attempt)); !again) done(fail(again.error()));
}

}  // namespace genkan::relay
