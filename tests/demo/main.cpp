// ./dev demo: a whole building, live in the terminal; with --check the story, a line a step.
#include <cstdio>
#include <exception>
#include <string_view>

#include "tests/demo/live.hpp"
#include "tests/demo/story.hpp"

int main(int count, char** values) {
  const std::string_view option = count > 1 ? values[1] : "";
  if (count > 2 || (!option.empty() && option != "--check")) {
    std::fputs("usage: ./dev demo [--check]\n", stderr);
    return 2;
  }
  try {
    return option == "--check" ? genkan::demo::act_story() : genkan::demo::show_live();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "demo: %s\n", error.what());
    return 1;
  }
}
