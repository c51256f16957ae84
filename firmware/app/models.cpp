#include "firmware/app/models.hpp"

#include <algorithm>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"
#include "firmware/services/site.hpp"

namespace genkan::app {

namespace {

// What is wrong with the site by these models, a line each.
std::vector<std::string> faults_of(const std::string& site, const profile::Catalog& models) {
  Problems problems;
  const auto parsed = services::parse_site(site, "site", models, problems);
  static_cast<void>(parsed);
  std::vector<std::string> lines;
  for (const auto& problem : problems.list()) lines.push_back(problem.text());
  return lines;
}

bool refuse(const std::vector<std::string>& faults) {
  if (faults.empty()) return false;
  for (const auto& fault : faults) log(LogLevel::error, fault);
  log(LogLevel::error, "the profiles were not read again: those of before count");
  return true;
}

}  // namespace

profile::Catalog load_models(const std::vector<std::string>& folders) {
  Problems problems;
  profile::Catalog models = profile::Catalog::load(folders, problems);
  for (const auto& problem : problems.list()) log(LogLevel::error, problem.text());
  return models;
}

void reload_models(const std::vector<std::string>& folders, profile::Catalog& models,
                   services::Gateway& gateway) {
  Problems problems;
  const profile::Catalog fresh = profile::Catalog::load(folders, problems);
  std::vector<std::string> mistakes;
  for (const auto& problem : problems.list()) mistakes.push_back(problem.text());
  if (refuse(mistakes)) return;
  // What was wrong before is no reason against it: it may be what the new profiles mend.
  const std::string site = gateway.site_export();
  const auto before = faults_of(site, models);
  auto faults = faults_of(site, fresh);
  std::erase_if(faults, [&before](const std::string& fault) {
    return std::ranges::find(before, fault) != before.end();
  });
  if (refuse(faults)) return;
  const auto changed = models.replace(fresh);
  std::string names;
  for (const auto& name : changed) names += cat(names.empty() ? "" : " ", name);
  if (!changed.empty()) gateway.models_changed();
  log(LogLevel::notice, "the profiles were read again", {{"changed", names}});
}

ProfileReport check_profiles(const std::vector<std::string>& files) {
  ProfileReport report;
  profile::Catalog catalog;
  for (const auto& file : files) {
    Problems problems;
    catalog.add_file(file, problems);
    for (const auto& problem : problems.list()) {
      report.text += cat(problem.text(), "\n");
      report.right = false;
    }
    if (problems.empty()) report.text += cat(file, ": right\n");
  }
  return report;
}

}  // namespace genkan::app
