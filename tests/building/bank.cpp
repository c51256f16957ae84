#include "tests/building/bank.hpp"

#include <algorithm>
#include <utility>

namespace building {

void Bank::add(std::unique_ptr<Unit> unit) {
  const std::uint8_t number = unit->identity().unit;
  units_[number] = std::move(unit);
}

Unit* Bank::unit(std::uint8_t number) {
  const auto found = units_.find(number);
  return found == units_.end() ? nullptr : found->second.get();
}

bool Bank::set_fault(std::uint8_t number, Fault fault) {
  if (!units_.contains(number)) return false;
  faults_[number] = fault;
  return true;
}

Fault Bank::fault(std::uint8_t number) const {
  const auto found = faults_.find(number);
  return found == faults_.end() ? Fault{} : found->second;
}

bool Bank::hears(std::uint8_t number) const {
  return units_.contains(number) && fault(number).kind != FaultKind::dead;
}

Duration Bank::thinking(std::uint8_t number) const {
  const Fault how = fault(number);
  if (how.kind != FaultKind::slow) return think_;
  return think_ + std::chrono::milliseconds(how.argument);
}

std::optional<Bytes> Bank::answer(std::uint8_t number, std::span<const std::uint8_t> request,
                                  Time at) {
  if (!hears(number)) return std::nullopt;
  advance(at);
  const Fault how = fault(number);
  if (how.kind == FaultKind::exception) return spoil_answer(how, request, {});
  return spoil_answer(how, request, execute(*units_.at(number), request, at, moves_));
}

void Bank::broadcast(std::span<const std::uint8_t> request, Time at) {
  advance(at);
  for (const auto& [number, unit] : units_) {
    if (hears(number)) execute(*unit, request, at, moves_);
  }
}

void Bank::advance(Time now) {
  for (const auto& [number, unit] : units_) unit->advance(now);
}

std::optional<Time> Bank::next() const {
  std::optional<Time> first;
  for (const auto& [number, unit] : units_) {
    const auto due = unit->next();
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

}  // namespace building
