#include "firmware/services/keys/field_changes.hpp"

namespace genkan::services {

void FieldChanges::field(std::string_view name, const json::value& old, const json::value& now) {
  if (old == now) return;
  list_.push_back(json::object{{"field", name}, {"old", old}, {"new", now}});
}

void FieldChanges::field(std::string_view name, std::string_view old, std::string_view now) {
  field(name, json::value(json::string(old)), json::value(json::string(now)));
}

void FieldChanges::secret(std::string_view name, bool changed) {
  if (changed) list_.push_back(json::object{{"field", name}});
}

}  // namespace genkan::services
