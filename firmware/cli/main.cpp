// genkan: what installers and operators type. The command line alone; the work is in commands*.cpp.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <set>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "firmware/cli/commands.hpp"
#include "firmware/cli/line.hpp"
#include "firmware/cli/watch.hpp"

namespace {

using namespace genkan::cli;

constexpr const char* footer = R"(Examples:
  genkan status                        how the gateway is
  genkan watch                         the building, live
  genkan lock lock-203                 lock a door and say what became of it
  genkan unlock lock-101 lock-102      several at once
  genkan arm --home                    arm the panel, people inside
  genkan release boxes 3               open a compartment of a delivery box
  genkan reserve lock-101 --name Anna --from "2026-11-20 15:00" --to "2026-11-22 10:00"
  genkan reservations --room r101      who has a key, when, and whether it is in the lock
  genkan keys lock-101                 what is in the lock, and what should be
  genkan why lock-101 - < code.txt     what that code would do now, and why
  genkan journal --alarms -n 50        the last 50 alarms
  genkan journal --follow --device lock-203
  genkan bus read line-a 7 input 0 4   four input registers of unit 7
  genkan site check site.toml          all mistakes of a site file, changing nothing

Exit codes:
  0 done   1 failed or refused   2 the command line is wrong   3 the daemon does not answer
  4 your role does not allow it  5 no such device or bus       6 busy, try again later)";

std::string default_socket() {
  const char* set = std::getenv("GENKAN_SOCKET");
  return set != nullptr && *set != '\0' ? set : "/run/genkan/api.sock";
}

// What the command line asked for; the options' values live as long as it.
struct CommandLine {
  CLI::App app{"genkan: commands to a Genkan gateway, and what it knows."};
  std::string socket = default_socket();
  bool json = false;
  bool no_color = false;
  Action action;

  Order order;
  std::string panel;
  bool home = false;
  std::int64_t compartment = 0;
  DeviceChoice devices;
  std::string device;
  bool refresh = false;
  JournalChoice journal;
  std::int64_t after = 0;
  std::string bus;
  std::int64_t first = 1;
  std::int64_t last = 247;
  RegisterChoice registers;
  std::string shell;
  std::string note;
};

void add_order(CommandLine& line, const char* name, const char* help, const char* command) {
  auto* sub = line.app.add_subcommand(name, help);
  sub->add_option("device", line.order.devices, "the device's id, or several")->required();
  sub->add_option("--timeout", line.order.timeout_seconds, "seconds the command may take")
      ->check(CLI::Range(0.001, 60.0))
      ->capture_default_str();
  sub->callback([&line, command]() {
    line.order.command = command;
    line.action = [&line](Daemon& daemon, const Console& console) {
      return give_order(daemon, console, line.order);
    };
  });
}

void add_orders(CommandLine& line) {
  add_order(line, "lock", "Lock doors", "lock");
  add_order(line, "unlock", "Unlock doors", "unlock");
  add_order(line, "open", "Open an entrance; it closes by itself", "open");
  add_order(line, "hold", "Hold an entrance open until end-hold", "hold_open");
  add_order(line, "end-hold", "No longer hold an entrance open", "end_hold");
  add_order(line, "on", "Switch lights and air conditioners on", "on");
  add_order(line, "off", "Switch them off", "off");
  add_order(line, "bypass", "Leave a zone out of arming", "bypass");
  add_order(line, "end-bypass", "Take a zone in again", "end_bypass");

  auto* arm = line.app.add_subcommand("arm", "Arm the security panel");
  arm->add_option("panel", line.panel, "the panel's id; not needed if there is one only");
  arm->add_flag("--home", line.home, "people stay inside: doors and windows only");
  auto* disarm = line.app.add_subcommand("disarm", "Disarm the security panel");
  disarm->add_option("panel", line.panel, "the panel's id; not needed if there is one only");
  const Action on_panel = [&line](Daemon& daemon, const Console& console) {
    return order_panel(daemon, console, line.order, line.panel);
  };
  arm->callback([&line, on_panel]() {
    line.order.command = line.home ? "arm_home" : "arm_away";
    line.action = on_panel;
  });
  disarm->callback([&line, on_panel]() {
    line.order.command = "disarm";
    line.action = on_panel;
  });

  auto* release = line.app.add_subcommand("release", "Open a compartment of a delivery box");
  release->add_option("device", line.device, "the box's id")->required();
  release->add_option("compartment", line.compartment, "its number, from 1")
      ->required()
      ->check(CLI::Range(1, 255));
  release->callback([&line]() {
    line.order = {
        {line.device}, "release_compartment", line.compartment, line.order.timeout_seconds};
    line.action = [&line](Daemon& daemon, const Console& console) {
      return give_order(daemon, console, line.order);
    };
  });
}

void add_views(CommandLine& line) {
  line.app.add_subcommand("status", "How the gateway is: buses, storage, clock, troubles")
      ->callback([&line]() { line.action = show_status; });
  auto* live =
      line.app.add_subcommand("watch", "The building live, until Ctrl-C; --json: an event a line");
  live->add_option("--note", line.note, "lines to show at the bottom of the screen");
  live->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return watch(daemon, console, line.note);
    };
  });
  line.app.add_subcommand("troubles", "What is wrong now, and since when")->callback([&line]() {
    line.action = show_troubles;
  });
  line.app.add_subcommand("models", "The models that the gateway can drive")->callback([&line]() {
    line.action = show_models;
  });

  auto* devices = line.app.add_subcommand("devices", "All devices and their states");
  devices->add_flag("--ids", line.devices.ids, "ids alone, one a line");
  devices->add_option("--kind", line.devices.kind, "only of this kind: lock, entrance, light …");
  devices->add_option("--room", line.devices.room, "only of this room");
  devices->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return show_devices(daemon, console, line.devices);
    };
  });

  auto* device = line.app.add_subcommand("device", "All about one device");
  device->add_option("device", line.device, "its id")->required();
  device->add_flag("--refresh", line.refresh, "read it now instead of showing the last answer");
  device->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return show_device(daemon, console, line.device, line.refresh);
    };
  });
}

