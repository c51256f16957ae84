#include "firmware/domain/cloud/scopes.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

constexpr std::array<std::string_view, 6> names{"read", "command", "disarm",
                                                "keys", "site",    "trust"};
static_assert(names.size() == static_cast<std::size_t>(Scope::trust) + 1);

std::optional<Scope> scope_named(std::string_view name) {
  const auto* at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Scope>(at - names.begin());
}

}  // namespace

std::string_view name_of(Scope scope) { return names[static_cast<std::size_t>(scope)]; }

Result<Scopes> scopes_from_json(const json::array& list) {
  Scopes scopes;
  for (const auto& entry : list) {
    const auto* word = entry.if_string();
    const auto scope = word == nullptr ? std::nullopt : scope_named(*word);
    if (!scope) {
      return fail(ErrorCode::invalid, cat("'scopes' must be a list of ", alternatives(names)));
    }
    scopes = scopes.with(*scope);
  }
  if (scopes.empty()) {
    return fail(ErrorCode::invalid, cat("'scopes' is empty; there are ", alternatives(names)));
  }
  return scopes;
}

json::array to_json(Scopes scopes) {
  json::array list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (scopes.has(static_cast<Scope>(i))) list.emplace_back(names[i]);
  }
  return list;
}

std::string to_text(Scopes scopes) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (scopes.has(static_cast<Scope>(i))) text += cat(text.empty() ? "" : " ", names[i]);
  }
  return text;
}

std::optional<Scopes> scopes_from_text(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    const auto scope = scope_named(word);
    if (!scope) return std::nullopt;
    scopes = scopes.with(*scope);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return scopes;
}

}  // namespace genkan::domain
