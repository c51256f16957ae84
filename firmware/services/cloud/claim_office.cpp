#include "firmware/services/cloud/claim_office.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

using domain::RecordKind;
using domain::Right;

constexpr std::string_view by_claim = "claim";

std::unexpected<Error> not_claimed() {
  return fail(ErrorCode::unknown, "the gateway is not claimed: no contract has it");
}

std::unexpected<Error> with_faults(const std::vector<std::string>& faults) {
  std::string all;
  for (const auto& fault : faults) all += cat(all.empty() ? "" : "; ", fault);
  return fail(ErrorCode::invalid, std::move(all));
}

bool is_same_owner(const domain::CloudClaim& present, const domain::CloudClaim& wanted) {
  return present.contract == wanted.contract && present.cloud == wanted.cloud;
}

json::object certificate_facts(const domain::CloudClaim& claim) {
  const auto certificate = Certificate::from_pem(claim.certificate);
  if (!certificate) return {};
  return {{"serial", certificate->serial()}, {"ends", format_time(certificate->not_after())}};
}

Result<std::string> only_text(const json::object& request, std::string_view key) {
  JsonReader reader(request, "the request");
  auto text = reader.text(key, max_pem);
  if (auto read = reader.finish(); !read) return fail(read.error());
  return text;
}

}  // namespace

json::object ClaimOffice::identity() const {
  json::object object{
      {"csr", nullptr}, {"gateway", book_.gateway()}, {"receiver", receiver_.to_jwk()}};
  if (!book_.csr().empty()) object["csr"] = book_.csr();
  return object;
}

boost::asio::awaitable<Result<json::object>> ClaimOffice::set_identity(domain::Caller caller,
                                                                       json::object request) {
  if (auto may = check_right(caller, Right::report, "tell the gateway's identity"); !may) {
    co_return fail(may.error());
  }
  const auto pem = only_text(request, "csr");
  if (!pem) co_return fail(pem.error());
  const auto csr = read_csr(*pem);
  if (!csr) co_return fail(csr.error());
  if (csr->common_name != book_.gateway()) {
    co_return fail(ErrorCode::invalid, cat("the request is for '", printable(csr->common_name, 64),
                                           "'; this gateway is ", book_.gateway()));
  }
  if (*pem == book_.csr()) co_return identity();
  auto turn = co_await book_.turn().take();
  if (!turn) co_return fail(turn.error());
  ports::Change change;
  change.cloud.csr = *pem;
  const auto saved = co_await book_.put(std::move(change));
  if (!saved) co_return fail(saved.error());
  co_return identity();
}

Result<json::object> ClaimOffice::get() const {
  if (!book_.claim()) return not_claimed();
  return domain::to_json(*book_.claim());
}

domain::EnrolmentFacts ClaimOffice::facts() const {
  return {book_.gateway(), book_.csr(), book_.clock().wall(), book_.clock().trust()};
}

bool ClaimOffice::is_of_owner(const domain::TrustKey& key) const {
  const auto* known = book_.trust().find(key.kid);
  return known != nullptr && known->key == key.key && known->scopes.has(domain::Scope::trust);
}

Result<> ClaimOffice::check_owner(const domain::Caller& caller,
                                  const domain::Enrolment& enrolment) const {
  const auto& present = book_.claim();
  if (!present) return {};
  const bool same = is_same_owner(*present, enrolment.claim);
  const auto stranger = std::ranges::find_if(enrolment.command_keys, [this](const auto& key) {
    return key.scopes.has(domain::Scope::trust) && !is_of_owner(key);
  });
  const bool strange = stranger != enrolment.command_keys.end();
  if (same && (!strange || domain::allows(caller, Right::release))) return {};
  if (enrolment.consent.empty() && same) {
    return fail(ErrorCode::conflict,
                cat("the gateway belongs to contract ", present->contract, " and does not know ",
                    stranger->kid,
                    ", a key of scope trust: an administrator must bring this file "
                    "in, or a consent of the owner goes into it"));
  }
  if (enrolment.consent.empty()) {
    return fail(ErrorCode::conflict,
                cat("the gateway belongs to contract ", present->contract, " at ", present->cloud,
                    "; its owner must release it, or give a consent that goes into the file"));
  }
  return domain::check_consent(enrolment.consent,
                               {book_.gateway(), present->contract, present->since, book_.trust(),
                                book_.clock().wall(), book_.clock().trust()});
}

