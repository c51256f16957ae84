#include "firmware/cli/watch.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "firmware/cli/board.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds silence{25};  // the daemon says something every 10 s
constexpr std::chrono::seconds pause_before_retry{1};
// Fast enough to look immediate, slow enough for a line from far away.
constexpr std::chrono::milliseconds frame{50};
constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

constexpr std::string_view enter_screen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave_screen = "\x1b[?25h\x1b[?1049l";

Board::Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {80, 24};
  return {size.ws_col, size.ws_row};
}

// The terminal: redrawn at most once a frame, given back as it was.
class Screen {
 public:
  Screen(boost::asio::io_context& loop, const Console& console, const std::string& note)
      : console_(console), timer_(loop), fading_(loop) {
    board_.set_note(note);
    board_.set_hint("Ctrl-C ends");
    console_.print(enter_screen);
  }
  ~Screen() {
    console_.print(leave_screen);
    std::fflush(stdout);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // What stands before the stream's first event: the answers of /v1/status and /v1/troubles.
  void begin(const json::object& status, const json::object& troubles) {
    gateway_ = printable(text_at(status, "gateway"), 48);
    board_.clear();
    for (const auto& entry : array_at(status, "buses")) {
      if (const auto* bus = entry.if_object()) board_.take("bus", *bus, console_.paint);
    }
    for (const auto& entry : array_at(troubles, "troubles")) {
      const auto* trouble = entry.if_object();
      if (trouble == nullptr) continue;
      json::object standing = *trouble;
      standing["standing"] = true;
      board_.take("trouble", standing, console_.paint);
    }
  }
  void take(const ApiEvent& event, const json::object& data) {
    if (event.name == "hello") {
      board_.set_status({cat("Genkan  ", gateway_, "  live"), Tone::heading});
    }
    board_.take(event.name, data, console_.paint);
    soon();
  }
  void lost(const Error& error) {
    board_.set_status({cat("Genkan  ", error.message(), "; trying again"), Tone::bad});
    soon();
  }
  void soon() {
    if (waiting_) return;
    waiting_ = true;
    timer_.expires_after(frame);
    timer_.async_wait([this](const boost::system::error_code& stopped) {
      waiting_ = false;
      if (!stopped) draw();
    });
  }

 private:
  void draw() {
    std::string out = "\x1b[H";
    for (const auto& line : board_.draw(terminal_size(), console_.paint)) {
      if (out.size() > 3) out += "\r\n";
      out += cat(line, "\x1b[K");
    }
    out += "\x1b[J";
    console_.print(out);
    std::fflush(stdout);
    if (board_.bright_until() <= Steady::now()) return;
    fading_.expires_at(board_.bright_until());
    fading_.async_wait([this](const boost::system::error_code& stopped) {
      if (!stopped) soon();
    });
  }

  const Console& console_;
  asio::steady_timer timer_;
  asio::steady_timer fading_;  // until the newest mark ends
  Board board_;
  std::string gateway_;
  bool waiting_ = false;
};

// One event as a line for people reading a pipe; empty: not worth one.
std::string event_line(const ApiEvent& event, const json::object& data, const Paint& paint) {
  if (event.name == "device") return cat(text_at(data, "id"), ": ", paint(state_text(data)));
  if (event.name == "record") return record_line(data, paint, TimeStyle::full);
  if (event.name == "trouble") {
    return cat(trouble_place(data), ": ", trouble_text(data),
               flag_at(data, "standing") ? "" : " (cleared)");
  }
  if (event.name == "bus") {
    return cat(text_at(data, "id"), flag_at(data, "up") ? ": line up" : ": line down: ",
               printable(text_at(data, "fault"), 200));
  }
  return "";
}

Result<json::object> data_of(const ApiEvent& event) {
  auto value = parse_json(event.data, event.data.size());
  if (!value || !value->is_object()) return fail(ErrorCode::rejected, "an event is no JSON object");
  return std::move(value->get_object());
}

// The newest records, so that the journal does not begin empty.
void begin_journal(Daemon& daemon, Screen& screen) {
  const auto page = daemon.get("/v1/journal?order=newest&limit=50");
  if (!page) return;
  const auto& records = array_at(*page, "records");
  for (auto i = records.size(); i > 0; --i) {
    if (const auto* record = records[i - 1].if_object()) screen.take({"record", "", ""}, *record);
  }
}

// One answer, or an empty object: the screen does with what it gets.
asio::awaitable<json::object> answer_of(Daemon& daemon, std::string target) {
  ApiRequest request;
  request.target = std::move(target);
  const auto answer = co_await daemon.client().request(std::move(request), Daemon::default_limit);
  if (!answer) co_return json::object();
  auto object = object_of(*answer);
  co_return object ? std::move(*object) : json::object();
}

asio::awaitable<void> show_present(Daemon& daemon, Screen& screen) {
  const auto status = co_await answer_of(daemon, "/v1/status");
  const auto troubles = co_await answer_of(daemon, "/v1/troubles");
  screen.begin(status, troubles);
}

asio::awaitable<void> follow(Daemon& daemon, const Console& console, Screen* screen, Exit& end) {
  bool other_site = false;  // devices may be gone: the present is asked for anew
  const auto on_event = [&console, screen, &other_site](const ApiEvent& event) {
    const auto data = data_of(event);
    if (!data) return true;
    other_site = screen != nullptr && text_at(*data, "kind") == "site_changed";
    if (screen != nullptr) {
      screen->take(event, *data);
    } else if (console.json) {
      console.say(cat(R"({"event":")", printable(event.name), R"(","data":)", event.data, "}"));
    } else if (const auto line = event_line(event, *data, console.paint); !line.empty()) {
      console.say(line);
    }
    return std::ferror(stdout) == 0 && !other_site;
  };
  asio::steady_timer pause(daemon.loop());
  for (;;) {
    if (screen != nullptr) co_await show_present(daemon, *screen);
    const auto ended = co_await daemon.client().stream("/v1/stream", on_event, silence);
    if (std::exchange(other_site, false)) continue;
    if (ended) break;  // nobody reads our output any more
    const bool again = screen != nullptr && exit_of(ended.error().code()) == Exit::unreachable;
    if (!again) {
      end = console.failed(ended.error());
      break;
    }
    screen->lost(ended.error());
    pause.expires_after(pause_before_retry);
    co_await pause.async_wait(tuple);
  }
  daemon.loop().stop();
}

}  // namespace

