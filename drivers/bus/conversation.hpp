#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "drivers/bus/line.hpp"
#include "drivers/bus/reception.hpp"
#include "drivers/bus/units.hpp"

namespace genkan::bus {

// What a conversation needs of the thread that it runs on.
class Attention {
 public:
  enum class Woke : std::uint8_t {
    time,   // nothing happened until then
    line,   // the line has something to read (while opening: is ready to go on)
    gone,   // the line hung up
    asked,  // somebody called from outside: look at everything again
  };
  enum class AtStop : std::uint8_t {
    leave,  // return at once: asked
    stay,   // what was asked is heard out
  };
  virtual ~Attention() = default;
  virtual Woke wait(SteadyTime until, AtStop at_stop) = 0;
  // A command could go on the wire now.
  virtual bool command_waits() = 0;
  virtual bool stopping() = 0;
};

// What else came in while one thing was asked, or nothing was.
struct Noticed {
  std::vector<std::uint8_t> late;  // units whose late answer was thrown away
  std::uint32_t strays = 0;
  bool garbage = false;
};

struct Spoken {
  std::optional<Verdict> verdict;  // nothing: the line was lost, `fault` says how
  std::string fault;
  bool sent = false;
  ExchangeTimes times;
  std::chrono::nanoseconds wire_use{0};
  Noticed noticed;
};

// Questions and answers on one open line: keeps the silences, sends, listens, judges. One thread.
class Conversation {
 public:
  Conversation(Line& line, Framing framing, Attention& attention)
      : line_(line), framing_(framing), attention_(attention) {}

  // The line was just opened: what was learned of it is forgotten.
  void begin();
  // No question may go out before: the silent interval, or longer after something was wrong; at
  // most 200 ms on a line that never falls quiet.
  SteadyTime quiet_at() const { return std::min(quiet_until_, quiet_limit_); }
  // Reads what nobody asked for. An error means that the line is gone.
  Result<Noticed> overhear(const Owed& owed);
  // Whether the last overhear() read anything.
  bool heard() const { return heard_; }
  // A single write must wait until a read has taught whether this line echoes.
  bool needs_echo_lesson(const Exchange& question) const;
  void echo_lesson_done() { ++lessons_; }
  // One exchange. Ends at the latest after the question's and answer's time on the wire and the
  // patience (at most 5 s). A `leavable` one is left at once when the thread is to stop.
  Spoken ask(const Exchange& question, const Patience& patience, const Owed& owed, bool leavable);

 private:
  struct Listening;
  bool listen(Listening& now, Spoken& spoken);
  SteadyTime listen_until(const Listening& now);
  bool hear(Listening& now, Spoken& spoken, bool gone);
  void settle(Listening& now, Spoken& spoken);
  std::chrono::nanoseconds unrest() const;

  Line& line_;
  Framing framing_;
  Attention& attention_;
  std::uint16_t transaction_ = 0;
  Echo echo_ = Echo::unknown;
  std::uint8_t lessons_ = 0;
  SteadyTime quiet_until_{};
  SteadyTime quiet_limit_ = SteadyTime::max();
  std::optional<Reception> unasked_;
  bool heard_ = false;
};

}  // namespace genkan::bus
