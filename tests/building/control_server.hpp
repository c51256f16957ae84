#pragma once

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/building/io.hpp"

namespace building {

// The control socket: a command a line (at most 1 KiB), an answer a line. At most 32 connections;
// further ones are closed. One thread.
class ControlServer {
 public:
  using Handler = std::function<std::string(std::string_view line)>;  // the answer, without newline

  // Throws std::system_error if it cannot listen there.
  ControlServer(std::string path, Handler handler);
  ~ControlServer();  // removes the socket
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // Adds what to wait for, and serves what has come.
  void prepare(std::vector<pollfd>& descriptors) const;
  void serve(std::span<const pollfd> descriptors);

 private:
  struct Client {
    Descriptor socket;
    std::string received;
    bool gone = false;
  };
  void accept();
  void read(Client& client);
  void answer(Client& client, std::string_view line);

  std::string path_;
  Handler handler_;
  Descriptor listener_;
  std::list<Client> clients_;
};

}  // namespace building
