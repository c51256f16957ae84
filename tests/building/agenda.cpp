#include "tests/building/agenda.hpp"

#include <algorithm>
#include <utility>

namespace building {

void Agenda::put(int key, Time at, Action action) {
  entries_.insert_or_assign(key, Entry{at, std::move(action)});
}

std::map<int, Agenda::Entry>::const_iterator Agenda::earliest() const {
  return std::ranges::min_element(
      entries_, [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
}

void Agenda::run(Time now) {
  for (auto due = earliest(); due != entries_.end() && due->second.at <= now; due = earliest()) {
    const Entry entry = due->second;
    entries_.erase(due);
    entry.action(entry.at);
  }
}

std::optional<Time> Agenda::next() const {
  const auto first = earliest();
  if (first == entries_.end()) return std::nullopt;
  return first->second.at;
}

}  // namespace building
