#include "firmware/cli/board.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "firmware/base/text.hpp"
#include "firmware/cli/daemon.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

constexpr std::size_t least_journal_lines = 5;
constexpr std::size_t widest_state = 30;
// So that the columns stay where they are while states change.
constexpr std::size_t least_state = 18;
constexpr std::size_t most_trouble_lines = 4;
// A smaller window needs its lines for the building.
constexpr std::size_t least_rows_above_note = 16;

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

void Board::take(std::string_view event, const json::object& data, const Paint& paint,
                 SteadyTime now) {
  if (event == "device") {
    auto& known = devices_[text_at(data, "id")];
    if (!known.empty() && state_text(known).text != state_text(data).text) {
      changed_[text_at(data, "id")] = now;
      bright_until_ = now + bright;
    }
    known = data;
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
    take_alarm(data, journal_.back());
  }
}

// An alarm stands until its sensor is at rest again or somebody disarms.
void Board::take_alarm(const json::object& record, const std::string& line) {
  const auto kind = text_at(record, "kind");
  const auto device = text_at(record, "device");
  if (kind == "alarm") alarms_[device] = line;
  if (kind == "alarm_restored") alarms_.erase(device);
  if (kind == "disarmed") alarms_.clear();
}

void Board::clear() {
  devices_.clear();
  troubles_.clear();
  buses_down_.clear();
  changed_.clear();
}

void Board::set_note(std::string_view note) {
  note_.clear();
  while (!note.empty()) {
    const auto end = std::min(note.find('\n'), note.size());
    note_.push_back(printable(note.substr(0, end), 400));
    note.remove_prefix(std::min(end + 1, note.size()));
  }
}

std::vector<Board::Cell> Board::cells(SteadyTime now) const {
  std::vector<Cell> cells;
  for (const auto& [id, device] : devices_) {
    const auto& rooms = array_at(device, "rooms");
    std::string room;
    if (!rooms.empty() && rooms[0].is_string()) room = rooms[0].get_string();
    auto state = state_text(device);
    state.text = cut(state.text, widest_state);
    const auto changed = changed_.find(id);
    const bool marked = changed != changed_.end() && now - changed->second < bright;
    cells.push_back({printable(room, 48), printable(id, 48), std::move(state), marked,
                     printable(text_at(device, "kind"), 48)});
  }
  // By room; within it by id, numbers in the ids by their length first (zone-2 before zone-10).
  std::ranges::sort(cells, {}, [](const Cell& cell) {
    const auto stem = cell.id.find_last_not_of("0123456789") + 1;
    return std::tuple(cell.room.empty(), cell.room, cell.id.substr(0, stem), cell.id.size(),
                      cell.id);
  });
  return cells;
}

// For small windows: what is worth a look comes first, rooms are left out, and quiet devices of one
// kind in one state are one cell.
std::vector<Board::Cell> Board::collapsed(std::vector<Cell> cells) {
  constexpr std::size_t least_alike = 3;
  std::map<std::pair<std::string, std::string>, std::size_t> alike;
  const auto quiet = [](const Cell& cell) {
    return !cell.changed && (cell.state.tone == Tone::good || cell.state.tone == Tone::dim);
  };
  for (const auto& cell : cells) {
    if (quiet(cell)) ++alike[{cell.kind, cell.state.text}];
  }
  std::vector<Cell> first;
  std::vector<Cell> rest;
  for (auto& cell : cells) {
    cell.room.clear();
    auto& count = alike[{cell.kind, cell.state.text}];
    if (!quiet(cell)) {
      first.push_back(std::move(cell));
    } else if (count >= least_alike) {
      rest.push_back({"", cat(count, " × ", cell.kind), cell.state, false, cell.kind});
      count = 0;
    } else if (count > 0) {
      rest.push_back(std::move(cell));
    }
  }
  std::ranges::move(rest, std::back_inserter(first));
  return first;
}

