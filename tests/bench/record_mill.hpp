#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/integration/harness.hpp"

namespace genkan::bench {

// Makes journal records of the lane "activity": commands that genkand refuses before any bus is
// asked, a record each.
class RecordMill {
 public:
  // `device`: any that cannot be armed.
  RecordMill(const test::Gateway& gateway, std::string device)
      : socket_(gateway.socket()), device_(std::move(device)) {}

  // `count` of them over eight connections, as fast as genkand takes them. Throws if one is not
  // taken.
  void write(int count) const;
  // One after the other, `apart` from one another.
  void write_singly(int count, std::chrono::milliseconds apart) const;

 private:
  std::string socket_;
  std::string device_;
};

}  // namespace genkan::bench
