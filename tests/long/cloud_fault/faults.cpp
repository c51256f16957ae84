#include "tests/long/cloud_fault/faults.hpp"

#include <algorithm>

#include <signal.h>

#include "firmware/base/text.hpp"

namespace genkan::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// At once: all of it is the way from a command to its door.
constexpr int most_at_once = 3;
// One stop or silence of so many is longer than the agent's keep-alive of 30 s, by which a broker
// counts a client for lost after 45 s.
constexpr unsigned one_long_of = 12;
// Bytes until a line that is to be cut is cut: anywhere in a message, mostly.
constexpr unsigned most_until_cut = 3000;

}  // namespace

Faults::Faults(Estate& estate, TcpCut& gateway_line, TcpCut& cloud_line, unsigned seed)
    : estate_(estate), random_(seed) {
  Estate* all = &estate_;
  programs_.push_back(
      {"agent", [all]() -> Process& { return *all->agent; }, [all] { all->start_agent(); }});
  programs_.push_back({"genkand", [all]() -> Process& { return all->house.gateway.process(); },
                       [all] { all->house.gateway.start_without_waiting(); }});
  programs_.push_back({"broker", [all]() -> Process& { return all->cloud.broker(); },
                       [all] { all->cloud.start_broker(); }});
  programs_.push_back({"genkan-cloud", [all]() -> Process& { return all->cloud.process(); },
                       [all] { all->cloud.start(); }});
  lines_.push_back({"line of the gateway", gateway_line});
  lines_.push_back({"line of the cloud", cloud_line});
}

Faults::~Faults() {
  for (auto& program : programs_) {
    if (program.stopped) program.process().signal(SIGCONT);
  }
}

bool Faults::begin() {
  std::vector<Program*> whole_programs;
  std::vector<Line*> whole_lines;
  for (auto& each : programs_) {
    if (!each.killed && !each.stopped) whole_programs.push_back(&each);
  }
  for (auto& each : lines_) {
    if (!each.broken) whole_lines.push_back(&each);
  }
  const auto whole = whole_programs.size() + whole_lines.size();
  if (programs_.size() + lines_.size() - whole >= most_at_once) return false;
  const auto chosen = random_() % whole;
  if (chosen < whole_programs.size()) {
    hurt(*whole_programs[chosen]);
  } else {
    hurt(*whole_lines[chosen - whole_programs.size()]);
  }
  return true;
}

void Faults::hurt(Program& program) {
  look_at(program);
  program.killed = random_() % 2 == 0;
  program.stopped = !program.killed;
  ++counts_[cat(program.killed ? "kill " : "stop ", program.name)];
  program.process().signal(program.killed ? SIGKILL : SIGSTOP);
  if (program.killed) program.process().wait(5s);
  program.until = Clock::now() + (program.killed ? between(0ms, 2s) : pause());
}

void Faults::hurt(Line& line) {
  switch (random_() % 3) {
    case 0: ++counts_["cut " + line.name]; return line.cut.cut(random_() % most_until_cut);
    case 1:
      ++counts_["hang " + line.name];
      line.cut.hang();
      line.until = Clock::now() + pause();
      break;
    default:
      ++counts_["refuse " + line.name];
      line.cut.refuse();
      line.until = Clock::now() + between(500ms, 4s);
  }
  line.broken = true;
}

void Faults::mend(Program& program) {
  if (program.stopped) program.process().signal(SIGCONT);
  if (program.killed) program.start();
  program.stopped = program.killed = false;
}

void Faults::look_at(Program& program) {
  if (program.killed || program.stopped || program.process().running()) return;
  surprises_.push_back(
      cat(program.name, " ended by itself with ", program.process().wait(0ms).value_or(-1)));
  program.start();
}

void Faults::tick() {
  const auto now = Clock::now();
  for (auto& program : programs_) {
    if ((program.killed || program.stopped) && now >= program.until) mend(program);
    look_at(program);
  }
  for (auto& line : lines_) {
    if (!line.broken || now < line.until) continue;
    line.cut.pass();
    line.broken = false;
  }
}

void Faults::end_all() {
  for (auto& program : programs_) program.until = Time{};
  for (auto& line : lines_) line.until = Time{};
  tick();
}

Faults::Length Faults::between(Length least, Length most) {
  return Length(std::uniform_int_distribution<Length::rep>(least.count(), most.count())(random_));
}

Faults::Length Faults::pause() {
  return random_() % one_long_of == 0 ? between(35s, 50s) : between(300ms, 6s);
}

}  // namespace genkan::test
