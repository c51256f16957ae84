#include "firmware/services/keys/card_text.hpp"

namespace genkan::services {

namespace {

std::string hexadecimal(const domain::CardNumber& number) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t byte : number.bytes()) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

}  // namespace

json::value card_json(const std::optional<domain::Card>& card, Secrets secrets) {
  if (!card) return nullptr;
  if (secrets == Secrets::hidden) return json::object{{"name", card->name}};
  return json::object{{"number", hexadecimal(card->number)}, {"name", card->name}};
}

json::value code_json(const std::optional<domain::Code>& code) {
  if (!code) return nullptr;
  return json::value(code->digits());
}

}  // namespace genkan::services
