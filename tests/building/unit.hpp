#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "tests/building/agenda.hpp"
#include "tests/building/moves.hpp"

namespace building {

enum class Table : std::uint8_t { coil, discrete, holding, input };

// Modbus exception codes that our devices give; `none` is no exception.
enum class Refusal : std::uint8_t {
  none = 0,
  function = 1,
  address = 2,
  value = 3,
  failure = 4,
  busy = 6,
};

// How a command of the control socket ended: done, with what there is to tell; or why not.
using Said = std::expected<boost::json::object, std::string>;

// Where a unit hangs and what its parts are called.
struct Identity {
  std::string line;
  std::uint8_t unit = 1;
  std::map<int, std::string> names;  // by channel, from 1; 0: the whole (panels)

  std::string name(int channel) const;
};

// One piece of hardware on a bus: its registers as its data sheet says (README.md) and its physics.
// Pure: it knows the time only from what it is told. Whoever owns it calls advance() up to the
// present before anything else, and never goes back in time.
class Unit {
 public:
  Unit(Identity identity, MoveSink& moves) : identity_(std::move(identity)), moves_(moves) {}
  virtual ~Unit() = default;
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  const Identity& identity() const { return identity_; }
  virtual std::string_view model() const = 0;
  virtual bool has(Table table) const = 0;
  // Nothing: the address is not mapped.
  virtual std::optional<std::uint16_t> read(Table table, std::uint16_t address) const = 0;
  // Whether a write would be taken. Coils: 0 or 1.
  virtual Refusal check(Table table, std::uint16_t address, std::uint16_t value) const = 0;
  // Whether a write of several places from `first` would be taken; by default check() of each.
  virtual Refusal check_all(Table table, std::uint16_t first,
                            std::span<const std::uint16_t> values) const;
  // Only after check_all() had nothing against it.
  virtual void write(Table table, std::uint16_t address, std::uint16_t value, Time at) = 0;
  // Which channel an address belongs to (for names in the log of moves).
  virtual int channel_of(Table table, std::uint16_t address) const = 0;
  // Whether what is written there must never be told (digits of codes).
  virtual bool secret(Table, std::uint16_t) const { return false; }

  // The first one is the power-up.
  void advance(Time now);
  std::optional<Time> next() const { return agenda_.next(); }

  // What a person or the world does to it: "door", "hand", "jam", … with their words.
  virtual Said tell(int channel, std::string_view verb, std::span<const std::string> words,
                    Time now) = 0;
  virtual boost::json::object show(int channel) const = 0;

 protected:
  void moved(Time at, int channel, std::string_view what, boost::json::value value, By by,
             std::optional<int> part = std::nullopt);
  // The same; the device is filled in.
  void moved(int channel, Move move);
  virtual void powered_up(Time) {}
  // Of the last advance().
  Time now() const { return now_.value_or(Time{}); }
  std::string name(int channel) const { return identity_.name(channel); }
  // For verbs that this hardware has no part for.
  Said lacks(std::string_view verb) const;

  Agenda agenda_;

 private:
  Identity identity_;
  MoveSink& moves_;
  std::optional<Time> now_;
};

// Reading the words of commands; errors say what would be right.
std::expected<bool, std::string> either(std::span<const std::string> words, std::string_view yes,
                                        std::string_view no);
std::expected<int, std::string> number(std::span<const std::string> words, std::size_t index,
                                       int low, int high, std::string_view what);

}  // namespace building
