#pragma once

#include <string_view>

#include "firmware/base/json.hpp"

namespace genkan::services {

// What a change changed, for the journal: [{"field","old","new"}…]. Of secrets only that they
// changed: {"field"}.
class FieldChanges {
 public:
  void field(std::string_view name, const json::value& old, const json::value& now);
  void field(std::string_view name, std::string_view old, std::string_view now);
  void secret(std::string_view name, bool changed);
  bool empty() const { return list_.empty(); }
  json::array take() { return std::move(list_); }

 private:
  json::array list_;
};

}  // namespace genkan::services
