#pragma once

#include <filesystem>
#include <string>

#include "firmware/base/json.hpp"

namespace genkan::test {

// Checks values against the contract's JSON schemas: the words that they use, and no others (an
// unknown word is told as a fault, so that none is passed over).
class Schemas {
 public:
  explicit Schemas(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // What is wrong with the value by the schema of that name; empty if nothing is.
  std::string fault(const std::string& name, const json::value& value) const;

 private:
  std::string check(const json::object& schema, const json::value& value,
                    const std::string& where) const;
  std::string check_word(std::string_view word, const json::value& rule, const json::value& value,
                         const json::object& schema, const std::string& where) const;

  std::filesystem::path folder_;
};

// A JSON file; throws if it is none.
json::value read_json(const std::filesystem::path& file);

}  // namespace genkan::test
