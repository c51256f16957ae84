#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "firmware/domain/keys/key_ring.hpp"

// Times and keys for the tests of this folder. 2026-04-01 is a Wednesday.
namespace genkan::keys_testing {

std::shared_ptr<const domain::TimeZone> zone(std::string_view name);
std::shared_ptr<const domain::TimeZone> tokyo();

domain::LocalDay day(int year, unsigned month, unsigned day_of_month);
domain::LocalTime local(int year, unsigned month, unsigned day_of_month, int hour, int minute);
// The moment at which a wall in Tokyo (UTC+9, worked out here) shows it.
WallTime wall(int year, unsigned month, unsigned day_of_month, int hour, int minute);

domain::KeyHash hash_of(std::string_view secret);

}  // namespace genkan::keys_testing
