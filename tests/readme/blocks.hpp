#pragma once

#include <string>
#include <string_view>
#include <vector>

// The commands of a Markdown page and what they print.
namespace saga::readme {

// A fenced `sh` block, and the fenced `text` block that comes next before any other fence: what it
// prints. Without one, only the exit status counts.
struct Block {
  int line = 0;  // of the fence, from 1
  std::string commands;
  std::string output;
  bool has_output = false;
};
std::vector<Block> blocks_of(std::string_view page);

// The fenced `saga` blocks that are a whole file, as commands that lay it out, check it without a
// warning, and run its tests if it has any.
std::vector<Block> workflows_of(std::string_view page);

// The text with what differs from run to run made equal: ids, times, spans of time, ports.
std::string normalised(std::string_view text);

// Whether a run printed what a page shows, both normalised. A line `…` of the page stands for any
// lines.
bool shows(std::string_view page, std::string_view printed);

// What one block came to.
struct Outcome {
  bool was_run = false;  // false: a block before it failed
  std::string output;    // of both streams
};

// Runs all blocks in one shell, in order, in a folder of its own that looks like a built clone of
// the repository. Stops at the first command that fails; its status is the shell's.
struct Run {
  int status = 0;
  std::vector<Outcome> outcomes;  // one a block
  std::string rest;               // printed after the last block
};
Run run_blocks(const std::vector<Block>& blocks);

}  // namespace saga::readme
