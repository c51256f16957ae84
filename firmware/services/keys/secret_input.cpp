#include "firmware/services/keys/secret_input.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/domain/keys/code_pattern.hpp"

namespace genkan::services {

namespace {

constexpr std::size_t most_pattern = 64;
constexpr std::size_t most_mail = 254;  // RFC 5321

}  // namespace

bool CodeWish::fixed() const {
  return wish == Wish::given && !pattern.empty() && pattern.find('*') == std::string::npos;
}

std::string pattern_fault(std::string_view pattern) {
  std::uint32_t next = 0;  // goes round: what is drawn only shows that something can be
  const auto random = [&next](std::uint32_t bound) { return bound == 0 ? 0 : next++ * 7 % bound; };
  const auto code =
      domain::code_from_pattern(pattern, random, [](const domain::Code&) { return false; });
  return code ? std::string() : code.error().message();
}

bool matches(const domain::Code& code, std::string_view pattern) {
  const std::string_view digits = code.digits();
  if (digits.size() != pattern.size()) return false;
  return std::ranges::equal(
      digits, pattern, [](char digit, char wanted) { return wanted == '*' || digit == wanted; });
}

CodeWish read_code_wish(const JsonFields& fields, std::string_view key) {
  if (fields.is_null(key)) return {Wish::none, {}};
  if (!fields.has(key)) return {};
  const auto pattern = fields.text(key, most_pattern);
  if (!pattern) return {};
  if (const auto fault = pattern_fault(*pattern); !fault.empty()) fields.fault(key, fault);
  return {Wish::given, *pattern};
}

CardWish read_card_wish(const JsonFields& fields, std::string_view key,
                        const std::optional<domain::Card>& before) {
  static constexpr std::array<std::string_view, 2> known{"number", "name"};
  if (fields.is_null(key)) return {Wish::none, {}, {}};
  const json::object* object = fields.object(key);
  if (object == nullptr) return {};
  const JsonFields card(*object, fields.path(key), known, fields.faults());
  CardWish wish{Wish::given, std::nullopt, card.text("name")};
  if (const auto number = card.text("number", 64)) {
    auto parsed = domain::CardNumber::parse(*number);
    if (!parsed) card.fault("number", parsed.error().message());
    if (parsed) wish.number = std::move(*parsed);
  } else if (!before) {
    card.fault("number", "is missing; give the card's IDm or UID like 0123456789ABCDEF");
  }
  if (wish.name && !wish.name->empty()) {
    const auto fault = domain::reservation_name_fault(*wish.name, domain::Origin::here);
    if (!fault.empty()) card.fault("name", fault);
  }
  return wish;
}

std::optional<domain::Card> card_after(const CardWish& wish,
                                       const std::optional<domain::Card>& before) {
  if (wish.wish == Wish::unsaid) return before;
  if (wish.wish == Wish::none || (!wish.number && !before)) return std::nullopt;
  domain::Card card{wish.number ? *wish.number : before->number};
  if (before) card.name = before->name;
  if (wish.name) card.name = wish.name->empty() ? "card" : *wish.name;
  return card;
}

std::string mail_fault(std::string_view address) {
  if (address.empty()) return {};
  const auto at = address.find('@');
  const bool plain = std::ranges::all_of(address, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7F && c != ',' && c != ';';
  });
  const bool whole = at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
                     address.find('@', at + 1) == std::string_view::npos;
  if (plain && whole && address.size() <= most_mail) return {};
  return cat("'", printable(address), "' is no mail address; give one like anna@example.org");
}

}  // namespace genkan::services
