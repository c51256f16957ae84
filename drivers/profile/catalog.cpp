#include <algorithm>
#include <filesystem>
#include <iterator>

#include "drivers/profile/profile.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"

namespace genkan::profile {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 1000;
constexpr std::size_t most_bytes = std::size_t{256} * 1024;

// The profile files of a folder, by name.
std::vector<fs::path> files_of(const std::string& folder, Problems& problems) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;  // what cannot be looked at is no regular file
    if (at->path().extension() == ".toml" && at->is_regular_file(ignored)) {
      files.push_back(at->path());
    }
  }
  if (error) {
    problems.add(folder, 0, cat("the folder of profiles cannot be read: ", error.message()));
  }
  std::ranges::sort(files);
  if (files.size() > most_files) {
    problems.add(folder, 0,
                 cat("has ", files.size(), " profiles; the first ", most_files, " are taken"));
    files.resize(most_files);
  }
  return files;
}

std::optional<std::string> text_of(const fs::path& path, Problems& problems) {
  auto text = read_file(path, most_bytes);
  if (text) return *std::move(text);
  const bool large = text.error().code() == ErrorCode::invalid;
  problems.add(path.string(), 0,
               large ? cat("the file is larger than ", most_bytes / 1024, " KiB")
                     : "the file cannot be read");
  return std::nullopt;
}

}  // namespace

Catalog Catalog::load(const std::vector<std::string>& folders, Problems& problems) {
  Catalog catalog;
  for (const auto& folder : folders) {
    for (const auto& path : files_of(folder, problems)) {
      catalog.add_file(path.string(), problems);
    }
  }
  return catalog;
}

void Catalog::add_file(const std::string& file, Problems& problems) {
  const auto text = text_of(file, problems);
  if (!text) return;
  auto profile = parse(*text, file, problems);
  if (profile) add(std::move(*profile), problems);
}

std::vector<std::string> Catalog::replace(const Catalog& fresh) {
  std::vector<std::string> changed;
  const auto retire = [this, &changed](const auto& entry) {
    changed.push_back(entry.first);
    gone_.push_back(entry.second);
  };
  std::erase_if(profiles_, [&](const auto& entry) {
    const Profile* now = fresh.profile(entry.first);
    if (now != nullptr && now->text == entry.second->text) return false;
    retire(entry);
    return true;
  });
  for (const auto& [name, profile] : fresh.profiles_) {
    const bool is_new = profiles_.emplace(name, profile).second;
    const bool told = std::ranges::find(changed, name) != changed.end();
    if (is_new && !told) changed.push_back(name);
  }
  std::ranges::sort(changed);
  return changed;
}

void Catalog::add(Profile profile, Problems& problems) {
  const auto found = profiles_.find(profile.info.model);
  if (found != profiles_.end()) {
    problems.add(profile.file, 0,
                 cat("the model '", profile.info.model, "' is already in ", found->second->file,
                     "; give one of them another name"));
    return;
  }
  std::string name = profile.info.model;
  profiles_.emplace(std::move(name), std::make_shared<const Profile>(std::move(profile)));
}

const Profile* Catalog::profile(std::string_view model) const {
  const auto found = profiles_.find(model);
  return found == profiles_.end() ? nullptr : found->second.get();
}

const domain::ModelInfo* Catalog::find(std::string_view model) const {
  const Profile* found = profile(model);
  return found == nullptr ? nullptr : &found->info;
}

std::vector<std::string_view> Catalog::names() const {
  std::vector<std::string_view> list;
  list.reserve(profiles_.size());
  for (const auto& [name, profile] : profiles_) list.push_back(name);
  return list;
}

}  // namespace genkan::profile
