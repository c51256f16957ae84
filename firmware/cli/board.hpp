#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/cli/paint.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

// What `genkan watch` knows and how it looks: fed with the stream's events, drawn as lines.
class Board {
 public:
  static constexpr std::size_t most_lines = 200;  // of the rolling journal
  static constexpr std::chrono::seconds bright{2};

  struct Size {
    std::size_t columns;
    std::size_t rows;
  };

  // Forgets all but the journal: the present comes again after each connection.
  void clear();
  void set_status(Toned status) { status_ = std::move(status); }
  // Said at the end of the heading, if there is room.
  void set_hint(std::string hint) { hint_ = std::move(hint); }
  // Lines that always stand at the bottom, if the window has room for them; a line's end begins the
  // next.
  void set_note(std::string_view note);
  // Takes one event of the stream that came `now`; `data` is its JSON.
  void take(std::string_view event, const json::object& data, const Paint& paint,
            SteadyTime now = Steady::now());

  // At most size.rows lines, none wider than size.columns: a heading, the devices by room, what is
  // wrong, the newest records, and the note below.
  // What changed within the last `bright` is marked.
  std::vector<std::string> draw(Size size, const Paint& paint,
                                SteadyTime now = Steady::now()) const;
  // When the newest mark ends; in the past if there is none.
  SteadyTime bright_until() const { return bright_until_; }

 private:
  struct Cell {
    std::string room;
    std::string id;
    Toned state;
    bool changed = false;  // a moment ago
    std::string kind{};
  };
  std::vector<Cell> cells(SteadyTime now) const;
  static std::vector<Cell> collapsed(std::vector<Cell> cells);
  static std::vector<std::string> grid(const std::vector<Cell>& all, Size size, const Paint& paint);
  std::vector<std::string> devices(Size size, const Paint& paint, SteadyTime now) const;
  void take_alarm(const json::object& record, const std::string& line);
  std::string heading(std::size_t columns, const Paint& paint) const;
  std::vector<std::string> wrong(std::size_t columns, const Paint& paint) const;
  std::vector<std::string> note(Size size, const Paint& paint) const;
  static std::string rule(std::string_view word, std::size_t columns);

  std::map<std::string, json::object> devices_;
  std::map<std::string, SteadyTime> changed_;  // by device: when it last looked different
  SteadyTime bright_until_{};
  std::map<std::string, json::object> troubles_;  // by kind and place
  std::map<std::string, std::string> buses_down_;
  std::deque<std::string> journal_;            // as drawn, oldest first
  std::map<std::string, std::string> alarms_;  // by device, as drawn
  Toned status_;
  std::string hint_;
  std::vector<std::string> note_;
};

}  // namespace genkan::cli
