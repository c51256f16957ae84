#pragma once

#include <optional>

#include "firmware/base/json.hpp"
#include "firmware/domain/reservations/reservation.hpp"
#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// {"name"} or, with secrets, {"number","name"}; null where there is none.
json::value card_json(const std::optional<domain::Card>& card, Secrets secrets);
// The digits, or null. Only where secrets are shown.
json::value code_json(const std::optional<domain::Code>& code);

}  // namespace genkan::services
