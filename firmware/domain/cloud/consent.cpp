#include <chrono>

#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/cloud/claim.hpp"
#include "firmware/domain/cloud/envelope.hpp"

namespace genkan::domain {

namespace {

constexpr std::chrono::seconds longest_consent = std::chrono::days(7);

std::unexpected<Error> not_given(std::string why) {
  return fail(ErrorCode::forbidden, cat("the consent: ", why));
}

struct Consent {
  std::string aud, jti, release;
  std::chrono::sys_seconds issued, expires;
};

Result<Consent> read(std::string_view payload) {
  const auto parsed = parse_unambiguous_json(payload, 8192);
  if (!parsed || !parsed->is_object()) return not_given("its claims are no JSON object");
  JsonReader reader(parsed->get_object(), "the consent");
  Consent consent;
  consent.aud = reader.text("aud", 64);
  consent.jti = reader.text("jti", 64);
  consent.release = reader.text("release", 64);
  const auto issued = reader.integer("iat", 0, INT32_MAX * std::int64_t{4});
  const auto expires = reader.integer("exp", 0, INT32_MAX * std::int64_t{4});
  if (auto fine = reader.finish(); !fine) return fail(fine.error());
  consent.issued = std::chrono::sys_seconds(std::chrono::seconds(issued));
  consent.expires = std::chrono::sys_seconds(std::chrono::seconds(expires));
  if (!is_jti(consent.jti)) return not_given("'jti' must be 8 to 64 letters, digits, '_' or '-'");
  return consent;
}

}  // namespace

Result<> check_consent(std::string_view compact, const ConsentFacts& facts) {
  const auto jws = jws_read(compact);
  if (!jws) return not_given(jws.error().message());
  const auto* key = facts.trust.find(jws->kid);
  if (key == nullptr) return not_given(cat("the key ", jws->kid, " is not trusted here"));
  if (!key->scopes.has(Scope::trust)) return not_given("its key has not the scope trust");
  if (!jws_holds(*jws, key->key)) return not_given("the signature does not hold");
  const auto consent = read(jws->payload);
  if (!consent) return fail(consent.error());
  if (consent->aud != facts.gateway) return not_given("it is for another gateway");
  if (consent->release != facts.contract) {
    return not_given(
        cat("it ends the contract ", printable(consent->release), ", not ", facts.contract));
  }
  if (facts.clock != ClockTrust::trusted) return not_given("the gateway does not know the time");
  if (key->not_after && facts.now > *key->not_after) return not_given("its key has ended");
  if (consent->expires - consent->issued > longest_consent || consent->expires <= consent->issued) {
    return not_given("it may be good for 7 days at most");
  }
  if (consent->issued > facts.now + most_ahead) return not_given("it was issued in the future");
  if (facts.now >= consent->expires) return not_given("it has expired");
  if (consent->issued + most_ahead < facts.since) {
    return not_given(cat("it was issued before the present contract began, at ",
                         format_time(facts.since), "; the owner must give another"));
  }
  return {};
}

}  // namespace genkan::domain
