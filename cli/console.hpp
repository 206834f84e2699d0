#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace saga::cli {

enum class OutputFormat { kText, kJson, kJsonLines };

// Standard output and error, and what they can show. Results go to `out`, everything else to `err`.
// Thread-safety: each call writes whole lines; calls may come from several threads.
class Console {
 public:
  // Colour only on a terminal that wants it: NO_COLOR, TERM=dumb and CLICOLOR_FORCE are heeded.
  Console();

  void out(std::string_view line) const;  // adds the newline
  void err(std::string_view line) const;
  // `error: …`, with the context in front where there is one.
  void error(const base::Error& error) const;
  void error(std::string_view message) const;

  [[nodiscard]] bool out_has_color() const { return out_has_color_; }
  [[nodiscard]] bool err_has_color() const { return err_has_color_; }

 private:
  bool out_has_color_ = false;
  bool err_has_color_ = false;
};

}  // namespace saga::cli
