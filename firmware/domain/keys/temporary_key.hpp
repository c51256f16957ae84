#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "firmware/base/error.hpp"
#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/domain/keys/key_ref.hpp"

// Visitors' QR codes (KEY-40 to KEY-42).
namespace genkan::domain {

// When and how often a temporary key opens (KEY-40).
struct OnceKey {
  static constexpr std::uint16_t most_uses = 999;
  std::uint16_t uses = 1;  // 1 to most_uses
  Span span;
  bool operator==(const OnceKey&) const = default;
};
using TemporaryRule = std::variant<OnceKey, Weekly>;  // every day is Weekly with every_day

struct TemporaryKey {
  TemporaryKeyId id;
  std::string name;  // the visitor's
  std::string id_number;
  RoomId room;  // who issued it: opens the building's common doors
  TemporaryRule rule;
  std::uint16_t used = 0;
  bool revoked = false;
  WallTime made{};
  std::uint64_t serial = 0;  // in the token; never given twice
  bool operator==(const TemporaryKey&) const = default;
};

// What is wrong with it, in one sentence that says what would be right; empty if nothing is.
std::string temporary_rule_fault(const TemporaryRule& rule);
Timing timing_of(const TemporaryRule& rule);
// Of a once key; 0 for the others, which are not counted.
std::uint16_t uses_left(const TemporaryKey& key);
// Whether it would open at `when` (KEY-41: the list marks those valid now).
bool valid_at(const TemporaryKey& key, const TimeZone& zone, const Holidays& holidays,
              WallTime when);

// What the QR shows: "GENKAN1." and 32 characters of base64url: 8 bytes of serial, big endian, and
// 16 bytes of HMAC-SHA-256 over prefix and serial under the gateway's token key (32 bytes).
// Unguessable by the key; verified without any look-up or network.
std::string token_of(std::uint64_t serial, std::span<const std::uint8_t, 32> key);
// The serial of a token whose signature holds; compared in constant time. Strict: nothing else.
std::optional<std::uint64_t> serial_of(std::string_view token,
                                       std::span<const std::uint8_t, 32> key);
// What the key ring knows a temporary key by: of a token, only once its signature holds.
KeyHash hash_of_serial(const KeyHasher& hasher, std::uint64_t serial);

}  // namespace genkan::domain
