// genkan-model SEEDS [FIRST [DAYS]]: a simulated year of so many seeds, from FIRST on.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/model/world.hpp"

int main(int argc, char** argv) {
  using genkan::model::World;
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: genkan-model SEEDS [FIRST [DAYS]]\n");
    return 2;
  }
  const long seeds = std::strtol(argv[1], nullptr, 10);
  const long first = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 1;
  const long days = argc > 3 ? std::strtol(argv[3], nullptr, 10) : 365;
  const genkan::model::Places places;
  const auto begun = std::chrono::steady_clock::now();
  World::Counts all;
  long failed = 0;
  for (long seed = first; seed < first + seeds; ++seed) {
    World world(places, static_cast<std::uint64_t>(seed));
    try {
      world.run(static_cast<int>(days));
    } catch (const genkan::model::Failure& failure) {
      std::printf("FAILED %s\n", failure.what());
      std::fflush(stdout);
      if (++failed >= 10) break;
    }
    all.checks += world.counts().checks;
    all.steps += world.counts().steps;
    all.touched += world.counts().touched;
    all.restarts += world.counts().restarts;
    all.excused += world.counts().excused;
    all.full += world.counts().full;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf(
      "%ld seeds of %ld days from %ld: %ld failed; %llu moments, %llu checks, %llu slots written "
      "or removed, %llu starts; shown as not so %llu, for want of a slot %llu; %.1f s\n",
      seeds, days, first, failed, static_cast<unsigned long long>(all.steps),
      static_cast<unsigned long long>(all.checks), static_cast<unsigned long long>(all.touched),
      static_cast<unsigned long long>(all.restarts), static_cast<unsigned long long>(all.excused),
      static_cast<unsigned long long>(all.full), took.count());
  return failed == 0 ? 0 : 1;
}
