#pragma once

#include <optional>

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// {"holidays":[{"day","name"}],"table_until":year|null}: of that year, or of the present one in the
// product's usual zone.
json::object holidays_json(const KeyDesk& desk, std::optional<std::int64_t> year);

}  // namespace genkan::services
