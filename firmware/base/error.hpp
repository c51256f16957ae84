#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace genkan {

// What kind of thing went wrong; callers branch on it, people read the message.
enum class ErrorCode {
  invalid,      // the input is wrong; the message says where and what would be right
  unknown,      // no such device, room, model, route …
  forbidden,    // the caller's role does not allow it
  conflict,     // true in itself, but not beside what is there
  busy,         // a bound was reached; trying again later can help
  timeout,      // the deadline passed
  unreachable,  // device, line, daemon or broker gave no answer
  rejected,     // the other side answered no
  io,           // the system refused: file, disk, port
  corrupt,      // stored data does not hold together
  unsupported,  // this kind, model or build cannot do it
  cancelled,    // given up because the owner stops
  internal,     // a mistake of ours
};

std::string_view name_of(ErrorCode code);

// An error as a value: a code, a sentence for people, and the layers' context in front of it.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  // One sentence: "context: context: message".
  const std::string& message() const { return message_; }

  // Adds the layer's context in front: fail(...).in("bus line-a") reads "bus line-a: …".
  Error in(std::string_view context) const&;
  Error in(std::string_view context) &&;

 private:
  ErrorCode code_;
  std::string message_;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(std::in_place, code, std::move(message));
}

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace genkan