// The devices in columns, read downwards like a telephone book.
std::vector<std::string> Board::grid(const std::vector<Cell>& all, Size size, const Paint& paint) {
  std::size_t room_width = 0;
  std::size_t id_width = 0;
  std::size_t state_width = 0;
  for (const auto& cell : all) {
    room_width = std::max(room_width, width_of(cell.room));
    id_width = std::max(id_width, width_of(cell.id));
    state_width = std::max(state_width, width_of(cell.state.text));
  }
  const auto least = room_width + id_width + std::max(state_width, least_state) + 4;
  const auto columns = std::max<std::size_t>(1, (size.columns + 1) / (least + 1));
  const auto width = std::max(least, (size.columns + 1) / columns - 1);
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
    const auto id = padded(cat(all[i].id, all[i].changed ? "*" : ""), id_width + 2);
    line += cat(paint(all[i].changed ? Tone::heading : Tone::plain, id), paint(all[i].state));
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

std::vector<std::string> Board::devices(Size size, const Paint& paint, SteadyTime now) const {
  auto all = cells(now);
  auto lines = grid(all, {size.columns, all.size()}, paint);
  if (lines.size() <= size.rows) return lines;
  return grid(collapsed(std::move(all)), size, paint);
}

// What the gateway says of itself, and the building in numbers.
std::string Board::heading(std::size_t columns, const Paint& paint) const {
  std::size_t locks = 0;
  std::size_t locked = 0;
  std::size_t silent = 0;
  for (const auto& [id, device] : devices_) {
    if (text_at(device, "link") == "disconnected") ++silent;
    if (text_at(device, "kind") != "lock") continue;
    ++locks;
    if (text_at(object_at(device, "state"), "bolt") == "locked") ++locked;
  }
  std::string line = paint(status_);
  if (locks > 0) {
    const auto tone = locked == locks ? Tone::good : Tone::notice;
    line += cat("  ", paint(tone, cat(locked, " of ", locks, " doors locked")));
  }
  if (silent > 0) line += cat("  ", paint(Tone::bad, cat(silent, " silent")));
  if (const auto faults = troubles_.size(); faults > 0) {
    line += cat("  ", paint(Tone::bad, cat(faults, faults == 1 ? " trouble" : " troubles")));
  }
  if (!devices_.empty()) line += paint(Tone::dim, cat("  ", devices_.size(), " devices"));
  if (!hint_.empty()) line += paint(Tone::dim, cat("  ", hint_));
  return fitted(line, columns);
}

// A line across the window with a word in it.
std::string Board::rule(std::string_view word, std::size_t columns) {
  std::string line = word.empty() ? "" : cat("── ", word, " ");
  for (auto width = width_of(line); width < columns; ++width) line += "─";
  return cut(line, columns);
}

std::vector<std::string> Board::wrong(std::size_t columns, const Paint& paint) const {
  std::vector<std::string> lines;
  for (const auto& [device, line] : alarms_) {
    lines.push_back(fitted(cat(paint(Tone::bad, "! "), line), columns));
  }
  for (const auto& [bus, fault] : buses_down_) {
    if (troubles_.contains(cat("line_down ", bus))) continue;
    lines.push_back(fitted(paint(Tone::bad, cat("! ", bus, ": line down: ", fault)), columns));
  }
  for (const auto& [key, trouble] : troubles_) {
    lines.push_back(fitted(
        paint(Tone::bad, cat("! ", trouble_place(trouble), ": ", trouble_text(trouble))), columns));
  }
  if (lines.size() > most_trouble_lines) {
    const auto more = lines.size() - (most_trouble_lines - 1);
    lines.resize(most_trouble_lines - 1);
    lines.push_back(
        fitted(paint(Tone::bad, cat("! and ", more, " more: genkan troubles")), columns));
  }
  return lines;
}

std::vector<std::string> Board::note(Size size, const Paint& paint) const {
  std::vector<std::string> lines;
  if (note_.empty() || size.rows < least_rows_above_note + note_.size() + 1) return lines;
  lines.push_back(paint(Tone::dim, rule("", size.columns)));
  for (const auto& line : note_) lines.push_back(cut(line, size.columns));
  return lines;
}

std::vector<std::string> Board::draw(Size size, const Paint& paint, SteadyTime now) const {
  std::vector<std::string> lines;
  lines.push_back(heading(size.columns, paint));
  const auto bottom = note(size, paint);
  const auto rows = size.rows - bottom.size();
  const auto faults = wrong(size.columns, paint);
  const auto taken = 1 + faults.size() + 1 + least_journal_lines;
  const Size for_grid{size.columns, rows > taken ? rows - taken : 1};
  const auto shown_devices = devices(for_grid, paint, now);
  lines.insert(lines.end(), shown_devices.begin(), shown_devices.end());
  lines.insert(lines.end(), faults.begin(), faults.end());
  lines.push_back(paint(Tone::dim, rule("journal", size.columns)));
  const auto room = rows > lines.size() ? rows - lines.size() : 0;
  const auto shown = std::min(room, journal_.size());
  for (auto i = journal_.size() - shown; i < journal_.size(); ++i) {
    lines.push_back(fitted(journal_[i], size.columns));
  }
  if (!bottom.empty()) lines.resize(rows);
  lines.insert(lines.end(), bottom.begin(), bottom.end());
  if (lines.size() > size.rows) lines.resize(size.rows);
  return lines;
}

}  // namespace genkan::cli
