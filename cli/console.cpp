#include "cli/console.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace saga::cli {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool wants_color(int descriptor) {
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && std::strcmp(std::getenv("CLICOLOR_FORCE"), "0") != 0) return true;
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::strcmp(term, "dumb") == 0) return false;
  return isatty(descriptor) == 1;
}

// One write a line, so that lines of several threads don't mix.
void write_line(std::FILE* file, std::string_view line) {
  std::string text(line);
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

}  // namespace

Console::Console()
    : out_has_color_(wants_color(STDOUT_FILENO)), err_has_color_(wants_color(STDERR_FILENO)) {}

void Console::out(std::string_view line) const { write_line(stdout, line); }
void Console::err(std::string_view line) const { write_line(stderr, line); }

void Console::error(const base::Error& problem) const {
  error(problem.context.empty() ? problem.message : problem.context + ": " + problem.message);
}

void Console::error(std::string_view message) const {
  const std::string word = err_has_color_ ? "\x1b[1;31merror\x1b[0m: " : "error: ";
  err(word + std::string(message));
}

}  // namespace saga::cli
