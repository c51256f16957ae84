#include "firmware/api/metrics_port.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/api/listener.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Nobody is known on this port; there is nothing to read here but numbers.
class Anybody final : public CallerSource {
 public:
  Result<domain::Caller> caller(std::string_view) const override {
    return domain::Caller{domain::Role::viewer, "metrics"};
  }
};

Result<tcp::acceptor> open_at(const asio::any_io_executor& loop, const ListenAddress& address) {
  error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(address.host, error), address.port);
  tcp::acceptor acceptor(loop);
  if (!error) acceptor.open(endpoint.protocol(), error);
  // After a restart connections of before may still linger (TIME_WAIT).
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Listener::most_pending, error);
  if (error) return fail(ErrorCode::io, error.message());
  return acceptor;
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto wrong = [] {
    return fail(ErrorCode::invalid,
                "must be an address in numbers and a port, like \"127.0.0.1:9464\" or "
                "\"[::1]:9464\"");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  auto host = text.substr(0, colon);
  const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1), 1, 65'535);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (error || !port || brackets != address.is_v6()) return wrong();
  return ListenAddress{std::string(host), *port};
}

struct MetricsPort::Impl {
  Impl(asio::any_io_executor its_loop, services::Gateway& its_gateway,
       MetricsPortOptions its_options)
      : loop(std::move(its_loop)),
        gateway(its_gateway),
        options(std::move(its_options)),
        pause(loop) {}

  // Whether it listens now.
  bool try_once();
  static asio::awaitable<void> open(std::shared_ptr<Impl> self);

  asio::any_io_executor loop;
  services::Gateway& gateway;
  MetricsPortOptions options;
  asio::steady_timer pause;
  std::shared_ptr<Listener> listener = nullptr;
  bool complained = false;
  bool stopped = false;
};

bool MetricsPort::Impl::try_once() {
  const auto where = cat(options.address.host, ", port ", options.address.port);
  auto acceptor = open_at(loop, options.address);
  if (!acceptor) {
    if (!std::exchange(complained, true)) {
      log(LogLevel::warning, "metrics cannot be had; it is tried again",
          {{"listen", where}, {"reason", acceptor.error().message()}});
    }
    return false;
  }
  const auto anybody = std::make_shared<const Anybody>();
  const auto who_is = [anybody](int) -> Result<std::shared_ptr<const CallerSource>> {
    return anybody;
  };
  listener = std::make_shared<Listener>(
      *std::move(acceptor), gateway,
      Offer{metrics_routes(), options.most_connections, options.limits}, who_is);
  listener->start();
  log(LogLevel::notice, "metrics are served", {{"listen", where}});
  return true;
}

asio::awaitable<void> MetricsPort::Impl::open(std::shared_ptr<Impl> self) {
  while (!self->stopped && !self->try_once()) {
    self->pause.expires_after(self->options.retry);
    const auto ended = co_await self->pause.async_wait(asio::as_tuple(asio::use_awaitable));
    static_cast<void>(ended);
  }
}

MetricsPort::MetricsPort(asio::any_io_executor loop, services::Gateway& gateway,
                         MetricsPortOptions options)
    : impl_(std::make_shared<Impl>(std::move(loop), gateway, std::move(options))) {}

MetricsPort::~MetricsPort() { stop(); }

void MetricsPort::start() { asio::co_spawn(impl_->loop, Impl::open(impl_), asio::detached); }

void MetricsPort::stop() {
  impl_->stopped = true;
  impl_->pause.cancel();
  if (impl_->listener) impl_->listener->stop();
  impl_->listener.reset();
}

bool MetricsPort::listening() const { return impl_->listener != nullptr; }

}  // namespace genkan::api
