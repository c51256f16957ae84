#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/estate.hpp"
#include "tests/integration/tcp_cut.hpp"

namespace genkan::test {

// Kills, stops and cuts what is between a building and its cloud. All calls by the thread that made
// the estate's programs, as they end with it.
class Faults {
 public:
  // `gateway_line`: between agent and broker; `cloud_line`: between cloud and broker.
  Faults(Estate& estate, TcpCut& gateway_line, TcpCut& cloud_line, unsigned seed);
  ~Faults();  // nothing stays stopped
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // One by chance, on something that is whole; false: too much is broken already.
  bool begin();
  // Ends those whose time is over. Many times a second.
  void tick();
  // Everything is whole again.
  void end_all();

  // By kind: "kill agent", "hang line of the gateway", …
  const std::map<std::string, int>& counts() const { return counts_; }
  // Programs that ended though nobody killed them: sentences.
  const std::vector<std::string>& surprises() const { return surprises_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Length = std::chrono::milliseconds;
  struct Program {
    std::string name;
    std::function<Process&()> process;
    std::function<void()> start;
    bool killed = false;
    bool stopped = false;
    Time until{};
  };
  struct Line {
    std::string name;
    TcpCut& cut;
    bool broken = false;
    Time until{};
  };

  void hurt(Program& program);
  void hurt(Line& line);
  void mend(Program& program);
  void look_at(Program& program);
  Length between(Length least, Length most);
  // Of a stop or a silence: seconds, now and then longer than the keep-alive.
  Length pause();

  Estate& estate_;
  std::vector<Program> programs_;
  std::vector<Line> lines_;
  std::mt19937 random_;
  std::map<std::string, int> counts_;
  std::vector<std::string> surprises_;
};

}  // namespace genkan::test
