#pragma once

#include <string>
#include <vector>

#include "firmware/base/json.hpp"

namespace genkan::fleet {

// What was measured with so many gateways; shares are of one processor core, in percent.
struct Row {
  unsigned gateways = 0;
  double connect_s = 0;  // of those that are new, until all are in the mirror
  double cloud_mib = 0;
  double broker_mib = 0;
  double idle_cloud = 0;
  double idle_broker = 0;
  double load_cloud = 0;
  double load_broker = 0;
  double flood_rate = 0;  // records a second, each a message
  double command_p50 = 0;
  double command_p99 = 0;
  double send_p50 = 0;
};

// What is printed and kept of a run: findings, the table, figures for ./dev bench.
class Report {
 public:
  void check(bool holds, const std::string& sentence);
  void figure(const std::string& name, double value, const std::string& unit);
  // Prints the row, below the table's head if it is the first.
  void add(const Row& row);
  // How each cost grows with the number of gateways, from row to row.
  void growth();
  // Everything as build/fleet.json.
  void save() const;
  int faults() const { return faults_; }

 private:
  void growth_of(const std::string& name, double Row::* cost, double factor,
                 const std::string& unit);

  int faults_ = 0;
  std::vector<Row> rows_;
  json::array figures_;
};

}  // namespace genkan::fleet
