#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace genkan::test {

// The API of genkand as the agent uses it, without a building behind it: on a Unix socket, a thread
// for each connection. All members from any thread.
class FakeGenkand {
 public:
  struct Command {
    std::string target;
    std::string body;
    std::string subject;
    std::int64_t arrived_ns = 0;  // CLOCK_MONOTONIC
  };

  explicit FakeGenkand(std::string socket_path);
  ~FakeGenkand();

  void start();  // listens
  void stop();   // closes everything, as when genkand ends; what it knows stays

  // A device with a state like {"bolt":"locked"} as JSON text.
  void set_device(const std::string& id, const std::string& state);
  void remove_device(const std::string& id);
  // Commits a record; returns its number.
  std::int64_t commit(const std::string& lane, const std::string& kind);
  // Another journal: empty, with cursors at 0.
  void lose_journal();

  // What a route answers from now on; status 0: as before. A PUT or POST of it is remembered.
  void set_answer(const std::string& path, int status, const std::string& body);
  struct Put {
    std::string path;
    std::string body;
    std::string content_type;
  };
  std::vector<Put> puts() const;

  std::int64_t cursor(const std::string& reader) const;
  std::vector<Command> commands() const;
  // How long a command takes; 0 at first.
  void set_command_time(int milliseconds);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace genkan::test
