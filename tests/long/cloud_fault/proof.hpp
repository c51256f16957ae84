#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/harness.hpp"
#include "tests/long/cloud_fault/commands.hpp"

namespace genkan::test {

// What must hold, a line each; how many did not.
class Findings {
 public:
  void check(bool holds, const std::string& sentence);
  // An example of what did not hold; the first few are shown.
  void example(const std::string& sentence);
  int faults() const { return faults_; }

 private:
  int faults_ = 0;
  int examples_ = 0;
};

// A bolt that went from one end to the other, as the building saw it.
struct Movement {
  std::string device;
  bool lock = false;  // where it went
  std::int64_t begun_ns = 0;
};
// From a building's log. A bolt that turned round on its way moved twice.
std::vector<Movement> movements(const std::vector<json::object>& moves);

// When the bolt of a command began to move.
using MovedBy = std::map<const Order*, std::vector<std::int64_t>>;
// Each movement belongs to one command: it began between the command and its answer.
MovedBy attribute(Findings& findings, const std::vector<Movement>& movements,
                  const std::vector<Order>& orders);
// Each command has at most one, and it began before the command's end; what was done moved, what
// was refused or expired did not.
void check_movements(Findings& findings, const MovedBy& moved, const std::vector<Order>& orders);
// How many had which answer.
void show_answers(const MovedBy& moved, const std::vector<Order>& orders);
// Each command has its answer; what it says of the bolt is true.
void check_answers(Findings& findings, const std::vector<Order>& orders);

// Up to which number the mirror is whole; 0: it has nothing yet.
std::int64_t mirrored_to(const std::filesystem::path& database);
// The mirror has each record of the journal once, in order, with its content, and nothing else.
void check_mirror(Findings& findings, Gateway& gateway, const std::filesystem::path& database);

}  // namespace genkan::test
