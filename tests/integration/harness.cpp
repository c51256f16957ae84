#include "tests/integration/harness.hpp"

#include <exception>
#include <fstream>
#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/api_client.hpp"
#include "firmware/base/text.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

// How long a program may take until it answers, also on a busy machine under sanitizers.
constexpr auto patience = 20s;

[[noreturn]] void give_up(const std::string& sentence) { throw std::runtime_error(sentence); }

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

json::object parse_object(std::string_view text) {
  auto value = parse_json(text, 64u << 20);
  if (!value || !value->is_object()) give_up("no JSON object: " + std::string(text.substr(0, 300)));
  return std::move(value->get_object());
}

std::string_view name_of(Building::Scene scene) {
  switch (scene) {
    case Building::Scene::sample: return "sample";
    case Building::Scene::bench: return "bench";
    case Building::Scene::keys: return "keys";
  }
  return "sample";
}

// One line there, one line back; empty if nobody answers within 5 s (the building answers at once,
// save plug and unplug, which may take 2 s).
std::string exchange_line(const std::string& path, const std::string& line) {
  constexpr timeval within{5, 0};
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &within, sizeof within);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  std::string answer;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string out = line + "\n";
    if (::write(socket, out.data(), out.size()) == static_cast<ssize_t>(out.size())) {
      char byte = 0;
      while (::read(socket, &byte, 1) == 1 && byte != '\n') answer += byte;
    }
  }
  ::close(socket);
  return answer;
}

}  // namespace

Building::Building(std::filesystem::path folder, Scene scene, std::vector<std::string> options)
    : folder_(std::move(folder)), scene_(scene) {
  std::filesystem::create_directories(folder_);
  std::filesystem::remove(folder_ / "building.log");  // of a building that was here before
  std::vector<std::string> command{GENKAN_BUILDING,
                                   "--dir",
                                   folder_.string(),
                                   "--tcp-port",
                                   "0",
                                   "--scene",
                                   std::string(name_of(scene))};
  command.insert(command.end(), options.begin(), options.end());
  process_ = std::make_unique<Process>(command, folder_ / "building.log");
  const bool ready = wait_until(
      [this] { return process_->output().find('\n') != std::string::npos || !process_->running(); },
      patience);
  const std::string first = process_->output().substr(0, process_->output().find('\n'));
  if (!ready || !first.starts_with("{")) give_up("the building did not start: " + first);
  tcp_port_ = static_cast<int>(parse_object(first).at("tcp").to_number<int>());
}

json::object Building::control(const std::string& command) {
  json::object answer = parse_object(exchange_line((folder_ / "control.sock").string(), command));
  const json::value* ok = answer.if_contains("ok");
  if (ok == nullptr || !ok->is_bool() || !ok->get_bool()) {
    give_up("the building refused '" + command + "': " + json::serialize(answer));
  }
  return answer;
}

std::string Building::site() const {
  const std::string name = cat(name_of(scene_), "-site.toml.in");
  std::string text = read_file(source_folder() / "tests" / "building" / name);
  text = replace_all(std::move(text), "@DIR@", folder_.string());
  return replace_all(std::move(text), "@TCP_PORT@", std::to_string(tcp_port_));
}

std::vector<json::object> Building::moves() const {
  // The log is written by a thread of its own; this command waits until it is in the file.
  exchange_line((folder_ / "control.sock").string(), "moves");
  std::vector<json::object> list;
  std::ifstream file(folder_ / "moves.jsonl");
  for (std::string line; std::getline(file, line);) {
    if (file.eof()) break;  // without its line end it is still being written
    list.push_back(parse_object(line));
  }
  return list;
}

std::string Building::line(const std::string& name) const { return (folder_ / name).string(); }

json::object ApiAnswer::json() const { return parse_object(body); }

Gateway::Gateway(std::filesystem::path folder, Options options)
    : folder_(std::move(folder)), options_(std::move(options)) {
  std::filesystem::create_directories(folder_);
  write_file(folder_ / "genkan.toml",
             cat("[gateway]\nid = \"", options_.id, "\"\nclock = \"assume_trusted\"\n",
                 "[storage]\ndatabase = \"", database().string(),
                 "\"\njournal_mib = ", options_.journal_mib, "\n[drivers]\nprofiles = [\"",
                 (source_folder() / "drivers" / "profiles").string(), "\"]\n",
                 "[cloud]\nunsigned_commands = \"allow\"\n", "[api]\nsocket = \"", socket(), "\"\n",
                 options_.more_settings));
}

std::string Gateway::socket() const { return (folder_ / "api.sock").string(); }

std::filesystem::path Gateway::database() const {
  return options_.database.empty() ? folder_ / "genkan.db" : options_.database;
}

