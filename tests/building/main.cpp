// genkan-building: the simulated building (README.md).
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tests/building/commands.hpp"
#include "tests/building/control_server.hpp"
#include "tests/building/life.hpp"
#include "tests/building/memory_folder.hpp"
#include "tests/building/pty_line.hpp"
#include "tests/building/releases.hpp"
#include "tests/building/scene.hpp"
#include "tests/building/tcp_link.hpp"

namespace {

using namespace building;

constexpr std::string_view usage =
    "genkan-building --dir DIR [--scene sample|bench|keys] [--tcp-port N] [--think-us N]\n"
    "                [--baud N] [--chunk N] [--seed N] [--memory-dir DIR] [--life]\n"
    "                [--die-with-parent]\n";

struct Options {
  std::string dir;
  std::string memory_dir;  // empty: memories end with the program
  SceneName scene = SceneName::sample;
  unsigned tcp_port = 0;
  unsigned think_us = 0;
  unsigned baud = 19'200;
  unsigned chunk = 0;
  unsigned seed = 1;
  bool life = false;
  bool die_with_parent = false;
};

unsigned number_of(const std::string& option, const std::string& text, unsigned low,
                   unsigned high) {
  unsigned value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || value < low ||
      value > high) {
    throw std::invalid_argument(option + " takes a number from " + std::to_string(low) + " to " +
                                std::to_string(high));
  }
  return value;
}

bool take_flag(Options& options, const std::string& option) {
  if (option == "--life") return options.life = true;
  if (option == "--die-with-parent") return options.die_with_parent = true;
  return false;
}

void take_value(Options& options, const std::string& option, const std::string& value) {
  if (option == "--dir") {
    options.dir = value;
  } else if (option == "--memory-dir") {
    options.memory_dir = value;
  } else if (option == "--scene") {
    const auto scene = scene_named(value);
    if (!scene) throw std::invalid_argument("--scene is sample, bench or keys");
    options.scene = *scene;
  } else if (option == "--tcp-port") {
    options.tcp_port = number_of(option, value, 0, 65'535);
  } else if (option == "--think-us") {
    options.think_us = number_of(option, value, 0, 10'000'000);
  } else if (option == "--baud") {
    options.baud = number_of(option, value, 300, 4'000'000);
  } else if (option == "--chunk") {
    options.chunk = number_of(option, value, 0, 256);
  } else if (option == "--seed") {
    options.seed = number_of(option, value, 0, 0xFFFF'FFFF);
  } else {
    throw std::invalid_argument("no option " + option);
  }
}

Options read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    if (take_flag(options, arguments[index])) continue;
    if (index + 1 == arguments.size()) {
      throw std::invalid_argument(arguments[index] + " is no option or lacks its value");
    }
    take_value(options, arguments[index], arguments[index + 1]);
    ++index;
  }
  if (options.dir.empty()) throw std::invalid_argument("--dir is missing");
  options.dir = std::filesystem::absolute(options.dir).lexically_normal().string();
  return options;
}

// SIGTERM and SIGINT as a descriptor; before any thread begins, so that all have them blocked.
Descriptor catch_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return Descriptor(check(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

// The lines of a scene, running.
struct Lines {
  std::vector<std::unique_ptr<PtyLine>> serial;
  std::unique_ptr<TcpLink> tcp;
  std::vector<Wire*> wires;
};

Lines start_lines(const Options& options, Scene& scene) {
  Lines lines;
  for (Bank* bank : {scene.line_a.get(), scene.line_b.get()}) {
    if (bank == nullptr) continue;
    bank->advance(std::chrono::steady_clock::now());
    const SerialTiming timing{.baud = options.baud};
    const auto seed = options.seed + static_cast<unsigned>(lines.serial.size());
    const PtyLine::Options pty{options.dir + "/" + bank->line(), timing, seed, options.chunk};
    lines.serial.push_back(std::make_unique<PtyLine>(pty, *bank));
    lines.wires.push_back(lines.serial.back().get());
  }
  if (!scene.tcp) return lines;
  scene.tcp->advance(std::chrono::steady_clock::now());
  lines.tcp = std::make_unique<TcpLink>(static_cast<std::uint16_t>(options.tcp_port),
                                        options.seed + 100, *scene.tcp);
  lines.wires.push_back(lines.tcp.get());
  return lines;
}

void tell_where(const Options& options, const Lines& lines) {
  boost::json::object serial;
  for (const auto& line : lines.serial) {
    serial[line->bank().line()] = options.dir + "/" + line->bank().line();
  }
  const boost::json::object where{{"lines", std::move(serial)},
                                  {"tcp", lines.tcp ? lines.tcp->port() : 0},
                                  {"control", options.dir + "/control.sock"},
                                  {"moves", options.dir + "/moves.jsonl"}};
  std::cout << boost::json::serialize(where) << std::endl;
}

// When to look what the people do next; the gateway's releases do not wake us.
Time next_look(const Life& life) {
  return std::min(life.next(), std::chrono::steady_clock::now() + std::chrono::milliseconds(500));
}

void run(const Options& options, const Descriptor& signals) {
  std::filesystem::create_directories(options.dir);
  MoveLog moves(options.dir + "/moves.jsonl");
  Releases releases(moves);
  std::unique_ptr<MemoryFolder> keep;
  if (!options.memory_dir.empty()) keep = std::make_unique<MemoryFolder>(options.memory_dir);
  Scene scene =
      make_scene(options.scene, std::chrono::microseconds(options.think_us), releases, keep.get());
  const Lines lines = start_lines(options, scene);
  Commands commands(lines.wires, moves);
  ControlServer control(options.dir + "/control.sock", [&commands](std::string_view line) {
    return boost::json::serialize(commands.run(line));
  });
  std::optional<Life> life;
  if (options.life) life.emplace(options.seed, std::chrono::steady_clock::now());
  tell_where(options, lines);
  std::vector<pollfd> descriptors;
  while (!commands.quit_wanted()) {
    descriptors.assign({{signals.get(), POLLIN, 0}});
    control.prepare(descriptors);
    poll_until(descriptors, life ? std::optional(next_look(*life)) : std::nullopt);
    if (descriptors[0].revents != 0) break;
    control.serve(std::span(descriptors).subspan(1));
    if (!life) continue;
    const auto now = std::chrono::steady_clock::now();
    for (const int compartment : releases.take()) life->released(compartment, now);
    for (const std::string& act : life->due(now)) commands.run(act);
  }
}

}  // namespace

int main(int count, char** values) {
  try {
    const Options options = read_options({values + 1, values + count});
    const pid_t parent = getppid();
    const Descriptor signals = catch_signals();
    if (options.die_with_parent) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (getppid() != parent) return 0;  // it died in between
    }
    run(options, signals);
    return 0;
  } catch (const std::invalid_argument& error) {
    std::cerr << "genkan-building: " << error.what() << "\n" << usage;
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "genkan-building: " << error.what() << "\n";
    return 1;
  }
}
