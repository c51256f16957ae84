// A serial port that is not there, or that another program has: a sentence, the other buses work,
// and the line comes up by itself.
#include <filesystem>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

// A bus up again within this much of its port coming back (the worker tries once a second).
constexpr auto soon = 5s;

// A program that has a port open.
class Holder {
 public:
  explicit Holder(const std::string& port)
      : descriptor_(::open(port.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(descriptor_ >= 0);
  }
  ~Holder() {
    ::ioctl(descriptor_, TIOCNXCL);
    ::close(descriptor_);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  bool lock() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }
  bool exclude() { return ::ioctl(descriptor_, TIOCEXCL) == 0; }

 private:
  int descriptor_;
};

// The sample building; its line A is looked for at a port of the test's choosing.
struct Stage {
  Stage() : building(folder.path() / "building", Building::Scene::sample) {}

  void start(const std::string& port) {
    gateway.start();
    gateway.import_site(replaced(building.site(), building.line("line-a"), port));
  }
  // The devices of the other buses answer; line A's know nothing.
  void others_work() {
    const auto fresh = [this](const char* device) {
      return wait_until([&] { return text_at(gateway.device(device), "link") == "fresh"; }, 20s);
    };
    CHECK(fresh("lock-501"));
    CHECK(fresh("panel"));
    CHECK(obeys(gateway, "lock-501", "unlock"));
    CHECK(obeys(gateway, "lock-501", "lock"));
  }
  // Waits for the sentence as the trouble's detail, in the status, and as the CLI shows it.
  void line_a_says(const std::string& sentence) {
    const bool stands = wait_until(
        [&] { return text_at(trouble(gateway, "line_down", "line-a"), "detail") == sentence; },
        soon);
    CHECK(stands);
    const json::object told = trouble(gateway, "line_down", "line-a");
    CHECK_MESSAGE(text_at(told, "detail") == sentence, text_at(told, "detail"));
    CHECK(text_at(told, "sentence") == "line down");
    for (const auto& bus : gateway.api("GET", "/v1/status").json().at("buses").as_array()) {
      const bool line_a = text_at(bus.as_object(), "id") == "line-a";
      CHECK(bus.at("up").as_bool() == !line_a);
      CHECK(text_at(bus.as_object(), "fault") == (line_a ? sentence : ""));
    }
    const CliAnswer troubles = cli(gateway, {"troubles"});
    CHECK_MESSAGE(troubles.output.find(sentence) != std::string::npos, troubles.output);
    MESSAGE(troubles.output);
    // A command on that line is refused in words, at once, and moves nothing.
    const auto moves = building.moves().size();
    const ApiAnswer answer =
        gateway.api("POST", "/v1/devices/lock-101/commands", R"({"command":"unlock"})");
    CHECK(answer.status == 200);
    CHECK(text_at(answer.json(), "reason") == "line_down");
    CHECK(sentence_of(answer) ==
          cat("Front door 101 was not unlocked: the line to the device is down (", sentence, ")"));
    CHECK(building.moves().size() == moves);
  }
  void line_a_comes_up() {
    CHECK(wait_until([&] { return trouble(gateway, "line_down", "line-a").empty(); }, soon));
    gateway.wait_fresh(20s);
    CHECK(obeys(gateway, "lock-101", "unlock"));
    std::size_t appeared = 0;
    std::size_t cleared = 0;
    for (const auto& record : gateway.journal()) {
      if (text_at(record.at("body").as_object(), "bus") != "line-a") continue;
      appeared += text_at(record, "kind") == "trouble" ? 1 : 0;
      cleared += text_at(record, "kind") == "trouble_cleared" ? 1 : 0;
    }
    CHECK(appeared == 1);
    CHECK(cleared == 1);
  }

  TempDir folder;
  Building building;
  Gateway gateway{folder.path() / "gateway"};
};

TEST_CASE("ports: one that is missing is told, and used as soon as it is there") {
  Stage stage;
  const std::string port = (stage.folder.path() / "late-port").string();
  stage.start(port);
  stage.others_work();
  stage.line_a_says("the port " + port + " is not there; is the adapter plugged in?");
  std::filesystem::create_symlink(stage.building.line("line-a"), port);
  stage.line_a_comes_up();
}

TEST_CASE("ports: one that another program has locked is left alone until it is free") {
  Stage stage;
  const std::string port = stage.building.line("line-a");
  {
    Holder other(port);
    REQUIRE(other.lock());
    stage.start(port);
    stage.others_work();
    stage.line_a_says("the port " + port + " is held by another program");
    CHECK(stage.building.control("stats line-a").at("ok").as_bool());
  }
  stage.line_a_comes_up();
}

TEST_CASE("ports: one that another program has for itself alone (TIOCEXCL)") {
  Stage stage;
  const std::string port = stage.building.line("line-a");
  {
    Holder other(port);
    REQUIRE(other.exclude());
    const int second = ::open(port.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (second >= 0) {
      ::close(second);
      MESSAGE("left out: TIOCEXCL does not hold back this user (CAP_SYS_ADMIN)");
      return;
    }
    stage.start(port);
    stage.others_work();
    stage.line_a_says("the port " + port + " is held by another program");
  }
  stage.line_a_comes_up();
}

TEST_CASE("ports: what is no serial port is told") {
  Stage stage;
  const std::string port = (stage.folder.path() / "notes.txt").string();
  write_file(port, "buy milk\n");
  stage.start(port);
  stage.others_work();
  stage.line_a_says("the port " + port + " is no serial port");
  CHECK(read_file(port) == "buy milk\n");
}

TEST_CASE("ports: a Modbus TCP address at which nobody listens is told") {
  Stage stage;
  const int port = free_port();
  stage.gateway.start();
  stage.gateway.import_site(replaced(stage.building.site(),
                                     cat("127.0.0.1:", stage.building.tcp_port()),
                                     cat("127.0.0.1:", port)));
  const std::string sentence = cat("the link to 127.0.0.1:", port,
                                   " refuses the connection; does it speak Modbus TCP on this "
                                   "port?");
  CHECK(wait_until(
      [&] { return text_at(trouble(stage.gateway, "line_down", "tcp-1"), "detail") == sentence; },
      soon));
  CHECK(wait_until([&] { return text_at(stage.gateway.device("lock-101"), "link") == "fresh"; },
                   20s));
  CHECK(obeys(stage.gateway, "lock-101", "unlock"));
}

}  // namespace
}  // namespace genkan::test
