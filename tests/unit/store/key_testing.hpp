#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "firmware/ports/key_records.hpp"
#include "firmware/store/sqlite.hpp"
#include "tests/unit/store/store_testing.hpp"

// Keys for the store's tests.
namespace genkan::store::testing {

// Those of all_keys(), as people type them.
inline constexpr std::string_view code_of_guest = "48151623";
inline constexpr std::string_view code_of_holder = "9021";
inline constexpr std::string_view code_of_room = "773311";
inline constexpr std::string_view card_of_guest = "01120312F3A4B5C6";
inline constexpr std::string_view card_of_holder = "04A1B2C3D4E5F6";
inline constexpr std::uint32_t secrets_of_all = 5;

domain::Code code(std::string_view digits);
domain::Card card(std::string_view number, std::string name = "card");
domain::Reservation reservation(std::string id, std::string_view digits);
domain::SlotNote note(std::uint8_t area, std::uint16_t slot, std::string owner);
// At least one of each sort, with all that it can have.
ports::KeyChange all_keys();
// What a gateway is told after all_keys().
ports::KeyMemory memory_of_all();
ports::Change with(ports::KeyChange keys);

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, std::string_view text);
std::vector<std::string> lines_of_text(std::string_view text, std::string_view word);
// The lines of the key file that begin with this word.
std::vector<std::string> lines_of(const std::filesystem::path& key_file, std::string_view word);
// "reservation r-1 code 6f0c2a91 <hex>", a line a secret.
std::vector<std::string> sealed_rows(const std::filesystem::path& database);
// Runs SQL on a database that no store has open.
void run_sql(const std::filesystem::path& database, const std::string& sql);

}  // namespace genkan::store::testing
