#pragma once

#include <string>

#include "tests/integration/estate.hpp"

// What cloud_bench measures of records on their way from a claimed gateway to its cloud's mirror.
// The estate is open; everything is reported as figures.
namespace genkan::bench {

void report_agent_memory(const test::Estate& estate, const std::string& when);
// Nothing happens: memory, and what goes over the line.
void measure_rest(test::Estate& estate);
// Records that come one by one.
void measure_single_records(test::Estate& estate);
// Records as fast as genkand makes them, from their commits to the mirror.
void measure_flood(test::Estate& estate);
// A day's records were made while the agent was away.
void measure_catching_up(test::Estate& estate);

}  // namespace genkan::bench
