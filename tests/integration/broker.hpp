#pragma once

#include <memory>
#include <string>

#include "tests/integration/process.hpp"

namespace genkan::test {

// Where mosquitto is: Debian puts it where an ordinary user's PATH does not look.
std::string mosquitto_program();

// A real mosquitto on a free port of 127.0.0.1, with settings and a folder of its own. Everything
// throws std::runtime_error with a sentence when it does not work; the destructor ends it.
class MosquittoBroker {
 public:
  struct Options {
    // Further lines of mosquitto.conf, as "acl_file …" or "max_packet_size 4096".
    std::string more_settings;
    // Whether sessions and retained messages outlive stop() and start() (not kill()).
    bool persistent = false;
  };

  // Starts it and waits until it takes connections, at most 10 s.
  explicit MosquittoBroker(Options options);
  MosquittoBroker() : MosquittoBroker(Options()) {}
  ~MosquittoBroker();

  int port() const { return port_; }
  std::string uri() const { return "tcp://127.0.0.1:" + std::to_string(port_); }
  pid_t pid() const { return process_ ? process_->pid() : -1; }

  // stop: orderly, kill: SIGKILL, start: again on the same port.
  void stop();
  void kill();
  void start();
  // Stands still (SIGSTOP) and goes on: a broker that hangs.
  void freeze();
  void thaw();
  std::string log() const;

 private:
  void write_settings();

  TempDir folder_;
  Options options_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace genkan::test
