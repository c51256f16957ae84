#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "tests/integration/harness.hpp"
#include "tests/long/cloud_fault/pace.hpp"

namespace genkan::test {

// Makes the journal grow as the pace allows, by door codes of rooms that change (over the local
// API, a record each) and zones of the building that open and close, some of them alarms. Tells the
// pace where the journal's end is.
class RecordLoad {
 public:
  RecordLoad(Gateway& gateway, Building& building, FaultPace& pace);
  ~RecordLoad() { stop(); }
  RecordLoad(const RecordLoad&) = delete;
  RecordLoad& operator=(const RecordLoad&) = delete;

  void stop();

 private:
  void change_codes(int floor);
  void move_zones();
  bool may_go_on();

  Gateway& gateway_;
  Building& building_;
  FaultPace& pace_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace genkan::test
