#pragma once

#include <cstring>
#include <deque>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/api/session.hpp"

namespace genkan::api::testing {

// A connection in memory: gives what the test sends, in the pieces in which it was sent, and keeps
// what comes back. Loop thread.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(boost::asio::any_io_executor loop) : news_(std::move(loop)) {}

  void send(std::string bytes) {
    if (!bytes.empty()) pieces_.push_back(std::move(bytes));
    news_.cancel();
  }
  // The other side has nothing more to send.
  void end() {
    ended_ = true;
    news_.cancel();
  }
  // The other side reads no more: writes wait until they are cancelled.
  void stop_reading() { reading_ = false; }

  const std::string& received() const { return received_; }
  bool closed() const { return closed_; }
  std::size_t unread() const { return pieces_.size(); }

  boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer into) override {
    while (pieces_.empty()) {
      if (ended_) co_return Transferred{boost::asio::error::eof, 0};
      const bool go_on = co_await wait();
      if (!go_on) co_return Transferred{boost::asio::error::operation_aborted, 0};
    }
    auto& piece = pieces_.front();
    const auto count = std::min(piece.size(), into.size());
    std::memcpy(into.data(), piece.data(), count);
    piece.erase(0, count);
    if (piece.empty()) pieces_.pop_front();
    co_return Transferred{{}, count};
  }
  boost::asio::awaitable<Transferred> write(std::string_view head, std::string_view body) override {
    while (!reading_ && !closed_) {
      const bool go_on = co_await wait();
      if (!go_on) co_return Transferred{boost::asio::error::operation_aborted, 0};
    }
    if (closed_) co_return Transferred{boost::asio::error::bad_descriptor, 0};
    received_ += head;
    received_ += body;
    co_return Transferred{{}, head.size() + body.size()};
  }
  void cancel() override {
    cancelled_ = true;
    news_.cancel();
  }
  void close() override {
    closed_ = true;
    cancel();
  }

 private:
  boost::asio::awaitable<bool> wait() {
    constexpr auto quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    cancelled_ = false;
    news_.expires_at(boost::asio::steady_timer::time_point::max());
    co_await news_.async_wait(quiet);
    co_return !cancelled_;
  }

  boost::asio::steady_timer news_;
  std::deque<std::string> pieces_;
  std::string received_;
  bool ended_ = false;
  bool closed_ = false;
  bool cancelled_ = false;
  bool reading_ = true;
};

}  // namespace genkan::api::testing
