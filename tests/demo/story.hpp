#pragma once

namespace genkan::demo {

// Acts a day of the building through the real broker, prints a line a step, and returns 0 only if
// all of it held.
int act_story();

}  // namespace genkan::demo