void add_journal(CommandLine& line) {
  auto* journal = line.app.add_subcommand("journal", "What happened, the newest last");
  auto* after = journal->add_option("--after", line.after, "from the record behind this number on")
                    ->check(CLI::NonNegativeNumber);
  journal->add_option("--device", line.journal.device, "only this device");
  journal->add_flag("--alarms", line.journal.alarms, "only alarms");
  journal->add_flag("-f,--follow", line.journal.follow, "wait for what comes, until Ctrl-C");
  journal->add_option("-n", line.journal.count, "how many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  journal->callback([&line, after]() {
    if (after->count() > 0) line.journal.after = line.after;
    line.action = [&line](Daemon& daemon, const Console& console) {
      return show_journal(daemon, console, line.journal);
    };
  });
}

void add_registers(CommandLine& line, CLI::App* sub) {
  auto& registers = line.registers;
  sub->add_option("bus", registers.bus, "the bus's id")->required();
  sub->add_option("unit", registers.unit, "the unit on it")->required()->check(CLI::Range(0, 255));
  sub->add_option("table", registers.table, "coil, discrete, holding or input")
      ->required()
      ->check(CLI::IsMember(std::set<std::string>{"coil", "discrete", "holding", "input"}));
  sub->add_option("address", registers.address, "the first address, from 0")
      ->required()
      ->check(CLI::Range(0, 65'535));
}

void add_bus(CommandLine& line) {
  auto* bus = line.app.add_subcommand("bus", "For installers: the buses and what hangs on them");
  bus->require_subcommand(1);
  auto* stats = bus->add_subcommand("stats", "Exchanges, faults and round trips, by unit");
  stats->add_option("bus", line.bus, "only this bus");
  stats->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return show_buses(daemon, console, line.bus);
    };
  });
  auto* scan = bus->add_subcommand("scan", "Ask every unit whether it is there");
  scan->add_option("bus", line.bus, "the bus's id")->required();
  scan->add_option("--first", line.first, "the first unit")
      ->check(CLI::Range(0, 255))
      ->capture_default_str();
  scan->add_option("--last", line.last, "the last unit")
      ->check(CLI::Range(0, 255))
      ->capture_default_str();
  scan->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return scan_bus(daemon, console, line.bus, line.first, line.last);
    };
  });
  auto* read = bus->add_subcommand("read", "Read registers of a unit");
  add_registers(line, read);
  read->add_option("count", line.registers.count, "how many")
      ->check(CLI::Range(1, 2000))
      ->capture_default_str();
  read->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return read_registers(daemon, console, line.registers);
    };
  });
  auto* write = bus->add_subcommand("write", "Write registers of a unit (this moves hardware)");
  add_registers(line, write);
  write->add_option("value", line.registers.values, "the values, one behind the other")
      ->required()
      ->check(CLI::Range(0, 65'535));
  write->callback([&line]() {
    line.action = [&line](Daemon& daemon, const Console& console) {
      return write_registers(daemon, console, line.registers);
    };
  });
}

void add_completion(CommandLine& line) {
  auto* completion =
      line.app.add_subcommand("completion", "Print the completion script of a shell");
  completion->add_option("shell", line.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember(std::set<std::string>{"bash", "zsh", "fish"}));
  completion->callback([&line]() {
    line.action = [&line](Daemon&, const Console& console) {
      console.print(completion_script(line.shell));
      return Exit::done;
    };
  });
}

bool colours_wanted(bool no_color) {
  const char* set = std::getenv("NO_COLOR");
  if (no_color || (set != nullptr && *set != '\0')) return false;
  return ::isatty(STDOUT_FILENO) == 1;
}

int run(int argc, char** argv) {
  CommandLine line;
  line.app.set_version_flag("--version", "genkan " GENKAN_VERSION);
  line.app.add_option("--socket", line.socket, "the daemon's socket; also $GENKAN_SOCKET")
      ->capture_default_str();
  line.app.add_flag("--json", line.json, "the daemon's JSON instead of sentences");
  line.app.add_flag("--no-color", line.no_color, "no colours; also $NO_COLOR");
  line.app.require_subcommand(1);
  line.app.fallthrough();
  add_views(line);
  add_orders(line);
  add_reservation_commands(line.app, line.action);
  add_key_commands(line.app, line.action);
  add_holder_commands(line.app, line.action);
  add_cloud_commands(line.app, line.action);
  add_journal(line);
  add_bus(line);
  add_site_commands(line.app, line.action);
  add_completion(line);
  line.app.footer(footer);  // now, as subcommands take over the footer that is there before them
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      line.app.exit(error);
      return static_cast<int>(Exit::done);
    }
    std::cerr << "genkan: " << line_fault(line.app, {argv + 1, argv + argc}, error.what()) << '\n';
    return static_cast<int>(Exit::usage);
  }
  Daemon daemon(line.socket);
  const Console console{Paint(colours_wanted(line.no_color)), line.json};
  return static_cast<int>(line.action(daemon, console));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "genkan: " << error.what() << '\n';
    return static_cast<int>(Exit::failed);
  }
}
