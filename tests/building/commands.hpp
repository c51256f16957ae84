#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "tests/building/move_log.hpp"
#include "tests/building/wire.hpp"

namespace building {

// The commands of the control socket (README.md), carried out on the lines. One thread.
class Commands {
 public:
  Commands(std::vector<Wire*> wires, MoveLog& moves) : wires_(std::move(wires)), moves_(moves) {}

  // {"ok":true,…} or {"ok":false,"error":"one sentence"}.
  boost::json::object run(std::string_view line);
  bool quit_wanted() const { return quit_wanted_; }

 private:
  using Words = std::span<const std::string>;
  using Answer = std::expected<boost::json::object, std::string>;
  struct Place {
    Wire* wire;
    std::uint8_t unit;
    int channel;
  };

  Answer answer(Words words);
  Answer tell_device(std::string_view verb, Words words);  // words: device and what follows
  Answer tell_model(std::string_view verb, std::string_view model, bool numbered, Words words);
  Answer tell(const Place& place, std::string_view verb, Words words);
  Answer fault(Words words);
  Answer show(Words words);
  Answer devices();
  Answer moves();
  Answer with_wire(std::string_view verb, Words words);
  std::expected<Wire*, std::string> wire(std::string_view name) const;
  std::expected<Place, std::string> device(std::string_view name) const;

  std::vector<Wire*> wires_;
  MoveLog& moves_;
  bool quit_wanted_ = false;
};

}  // namespace building
