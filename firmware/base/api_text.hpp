#pragma once

#include <string>
#include <string_view>

#include "firmware/base/api_client.hpp"
#include "firmware/base/error.hpp"

namespace genkan {

// The whole request as one text, so that it leaves in one write. Nothing that came from outside
// (the agent passes on paths and subjects) can smuggle in a second header or request: invalid.
Result<std::string> request_text(const ApiRequest& request);

// What a response that is no success says: its own sentence where it has one.
Error refusal(int status, std::string_view body);

}  // namespace genkan
