#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "drivers/bus/line.hpp"
#include "drivers/bus/serial_speed.hpp"
#include "firmware/base/text.hpp"

namespace genkan::bus {
namespace {

using domain::DirectionControl;
using domain::Parity;
using domain::SerialLine;
using std::chrono::nanoseconds;

struct FreeModbus {
  void operator()(modbus_t* port) const { modbus_free(port); }
};
using Port = std::unique_ptr<modbus_t, FreeModbus>;

char letter(Parity parity) {
  switch (parity) {
    case Parity::none: return 'N';
    case Parity::even: return 'E';
    case Parity::odd: return 'O';
  }
  return 'E';
}

// A pseudo terminal of Unix 98 (the simulated building): the exclusive mark of a terminal outlives
// its last closing there, so it is not set.
bool is_pseudo(int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return false;
  const unsigned int number = major(status.st_rdev);
  return number >= 136 && number <= 143;
}

std::unexpected<Error> open_fault(const std::string& name, int error) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case EIO:
      return fail(ErrorCode::unreachable, cat(name, " is not there; is the adapter plugged in?"));
    case EACCES:
    case EPERM:
      return fail(
          ErrorCode::forbidden,
          cat(name, " may not be opened by this user; add it to the port's group (dialout)"));
    case EBUSY: return fail(ErrorCode::busy, cat(name, " is held by another program"));
    default:
      return fail(ErrorCode::io,
                  cat(name, " cannot be opened: ", std::generic_category().message(error)));
  }
}

class SerialPort final : public Line {
 public:
  explicit SerialPort(const SerialLine& config)
      : config_(config),
        name_(cat("the port ", printable(config.path, 120))),
        character_(character_time(config)) {}
  ~SerialPort() override { close_port(); }

  Result<Opening> begin_open() override;
  Result<Opening> go_on_opening() override { return Opening::open; }
  void close() override { close_port(); }
  int descriptor() const override { return descriptor_; }
  short waits_for() const override { return POLLIN; }
  Result<> send(std::span<const std::uint8_t> bytes, bool& sent) override;
  Result<std::size_t> receive(std::span<std::uint8_t> room) override;
  Error unopened() const override {
    return Error(ErrorCode::timeout, cat(name_, " does not open"));
  }
  Error hung_up() const override { return line_fault(name_, EIO).error(); }
  nanoseconds wire_time(std::size_t bytes) const override {
    return character_ * static_cast<std::int64_t>(bytes);
  }
  nanoseconds silence() const override { return silent_interval(config_); }

 private:
  Result<> lock();
  Result<> configure();
  Result<> set_direction();
  void close_port();
  void set_rts(bool sending) const;
  void wait_until_out(std::size_t bytes) const;

  const SerialLine config_;
  const std::string name_;
  const nanoseconds character_;
  Port port_;
  int descriptor_ = -1;
  int lock_ = -1;
};

