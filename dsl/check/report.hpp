#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsl/diagnostic.hpp"
#include "engine/core/definition.hpp"

namespace saga::dsl {

// The diagnostic that was added last, to be completed: `report.error(…).label(…).help(…)`. Valid
// until the report's next diagnostic.
class Finding {
 public:
  explicit Finding(Diagnostic* diagnostic) : diagnostic_(diagnostic) {}
  Finding& label(const core::Span& span, std::string text);  // a second place that matters
  Finding& note(std::string text);
  Finding& help(std::string text);  // nothing for ""
  // "did you mean `name`?", with the edit that puts it where the fault is; nothing for "".
  Finding& did_you_mean(const std::string& name);

 private:
  Diagnostic* diagnostic_;  // null while the report is muted
};

// The diagnostics of one compilation, in the order in which they were found. Past a thousand errors
// or warnings further ones of that sort are counted, not kept. Not thread-safe.
class Report {
 public:
  Finding error(const char* code, const core::Span& span, std::string message);
  Finding warning(const char* code, const core::Span& span, std::string message);

  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::size_t error_count() const { return errors_; }
  // False while muted, or once more has been found than anybody is shown: then what only makes a
  // diagnostic nicer can be left out.
  [[nodiscard]] bool wants_details() const;
  // Whether an error was found inside `span`. Linear in the number of errors.
  [[nodiscard]] bool has_error_in(const core::Span& span) const;
  // While muted nothing is added: for text that is checked once where it is declared, and lowered
  // again where it is used.
  void mute() { ++muted_; }
  void unmute() { --muted_; }
  // Nothing is added any more: what would follow isn't known to be true.
  void end() { is_ended_ = true; }

  // The first error that was muted since this was asked last: why such a text can't be used here.
  std::optional<Label> take_hidden();

  // For a fault that shows only in one use of such a text.
  Finding error_even_if_muted(const char* code, const core::Span& span, std::string message);

  // Sorted by file and place, each place and code once.
  std::vector<Diagnostic> take();

 private:
  Finding add(const char* code, Severity severity, const core::Span& span, std::string message);
  std::vector<Diagnostic> diagnostics_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  int muted_ = 0;
  bool is_ended_ = false;
  std::optional<Label> hidden_;
};

// E0001: a construct of the language that this version can't run.
void report_unavailable(Report& report, const std::string& word, const core::Span& span);

}  // namespace saga::dsl
