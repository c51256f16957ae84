#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "tests/building/faults.hpp"
#include "tests/building/unit.hpp"

namespace building {

// The units of one line, with their faults. Everything but mutex() is called with the mutex held:
// the line's thread and the control thread share a bank.
class Bank {
 public:
  // `think` is how long every unit takes before it answers.
  Bank(std::string line, Duration think, MoveSink& moves)
      : line_(std::move(line)), think_(think), moves_(moves) {}

  void add(std::unique_ptr<Unit> unit);
  const std::string& line() const { return line_; }
  std::mutex& mutex() { return mutex_; }

  Unit* unit(std::uint8_t number);
  const std::map<std::uint8_t, std::unique_ptr<Unit>>& units() const { return units_; }

  // Nothing: no such unit.
  bool set_fault(std::uint8_t number, Fault fault);
  Fault fault(std::uint8_t number) const;

  // Whether a unit of this number hears at all.
  bool hears(std::uint8_t number) const;
  // How long it takes from the end of the request's silence to its effect and answer.
  Duration thinking(std::uint8_t number) const;
  // Carries a request out; nothing if the unit does not answer.
  std::optional<Bytes> answer(std::uint8_t number, std::span<const std::uint8_t> request, Time at);
  // To all units that hear; none answers.
  void broadcast(std::span<const std::uint8_t> request, Time at);

  void advance(Time now);
  std::optional<Time> next() const;

  // Called after a unit was changed from elsewhere, so that the line's thread looks at next()
  // again.
  std::function<void()> wake = [] {};

 private:
  std::string line_;
  Duration think_;
  MoveSink& moves_;
  std::mutex mutex_;
  std::map<std::uint8_t, std::unique_ptr<Unit>> units_;
  std::map<std::uint8_t, Fault> faults_;
};

}  // namespace building
