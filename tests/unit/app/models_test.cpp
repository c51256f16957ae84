// Model profiles: checked without a gateway, and read again under a gateway that runs.
#include "firmware/app/models.hpp"

#include <filesystem>
#include <fstream>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/fleet.hpp"
#include "tests/fakes/lock_memory.hpp"
#include "tests/fakes/models.hpp"
#include "tests/fakes/store.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/key_means.hpp"

using namespace genkan;
using namespace genkan::app;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  std::string write(std::string_view name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  void remove(std::string_view name) const { fs::remove(path_ / name); }
  std::string str() const { return path_.path().string(); }

 private:
  test::TempDir path_;
};

std::string button(std::string_view name, std::string_view title = "X") {
  return cat("[model]\nname = '", name, "'\ntitle = '", title, "'\nkind = 'button'\n",
             "[register.press]\ntable = 'input'\naddress = 0\n",
             "[state.press]\nregister = 'press'\nvalues = { 0 = 'none', 1 = 'single' }\n");
}

ports::Memory one_button() {
  ports::Memory memory;
  memory.inventory = fakes::small_site();
  std::erase_if(memory.inventory.devices,
                [](const auto& device) { return device.id != DeviceId("button-1"); });
  return memory;
}

// A gateway with button-1 of model bt-8, whose profile is in a folder.
struct Running {
  Running() {
    folder.write("bt-8.toml", button("bt-8"));
    models = load_models({folder.str()});
    gateway.start();
    settle();
  }
  void settle() {
    loop.restart();
    loop.poll();
  }
  void reload() {
    reload_models({folder.str()}, models, gateway);
    settle();
  }
  std::string title(std::string_view model) const {
    const auto* found = models.find(model);
    return found == nullptr ? "" : found->title;
  }

  Folder folder;
  boost::asio::io_context loop;
  fakes::FakeClock clock;
  fakes::FakeModels fake_models;
  profile::Catalog models;
  fakes::FakeFleet fleet{loop.get_executor(), clock, fake_models};
  fakes::FakeStore store{loop.get_executor(), one_button()};
  fakes::FakeLockMemory memory{loop.get_executor()};
  services::Gateway gateway{fleet,  store, clock,
                            models, {},    test::key_means(loop.get_executor(), memory)};
};

}  // namespace

TEST_CASE("DEV-31: a profile is checked without a gateway, every mistake with file and line") {
  const Folder folder;
  const auto good = folder.write("good.toml", button("clicker"));
  const auto bad = folder.write("bad.toml", "[model]\nname = 'b'\ntitle = 'B'\nkind = 'lok'\n");
  const auto twice = folder.write("twice.toml", button("clicker"));
  const auto right = check_profiles({good});
  CHECK(right.right);
  CHECK(right.text == cat(good, ": right\n"));
  const auto report = check_profiles({good, bad, twice, folder.str() + "/none.toml"});
  CHECK_FALSE(report.right);
  CHECK(report.text.starts_with(cat(good, ": right\n", bad, ":")));
  CHECK(report.text.contains("'kind' is 'lok'"));
  CHECK(report.text.contains(cat(twice, ": the model 'clicker' is already in ", good)));
  CHECK(report.text.contains(cat(folder.str(), "/none.toml: the file cannot be read")));
}

TEST_CASE("DEV-31: profiles are read again while the doors work") {
  Running running;
  CHECK(running.title("bt-8") == "X");
  running.folder.write("bt-8.toml", button("bt-8", "Y"));
  running.folder.write("new.toml", button("new", "N"));
  running.reload();
  CHECK(running.title("bt-8") == "Y");
  CHECK(running.title("new") == "N");
}

TEST_CASE("DEV-31: with a mistake, or without a model that is in use, nothing changes") {
  Running running;
  running.folder.write("bt-8.toml", button("bt-8", "Y"));
  running.folder.write("bad.toml", "[model]\nname = 'b'\n");
  running.reload();
  CHECK(running.title("bt-8") == "X");
  running.folder.remove("bad.toml");
  running.folder.write("bt-8.toml", button("bt-9", "Y"));
  running.reload();
  CHECK(running.title("bt-8") == "X");
  CHECK(running.title("bt-9") == "");
  running.folder.write("bt-8.toml", button("bt-8", "Z"));
  running.reload();
  CHECK(running.title("bt-8") == "Z");
}

TEST_CASE("DEV-31: a model that was missing is there after a reload, and its trouble is over") {
  Running later;
  profile::Catalog none;
  services::Gateway gateway(later.fleet, later.store, later.clock, none, {},
                            test::key_means(later.loop.get_executor(), later.memory));
  gateway.start();
  later.settle();
  const auto troubles = [&gateway] {
    return gateway.troubles_json().at("troubles").as_array().size();
  };
  CHECK(troubles() == 1);
  later.folder.write("bt-8.toml", button("bt-8"));
  reload_models({later.folder.str()}, none, gateway);
  later.settle();
  CHECK(troubles() == 0);
}
