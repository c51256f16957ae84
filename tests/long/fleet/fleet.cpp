#include "tests/long/fleet/fleet.hpp"

#include <future>

#include <boost/asio/post.hpp>

namespace genkan::fleet {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto beat_every = 20ms;
constexpr std::size_t beats_a_second = 1000ms / beat_every;

}  // namespace

Fleet::Fleet(const std::string& authority_file, std::uint16_t port)
    : work_(asio::make_work_guard(loop_)),
      tls_(make_tls(authority_file)),
      port_(port),
      timer_(loop_),
      thread_([this] {
        try {
          loop_.run();
        } catch (...) {
          fault_ = std::current_exception();
          loop_.stop();
        }
      }) {
  on_loop([this] { beat(); });
}

Fleet::~Fleet() {
  loop_.stop();
  thread_.join();
}

void Fleet::on_loop(const std::function<void()>& work) {
  std::promise<void> done;
  auto future = done.get_future();
  asio::post(loop_, [&work, &done] {
    work();
    done.set_value();
  });
  while (future.wait_for(10ms) != std::future_status::ready) {
    if (!loop_.stopped()) continue;
    thread_.join();
    thread_ = std::thread([] {});
    std::rethrow_exception(fault_);
  }
}

void Fleet::beat() {
  due_ += pace_ * std::chrono::duration<double>(beat_every).count();
  for (; due_ >= 1 && !gateways_.empty(); due_ -= 1) {
    gateways_[next_++ % gateways_.size()]->happen(1);
  }
  const SteadyTime now = Steady::now();
  for (std::size_t i = 0; i < gateways_.size() / beats_a_second + 1 && !gateways_.empty(); ++i) {
    gateways_[looked_at_++ % gateways_.size()]->look(now);
  }
  timer_.expires_after(beat_every);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) beat();
  });
}

void Fleet::add(const std::vector<Gateway::Setup>& setups) {
  on_loop([&] {
    for (const auto& setup : setups) {
      gateways_.push_back(std::make_unique<Gateway>(loop_, tls_, port_, setup));
      gateways_.back()->come();
    }
  });
}

void Fleet::set_pace(double records_a_second) {
  on_loop([&] { pace_ = records_a_second; });
}

void Fleet::flood(int records_each, std::size_t most_in_message) {
  on_loop([&] {
    for (const auto& gateway : gateways_) gateway->recorded(records_each, most_in_message);
  });
}

void Fleet::vanish() {
  on_loop([this] {
    for (const auto& gateway : gateways_) gateway->vanish();
  });
}

void Fleet::come() {
  on_loop([this] {
    for (const auto& gateway : gateways_) gateway->come();
  });
}

Fleet::Totals Fleet::totals() {
  Totals totals;
  on_loop([&] {
    for (const auto& gateway : gateways_) {
      ++totals.gateways;
      totals.online += gateway->online() ? 1 : 0;
      totals.head += gateway->head();
      totals.acknowledged += gateway->all_acknowledged() ? 1 : 0;
      totals.commands += gateway->commands();
    }
  });
  return totals;
}

}  // namespace genkan::fleet
