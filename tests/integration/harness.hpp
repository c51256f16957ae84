#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/json.hpp"
#include "tests/integration/process.hpp"

// The real programs, started for a test: simulated building, genkand, genkan-agent, genkan.
// Everything throws std::runtime_error with a sentence when it does not work; the destructors end
// what was started.
namespace genkan::test {

// genkan-building, and its control socket (tests/building/README.md).
class Building {
 public:
  enum class Scene { sample, bench, keys };
  Building(std::filesystem::path folder, Scene scene, std::vector<std::string> options = {});

  // One control command; throws if the building says no.
  json::object control(const std::string& command);
  // The site file of the scene, with this building's lines in it.
  std::string site() const;
  // Every movement since the start, in order (DIR/moves.jsonl).
  std::vector<json::object> moves() const;
  std::string line(const std::string& name) const;
  int tcp_port() const { return tcp_port_; }
  const std::filesystem::path& folder() const { return folder_; }
  Process& process() { return *process_; }

 private:
  std::filesystem::path folder_;
  Scene scene_;
  std::unique_ptr<Process> process_;
  int tcp_port_ = 0;
};

struct ApiAnswer {
  int status = 0;
  std::string body;
  json::object json() const;  // throws if the body is no object
};

// genkand with settings of its own in a folder.
class Gateway {
 public:
  struct Options {
    std::string id = "gw-test";
    std::string more_settings{};       // TOML, appended
    std::filesystem::path database{};  // empty: in the folder
    std::uint64_t journal_mib = 64;
  };
  Gateway(std::filesystem::path folder, Options options);
  explicit Gateway(std::filesystem::path folder) : Gateway(std::move(folder), Options()) {}

  void start();  // until the API answers
  void start_without_waiting();
  int stop();
  void kill();  // SIGKILL, and waits for the end

  ApiAnswer api(const std::string& method, const std::string& target, const std::string& body = "");
  void import_site(const std::string& text);  // throws unless all of it was taken
  json::object device(const std::string& id);
  // Waits until every device is fresh; throws with those that are not.
  void wait_fresh(std::chrono::milliseconds within);
  // The journal from `after` on.
  std::vector<json::object> journal(std::int64_t after = 0);

  std::string socket() const;
  const std::string& id() const { return options_.id; }
  std::filesystem::path database() const;
  Process& process() { return *process_; }
  std::string log() const;

 private:
  std::filesystem::path folder_;
  Options options_;
  std::unique_ptr<Process> process_;
};

// genkan-agent between a gateway and a broker on 127.0.0.1.
class Agent {
 public:
  // `more_settings`: TOML, appended.
  Agent(std::filesystem::path folder, const Gateway& gateway, int broker_port,
        const std::string& more_settings = {});
  void start();
  int stop();
  void kill();
  Process& process() { return *process_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Process> process_;
};

// Runs the command line against a gateway; its output and exit code.
struct CliAnswer {
  int code = 0;
  std::string output;
};
CliAnswer cli(const Gateway& gateway, std::vector<std::string> arguments);

std::filesystem::path source_folder();
std::string cli_program();
std::string genkand_program();

}  // namespace genkan::test
