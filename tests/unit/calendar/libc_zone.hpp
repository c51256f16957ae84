#pragma once

#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/domain/calendar/local_time.hpp"

// The C library's own reading of tzdata, to hold ours against: it shares no code with it.
class LibcZone {
 public:
  // Sets TZ for the whole process; one at a time.
  explicit LibcZone(const std::string& name);
  ~LibcZone();
  LibcZone(const LibcZone&) = delete;
  LibcZone& operator=(const LibcZone&) = delete;

  genkan::domain::LocalTime at(genkan::WallTime when) const;  // whole minutes, rounded down
};
