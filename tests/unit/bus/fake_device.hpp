#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/temp_dir.hpp"

// A Modbus device written for these tests, with nothing of the driver's in it: it sees whole
// questions and answers whatever bytes the test wants, when the test wants.
namespace fake {

using Bytes = std::vector<std::uint8_t>;
using Milliseconds = std::chrono::milliseconds;

// One stretch of bytes to send, after a pause.
struct Say {
  Milliseconds after{0};
  Bytes bytes;
};

std::uint16_t checksum(const Bytes& bytes);  // bit by bit, on purpose unlike the driver's
Bytes with_checksum(Bytes bytes);
// What an obedient device with registers[n] = n answers.
Bytes obedient(const Bytes& question);

// A serial line whose other end is ours: a pseudo terminal behind a link that can move, as
// /dev/serial/by-id does. The answers are given on a thread of its own.
class SerialDevice {
 public:
  using Behaviour = std::function<std::vector<Say>(const Bytes& question)>;

  explicit SerialDevice(Behaviour behaviour);
  ~SerialDevice();

  const std::string& path() const { return link_; }
  void behave(Behaviour behaviour);
  // The adapter is pulled: the line ends, the path is gone.
  void unplug();
  // It is put back: the path leads to another terminal.
  void plug();
  // Bytes that nobody asked for.
  void say(const Bytes& bytes);
  std::vector<Bytes> questions() const;

 private:
  void start();
  void run(int master);

  genkan::test::TempDir folder_;
  std::string link_;
  mutable std::mutex mutex_;
  Behaviour behaviour_;
  std::vector<Bytes> questions_;
  int master_ = -1;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// A Modbus TCP device on a port of its own.
class TcpDevice {
 public:
  using Behaviour = std::function<std::vector<Say>(const Bytes& question)>;

  explicit TcpDevice(Behaviour behaviour, std::uint16_t port = 0);
  ~TcpDevice();

  std::uint16_t port() const { return port_; }
  // Closes the connection that stands; the next is taken again.
  void drop();

 private:
  void run();
  void serve(int connection);

  Behaviour behaviour_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> drop_{false};
  std::thread thread_;
};

// An obedient answer around an MBAP header.
Bytes obedient_tcp(const Bytes& question);

}  // namespace fake
