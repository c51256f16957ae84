#include "cloud-agent/agent/claim.hpp"

#include "firmware/base/certificate.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

constexpr std::size_t most_claim = 64 * 1024;

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

json::object as_json(const Claim& claim) {
  json::object object;
  object["contract"] = claim.contract;
  object["cloud"] = claim.cloud;
  object["broker"] = json::object{{"uri", claim.uri}};
  object["ca"] = claim.ca;
  object["certificate"] = claim.certificate;
  return object;
}

Destination away(std::string why) { return {std::nullopt, std::move(why), true}; }

Destination place_of(const Claim& claim, const Result<Identity>& identity,
                     const IdentityFolder& folder) {
  auto place = mqtt::parse_place(claim.uri);
  if (!place) return away(cat("the claim's broker: ", place.error().message()));
  if (!place->tls) {
    return away(cat("the claim names the broker ", claim.uri,
                    ", which is in clear; a claimed gateway connects with TLS alone"));
  }
  if (!identity) return away(identity.error().message());
  const auto certificate = Certificate::from_pem(claim.certificate);
  if (!certificate) return away(cat("the claim's certificate: ", certificate.error().message()));
  const auto key = certificate->public_key();
  if (!key || *key != identity->key) {
    return away("the claim's certificate is not for this gateway's key; claim the gateway anew");
  }
  place->tls =
      mqtt::TlsFiles{folder.ca().string(), folder.certificate().string(), folder.key().string()};
  return {*std::move(place), {}, false};
}

}  // namespace

Result<std::optional<Claim>> read_claim(std::string_view body) {
  const auto parsed = parse_json(body, most_claim);
  if (!parsed) return fail(parsed.error());
  if (!parsed->is_object()) return fail(ErrorCode::invalid, "a claim is a JSON object");
  const json::object& object = parsed->as_object();
  const json::value* claimed = object.if_contains("claimed");
  if (claimed != nullptr && claimed->is_bool() && !claimed->as_bool()) {
    return std::optional<Claim>();
  }
  Claim claim;
  claim.contract = text_in(object, "contract");
  claim.cloud = text_in(object, "cloud");
  claim.ca = text_in(object, "ca");
  claim.certificate = text_in(object, "certificate");
  const json::value* broker = object.if_contains("broker");
  if (broker != nullptr && broker->is_object()) claim.uri = text_in(broker->as_object(), "uri");
  for (const std::string* needed : {&claim.contract, &claim.uri, &claim.ca, &claim.certificate}) {
    if (needed->empty()) {
      return fail(ErrorCode::invalid, "a claim has contract, broker.uri, ca and certificate");
    }
  }
  return std::optional(std::move(claim));
}

std::optional<Claim> kept_claim(const IdentityFolder& folder) {
  const auto text = read_file(folder.claim(), most_claim);
  if (!text) return std::nullopt;
  auto claim = read_claim(*text);
  if (claim) return *std::move(claim);
  log(LogLevel::warning, "the kept claim is damaged; genkand is asked for it",
      {{"file", folder.claim().string()}, {"why", claim.error().message()}});
  return std::nullopt;
}

Result<> keep_claim(const IdentityFolder& folder, const Claim& claim) {
  const std::string text = json::serialize(as_json(claim));
  if (auto done = write_file(folder.ca(), claim.ca, Readers::everybody); !done) return done;
  if (auto done = write_file(folder.certificate(), claim.certificate, Readers::everybody); !done) {
    return done;
  }
  return write_file(folder.claim(), text, Readers::everybody);
}

Result<> drop_claim(const IdentityFolder& folder) {
  for (const auto& path : {folder.claim(), folder.certificate(), folder.ca()}) {
    if (auto done = remove_file(path); !done) return done;
  }
  return {};
}

Destination destination(const std::optional<mqtt::Place>& own, const std::optional<Claim>& claim,
                        const Result<Identity>& identity, const IdentityFolder& folder) {
  if (own && claim && !own->tls) {
    return away(cat("this gateway is claimed, so it does not connect in clear to ", uri_of(*own),
                    "; take 'uri' out of [broker], or write ssl://"));
  }
  if (own) return {own, {}, false};
  if (claim) return place_of(*claim, identity, folder);
  return {std::nullopt, "the gateway is not claimed yet", false};
}

}  // namespace genkan::agent
