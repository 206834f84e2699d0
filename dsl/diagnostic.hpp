#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dsl/source.hpp"
#include "engine/core/definition.hpp"

namespace saga::dsl {

enum class Severity : std::uint8_t { kError, kWarning };

// A second place that matters, with what it has to do with the fault.
struct Label {
  core::Span span;
  std::string text;
};

// An edit that mends the fault: `span` becomes `replacement`. An empty span inserts.
struct Fix {
  core::Span span;
  std::string replacement;
};

// A fault in a user's source, as a value. A span's `file` is an index into the files that the
// renderer is given.
struct Diagnostic {
  std::string code;  // stable: `E0307`; `saga explain` has its page
  Severity severity = Severity::kError;
  core::Span span;      // where the fault is
  std::string message;  // one line, no full stop
  std::string label;    // beside the underline; may be empty
  std::vector<Label> labels;
  std::vector<std::string> helps;  // what to do
  std::vector<std::string> notes;  // what else to know; may have several lines
  std::optional<Fix> fix;
};

struct RenderOptions {
  bool color = false;  // ANSI escapes
};

// The shape that a terminal shows: headline, place, source lines with underlines, helps and notes;
// ends with a line break. Control characters of the source are shown as U+FFFD, tabs as spaces.
std::string render(const Diagnostic& diagnostic, std::span<const SourceFile> files,
                   RenderOptions options = {});

// One JSON object, for `-o json`: code, severity, message, file, begin/end with offset, line and
// column, labels, helps, notes, fix.
std::string to_json(const Diagnostic& diagnostic, std::span<const SourceFile> files);

}  // namespace saga::dsl
