#include "firmware/domain/cloud/claim.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

constexpr std::string_view form = "enrolment 1";
constexpr std::size_t most_word = 64;
constexpr std::size_t most_broker = 4096;
constexpr auto clocks_apart = std::chrono::minutes(5);

std::string join(const std::vector<std::string>& faults) {
  std::string all;
  for (const auto& fault : faults) all += cat(all.empty() ? "" : "; ", fault);
  return all;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= most_word &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_broker(const json::object* broker, std::vector<std::string>& faults) {
  if (broker == nullptr) {
    faults.emplace_back("'broker' is missing ({\"uri\"})");
    return;
  }
  const auto* uri = broker->if_contains("uri");
  if (uri == nullptr || !uri->is_string() || uri->get_string().empty()) {
    faults.emplace_back("'broker': 'uri' is missing (like \"ssl://broker.example:8883\")");
  }
  const bool plain = std::ranges::all_of(*broker, [](const auto& member) {
    return member.value().is_string() || member.value().is_number() || member.value().is_bool();
  });
  if (!plain || json::serialize(*broker).size() > most_broker) {
    faults.emplace_back("'broker' must hold texts and numbers, at most 4 KiB of them");
  }
}

void read_command_keys(const json::array* list, Enrolment& enrolment,
                       std::vector<std::string>& faults) {
  if (list == nullptr) {
    faults.emplace_back("'command_keys' is missing (a list)");
    return;
  }
  if (list->size() > most_trust_keys) {
    faults.push_back(cat("'command_keys' has ", list->size(), " keys; at most ", most_trust_keys));
    return;
  }
  TrustList seen;
  for (std::size_t at = 0; at < list->size(); ++at) {
    const auto* object = (*list)[at].if_object();
    auto key = object == nullptr
                   ? Result<TrustKey>(fail(ErrorCode::invalid, "the key: must be an object"))
                   : trust_key_from_json(*object);
    if (!key) {
      faults.push_back(cat("'command_keys' ", at + 1, ": ", key.error().message()));
      continue;
    }
    if (seen.find(key->kid) != nullptr) {
      faults.push_back(cat("'command_keys' ", at + 1, ": the id ", key->kid, " is there twice"));
    }
    seen.put(*key);
    enrolment.command_keys.push_back(std::move(*key));
  }
}

}  // namespace

json::object to_json(const CloudClaim& claim) {
  json::object object{{"contract", claim.contract},       {"cloud", claim.cloud},
                      {"broker", claim.broker},           {"ca", claim.ca},
                      {"certificate", claim.certificate}, {"since", format_time(claim.since)}};
  const auto end = certificate_end(claim);
  object["certificate_ends"] = end ? json::value(format_time(*end)) : json::value();
  return object;
}

std::optional<WallTime> certificate_end(const CloudClaim& claim) {
  const auto certificate = Certificate::from_pem(claim.certificate);
  if (!certificate) return std::nullopt;
  return certificate->not_after();
}

Result<Enrolment> read_enrolment(const json::object& object) {
  JsonReader reader(object, "the enrolment file");
  const auto version = reader.text("genkan", 32);
  Enrolment enrolment;
  enrolment.gateway = reader.text("gateway", most_word);
  enrolment.claim.contract = reader.text("contract", most_word);
  enrolment.claim.cloud = reader.text("cloud", most_word);
  const auto* broker = reader.optional_object("broker");
  enrolment.claim.ca = reader.text("ca", max_pem);
  enrolment.claim.certificate = reader.text("certificate", max_pem);
  const auto* keys = reader.optional_array("command_keys");
  enrolment.consent = reader.optional_text("consent", 8192).value_or("");
  if (auto read = reader.finish(); !read) return fail(read.error());
  std::vector<std::string> faults;
  if (version != form) faults.push_back(cat("'genkan' must be \"", form, "\""));
  if (!is_word(enrolment.claim.contract))
    faults.emplace_back("'contract' must be 1 to 64 characters");
  if (!is_word(enrolment.claim.cloud)) faults.emplace_back("'cloud' must be 1 to 64 characters");
  check_broker(broker, faults);
  if (broker != nullptr) enrolment.claim.broker = *broker;
  read_command_keys(keys, enrolment, faults);
  if (!faults.empty()) return fail(ErrorCode::invalid, cat("the enrolment file: ", join(faults)));
  return enrolment;
}

std::vector<std::string> certificate_faults(std::string_view ca, std::string_view certificate,
                                            const EnrolmentFacts& facts) {
  std::vector<std::string> faults;
  const auto authorities = read_certificates(ca);
  if (!authorities) faults.push_back(authorities.error().in("'ca'").message());
  const auto own = Certificate::from_pem(certificate);
  if (!own) faults.push_back(own.error().in("'certificate'").message());
  const auto request =
      facts.csr.empty()
          ? Result<CertificateRequest>(
                fail(ErrorCode::conflict, "the agent has not told its key yet: start genkan-agent"))
          : read_csr(facts.csr);
  if (!request) faults.push_back(request.error().message());
  if (own && request) {
    const auto key = own->public_key();
    if (!key || *key != request->key) {
      faults.emplace_back("'certificate' belongs to another key than this gateway's request");
    }
  }
  if (own && authorities &&
      std::ranges::none_of(*authorities, [&own](const auto& one) { return own->signed_by(one); })) {
    faults.emplace_back("'certificate' is not signed by any certificate of 'ca'");
  }
  if (own && facts.clock == ClockTrust::trusted) {
    if (facts.now >= own->not_after() + 1s) {
      faults.push_back(cat("'certificate' ended at ", format_time(own->not_after())));
    } else if (facts.now + clocks_apart < own->not_before()) {
      faults.push_back(cat("'certificate' begins at ", format_time(own->not_before())));
    }
  }
  return faults;
}

std::vector<std::string> enrolment_faults(const Enrolment& enrolment, const EnrolmentFacts& facts) {
  auto faults = certificate_faults(enrolment.claim.ca, enrolment.claim.certificate, facts);
  if (enrolment.gateway != facts.gateway) {
    faults.insert(faults.begin(), cat("'gateway' is ", printable(enrolment.gateway),
                                      ", this gateway is ", facts.gateway));
  }
  return faults;
}

}  // namespace genkan::domain
