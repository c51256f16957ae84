#include "firmware/base/ids.hpp"

#include "firmware/base/text.hpp"

namespace genkan {

std::string id_fault(std::string_view text) {
  if (text.empty() || text.size() > 48) {
    return cat("an id has 1 to 48 characters, not ", text.size());
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || (c == '-' && i > 0)) continue;
    return cat("'", printable(text), "' is no id: character ", i + 1,
               " must be a lower case letter or a digit", i > 0 ? " or '-'" : "");
  }
  return {};
}

}  // namespace genkan
