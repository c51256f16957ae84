#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/cli/daemon.hpp"

namespace genkan::cli::test {

// What a command asked of the API: "POST /v1/reservations?secrets=1" and its body.
struct Asked {
  std::string what;
  std::string content_type;
  std::string body;
};

// What became of a command line.
struct Said {
  Exit end = Exit::done;
  std::string out;
  std::string err;
  std::vector<Asked> asked;

  // The body of that request as JSON; an empty object if it was not asked.
  json::object body_of(std::string_view what) const;
  bool has_asked(std::string_view what) const;
};

// Canned answers of the API, by "GET /v1/devices"; whatever else is asked has the status 404 and a
// sentence.
class CannedApi {
 public:
  void answer(std::string what, std::string body, int status = 200);
  // An error as the API tells one.
  void refuse(std::string what, int status, std::string_view message);

  // Types `words` behind `genkan`, with `input` as standard input: parses them, runs the command
  // against the canned answers on a socket, in one thread, and tells what came of it. Words that
  // are no command end with Exit::usage, without anything asked.
  Said type(const std::vector<std::string>& words, const std::string& input = "") const;

 private:
  struct Answer {
    int status = 200;
    std::string body;
  };
  std::map<std::string, Answer> answers_;
  friend struct Server;
};

}  // namespace genkan::cli::test
