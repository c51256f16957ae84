#include "firmware/cli/board.hpp"

#include <algorithm>
#include <tuple>

#include "firmware/base/text.hpp"
#include "firmware/cli/daemon.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

constexpr std::size_t least_journal_lines = 5;
constexpr std::size_t widest_state = 30;
constexpr std::size_t most_trouble_lines = 4;

// Cuts a line with colours at the terminal's edge: plain if it does not fit.
std::string fitted(const std::string& line, std::size_t columns) {
  if (width_of(line) <= columns) return line;
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {
      i = std::min(line.find('m', i), line.size() - 1);
    } else {
      plain += line[i];
    }
  }
  return cut(plain, columns);
}

}  // namespace

void Board::take(std::string_view event, const json::object& data, const Paint& paint) {
  if (event == "device") {
    devices_[text_at(data, "id")] = data;
    for (const auto& entry : array_at(data, "troubles")) {
      if (const auto* trouble = entry.if_object()) {
        troubles_[cat(text_at(*trouble, "kind"), " ", trouble_place(*trouble))] = *trouble;
      }
    }
  } else if (event == "trouble") {
    const auto key = cat(text_at(data, "kind"), " ", trouble_place(data));
    if (flag_at(data, "standing")) {
      troubles_[key] = data;
    } else {
      troubles_.erase(key);
    }
  } else if (event == "bus") {
    if (flag_at(data, "up")) {
      buses_down_.erase(text_at(data, "id"));
    } else {
      buses_down_[text_at(data, "id")] = printable(text_at(data, "fault"), 200);
    }
  } else if (event == "record") {
    journal_.push_back(record_line(data, paint, TimeStyle::clock));
    if (journal_.size() > most_lines) journal_.pop_front();
  }
}

std::vector<Board::Cell> Board::cells() const {
  std::vector<Cell> cells;
  for (const auto& [id, device] : devices_) {
    const auto& rooms = array_at(device, "rooms");
    std::string room;
    if (!rooms.empty() && rooms[0].is_string()) room = rooms[0].get_string();
    auto state = state_text(device);
    state.text = cut(state.text, widest_state);
    cells.push_back({printable(room, 48), printable(id, 48), std::move(state)});
  }
  // By room; within it by id, numbers in the ids by their length first (zone-2 before zone-10).
  std::ranges::sort(cells, {}, [](const Cell& cell) {
    const auto stem = cell.id.find_last_not_of("0123456789") + 1;
    return std::tuple(cell.room.empty(), cell.room, cell.id.substr(0, stem), cell.id.size(),
                      cell.id);
  });
  return cells;
}

// The devices in columns, read downwards like a telephone book.
std::vector<std::string> Board::grid(Size size, const Paint& paint) const {
  const auto all = cells();
  std::size_t room_width = 0;
  std::size_t id_width = 0;
  std::size_t state_width = 0;
  for (const auto& cell : all) {
    room_width = std::max(room_width, width_of(cell.room));
    id_width = std::max(id_width, width_of(cell.id));
    state_width = std::max(state_width, width_of(cell.state.text));
  }
  const auto width = room_width + id_width + state_width + 4;
  const auto columns = std::max<std::size_t>(1, (size.columns + 1) / (width + 1));
  const auto needed = (all.size() + columns - 1) / columns;
  const auto rows = std::min(needed, size.rows);
  std::vector<std::string> lines(rows);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto row = i % needed;
    if (row >= rows) continue;
    const bool same_room = row > 0 && all[i - 1].room == all[i].room;
    auto& line = lines[row];
    line = padded(line, i / needed * (width + 1));
    line += paint(Tone::dim, padded(same_room ? "" : all[i].room, room_width + 1));
    line += cat(padded(all[i].id, id_width + 1), paint(all[i].state));
  }
  for (auto& line : lines) line = fitted(line, size.columns);
  if (rows < needed && rows > 0) {
    lines.back() = paint(Tone::dim, cut(cat("… ", needed - rows + 1,
                                            " more lines of devices: make the "
                                            "window larger"),
                                        size.columns));
  }
  return lines;
}

std::vector<std::string> Board::draw(Size size, const Paint& paint) const {
  std::vector<std::string> lines;
  lines.push_back(fitted(paint(status_), size.columns));
  std::vector<std::string> wrong;
  for (const auto& [bus, fault] : buses_down_) {
    wrong.push_back(fitted(paint(Tone::bad, cat("! ", bus, ": line down: ", fault)), size.columns));
  }
  for (const auto& [key, trouble] : troubles_) {
    wrong.push_back(
        fitted(paint(Tone::bad, cat("! ", trouble_place(trouble), ": ", trouble_text(trouble))),
               size.columns));
  }
  if (wrong.size() > most_trouble_lines) {
    const auto more = wrong.size() - (most_trouble_lines - 1);
    wrong.resize(most_trouble_lines - 1);
    wrong.push_back(paint(Tone::bad, cat("! and ", more, " more: genkan troubles")));
  }
  const auto taken = 1 + wrong.size() + 1 + least_journal_lines;
  const Size for_grid{size.columns, size.rows > taken ? size.rows - taken : 1};
  const auto devices = grid(for_grid, paint);
  lines.insert(lines.end(), devices.begin(), devices.end());
  lines.insert(lines.end(), wrong.begin(), wrong.end());
  lines.push_back(paint(Tone::dim, cut("──────── journal ────────", size.columns)));
  const auto room = size.rows > lines.size() ? size.rows - lines.size() : 0;
  const auto shown = std::min(room, journal_.size());
  for (auto i = journal_.size() - shown; i < journal_.size(); ++i) {
    lines.push_back(fitted(journal_[i], size.columns));
  }
  if (lines.size() > size.rows) lines.resize(size.rows);
  return lines;
}

}  // namespace genkan::cli
