#include "cli/console.hpp"

#include <unistd.h>

#include <algorithm>
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

void append_escaped(std::string& to, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  to += "\\x";
  to += kDigits[byte >> 4U];
  to += kDigits[byte & 0xFU];
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte == '\n') {
      safe += "\\n";
    } else if (byte == 0xC2U && next >= 0x80U && next < 0xA0U) {  // U+0080 to U+009F
      append_escaped(safe, static_cast<unsigned char>(next));
      ++i;
    } else if (byte < 0x20U || byte == 0x7FU) {
      append_escaped(safe, byte);
    } else {
      safe += text[i];
    }
  }
  return safe;
}

Console::Console()
    : out_has_color_(wants_color(STDOUT_FILENO)), err_has_color_(wants_color(STDERR_FILENO)) {}

void Console::out(std::string_view line) const { write_line(stdout, line); }
void Console::err(std::string_view line) const { write_line(stderr, line); }

bool Console::is_out_whole() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

void Console::error(const base::Error& problem) const {
  error(problem.context.empty() ? problem.message : problem.context + ": " + problem.message);
}

void Console::error(std::string_view message) const {
  const std::string word = err_has_color_ ? "\x1b[1;31merror\x1b[0m: " : "error: ";
  std::string text;
  for (std::size_t at = 0; at <= message.size();) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    text += (at == 0 ? "" : "\n") + printable(message.substr(at, end - at));
    at = end + 1;
  }
  err(word + text);
}

}  // namespace saga::cli
