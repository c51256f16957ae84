#pragma once

#include "cloud-agent/relay/command_line.hpp"
#include "cloud-agent/relay/folder.hpp"

// What can be typed. Each prints what it has to say and returns how the program ends:
// 0 done, 1 refused or failed, 2 the command line is wrong, 3 no answer.
namespace genkan::relay {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_line = 2;
constexpr int no_answer = 3;

struct Command {
  std::string_view name;
  std::string_view usage;  // its words and options
  std::size_t least_words;
  std::size_t most_words;
  CommandLine::Form form;
  int (*run)(const Folder& folder, const CommandLine& line);
};
const std::vector<Command>& commands();

int init(const Folder& folder, const CommandLine& line);
int enrol(const Folder& folder, const CommandLine& line);
int release(const Folder& folder, const CommandLine& line);
int run(const Folder& folder, const CommandLine& line);
int send(const Folder& folder, const CommandLine& line);
int fleet(const Folder& folder, const CommandLine& line);
int history(const Folder& folder, const CommandLine& line);
int keys(const Folder& folder, const CommandLine& line);

void print(std::string_view text);             // to standard output
int complain(const Error& error, int result);  // to standard error; returns `result`

}  // namespace genkan::relay
