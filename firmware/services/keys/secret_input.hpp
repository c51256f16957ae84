#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/domain/reservations/reservation.hpp"
#include "firmware/services/keys/json_fields.hpp"

// Codes and cards as people send them. Nothing here repeats one. Pure.
namespace genkan::services {

// What a request says about a secret.
enum class Wish : std::uint8_t {
  unsaid,  // the key is absent: what was there stays
  none,    // null: it goes
  given,
};

struct CodeWish {
  Wish wish = Wish::unsaid;
  std::string pattern;  // given: KEY-20; empty: six random digits
  // All digits are given: nothing is drawn.
  bool fixed() const;
};
// `key` is text or null; patterns that can be no code are faults.
CodeWish read_code_wish(const JsonFields& fields, std::string_view key);
// What is wrong with a pattern; empty if nothing is.
std::string pattern_fault(std::string_view pattern);
// Whether the code is one that the pattern allows.
bool matches(const domain::Code& code, std::string_view pattern);

struct CardWish {
  Wish wish = Wish::unsaid;
  std::optional<domain::CardNumber> number;  // none: only the name is said
  std::optional<std::string> name;
};
// `key` is {"number","name"}, both may be left out (not both), or null. `before`: the card that is
// there, whose number stays if none is said.
CardWish read_card_wish(const JsonFields& fields, std::string_view key,
                        const std::optional<domain::Card>& before);
// The card that results.
std::optional<domain::Card> card_after(const CardWish& wish,
                                       const std::optional<domain::Card>& before);

// One address, roughly: something, '@', something; at most 254 bytes, no blanks. Empty: fine.
std::string mail_fault(std::string_view address);

}  // namespace genkan::services
