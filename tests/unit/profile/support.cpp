#include "tests/unit/profile/support.hpp"

#include <array>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::profile::test {

std::string mistakes(std::string_view text) {
  Problems problems;
  const auto profile = parse(text, "m.toml", problems);
  CHECK(profile.has_value() == problems.empty());
  std::string all;
  for (const auto& problem : problems.list()) {
    CHECK(problem.file == "m.toml");
    all += cat(all.empty() ? "" : "\n", problem.line, ": ", problem.message);
  }
  return all;
}

Profile parsed(std::string_view text) {
  Problems problems;
  auto profile = parse(text, "m.toml", problems);
  INFO(problems.as_error().message());
  REQUIRE(profile.has_value());
  return *profile;
}

std::string shipped_folder() { return cat(GENKAN_SOURCE_DIR, "/drivers/profiles"); }

const Profile& shipped(std::string_view model) {
  static const Catalog catalog = [] {
    Problems problems;
    return Catalog::load({shipped_folder()}, problems);
  }();
  const Profile* profile = catalog.profile(model);
  INFO(std::string(model));
  REQUIRE(profile != nullptr);
  return *profile;
}

std::vector<std::string> texts(const std::vector<ReadRange>& reads) {
  static constexpr std::array<std::string_view, 4> tables{"coil", "discrete", "holding", "input"};
  std::vector<std::string> list;
  for (const auto& read : reads) {
    list.push_back(cat(read.lane == PollLane::alarm ? "alarm " : "state ",
                       tables[static_cast<std::size_t>(read.table)], " ", read.address, "+",
                       read.count, " @", read.interval.count()));
  }
  return list;
}

}  // namespace genkan::profile::test
