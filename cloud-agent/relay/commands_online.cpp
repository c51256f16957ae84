// The commands that speak to the broker.
#include <csignal>
#include <cstdlib>
#include <functional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unistd.h>

#include "cloud-agent/relay/cloud.hpp"
#include "cloud-agent/relay/commands.hpp"
#include "cloud-agent/relay/connection.hpp"
#include "cloud-agent/relay/relay.hpp"
#include "cloud-agent/relay/sender.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/service_manager.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds status_every{30};
constexpr std::chrono::milliseconds stop_time{1900};

// Runs `work` after each pause, until the loop ends.
class Routine {
 public:
  Routine(asio::io_context& loop, std::chrono::microseconds pause, std::function<void()> work)
      : timer_(loop), pause_(pause), work_(std::move(work)) {
    wait();
  }

 private:
  void wait() {
    timer_.expires_after(pause_);
    timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      work_();
      wait();
    });
  }

  asio::steady_timer timer_;
  std::chrono::microseconds pause_;
  std::function<void()> work_;
};

// Not by way of Paho's destructor: it waits for a connect under way, up to 10 s for a name that
// does not resolve.
[[noreturn]] void leave(int result) {
  std::fflush(stdout);
  ::_exit(result);
}

[[noreturn]] void cannot_keep(const Error& error) {
  log(LogLevel::error, "a message cannot be kept; ending, so that the broker hands it out again",
      {{"why", error.message()}});
  ::_exit(failed);
}

std::string default_subject() {
  const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): one thread yet
  return cat("operator:", user != nullptr && *user != '\0' ? printable(user, 40) : "unknown");
}

std::string random_name() {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string name = "send-";
  while (name.size() < 17) {
    name += letters[random_below(static_cast<std::uint32_t>(letters.size()))];
  }
  return name;
}

int result_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::timeout:
    case ErrorCode::unreachable: return no_answer;
    case ErrorCode::invalid: return wrong_line;
    default: return failed;
  }
}

// A JSON object goes as one; any other file as text.
Result<> put_file(const std::string& path, Order& order) {
  if (!order.body.empty()) {
    return fail(ErrorCode::invalid, "say a body or --file FILE, not both");
  }
  auto text = read_file(path, max_jws);
  if (!text) return fail(ErrorCode::invalid, text.error().message());
  const auto value = parse_json(*text, max_jws);
  if (value && value->is_object()) {
    order.body = *std::move(text);
  } else {
    order.text = *std::move(text);
  }
  return {};
}

int tell(const Result<Answer>& answer) {
  if (!answer) return complain(answer.error(), result_of(answer.error()));
  if (!answer->body.empty()) print(answer->body + "\n");
  if (answer->good()) return done;
  return complain(Error(ErrorCode::rejected, words_of(*answer)), failed);
}

}  // namespace

int run(const Folder& folder, const CommandLine& line) {
  const std::string copy = line.option("copy").value_or("relay");
  if (auto fault = id_fault(copy); !fault.empty()) {
    return complain(Error(ErrorCode::invalid, cat("--copy: ", fault)), wrong_line);
  }
  auto cloud = Cloud::open(folder);
  if (!cloud) return complain(cloud.error(), failed);
  const auto authority = Authority::load(folder);
  if (!authority) return complain(authority.error(), failed);
  auto mirror = Mirror::open(folder.database());
  if (!mirror) return complain(mirror.error(), failed);
  const auto group = share_group(folder);
  if (!group) return complain(group.error(), failed);
  set_log_level((*cloud)->settings.log_level);

  const SystemClock clock(true);
  asio::io_context loop(1);
  ServiceManager manager = ServiceManager::from_environment();
  Relay relay(
      loop.get_executor(),
      {(*cloud)->settings, *authority, (*cloud)->registry, *(*cloud)->keys, **mirror, clock,
       *group},
      copy,
      [&](mqtt::BrokerListener& listener) {
        return connect(loop.get_executor(), folder, (*cloud)->settings, Role::relay, copy,
                       listener);
      },
      &cannot_keep);
  if (auto started = relay.start(); !started) return complain(started.error(), failed);

  asio::steady_timer last_moment(loop);
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    log(LogLevel::notice, "stopping", {{"status", relay.status_line()}});
    manager.stopping();
    last_moment.expires_after(stop_time);
    last_moment.async_wait([&loop](boost::system::error_code) { loop.stop(); });
    relay.stop([&loop] { loop.stop(); });
  });
  manager.ready();
  log(LogLevel::notice, "genkan-cloud runs", {{"cloud", (*cloud)->settings.name}});
  const Routine ticks(loop, Relay::tick_every, [&relay] { relay.tick(); });
  const Routine status(loop, status_every, [&] { manager.status(relay.status_line()); });
  std::unique_ptr<Routine> alive;
  if (const auto pause = manager.alive_every()) {
    alive = std::make_unique<Routine>(loop, *pause, [&manager] { manager.alive(); });
  }
  loop.run();
  leave(done);
}

int send(const Folder& folder, const CommandLine& line) {
  auto cloud = Cloud::open(folder);
  if (!cloud) return complain(cloud.error(), failed);
  const auto& words = line.words();
  if (auto fault = id_fault(words[0]); !fault.empty()) {
    return complain(Error(ErrorCode::invalid, cat("the gateway's id: ", fault)), wrong_line);
  }
  Order order{words[0], words[1], words[2], words.size() > 3 ? words[3] : std::string(),
              line.option("subject").value_or(default_subject())};
  if (const auto file = line.option("file")) {
    if (auto put = put_file(*file, order); !put) return complain(put.error(), wrong_line);
  }
  set_log_level(LogLevel::error);
  const SystemClock clock(true);
  const std::string name = random_name();
  asio::io_context loop(1);
  int result = no_answer;
  Sender sender(
      [&](mqtt::BrokerListener& listener) {
        return connect(loop.get_executor(), folder, (*cloud)->settings, Role::sender, name,
                       listener);
      },
      name, *(*cloud)->keys, (*cloud)->registry, clock, std::move(order),
      [&](const Result<Answer>& answer) {
        result = tell(answer);
        sender.stop([&loop] { loop.stop(); });
      });
  sender.start();
  const Routine ticks(loop, Relay::tick_every, [&sender] { sender.tick(); });
  loop.run();
  leave(result);
}

}  // namespace genkan::relay
