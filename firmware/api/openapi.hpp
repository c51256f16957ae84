#pragma once

#include <string>

namespace genkan::api {

// The API's description (OpenAPI 3.1), as it stands in firmware/api/openapi.json.
std::string openapi_document();

}  // namespace genkan::api
