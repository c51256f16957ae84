#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/time_input.hpp"

namespace genkan::services {

// Reads {"name","id_number","room","once":{"uses","start","end"}|"daily":{"from","to"}|
// "weekly":{"weekdays","from","to"}} (KEY-40). The error is the first mistake.
Result<domain::TemporaryKey> draft_temporary_key(const json::object& request, const KeyDesk& desk);

// The rule alone, one of "once", "daily" and "weekly"; nothing with a fault.
std::optional<domain::TemporaryRule> read_rule(const JsonFields& fields);
json::object rule_json(const domain::TemporaryRule& rule);

// Visitors' keys as QR codes (KEY-40 to KEY-42). Errors as the reservation office's. Loop thread.
class TemporaryOffice {
 public:
  static constexpr std::size_t most_keys = 5000;

  explicit TemporaryOffice(KeyDesk& desk) : desk_(desk) {}

  // As read, with "id","used","revoked","valid_now","made".
  json::object to_json(const domain::TemporaryKey& key) const;
  // {"temporary_keys":[…]} of all rooms or of one, the latest first (KEY-41).
  json::object list(const std::optional<RoomId>& room) const;

  boost::asio::awaitable<Result<json::object>> create(domain::Caller caller, json::object request);
  // Opens nothing from then on; for good. Once more changes nothing.
  boost::asio::awaitable<Result<json::object>> revoke(domain::Caller caller,
                                                      domain::TemporaryKeyId id);
  // What its QR shows: a secret, for those who may change keys. Conflict: it is revoked.
  Result<std::string> token(const domain::Caller& caller, const domain::TemporaryKeyId& id) const;

 private:
  Result<const domain::TemporaryKey*> find(const domain::TemporaryKeyId& id) const;
  std::uint64_t new_serial() const;
  domain::RecordDraft record(const domain::Caller& caller, domain::RecordKind kind,
                             const domain::TemporaryKey& key) const;
  const domain::TimeZone& zone_of(const domain::TemporaryKey& key) const;

  KeyDesk& desk_;
};

}  // namespace genkan::services
