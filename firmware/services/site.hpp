#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/toml.hpp"
#include "firmware/domain/inventory.hpp"

// The site file: an inventory as text that people write (docs/SITE.md). Pure.
namespace genkan::services {

// A larger one is refused unread.
constexpr std::size_t most_site_bytes = 1024 * 1024;
// At most this many of each in one site.
constexpr std::size_t most_buildings = 64;
constexpr std::size_t most_rooms = 4096;
constexpr std::size_t most_buses = 32;
constexpr std::size_t most_devices = 4096;

// Reads and checks all of it. Nothing if it has mistakes: all of them are in `problems` (at most
// 100). The inventory carries no line numbers any more: it is equal to what was exported.
std::optional<domain::Inventory> parse_site(std::string_view text, std::string_view file,
                                            const domain::ModelCatalog& models, Problems& problems);

// What parse_site reads: the same inventory comes back.
std::string write_site(const domain::Inventory& inventory);

}  // namespace genkan::services
