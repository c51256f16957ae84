#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <stdlib.h>

#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile;

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class Folder {
 public:
  void write(std::string_view name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string str() const { return path_.path().string(); }

 private:
  genkan::test::TempDir path_;
};

std::string button(std::string_view name) {
  return cat("[model]\nname = '", name, "'\ntitle = 'X'\nkind = 'button'\n",
             "[register.press]\ntable = 'input'\naddress = 0\n",
             "[state.press]\nregister = 'press'\nvalues = { 0 = 'none', 1 = 'single' }\n");
}

// Without the folders' own names, which differ from run to run.
Texts texts_of(const Problems& problems, const Folder& one, const Folder& other) {
  Texts list;
  for (const auto& problem : problems.list()) {
    std::string text = problem.text();
    for (const auto& [folder, name] : {std::pair(&one, "A"), std::pair(&other, "B")}) {
      for (auto found = text.find(folder->str()); found != std::string::npos;
           found = text.find(folder->str())) {
        text.replace(found, folder->str().size(), name);
      }
    }
    list.push_back(text);
  }
  return list;
}

}  // namespace

TEST_CASE("catalog: a file with mistakes is left out, the others are taken, all are told") {
  const Folder one;
  const Folder other;
  one.write("a.toml", button("clicker"));
  one.write("b.toml", "[model]\nname = 'b'\n");
  one.write("notes.txt", "not a profile");
  one.write("c.toml", std::string(300 * 1024, '#'));
  other.write("a.toml", button("clicker"));
  other.write("z.toml", button("other"));
  fs::create_directory(other.str() + "/folder.toml");
  Problems problems;
  const auto catalog = Catalog::load({one.str(), other.str(), other.str() + "/none"}, problems);
  CHECK(catalog.names() == std::vector<std::string_view>{"clicker", "other"});
  CHECK(texts_of(problems, one, other) ==
        Texts{"A/b.toml:1: 'title' is missing (text)",
              "A/b.toml:1: 'kind' is missing (lock, entrance, light, air_conditioner, zone, "
              "delivery_box, security_panel, intercom, button or elevator)",
              "A/b.toml:1: no register is described; at least one [register.NAME] is needed",
              "A/c.toml: the file is larger than 256 KiB",
              "B/a.toml: the model 'clicker' is already in A/a.toml; give one of them another name",
              "B/none: the folder of profiles cannot be read: No such file or directory"});
}

TEST_CASE("catalog: finds by name") {
  Problems problems;
  Catalog catalog;
  catalog.add(profile::test::parsed(button("clicker")), problems);
  REQUIRE(catalog.find("clicker") != nullptr);
  CHECK(catalog.find("clicker")->kind == domain::DeviceKind::button);
  CHECK(catalog.find("clicker")->hardware == "clicker");
  CHECK(catalog.find("lock") == nullptr);
  CHECK(catalog.profile("lock") == nullptr);
  CHECK(problems.empty());
}

TEST_CASE("DEV-31: read again, what is the same to the letter stays what it is") {
  const Folder folder;
  folder.write("a.toml", button("same"));
  folder.write("b.toml", button("other"));
  folder.write("c.toml", button("gone"));
  Problems problems;
  auto catalog = Catalog::load({folder.str()}, problems);
  const auto* same = catalog.profile("same");
  const auto* other = catalog.profile("other");
  const auto* gone = catalog.profile("gone");
  folder.write("b.toml", button("other") + "# a remark\n");
  folder.write("d.toml", button("new"));
  fs::remove(folder.str() + "/c.toml");
  const auto fresh = Catalog::load({folder.str()}, problems);
  REQUIRE(problems.empty());
  CHECK(catalog.replace(fresh) == Texts{"gone", "new", "other"});
  CHECK(catalog.profile("same") == same);
  CHECK(catalog.profile("other") != other);
  CHECK(catalog.profile("other") == fresh.profile("other"));
  CHECK(catalog.profile("gone") == nullptr);
  CHECK(catalog.profile("new") != nullptr);
  CHECK(other->info.title == "X");  // who uses them still may
  CHECK(gone->info.title == "X");
  CHECK(catalog.replace(fresh).empty());
}
