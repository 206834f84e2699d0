#include "dsl/check/report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/base/limits.hpp"

namespace saga::dsl {

Finding& Finding::label(const core::Span& span, std::string text) {
  if (diagnostic_ != nullptr) diagnostic_->labels.push_back({span, std::move(text)});
  return *this;
}

Finding& Finding::note(std::string text) {
  if (diagnostic_ != nullptr) diagnostic_->notes.push_back(std::move(text));
  return *this;
}

Finding& Finding::help(std::string text) {
  if (diagnostic_ != nullptr && !text.empty()) diagnostic_->helps.push_back(std::move(text));
  return *this;
}

Finding& Finding::did_you_mean(const std::string& name) {
  if (diagnostic_ == nullptr || name.empty()) return *this;
  diagnostic_->fix = Fix{diagnostic_->span, name};
  return help("did you mean `" + name + "`?");
}

bool Report::wants_details() const {
  return muted_ == 0 && errors_ <= base::limits::kMaxDiagnostics;
}

bool Report::has_error_in(const core::Span& span) const {
  return std::ranges::any_of(diagnostics_, [&](const Diagnostic& each) {
    return each.severity == Severity::kError && each.span.file == span.file &&
           each.span.begin >= span.begin && each.span.end <= span.end;
  });
}

Finding Report::add(const char* code, Severity severity, const core::Span& span,
                    std::string message) {
  if (is_ended_) return Finding(nullptr);
  if (muted_ > 0) {
    if (severity == Severity::kError && !hidden_) hidden_ = Label{span, std::move(message)};
    return Finding(nullptr);
  }
  if (++(severity == Severity::kError ? errors_ : warnings_) > base::limits::kMaxFaultsKept)
    return Finding(nullptr);
  Diagnostic& added = diagnostics_.emplace_back();
  added.code = code;
  added.severity = severity;
  added.span = span;
  added.message = std::move(message);
  return Finding(&added);
}

Finding Report::error(const char* code, const core::Span& span, std::string message) {
  return add(code, Severity::kError, span, std::move(message));
}

Finding Report::warning(const char* code, const core::Span& span, std::string message) {
  return add(code, Severity::kWarning, span, std::move(message));
}

Finding Report::error_even_if_muted(const char* code, const core::Span& span, std::string message) {
  const int muted = std::exchange(muted_, 0);
  const Finding finding = add(code, Severity::kError, span, std::move(message));
  muted_ = muted;
  return finding;
}

std::optional<Label> Report::take_hidden() { return std::exchange(hidden_, std::nullopt); }

std::vector<Diagnostic> Report::take() {
  const auto place = [](const Diagnostic& each) {
    return std::tie(each.span.file, each.span.begin, each.span.end, each.code);
  };
  std::ranges::stable_sort(diagnostics_, {}, place);
  const auto is_same = [&](const Diagnostic& left, const Diagnostic& right) {
    return place(left) == place(right);
  };
  diagnostics_.erase(std::unique(diagnostics_.begin(), diagnostics_.end(), is_same),
                     diagnostics_.end());
  return std::exchange(diagnostics_, {});
}

void report_unavailable(Report& report, const std::string& word, const core::Span& span) {
  report.error("E0001", span, "`" + word + "` isn't available in this version yet");
}

}  // namespace saga::dsl
