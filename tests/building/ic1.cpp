#include "tests/building/ic1.hpp"

#include <boost/json.hpp>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration rings_for = 30s;       // then the call counts as cancelled
constexpr Duration talks_for = 60s;       // then the call ends
constexpr Duration shows_cancelled = 2s;  // then idle again
constexpr int call_key = 0;

std::string_view word_of(std::uint16_t call) {
  constexpr std::string_view words[] = {"idle", "calling", "answered", "cancelled"};
  return words[call];
}

}  // namespace

std::optional<std::uint16_t> Ic1::read(Table table, std::uint16_t address) const {
  if (table == Table::coil && address == 0) return release_ ? 1 : 0;
  if (table == Table::discrete && address == 0) return door_open_ ? 1 : 0;
  if (table == Table::discrete && address == 1) return tamper_ ? 1 : 0;
  if (table == Table::input && address == 0) return static_cast<std::uint16_t>(call_);
  if (table == Table::input && address == 1) return room_;
  return std::nullopt;
}

Refusal Ic1::check(Table, std::uint16_t address, std::uint16_t) const {
  return address == 0 ? Refusal::none : Refusal::address;
}

void Ic1::write(Table, std::uint16_t, std::uint16_t value, Time) { release_ = value != 0; }

void Ic1::become(Call call, Time at, By by) {
  call_ = call;
  if (call == Call::idle) room_ = 0;
  moved(at, 1, "call", boost::json::string(word_of(static_cast<std::uint16_t>(call))), by);
  switch (call) {
    case Call::idle: agenda_.drop(call_key); break;
    case Call::calling:
      agenda_.put(call_key, at + rings_for,
                  [this](Time then) { become(Call::cancelled, then, By::physics); });
      break;
    case Call::answered:
    case Call::cancelled:
      agenda_.put(call_key, at + (call == Call::answered ? talks_for : shows_cancelled),
                  [this](Time then) { become(Call::idle, then, By::physics); });
      break;
  }
}

Said Ic1::call(std::span<const std::string> words, Time now) {
  const auto room = number(words, 0, 1, 65'535, "the room");
  if (!room) return std::unexpected(room.error());
  if (call_ == Call::calling || call_ == Call::answered) {
    return std::unexpected("a call is going on");
  }
  room_ = static_cast<std::uint16_t>(*room);
  become(Call::calling, now, By::hand);
  return {};
}

Said Ic1::tell(int, std::string_view verb, std::span<const std::string> words, Time now) {
  if (verb == "call") return call(words, now);
  if (verb == "answer") {
    if (call_ != Call::calling) return std::unexpected("nobody is calling");
    become(Call::answered, now, By::hand);
    return {};
  }
  if (verb == "cancel") {
    if (call_ != Call::calling && call_ != Call::answered) {
      return std::unexpected("nobody is calling");
    }
    become(Call::cancelled, now, By::hand);
    return {};
  }
  if (verb != "door" && verb != "tamper") return lacks(verb);
  const bool door = verb == "door";
  const auto yes = door ? either(words, "open", "close") : either(words, "on", "off");
  if (!yes) return std::unexpected(yes.error());
  bool& flag = door ? door_open_ : tamper_;
  if (door && flag != *yes) moved(now, 1, "door", *yes ? "open" : "closed", By::hand);
  flag = *yes;
  return {};
}

boost::json::object Ic1::show(int) const {
  boost::json::object object;
  object["release"] = release_;
  object["door"] = door_open_ ? "open" : "closed";
  object["tamper"] = tamper_;
  object["call"] = word_of(static_cast<std::uint16_t>(call_));
  object["room"] = room_;
  return object;
}

}  // namespace building
