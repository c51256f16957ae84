#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/cli/daemon.hpp"
#include "firmware/cli/paint.hpp"

// The commands of `genkan`: each asks the daemon, prints what came of it, and says how to end.
namespace genkan::cli {

// Where words go: answers to standard output, complaints to standard error.
struct Console {
  Paint paint;
  bool json = false;  // the daemon's JSON, one line, instead of sentences
  std::FILE* out = stdout;
  std::FILE* err = stderr;

  void print(std::string_view text) const;    // as it is
  void say(std::string_view sentence) const;  // with a line end
  void complain(std::string_view sentence) const;
  // Says the daemon's JSON if that is wanted; whether it did.
  bool said_json(const json::object& answer) const;
  // Complains and gives the exit code that belongs to the error.
  Exit failed(const Error& error) const;
};

// One command to one or more devices.
struct Order {
  std::vector<std::string> devices;
  std::string command;
  std::optional<std::int64_t> part;
  double timeout_seconds = 10;
};
Exit give_order(Daemon& daemon, const Console& console, const Order& order);
// The same to the only security panel there is, if `panel` is empty.
Exit order_panel(Daemon& daemon, const Console& console, Order order, const std::string& panel);

Exit show_status(Daemon& daemon, const Console& console);
Exit show_troubles(Daemon& daemon, const Console& console);
Exit show_models(Daemon& daemon, const Console& console);

struct DeviceChoice {
  std::string kind;
  std::string room;
  bool ids = false;  // ids alone, one a line: for shell completion
};
Exit show_devices(Daemon& daemon, const Console& console, const DeviceChoice& choice);
Exit show_device(Daemon& daemon, const Console& console, const std::string& device, bool refresh);

struct JournalChoice {
  std::optional<std::int64_t> after;
  std::string device;
  bool alarms = false;
  bool follow = false;
  std::int64_t count = 20;
};
Exit show_journal(Daemon& daemon, const Console& console, const JournalChoice& choice);

Exit show_buses(Daemon& daemon, const Console& console, const std::string& bus);
Exit scan_bus(Daemon& daemon, const Console& console, const std::string& bus, std::int64_t first,
              std::int64_t last);
struct RegisterChoice {
  std::string bus;
  std::int64_t unit = 0;
  std::string table;
  std::int64_t address = 0;
  std::int64_t count = 1;
  std::vector<std::int64_t> values;  // to write
};
Exit read_registers(Daemon& daemon, const Console& console, const RegisterChoice& choice);
Exit write_registers(Daemon& daemon, const Console& console, const RegisterChoice& choice);

// `file`: "-" is standard input or output.
struct ImportFile {
  std::string file = "-";  // a site file, or one that export_site() made for this gateway
  bool check_only = false;
  bool sure = false;  // what is there and not in the file may go without a question
};
Exit put_site(Daemon& daemon, const Console& console, const ImportFile& choice);
struct ExportChoice {
  std::string file = "-";
  std::string receiver;  // with all keys, sealed for that gateway; empty: the site file alone
};
Exit export_site(Daemon& daemon, const Console& console, const ExportChoice& choice);
Exit show_receiver(Daemon& daemon, const Console& console);
Exit rotate_secrets(Daemon& daemon, const Console& console);

// The shell's completion script; device ids come from `genkan devices --ids`.
std::string_view completion_script(std::string_view shell);

}  // namespace genkan::cli