void Gateway::start_without_waiting() {
  process_ = std::make_unique<Process>(
      std::vector<std::string>{GENKAND, "--config", (folder_ / "genkan.toml").string()},
      folder_ / "genkand.log");
}

void Gateway::start() {
  start_without_waiting();
  const bool up = wait_until(
      [this] {
        try {
          return !process_->running() || api("GET", "/v1/status").status == 200;
        } catch (const std::runtime_error&) {
          return false;
        }
      },
      patience);
  if (!up || !process_->running()) give_up("genkand did not start: " + log());
}

int Gateway::stop() { return process_->stop(15s); }

void Gateway::kill() {
  process_->signal(SIGKILL);
  process_->wait(5s);
}

std::string Gateway::log() const { return read_file(folder_ / "genkand.log"); }

ApiAnswer Gateway::api(const std::string& method, const std::string& target,
                       const std::string& body) {
  boost::asio::io_context loop(1);
  ApiClient client(loop.get_executor(), socket(), 1);
  ApiRequest request;
  request.method = method;
  request.target = target;
  request.body = body;
  if (method == "PUT" && target.starts_with("/v1/site")) request.content_type = "application/toml";
  const bool holidays = method == "PUT" && target.starts_with("/v1/holidays");
  if (holidays || target.starts_with("/v1/holders/import")) request.content_type = "text/csv";
  if (target == "/v1/signed") request.content_type = "application/jose";
  std::optional<Result<ApiResponse>> response;
  boost::asio::co_spawn(loop, client.request(request, 70s),
                        [&loop, &response](std::exception_ptr, Result<ApiResponse> answered) {
                          response = std::move(answered);
                          loop.stop();  // an idle connection stays open, and the loop with it
                        });
  loop.run();
  if (!response || !*response) {
    give_up(method + " " + target + ": " + (response ? response->error().message() : "no answer"));
  }
  return {(*response)->status, std::move((*response)->body)};
}

void Gateway::import_site(const std::string& text) {
  const ApiAnswer answer = api("PUT", "/v1/site", text);
  if (answer.status != 200) give_up("the site file was refused: " + answer.body);
}

json::object Gateway::device(const std::string& id) {
  const ApiAnswer answer = api("GET", "/v1/devices/" + id);
  if (answer.status != 200) give_up("no device " + id + ": " + answer.body);
  return answer.json();
}

void Gateway::wait_fresh(std::chrono::milliseconds within) {
  std::string missing;
  const auto all_fresh = [this, &missing] {
    missing.clear();
    const json::object answer = api("GET", "/v1/devices").json();
    for (const auto& device : answer.at("devices").as_array()) {
      if (device.at("link").as_string() != "fresh") {
        missing += " " + std::string(device.at("id").as_string());
      }
    }
    return missing.empty() && !answer.at("devices").as_array().empty();
  };
  if (!wait_until(all_fresh, within)) give_up("not fresh:" + missing);
}

std::vector<json::object> Gateway::journal(std::int64_t after) {
  std::vector<json::object> list;
  for (;;) {
    const json::object page = api("GET", cat("/v1/journal?limit=1000&after=", after)).json();
    const json::array& records = page.at("records").as_array();
    if (records.empty()) return list;
    for (const auto& record : records) list.push_back(record.as_object());
    after = records.back().at("seq").to_number<std::int64_t>();
  }
}

Agent::Agent(std::filesystem::path folder, const Gateway& gateway, int broker_port,
             const std::string& more_settings)
    : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_ / "identity");
  write_file(folder_ / "agent.toml",
             cat("[gateway]\nid = \"", gateway.id(), "\"\nsocket = \"", gateway.socket(),
                 "\"\n[identity]\nfolder = \"", (folder_ / "identity").string(),
                 "\"\n[broker]\nuri = \"tcp://127.0.0.1:", broker_port, "\"\n", more_settings));
}

void Agent::start() {
  process_ = std::make_unique<Process>(
      std::vector<std::string>{GENKAN_AGENT, "--config", (folder_ / "agent.toml").string()},
      folder_ / "agent.log");
}

int Agent::stop() { return process_->stop(); }

void Agent::kill() {
  process_->signal(SIGKILL);
  process_->wait(5s);
}

CliAnswer cli(const Gateway& gateway, std::vector<std::string> arguments) {
  TempDir folder;
  std::vector<std::string> command{GENKAN_CLI, "--socket", gateway.socket(), "--no-color"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Process process(command, folder.path() / "output");
  const auto code = process.wait(patience);
  return {code.value_or(-1), process.output()};
}

std::filesystem::path source_folder() { return GENKAN_SOURCE_DIR; }

std::string cli_program() { return GENKAN_CLI; }

std::string genkand_program() { return GENKAND; }

}  // namespace genkan::test
