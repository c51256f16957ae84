#include "firmware/domain/cloud/trust_key.hpp"

#include <algorithm>

#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

constexpr std::size_t most_name = 64;

std::string join(const std::vector<std::string>& faults) {
  std::string all;
  for (const auto& fault : faults) all += cat(all.empty() ? "" : "; ", fault);
  return all;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= most_name && printable(name, most_name) == name;
}

}  // namespace

Result<TrustKey> trust_key_from_json(const json::object& object) {
  JsonReader reader(object, "the key");
  const auto kid = reader.text("kid", 64);
  const auto name = reader.text("name", most_name);
  const auto* jwk = reader.optional_object("key");
  const auto* list = reader.optional_array("scopes");
  const auto end = reader.optional_text("not_after", 40);
  if (auto read = reader.finish(); !read) return fail(read.error());
  std::vector<std::string> faults;
  if (!is_kid(kid)) faults.emplace_back("'kid' must be 1 to 64 letters, digits, '.', '_' or '-'");
  if (!is_name(name)) faults.emplace_back("'name' must be 1 to 64 bytes of readable text");
  const auto scopes = scopes_from_json(list == nullptr ? json::array{} : *list);
  if (!scopes) faults.push_back(scopes.error().message());
  const auto not_after = end ? parse_time(*end) : std::nullopt;
  if (end && !not_after) faults.emplace_back("'not_after' must be a time: 2027-11-20T00:00:00Z");
  const auto key = jwk == nullptr
                       ? Result<P256Public>(fail(ErrorCode::invalid, "'key' is missing (a JWK)"))
                       : P256Public::from_jwk(*jwk);
  if (!key) faults.push_back(key.error().message());
  if (!faults.empty()) return fail(ErrorCode::invalid, cat("the key: ", join(faults)));
  return TrustKey{kid, *key, name, *scopes, not_after, {}, {}};
}

json::object to_json(const TrustKey& key) {
  json::object object{{"kid", key.kid},
                      {"key", key.key.to_jwk()},
                      {"name", key.name},
                      {"scopes", to_json(key.scopes)}};
  if (key.not_after) object["not_after"] = format_time(*key.not_after);
  object["added"] = format_time(key.added);
  object["added_by"] = key.added_by;
  return object;
}

const TrustKey* TrustList::find(std::string_view kid) const {
  const auto at = std::ranges::lower_bound(keys_, kid, {}, &TrustKey::kid);
  return at != keys_.end() && at->kid == kid ? &*at : nullptr;
}

bool TrustList::has_other_trustee(std::string_view kid) const {
  return std::ranges::any_of(
      keys_, [kid](const TrustKey& key) { return key.kid != kid && key.scopes.has(Scope::trust); });
}

void TrustList::put(TrustKey key) {
  remove(key.kid);
  keys_.insert(std::ranges::lower_bound(keys_, key.kid, {}, &TrustKey::kid), std::move(key));
}

void TrustList::remove(std::string_view kid) {
  std::erase_if(keys_, [kid](const TrustKey& key) { return key.kid == kid; });
}

bool TrustList::has_room_for(std::string_view kid) const {
  return keys_.size() < most_trust_keys || find(kid) != nullptr;
}

json::object to_json(const TrustList& list) {
  json::array keys;
  for (const auto& key : list.keys()) keys.emplace_back(to_json(key));
  return {{"keys", std::move(keys)}};
}

}  // namespace genkan::domain
