#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace saga::cli {

// Text of others as it may stand in a line for people: control characters are escaped (`\n`,
// `\x1b`), so that no value moves the cursor or fakes a line.
std::string printable(std::string_view text);

enum class OutputFormat { kText, kJson, kJsonLines };

// Standard output and error, and what they can show. Results go to `out`, everything else to `err`.
// Thread-safety: each call writes whole lines; calls may come from several threads.
class Console {
 public:
  // Colour only on a terminal that wants it: NO_COLOR, TERM=dumb and CLICOLOR_FORCE are heeded.
  Console();

  void out(std::string_view line) const;  // adds the newline
  void err(std::string_view line) const;
  // `error: …`, with the context in front where there is one; control characters but the newline
  // are escaped.
  void error(const base::Error& error) const;
  void error(std::string_view message) const;

  [[nodiscard]] bool out_has_color() const { return out_has_color_; }
  [[nodiscard]] bool err_has_color() const { return err_has_color_; }
  // Whether all that went to `out` was written.
  [[nodiscard]] static bool is_out_whole();

 private:
  bool out_has_color_ = false;
  bool err_has_color_ = false;
};

}  // namespace saga::cli
