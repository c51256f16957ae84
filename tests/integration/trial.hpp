#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/integration/harness.hpp"

// What the tests of bad input and bad circumstances share: a house before, and the same house
// after.
namespace genkan::test {

// All that bad input must not change.
struct Present {
  std::string site;    // as exported
  std::string states;  // of every device
  std::size_t moves;   // of everything in the building, since its start
};
Present present(Gateway& gateway, Building& building);
// What is not as it was: the first line of the site or of the states, or the moves; empty: nothing.
std::string changes(const Present& before, Gateway& gateway, Building& building);

// The sample building (or another scene) and a gateway that knows it; every device fresh and the
// journal quiet.
struct House {
  // Changes the gateway's settings before the start.
  using Edit = std::function<std::string(std::string settings)>;
  explicit House(const Edit& edit = nullptr, std::filesystem::path database = {},
                 Building::Scene scene = Building::Scene::sample);

  TempDir folder;
  Building building;
  Gateway gateway;

  std::string settings_file() const { return (folder.path() / "gateway" / "genkan.toml").string(); }
  // The gateway stops and comes back with other settings.
  void restart_with(const std::string& settings);
};

// Whoever runs this test.
std::string me();
// A gateway's settings with a role for a user.
std::string as(const std::string& settings, const std::string& user, const std::string& role);

// Waits until no record came for a quarter of a second; the journal's head then.
std::int64_t quiet_head(Gateway& gateway);

// `bytes` as they are on the API's socket; the answer until the other side closes. Status 0: none.
ApiAnswer raw_http(const std::string& socket, const std::string& bytes);

// "lock" to a device that is in the way of nothing: true if it was done.
bool obeys(Gateway& gateway, const std::string& device, const std::string& command);

// The sentence of an error answer, or of a command's outcome.
std::string sentence_of(const ApiAnswer& answer);
std::string text_at(const json::object& object, std::string_view key);

// The standing trouble of this kind (and bus); an empty object if there is none.
json::object trouble(Gateway& gateway, const std::string& kind, const std::string& bus = "");

// Text with the first `what` replaced; throws if it is not there.
std::string replaced(std::string text, std::string_view what, std::string_view by);
// How often a text has it.
std::size_t times(std::string_view text, std::string_view what);
// The line (from 1) in which `what` begins; throws if it is not there.
std::size_t line_of(std::string_view text, std::string_view what);

}  // namespace genkan::test
