#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/p256.hpp"
#include "firmware/domain/cloud/scopes.hpp"

namespace genkan::domain {

constexpr std::size_t most_trust_keys = 16;

// A key whose signatures are believed.
struct TrustKey {
  std::string kid;  // is_kid()
  P256Public key;
  std::string name;  // for people: 1 to 64 characters
  Scopes scopes;
  std::optional<WallTime> not_after = {};  // believed up to and with this time; nothing: always
  WallTime added{};
  std::string added_by = {};  // an actor; "claim" for those of an enrolment file
  bool operator==(const TrustKey&) const = default;
};

// {"kid","key":JWK,"name","scopes"} and, if there is an end, "not_after". From outside: strict.
Result<TrustKey> trust_key_from_json(const json::object& object);
// The same with "added" and "added_by": for people and the cloud.
json::object to_json(const TrustKey& key);

// The keys by their ids: at most most_trust_keys.
class TrustList {
 public:
  const TrustKey* find(std::string_view kid) const;
  // Whether a key other than `kid` may change the trust.
  bool has_other_trustee(std::string_view kid) const;
  // Replaces the one of the same id. The caller looks at the bound.
  void put(TrustKey key);
  void remove(std::string_view kid);
  // In order of kid.
  const std::vector<TrustKey>& keys() const { return keys_; }
  bool has_room_for(std::string_view kid) const;

 private:
  std::vector<TrustKey> keys_;
};

// {"keys":[…]}
json::object to_json(const TrustList& list);

}  // namespace genkan::domain
