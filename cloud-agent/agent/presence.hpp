#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"

namespace genkan::agent {

// The retained presence of the gateway: what it should say, and when to say it again. Pure.
class Presence {
 public:
  // A new journal head alone is told at most this often.
  static constexpr std::chrono::minutes head_every{1};

  // genkand's answer to GET /v1/status: the gateway is online.
  void online(const json::object& status);
  // genkand does not answer.
  void daemon_away();
  // What was said is not known any more (a new session): it is said again.
  void resend() { said_.reset(); }

  // What is to be said now; nothing if there is nothing new. It counts as said.
  std::optional<std::string> next(SteadyTime now);

  // The will, and the words of an orderly stop ("stopped").
  static std::string offline(std::string_view reason);

 private:
  struct Said {
    std::string text;
    std::string meaning;  // the text without the journal's head
    SteadyTime at;
  };

  std::string wanted_;  // empty: nothing known yet
  std::string meaning_;
  std::optional<Said> said_;
};

}  // namespace genkan::agent
