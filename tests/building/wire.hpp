#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "tests/building/bank.hpp"

namespace building {

// A line with its thread, as the control socket sees it.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual Bank& bank() = 0;
  // The adapter pulled and put back. They return when it is done (or after 2 s, whatever happened).
  virtual void unplug() = 0;
  virtual void plug() = 0;
  virtual bool plugged() const = 0;
  virtual boost::json::object statistics() = 0;
};

}  // namespace building