Exit watch(Daemon& daemon, const Console& console, const std::string& note) {
  Exit end = Exit::done;
  std::unique_ptr<Screen> screen;
  std::signal(SIGPIPE, SIG_IGN);
  if (!console.json && ::isatty(STDOUT_FILENO) == 1) {
    // Somebody who may not look, or no daemon at all, is told so in plain words first.
    const auto reachable = daemon.get("/v1/status");
    if (!reachable) return console.failed(reachable.error());
    screen = std::make_unique<Screen>(daemon.loop(), console, note);
    begin_journal(daemon, *screen);
  } else if (!console.json && !note.empty()) {
    console.say(note.ends_with('\n') ? note.substr(0, note.size() - 1) : note);
  }
  asio::signal_set signals(daemon.loop(), SIGINT, SIGTERM, SIGHUP);
  signals.async_wait([&daemon](const boost::system::error_code& error, int) {
    if (!error) daemon.loop().stop();
  });
  asio::signal_set resized(daemon.loop(), SIGWINCH);
  const std::function<void()> wait_resized = [&resized, &screen, &wait_resized]() {
    resized.async_wait([&screen, &wait_resized](const boost::system::error_code& error, int) {
      if (error) return;
      if (screen) screen->soon();
      wait_resized();
    });
  };
  wait_resized();
  asio::co_spawn(daemon.loop(), follow(daemon, console, screen.get(), end), asio::detached);
  daemon.loop().restart();
  daemon.loop().run();
  return end;
}

}  // namespace genkan::cli
