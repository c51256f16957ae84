#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"

namespace genkan::domain {

// What a trusted key may sign for. Stored and sent by name, so the order is free. None brings
// another along: a key that shall read and command has both.
enum class Scope : std::uint8_t {
  read,     // what any role reads
  command,  // devices
  disarm,   // besides command
  keys,     // reservations, holders, temporary keys, room codes
  site,     // buses and the site
  trust,    // the trusted keys, the certificate, release
};
std::string_view name_of(Scope scope);

class Scopes {
 public:
  constexpr Scopes() = default;

  constexpr bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr Scopes with(Scope scope) const { return Scopes(bits_ | bit(scope)); }
  bool operator==(const Scopes&) const = default;

 private:
  constexpr explicit Scopes(unsigned bits) : bits_(bits) {}
  static constexpr unsigned bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }

  unsigned bits_ = 0;
};

// ["read","command"]: at least one, none unknown.
Result<Scopes> scopes_from_json(const json::array& names);
json::array to_json(Scopes scopes);
// "read command", as the database keeps it; nothing if a word is unknown.
std::string to_text(Scopes scopes);
std::optional<Scopes> scopes_from_text(std::string_view text);

}  // namespace genkan::domain
