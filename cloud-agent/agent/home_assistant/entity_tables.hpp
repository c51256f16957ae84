#pragma once

#include <span>
#include <string_view>

// What each field, kind and command of ours is in Home Assistant.
namespace genkan::agent::home_assistant {

// One field of a state as a sensor. With `on`, a binary sensor that is on at this value; else a
// sensor that shows the value.
struct Reading {
  std::string_view field;
  std::string_view name;  // empty: it is what the device is there for, and has the device's name
  std::string_view device_class;
  std::string_view on;    // a word in quotes, or true
  std::string_view unit;  // of a number
  bool diagnostic = false;
};

// The field that a kind is about, where it has an entity of its own kind when it may be commanded.
struct Main {
  std::string_view kind;
  std::string_view platform;
  std::string_view first;  // commands that it takes
  std::string_view second;
  Reading otherwise;  // what it is without them
};

struct Purpose {
  std::string_view purpose;
  std::string_view device_class;
};

// Buttons for what is left: each does one thing when pressed.
struct Press {
  std::string_view command;
  std::string_view name;
};

std::span<const Reading> readings();
// What a delivery box has once a compartment.
std::span<const Reading> compartment_readings();
std::span<const Main> mains();
std::span<const Purpose> purposes();
std::span<const Press> presses();

}  // namespace genkan::agent::home_assistant
