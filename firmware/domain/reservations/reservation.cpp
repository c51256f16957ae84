#include "firmware/domain/reservations/reservation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

template <class Word, std::size_t size>
using Names = std::array<std::pair<Word, std::string_view>, size>;

constexpr Names<KeyKind, 6> key_kinds{{{KeyKind::link, "link"},
                                       {KeyKind::code, "code"},
                                       {KeyKind::person, "person"},
                                       {KeyKind::code_and_link, "code_and_link"},
                                       {KeyKind::software_code, "software_code"},
                                       {KeyKind::card_only, "card_only"}}};
constexpr Names<Origin, 3> origins{
    {{Origin::here, "here"}, {Origin::calendar, "calendar"}, {Origin::booking, "booking"}}};

template <class Word, std::size_t size>
std::string_view name_in(const Names<Word, size>& names, Word word) {
  const auto at = std::ranges::find(names, word, &std::pair<Word, std::string_view>::first);
  return at == names.end() ? std::string_view("unknown") : at->second;
}

template <class Word, std::size_t size>
std::optional<Word> word_in(const Names<Word, size>& names, std::string_view name) {
  const auto at = std::ranges::find(names, name, &std::pair<Word, std::string_view>::second);
  return at == names.end() ? std::nullopt : std::optional(at->first);
}

// One character of well-formed UTF-8 and how many bytes it has.
struct Character {
  char32_t number = 0;
  std::size_t bytes = 1;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  Character character{lead, 1};
  if (lead >= 0xF0) {
    character = {lead & 0x07U, 4};
  } else if (lead >= 0xE0) {
    character = {lead & 0x0FU, 3};
  } else if (lead >= 0xC0) {
    character = {lead & 0x1FU, 2};
  }
  for (const char next : text.substr(1, character.bytes - 1)) {
    character.number = character.number << 6 | (static_cast<unsigned char>(next) & 0x3FU);
  }
  return character;
}

// C0, DEL and C1, and the two that end lines.
bool is_control(char32_t number) {
  return number < 0x20 || (number >= 0x7F && number < 0xA0) || number == 0x2028 || number == 0x2029;
}

bool is_blank(char32_t number) { return number == ' ' || number == 0xA0 || number == 0x3000; }

}  // namespace

std::string_view name_of(KeyKind kind) { return name_in(key_kinds, kind); }
std::optional<KeyKind> key_kind_named(std::string_view name) { return word_in(key_kinds, name); }

std::string_view name_of(Origin origin) { return name_in(origins, origin); }
std::optional<Origin> origin_named(std::string_view name) { return word_in(origins, name); }

bool has_code(KeyKind kind) { return kind == KeyKind::code || kind == KeyKind::code_and_link; }

bool has_link(KeyKind kind) {
  return kind == KeyKind::link || kind == KeyKind::person || kind == KeyKind::code_and_link;
}

bool is_copied(const Reservation& reservation, WallTime coupled_since) {
  return reservation.origin != Origin::calendar && reservation.made >= coupled_since &&
         reservation.kind != KeyKind::link && reservation.kind != KeyKind::person;
}

std::string reservation_name_fault(std::string_view name, Origin origin) {
  constexpr std::size_t most_wide = 9;
  const std::size_t most = origin == Origin::here ? 64 : 85;
  if (!is_utf8(name)) return "the name is not UTF-8; send it as UTF-8 text";
  std::size_t count = 0;
  std::size_t wide = 0;
  bool blank = true;
  std::string control;
  std::string too_wide;
  while (!name.empty()) {
    const Character character = first_character(name);
    ++count;
    blank = blank && is_blank(character.number);
    if (control.empty() && is_control(character.number)) {
      control = cat("character ", count, " of the name is a control character; use visible text");
    }
    if (character.bytes == 4 && ++wide == most_wide + 1) {
      too_wide = cat("character ", count, " of the name, '", name.substr(0, 4), "', is number ",
                     wide, " of those of four bytes (emoji and rare characters); at most ",
                     most_wide, " of them may stand in a name");
    }
    name.remove_prefix(character.bytes);
  }
  if (!control.empty()) return control;
  if (blank) return "the name has no text; give it 1 character or more";
  if (count > most) return cat("the name has ", count, " characters; at most ", most, " may stand");
  return too_wide;
}

}  // namespace genkan::domain
