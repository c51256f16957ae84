#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace genkan {

// What a daemon tells systemd (Type=notify, WatchdogSec=), as in sd_notify(3): datagrams to the
// socket that NOTIFY_SOCKET names. Without systemd every call does nothing. Never blocks; a
// datagram that cannot be sent is dropped. One thread.
class ServiceManager {
 public:
  // `socket`: the value of NOTIFY_SOCKET, a path or '@' and an abstract name; empty: nobody
  // listens. `watchdog`: the value of WATCHDOG_USEC; anything but a positive number: no watchdog.
  ServiceManager(std::string_view socket, std::string_view watchdog);
  // From the environment; WATCHDOG_USEC counts only if WATCHDOG_PID is absent or this process.
  static ServiceManager from_environment();
  ServiceManager(ServiceManager&& other) noexcept;
  ServiceManager& operator=(ServiceManager&&) = delete;
  ~ServiceManager();

  bool listening() const { return descriptor_ >= 0; }
  // How often alive() is due: half of the time after which systemd restarts the daemon.
  std::optional<std::chrono::microseconds> alive_every() const { return alive_every_; }

  void ready() { send("READY=1"); }
  void alive() { send("WATCHDOG=1"); }
  void stopping() { send("STOPPING=1"); }
  // One line for `systemctl status`; control characters become "?".
  void status(std::string_view sentence);

 private:
  void send(std::string_view assignment);

  int descriptor_ = -1;
  std::optional<std::chrono::microseconds> alive_every_;
};

}  // namespace genkan
