#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/json.hpp"
#include "firmware/cli/paint.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

// What `genkan watch` knows and how it looks: fed with the stream's events, drawn as lines.
class Board {
 public:
  static constexpr std::size_t most_lines = 200;  // of the rolling journal

  struct Size {
    std::size_t columns;
    std::size_t rows;
  };

  // The present comes again after each connection.
  void clear_devices() { devices_.clear(); }
  void set_status(Toned status) { status_ = std::move(status); }
  // Takes one event of the stream; `data` is its JSON.
  void take(std::string_view event, const json::object& data, const Paint& paint);

  // At most size.rows lines, none wider than size.columns: a heading, the devices by room, what is
  // wrong, and the newest records below.
  std::vector<std::string> draw(Size size, const Paint& paint) const;

 private:
  struct Cell {
    std::string room;
    std::string id;
    Toned state;
  };
  std::vector<Cell> cells() const;
  std::vector<std::string> grid(Size size, const Paint& paint) const;

  std::map<std::string, json::object> devices_;
  std::map<std::string, json::object> troubles_;  // by kind and place
  std::map<std::string, std::string> buses_down_;
  std::deque<std::string> journal_;  // as drawn, oldest first
  Toned status_;
};

}  // namespace genkan::cli
