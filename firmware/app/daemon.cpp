#include "firmware/app/daemon.hpp"

#include <csignal>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "drivers/devices/fleet.hpp"
#include "drivers/profile/profile.hpp"
#include "firmware/api/metrics_port.hpp"
#include "firmware/api/server.hpp"
#include "firmware/app/models.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/service_manager.hpp"
#include "firmware/base/text.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/keys/key_secrets.hpp"
#include "firmware/store/sqlite_store.hpp"

namespace genkan::app {

namespace asio = boost::asio;

namespace {

constexpr auto tick_every = 1s;
// A door that we opened is not left open behind us.
constexpr auto closing_time = 2s;

// Holidays of the data file; without one that can be read, those of the law (RES-21).
domain::Holidays load_holidays(const std::string& path) {
  constexpr std::size_t most_bytes = 64 * 1024;
  Problems problems;
  const auto text = read_file(path, most_bytes);
  if (!text) log(LogLevel::warning, text.error().message());
  auto holidays = text ? domain::Holidays::read(*text, path, problems) : std::nullopt;
  if (holidays) return std::move(*holidays);
  for (const auto& problem : problems.list()) log(LogLevel::warning, problem.text());
  log(LogLevel::warning, "public holidays are those of the law alone", {{"file", path}});
  return {};
}

store::Options store_options(const Settings& settings) {
  store::Options options;
  options.path = settings.database;
  options.journal_days = static_cast<std::uint32_t>(settings.journal_age.count());
  options.journal_bytes = settings.journal_bytes;
  return options;
}

services::GatewayPolicy policy(const Settings& settings) {
  services::GatewayPolicy policy;
  policy.gateway_id = settings.gateway_id;
  policy.version = GENKAN_VERSION;
  policy.remote_disarm = settings.remote_disarm;
  policy.unsigned_commands = settings.unsigned_commands;
  policy.allowed_unsigned = settings.allowed_unsigned;
  policy.requests_a_minute = settings.requests_per_minute;
  return policy;
}

api::ApiOptions api_options(const Settings& settings) {
  api::ApiOptions options;
  options.socket = settings.socket;
  options.socket_group = settings.socket_group;
  options.roles = settings.roles;
  return options;
}

// The second hand of the daemon: the services' tick, and a sign of life for systemd.
asio::awaitable<void> beat(services::Gateway& gateway, ServiceManager& manager) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(tick_every);
    co_await timer.async_wait(asio::use_awaitable);
    gateway.tick();
    manager.alive();
  }
}

// SIGHUP: the installer has put a profile there.
asio::awaitable<void> reload_on_hangup(const Settings& settings, profile::Catalog& models,
                                       services::Gateway& gateway, asio::io_context& loop) {
  asio::signal_set signals(loop, SIGHUP);
  for (;;) {
    co_await signals.async_wait(asio::use_awaitable);
    reload_models(settings.profiles, models, gateway);
  }
}

asio::awaitable<void> run_until_signal(services::Gateway& gateway, devices::BusFleet& fleet,
                                       api::Server& server,
                                       std::optional<api::MetricsPort>& metrics,
                                       ServiceManager& manager, asio::io_context& loop) {
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  const int signal = co_await signals.async_wait(asio::use_awaitable);
  log(LogLevel::notice, "stopping", {{"signal", cat(signal)}});
  manager.stopping();
  server.stop();
  if (metrics) metrics->stop();
  const bool closed = co_await fleet.close_openings(Steady::now() + closing_time);
  if (!closed) log(LogLevel::error, "a door that was opened could not be closed before the end");
  co_await gateway.stop();
  loop.stop();
}

}  // namespace

Result<> run_daemon(const Settings& settings) {
  set_log_level(settings.log_level);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a full disk: told, not died of

  asio::io_context loop(1);
  const SystemClock clock(settings.clock == ClockSource::assume_trusted);
  ServiceManager manager = ServiceManager::from_environment();
  profile::Catalog models = load_models(settings.profiles);

  // Doors first: the disk, the buses and the doors, then all that talks.
  auto store = store::SqliteStore::open(store_options(settings), loop.get_executor(), clock);
  if (!store) return fail(store.error().in("database"));
  devices::BusFleet fleet(loop.get_executor(), clock, models,
                          devices::open_buses(loop.get_executor()));
  const auto& keys = (*store)->keys();
  const services::KeySecrets secrets(keys.hashing.bytes(), keys.token.bytes(), keys.link.bytes(),
                                     keys.receive.bytes(), keys.sealed.bytes());
  const auto random = [](std::uint32_t bound) { return random_below(bound); };
  services::Gateway gateway(
      fleet, **store, clock, models, policy(settings),
      {loop.get_executor(), fleet.memories(), secrets, random, load_holidays(settings.holidays)});
  gateway.start();

  api::Server server(loop.get_executor(), gateway, api_options(settings));
  if (auto started = server.start(); !started) return fail(started.error());
  std::optional<api::MetricsPort> metrics;
  if (settings.metrics) {
    metrics.emplace(loop.get_executor(), gateway,
                    api::MetricsPortOptions{.address = *settings.metrics, .limits = {}});
    metrics->start();
  }

  asio::co_spawn(loop, beat(gateway, manager), asio::detached);
  asio::co_spawn(loop, reload_on_hangup(settings, models, gateway, loop), asio::detached);
  asio::co_spawn(loop, run_until_signal(gateway, fleet, server, metrics, manager, loop),
                 asio::detached);
  manager.ready();
  log(LogLevel::notice, "genkand is up",
      {{"version", GENKAN_VERSION}, {"gateway", settings.gateway_id}, {"api", settings.socket}});
  loop.run();
  return {};
}

}  // namespace genkan::app
