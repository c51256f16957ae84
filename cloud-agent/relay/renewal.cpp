#include "cloud-agent/relay/renewal.hpp"

#include <utility>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// How many of those that are due are looked at; gateways that are away must not hide the others.
constexpr std::int64_t most_looked_at = 5000;
constexpr std::string_view subject = "genkan-cloud renewal";

Result<CertificateRequest> request_in(const Answer& answer) {
  if (!answer.good()) return fail(ErrorCode::rejected, words_of(answer));
  const auto body = parse_json(answer.body, mqtt::most_payload);
  const json::value* csr =
      body && body->is_object() ? body->get_object().if_contains("csr") : nullptr;
  if (csr == nullptr || !csr->is_string()) {
    return fail(ErrorCode::invalid, "the gateway told no certificate request");
  }
  return read_csr(std::string_view(csr->get_string()));
}

}  // namespace

Renewal::Renewal(const CloudSettings& settings, const Authority& authority, Registry& registry,
                 Orders& orders, const Clock& clock, IsOnline is_online)
    : settings_(settings),
      authority_(authority),
      registry_(registry),
      orders_(orders),
      clock_(clock),
      is_online_(std::move(is_online)) {}

void Renewal::tick() {
  const SteadyTime now = clock_.steady();
  if (now < next_look_) return;
  next_look_ = now + look_every;
  const auto due = registry_.ending_before(clock_.wall() + settings_.renew_before, most_looked_at);
  if (!due) {
    log(LogLevel::error, "certificates cannot be looked at", {{"why", due.error().message()}});
    return;
  }
  for (const auto& gateway : *due) {
    if (in_hand_.size() >= most_in_hand) return;
    const auto failed = not_before_.find(gateway);
    const bool waits = failed != not_before_.end() && now < failed->second;
    if (!waits && !in_hand_.contains(gateway) && is_online_(gateway)) begin(gateway);
  }
}

void Renewal::begin(const std::string& gateway) {
  in_hand_.insert(gateway);
  auto given =
      orders_.give({gateway, "GET", "/v1/identity", {}, std::string(subject)},
                   [this, gateway](const Result<Answer>& answer) { identity(gateway, answer); });
  if (!given) end(gateway, given.error().message());
}

Result<Certificate> Renewal::certify(const std::string& gateway,
                                     const Result<Answer>& identity) const {
  if (!identity) return fail(identity.error());
  const auto request = request_in(*identity);
  if (!request) return fail(request.error());
  const auto enrolled = registry_.find(gateway);
  if (!enrolled) return fail(enrolled.error());
  if (!*enrolled || (*enrolled)->contract.empty()) {
    return fail(ErrorCode::conflict, "it was released meanwhile");
  }
  if (!(request->key == (*enrolled)->key) || request->common_name != gateway) {
    return fail(ErrorCode::conflict,
                "it asks with another key than the one that was enrolled; if its board was "
                "changed, enrol it anew");
  }
  return authority_.client(gateway, request->key, clock_.wall(), settings_.certificate_life);
}

void Renewal::identity(const std::string& gateway, const Result<Answer>& answer) {
  auto certificate = certify(gateway, answer);
  if (!certificate) return end(gateway, certificate.error().message());
  const json::object body{{"certificate", certificate->to_pem()}};
  auto given = orders_.give(
      {gateway, "PUT", "/v1/claim/certificate", json::serialize(body), std::string(subject)},
      [this, gateway, made = *certificate](const Result<Answer>& installed) {
        this->installed(gateway, made, installed);
      });
  if (!given) end(gateway, given.error().message());
}

void Renewal::installed(const std::string& gateway, const Certificate& certificate,
                        const Result<Answer>& answer) {
  if (!answer) return end(gateway, answer.error().message());
  if (!answer->good()) return end(gateway, words_of(*answer));
  if (auto noted = registry_.set_certificate_end(gateway, certificate.not_after()); !noted) {
    return end(gateway, noted.error().message());
  }
  ++renewed_;
  end(gateway, {});
  log(LogLevel::notice, "certificate renewed",
      {{"gateway", gateway}, {"ends", format_time(certificate.not_after())}});
}

void Renewal::end(const std::string& gateway, const std::string& fault) {
  in_hand_.erase(gateway);
  not_before_.erase(gateway);
  if (fault.empty()) return;
  not_before_[gateway] = clock_.steady() + again_after;
  log(LogLevel::warning, "certificate not renewed", {{"gateway", gateway}, {"why", fault}});
}

}  // namespace genkan::relay