Result<ports::CloudChange> ClaimOffice::change_for(domain::Enrolment enrolment) const {
  const auto& present = book_.claim();
  const bool other = present && !is_same_owner(*present, enrolment.claim);
  ports::CloudChange change;
  domain::TrustList after;
  for (const auto& key : book_.trust().keys()) {
    if (other || key.added_by == by_claim) {
      change.trust_keys_removed.push_back(key.kid);
    } else {
      after.put(key);
    }
  }
  for (auto& key : enrolment.command_keys) {
    const auto* kept = after.find(key.kid);
    if (kept != nullptr && !(kept->key == key.key)) {
      return fail(ErrorCode::conflict,
                  cat("another key has the id ", key.kid, "; remove it first"));
    }
    if (!after.has_room_for(key.kid)) {
      return fail(ErrorCode::conflict,
                  cat("there would be more than ", domain::most_trust_keys, " trusted keys"));
    }
    key.added = book_.clock().wall();
    key.added_by = by_claim;
    after.put(key);
    change.trust_keys.push_back(std::move(key));
  }
  enrolment.claim.since = present && !other ? present->since : book_.clock().wall();
  change.claim = std::move(enrolment.claim);
  return change;
}

boost::asio::awaitable<Result<json::object>> ClaimOffice::claim(domain::Caller caller,
                                                                json::object request) {
  if (auto may = check_right(caller, Right::claim, "claim the gateway"); !may) {
    co_return fail(may.error());
  }
  auto enrolment = domain::read_enrolment(request);
  if (!enrolment) co_return fail(enrolment.error());
  auto turn = co_await book_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (const auto faults = domain::enrolment_faults(*enrolment, facts()); !faults.empty()) {
    co_return with_faults(faults);
  }
  if (auto owner = check_owner(caller, *enrolment); !owner) co_return fail(owner.error());
  json::array kids;
  for (const auto& key : enrolment->command_keys) kids.emplace_back(key.kid);
  auto body = certificate_facts(enrolment->claim);
  body["contract"] = enrolment->claim.contract;
  body["cloud"] = enrolment->claim.cloud;
  body["kids"] = std::move(kids);
  auto cloud = change_for(*std::move(enrolment));
  if (!cloud) co_return fail(cloud.error());
  ports::Change change;
  change.records.push_back(book_.record(caller, RecordKind::claimed, std::move(body)));
  change.cloud = *std::move(cloud);
  const auto saved = co_await book_.put(std::move(change));
  if (!saved) co_return fail(saved.error());
  co_return get();
}

boost::asio::awaitable<Result<json::object>> ClaimOffice::renew(domain::Caller caller,
                                                                json::object request) {
  if (auto may = check_right(caller, Right::trust, "renew the certificate"); !may) {
    co_return fail(may.error());
  }
  auto pem = only_text(request, "certificate");
  if (!pem) co_return fail(pem.error());
  auto turn = co_await book_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (!book_.claim()) co_return not_claimed();
  domain::CloudClaim claim = *book_.claim();
  if (const auto faults = domain::certificate_faults(claim.ca, *pem, facts()); !faults.empty()) {
    co_return with_faults(faults);
  }
  claim.certificate = *std::move(pem);
  ports::Change change;
  change.records.push_back(
      book_.record(caller, RecordKind::certificate_renewed, certificate_facts(claim)));
  change.cloud.claim = std::move(claim);
  const auto saved = co_await book_.put(std::move(change));
  if (!saved) co_return fail(saved.error());
  co_return get();
}

boost::asio::awaitable<Result<json::object>> ClaimOffice::release(domain::Caller caller) {
  if (auto may = check_right(caller, Right::release, "release the gateway"); !may) {
    co_return fail(may.error());
  }
  auto turn = co_await book_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (!book_.claim()) co_return not_claimed();
  const std::string contract = book_.claim()->contract;
  ports::Change change;
  change.records.push_back(book_.record(caller, RecordKind::released,
                                        {{"contract", contract}, {"cloud", book_.claim()->cloud}}));
  change.cloud.claim.emplace(std::nullopt);
  for (const auto& key : book_.trust().keys()) change.cloud.trust_keys_removed.push_back(key.kid);
  const auto saved = co_await book_.put(std::move(change));
  if (!saved) co_return fail(saved.error());
  co_return json::object{{"released", contract}};
}

}  // namespace genkan::services
