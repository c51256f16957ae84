#include "cloud-agent/relay/enrolment.hpp"

#include <algorithm>
#include <utility>

#include "firmware/base/ids.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::size_t most_contract = 48;
constexpr std::chrono::days consent_life{7};  // the most that gateways take

bool is_contract(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= most_contract &&
         std::all_of(text.begin(), text.end(), fits);
}

// What a gateway tells of itself.
struct Papers {
  CertificateRequest request;
  std::optional<P256Public> receiver;
};

Result<Papers> read_papers(std::string_view text) {
  const auto behind = text.find("-----BEGIN PUBLIC KEY-----");
  auto request = read_csr(text.substr(0, behind));
  if (!request) return fail(request.error().in("the certificate request"));
  if (behind == std::string_view::npos) return Papers{*std::move(request), std::nullopt};
  auto receiver = P256Public::from_pem(text.substr(behind));
  if (!receiver) return fail(receiver.error().in("the receiving key"));
  return Papers{*std::move(request), *std::move(receiver)};
}

Result<Papers> check_choice(const EnrolChoice& choice) {
  if (auto fault = id_fault(choice.gateway); !fault.empty()) {
    return fail(ErrorCode::invalid, cat("the gateway's id: ", fault));
  }
  if (!is_contract(choice.contract)) {
    return fail(ErrorCode::invalid, cat("a contract number has 1 to ", most_contract,
                                        " letters, digits, '.', '_' and '-'; '",
                                        printable(choice.contract), "' is none"));
  }
  auto papers = read_papers(choice.request);
  if (!papers) return papers;
  const auto& name = papers->request.common_name;
  if (name != choice.gateway) {
    return fail(ErrorCode::invalid, cat("the certificate request is of gateway ", printable(name),
                                        ", not of ", choice.gateway));
  }
  return papers;
}

// SITE-1, API-3. The consent that must go with the enrolment, which may be none.
Result<std::string> needed_consent(const Office& office, const std::optional<Enrolled>& before,
                                   const EnrolChoice& choice, WallTime now) {
  const auto holder = office.registry.gateway_of(choice.contract);
  if (!holder) return fail(holder.error());
  if (!holder->empty() && *holder != choice.gateway) {
    return fail(ErrorCode::conflict, cat("contract ", choice.contract, " has gateway ", *holder,
                                         "; genkan-cloud release ", *holder, " ends that"));
  }
  if (!choice.consent.empty()) {
    const auto consent = read_consent(choice.consent);
    if (!consent) return fail(consent.error());
    if (consent->gateway != choice.gateway) {
      return fail(ErrorCode::invalid,
                  cat("the consent is of gateway ", printable(consent->gateway)));
    }
    if (consent->ends <= now) return fail(ErrorCode::invalid, "the consent has ended");
  }
  if (!before || before->contract == choice.contract) return choice.consent;
  if (!before->contract.empty()) {
    return fail(ErrorCode::conflict,
                cat("gateway ", choice.gateway, " has contract ", before->contract,
                    "; its owner's consent is needed: genkan-cloud release ", choice.gateway));
  }
  if (!choice.consent.empty() || before->former == choice.contract) return choice.consent;
  const auto ours = read_consent(before->consent);
  if (!ours || ours->ends <= now) {
    return fail(ErrorCode::conflict,
                cat("the consent to the release of ", choice.gateway,
                    " has ended; genkan-cloud release ", choice.gateway, " makes another"));
  }
  return before->consent;
}

}  // namespace

Result<std::string> enrol(const Office& office, const EnrolChoice& choice, WallTime now) {
  const auto papers = check_choice(choice);
  if (!papers) return fail(papers.error());
  const auto before = office.registry.find(choice.gateway);
  if (!before) return fail(before.error());
  const auto consent = needed_consent(office, *before, choice, now);
  if (!consent) return fail(consent.error());
  if (office.keys.live().empty()) return fail(ErrorCode::unknown, "there is no command key");
  const std::string kid = office.keys.live().front().kid;
  const auto key = office.keys.introduction(kid, office.settings.scopes);
  if (!key) return fail(key.error());
  const auto certificate = office.authority.client(choice.gateway, papers->request.key, now,
                                                   office.settings.certificate_life);
  if (!certificate) return fail(certificate.error());

  const Enrolled enrolled{choice.gateway,      choice.contract,          {},  {},
                          papers->request.key, certificate->not_after(), now, papers->receiver};
  if (auto put = office.registry.put(enrolled, {kid}); !put) return fail(put.error());

  json::object file{{"genkan", "enrolment 1"},
                    {"gateway", choice.gateway},
                    {"contract", choice.contract},
                    {"cloud", office.settings.name},
                    {"broker", json::object{{"uri", mqtt::uri_of(office.settings.broker)}}},
                    {"ca", office.authority.certificate().to_pem()},
                    {"certificate", certificate->to_pem()},
                    {"command_keys", json::array{*key}}};
  if (!consent->empty()) file["consent"] = *consent;
  return json::serialize(file);
}

Result<std::string> release(const Office& office, std::string_view gateway, WallTime now) {
  auto enrolled = office.registry.find(gateway);
  if (!enrolled) return fail(enrolled.error());
  if (!*enrolled) {
    return fail(ErrorCode::unknown, cat("gateway ", printable(gateway), " was not enrolled here"));
  }
  Enrolled& entry = **enrolled;
  if (!entry.contract.empty()) entry.former = std::exchange(entry.contract, {});
  // With a key that the gateway trusts, or it could not tell who consents.
  const auto signers = office.keys.signers(gateway);
  if (!signers) return fail(signers.error());
  if (signers->empty()) return fail(ErrorCode::unknown, "there is no command key");
  const std::string& kid = signers->front();
  entry.consent =
      seal_consent(gateway, entry.former, *office.keys.find(kid), kid, now, consent_life);
  const auto held = office.registry.held_by(gateway);
  if (!held) return fail(held.error());
  if (auto put = office.registry.put(entry, *held); !put) return fail(put.error());
  return entry.consent;
}

}  // namespace genkan::relay
