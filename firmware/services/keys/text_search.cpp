#include "firmware/services/keys/text_search.hpp"

#include <algorithm>

namespace genkan::services {

namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool contains(std::string_view text, std::string_view wanted) {
  if (wanted.empty()) return true;
  const auto same = [](char a, char b) { return small(a) == small(b); };
  return !std::ranges::search(text, wanted, same).empty();
}

}  // namespace genkan::services
