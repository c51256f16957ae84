#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "cloud-agent/agent/agent.hpp"
#include "cloud-agent/agent/settings.hpp"
#include "cloud-agent/mqtt/paho_broker.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/service_manager.hpp"
#include "firmware/base/text.hpp"

namespace {

namespace asio = boost::asio;
using namespace genkan;
using namespace genkan::agent;

constexpr std::string_view usage =
    "genkan-agent keeps the gateway in step with the cloud over MQTT 5.\n"
    "\n"
    "  genkan-agent [--config FILE]   run (FILE: /etc/genkan/agent.toml)\n"
    "  genkan-agent --check [--config FILE]\n"
    "                                 look at the settings, tell every mistake, and end\n"
    "  genkan-agent --help\n"
    "\n"
    "Exit: 0 after SIGTERM or SIGINT, 1 if the settings are wrong, 2 for a wrong command line.\n";

// The whole stop takes less than 2 s; after this the process ends as it is.
constexpr std::chrono::milliseconds stop_time{1900};
constexpr std::chrono::seconds status_every{30};

struct Options {
  std::string config = "/etc/genkan/agent.toml";
  bool check = false;
  bool help = false;
  std::string fault;
};

Options read_options(const std::vector<std::string_view>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--help" || words[i] == "-h") {
      options.help = true;
    } else if (words[i] == "--check") {
      options.check = true;
    } else if (words[i] == "--config" && i + 1 < words.size()) {
      options.config = words[++i];
    } else if (words[i] == "--config") {
      options.fault = "--config needs a file";
    } else {
      options.fault = cat("'", printable(words[i]), "' is no option; see --help");
    }
  }
  return options;
}

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

// Runs what is due at once and again after each pause, until the loop ends.
class Routine {
 public:
  Routine(asio::io_context& loop, std::chrono::microseconds pause, std::function<void()> work)
      : timer_(loop), pause_(pause), work_(std::move(work)) {
    again();
  }

 private:
  void again() {
    work_();
    timer_.expires_after(pause_);
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error) again();
    });
  }

  asio::steady_timer timer_;
  std::chrono::microseconds pause_;
  std::function<void()> work_;
};

void run(const AgentSettings& settings, std::string password) {
  asio::io_context loop(1);
  ServiceManager manager = ServiceManager::from_environment();
  DaemonClient daemon(loop.get_executor(), settings.socket);
  mqtt::SessionSettings session;
  session.client_id = settings.broker.client_id;
  session.username = settings.broker.username;
  session.password = std::move(password);
  session.will = mqtt::Will{Topics(settings.gateway).presence(), Presence::offline("lost"),
                            settings.broker.will_delay};
  const auto make_broker = [&](mqtt::BrokerListener& listener,
                               std::optional<mqtt::Place> place) -> std::unique_ptr<mqtt::Broker> {
    return std::make_unique<mqtt::PahoBroker>(loop.get_executor(), std::move(session),
                                              std::move(place), listener);
  };
  const AgentNeeds needs{
      {settings.gateway, IdentityFolder(settings.identity_folder), settings.broker.place},
      settings.home_assistant};
  Agent agent(loop.get_executor(), needs, daemon, make_broker);
  agent.start();

  asio::steady_timer last_moment(loop);
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    log(LogLevel::notice, "stopping");
    manager.stopping();
    last_moment.expires_after(stop_time);
    last_moment.async_wait([&loop](boost::system::error_code) { loop.stop(); });
    agent.stop([&loop] { loop.stop(); });
  });

  // Ready as soon as it works: neither broker nor genkand need be there.
  manager.ready();
  log(LogLevel::notice, "genkan-agent runs", {{"gateway", settings.gateway}});
  const Routine status(loop, status_every, [&] { manager.status(agent.status_line()); });
  std::unique_ptr<Routine> alive;
  if (const auto pause = manager.alive_every()) {
    alive = std::make_unique<Routine>(loop, *pause, [&manager] { manager.alive(); });
  }
  loop.run();
  // Not by way of Paho's destructor: it waits for a connect under way, up to 10 s for a name that
  // does not resolve.
  ::_exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options({argv + 1, argv + argc});
  if (options.help) {
    print(stdout, usage);
    return 0;
  }
  if (!options.fault.empty()) {
    print(stderr, cat("genkan-agent: ", options.fault, "\n"));
    return 2;
  }
  const auto settings = load_settings(options.config);
  if (!settings) {
    print(stderr, cat(settings.error().message(), "\n"));
    return 1;
  }
  std::string password;
  if (!settings->broker.password_file.empty()) {
    auto loaded = load_password(settings->broker.password_file);
    if (!loaded) {
      print(stderr, cat(loaded.error().message(), "\n"));
      return 1;
    }
    password = *std::move(loaded);
  }
  if (options.check) {
    print(stdout, cat(options.config, ": nothing wrong\n"));
    return 0;
  }
  set_log_level(settings->log_level);
  run(*settings, std::move(password));
  return 0;
}