// The lock is taken on a descriptor of our own before anything is configured, so that a port that
// another program holds is not disturbed.
Result<> SerialPort::lock() {
  lock_ = ::open(config_.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (lock_ < 0) return open_fault(name_, errno);
  if (::isatty(lock_) == 0) return fail(ErrorCode::invalid, cat(name_, " is no serial port"));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
    return open_fault(name_, errno == EWOULDBLOCK ? EBUSY : errno);
  return {};
}

Result<> SerialPort::set_direction() {
  switch (config_.direction) {
    case DirectionControl::automatic: return {};
    case DirectionControl::kernel:
      if (modbus_rtu_set_serial_mode(port_.get(), MODBUS_RTU_RS485) == 0) return {};
      return fail(ErrorCode::unsupported,
                  cat(name_,
                      " cannot switch its direction by itself; say direction = \"automatic\""
                      " if the adapter does it, otherwise \"rts\""));
    case DirectionControl::rts: {
      // libmodbus answers 0 here even when there is no such wire, so the wire is asked itself.
      int wires = 0;
      if (::ioctl(descriptor_, TIOCMGET, &wires) == 0) {
        set_rts(false);
        return {};
      }
      return fail(ErrorCode::unsupported,
                  cat(name_, " has no RTS wire; say direction = \"automatic\" or \"kernel\""));
    }
  }
  return {};
}

Result<> SerialPort::configure() {
  const bool common = common_speed(config_.baud);
  port_.reset(modbus_new_rtu(config_.path.c_str(), common ? static_cast<int>(config_.baud) : 9600,
                             letter(config_.parity), 8, config_.stop_bits));
  if (!port_) return open_fault(name_, errno);
  modbus_set_error_recovery(port_.get(), MODBUS_ERROR_RECOVERY_NONE);
  if (modbus_connect(port_.get()) != 0) {
    const int error = errno;
    port_.reset();
    return open_fault(name_, error);
  }
  descriptor_ = modbus_get_socket(port_.get());
  ::fcntl(descriptor_, F_SETFD, FD_CLOEXEC);
  if (!common) {
    if (const int error = set_uncommon_speed(descriptor_, config_.baud); error != 0)
      return fail(ErrorCode::unsupported, cat(name_, " does not take ", config_.baud,
                                              " baud: ", std::generic_category().message(error)));
  }
  if (!is_pseudo(descriptor_)) ::ioctl(descriptor_, TIOCEXCL);
  set_low_latency(descriptor_);  // where the driver has it
  return set_direction();
}

Result<Line::Opening> SerialPort::begin_open() {
  close_port();
  if (auto locked = lock(); !locked) return fail(std::move(locked.error()));
  if (auto configured = configure(); !configured) return fail(std::move(configured.error()));
  ::tcflush(descriptor_, TCIOFLUSH);
  return Opening::open;
}

void SerialPort::close_port() {
  if (port_) {
    if (descriptor_ >= 0) {
      ::ioctl(descriptor_, TIOCNXCL);
      ::tcflush(descriptor_, TCIOFLUSH);  // closing would wait for bytes that cannot go out
      modbus_close(port_.get());
    }
    port_.reset();
  }
  descriptor_ = -1;
  if (lock_ >= 0) ::close(lock_);
  lock_ = -1;
}

void SerialPort::set_rts(bool sending) const {
  const int wire = TIOCM_RTS;
  ::ioctl(descriptor_, sending ? TIOCMBIS : TIOCMBIC, &wire);
}

// Until the last bit is out of the shift register: the bytes' time first, then as long as the
// driver says that something is left, at most 20 ms more.
void SerialPort::wait_until_out(std::size_t bytes) const {
  const auto pause = [](nanoseconds time) {
    const timespec span{.tv_sec = 0, .tv_nsec = static_cast<long>(time.count() % 1'000'000'000)};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &span, nullptr);
  };
  pause(wire_time(bytes));
  const SteadyTime limit = Steady::now() + 20ms;
  while (Steady::now() < limit) {
    int queued = 0;
    unsigned int state = 0;
    const bool buffered = ::ioctl(descriptor_, TIOCOUTQ, &queued) == 0 && queued > 0;
    const bool shifting = ::ioctl(descriptor_, TIOCSERGETLSR, &state) == 0 && state == 0;
    if (!buffered && !shifting) return;
    pause(character_ / 4);
  }
}

Result<> SerialPort::send(std::span<const std::uint8_t> bytes, bool& sent) {
  const bool by_rts = config_.direction == DirectionControl::rts;
  if (by_rts) set_rts(true);
  auto result = send_all(descriptor_, bytes, sent, name_);
  if (by_rts) {
    wait_until_out(bytes.size());
    set_rts(false);
  }
  return result;
}

Result<std::size_t> SerialPort::receive(std::span<std::uint8_t> room) {
  const ssize_t count = ::read(descriptor_, room.data(), room.size());
  // libmodbus sets VMIN = VTIME = 0: 0 means that nothing is there (a hang-up shows in poll()).
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EAGAIN || errno == EINTR) return std::size_t{0};
  return line_fault(name_, errno);
}

}  // namespace

std::unique_ptr<Line> make_serial_line(const SerialLine& config) {
  return std::make_unique<SerialPort>(config);
}

}  // namespace genkan::bus
