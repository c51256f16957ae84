#include "tests/building/pty_line.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <mutex>
#include <utility>

#include <boost/json.hpp>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace building {

namespace {

constexpr auto follow_within = std::chrono::seconds(2);

// How often a port that nobody has open is looked at.
constexpr auto look_again = std::chrono::milliseconds(5);

}  // namespace

PtyLine::PtyLine(Options options, Bank& bank)
    : options_(std::move(options)),
      bank_(bank),
      line_(options_.timing, bank, options_.seed, options_.chunk,
            [this](std::span<const std::uint8_t> bytes) { send(bytes); }) {
  open();
  bank_.wake = [this] { waker_.wake(); };
  thread_ = std::thread([this] { run(); });
}

PtyLine::~PtyLine() {
  stop_ = true;
  waker_.wake();
  thread_.join();
  close();
}

void PtyLine::open() {
  master_ =
      Descriptor(check(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), "posix_openpt"));
  check(grantpt(master_.get()), "grantpt");
  check(unlockpt(master_.get()), "unlockpt");
  std::array<char, 128> path{};
  if (const int error = ptsname_r(master_.get(), path.data(), path.size()); error != 0) {
    throw std::system_error(error, std::system_category(), "ptsname_r");
  }
  port_ = path.data();
  reset_port();
  ::unlink(options_.link.c_str());
  check(::symlink(path.data(), options_.link.c_str()), options_.link);
  plugged_ = true;
}

void PtyLine::close() {
  ::unlink(options_.link.c_str());
  master_.close();
  has_reader_ = false;
  plugged_ = false;
}

void PtyLine::set_plugged(bool plugged) {
  std::unique_lock lock(bank_.mutex());
  wished_ = plugged;
  waker_.wake();
  followed_.wait_for(lock, follow_within, [this, plugged] { return plugged_ == plugged; });
}

void PtyLine::follow_wish() {
  const std::lock_guard lock(bank_.mutex());
  if (wished_ != plugged_) {
    line_.reset();
    if (wished_) {
      open();
    } else {
      close();
    }
  }
  followed_.notify_all();
}

void PtyLine::run() try {
  be_punctual();
  while (!stop_) {
    std::optional<Time> next;
    {
      const std::lock_guard lock(bank_.mutex());
      line_.advance(std::chrono::steady_clock::now());
      next = line_.next();
    }
    if (plugged_ && !has_reader_) {
      const Time look = std::chrono::steady_clock::now() + look_again;
      next = next ? std::min(*next, look) : look;
    }
    std::array<pollfd, 2> descriptors{pollfd{waker_.fd(), POLLIN, 0},
                                      pollfd{has_reader_ ? master_.get() : -1, POLLIN, 0}};
    poll_until(descriptors, next);
    if ((descriptors[1].revents & POLLIN) != 0) {
      read();
    } else if ((descriptors[1].revents & POLLHUP) != 0) {
      reset_port();
    }
    if (plugged_ && !has_reader_) look_for_reader();
    if (descriptors[0].revents != 0) {
      waker_.clear();
      follow_wish();
    }
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "genkan-building: line %s stands still: %s\n", bank_.line().c_str(),
               error.what());
}

void PtyLine::look_for_reader() {
  pollfd master{master_.get(), POLLIN, 0};
  poll_until(std::span(&master, 1), Time{});
  has_reader_ = (master.revents & POLLHUP) == 0;
}

// A real port forgets its settings, its exclusive use and what came in when the last program closes
// it; a pseudo-terminal does not as long as its master is open. (And glibc's tcsetattr refuses a
// parity, which pseudo-terminals do not have, when nothing else of c_cflag changes: hence the odd
// speed, so that whoever opens the port always changes something.)
void PtyLine::reset_port() {
  has_reader_ = false;
  const Descriptor slave(::open(port_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!slave.is_open()) return;  // left exclusive by somebody that we may not overrule
  ioctl(slave.get(), TIOCNXCL);
  tcflush(slave.get(), TCIOFLUSH);
  termios settings{};
  tcgetattr(slave.get(), &settings);
  cfmakeraw(&settings);
  cfsetspeed(&settings, B50);
  tcsetattr(slave.get(), TCSANOW, &settings);
}

void PtyLine::read() {
  const Time now = std::chrono::steady_clock::now();
  std::array<std::uint8_t, 512> buffer{};
  const auto count = ::read(master_.get(), buffer.data(), buffer.size());
  if (count <= 0) return;
  const std::lock_guard lock(bank_.mutex());
  line_.received(std::span(buffer).first(static_cast<std::size_t>(count)), now);
}

void PtyLine::send(std::span<const std::uint8_t> bytes) {
  const auto written = has_reader_ ? ::write(master_.get(), bytes.data(), bytes.size()) : 0;
  const std::size_t taken = written < 0 ? 0 : static_cast<std::size_t>(written);
  dropped_ += bytes.size() - taken;
}

boost::json::object PtyLine::statistics() {
  const std::lock_guard lock(bank_.mutex());
  boost::json::object object = to_json(line_.statistics());
  object["plugged"] = plugged_.load();
  object["dropped"] = dropped_.load();
  return object;
}

}  // namespace building
