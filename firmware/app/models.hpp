#pragma once

#include <string>
#include <vector>

#include "drivers/profile/profile.hpp"
#include "firmware/services/gateway.hpp"

// Model profiles: read at start, read again while the doors work, checked without a gateway.
namespace genkan::app {

// All that have no mistakes; the others are in the log, a line a mistake: a model with one must not
// keep the other doors from working.
profile::Catalog load_models(const std::vector<std::string>& folders);

// Reads the folders again (DEV-31). With any mistake, or a device of the site that would no longer
// be right, nothing changes and the log says why. Devices whose model did not change are not
// touched.
void reload_models(const std::vector<std::string>& folders, profile::Catalog& models,
                   services::Gateway& gateway);

// What is right and wrong with profile files, a line each: "hl-2.toml: right". The
// same model in two of them is a mistake too.
struct ProfileReport {
  std::string text;
  bool right = true;
};
ProfileReport check_profiles(const std::vector<std::string>& files);

}  // namespace genkan::app
